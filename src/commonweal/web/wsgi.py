"""The site as a WSGI application."""

import os
import threading
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from commonweal.web.companion import follow

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commonweal.web.settings")
follow()
application = get_wsgi_application()


def _warm() -> None:
    """Load what the first visitor would otherwise wait for."""
    from commonweal.figures import rendering
    from commonweal.web.benchmarking.boards import board
    from commonweal.web.workspace import current

    rendering.use(current().path / "cache" / "figures")
    if current().store.exists:
        board().latest()
    import_module("altair")
    rendering.warm()


threading.Thread(target=_warm, daemon=True).start()
