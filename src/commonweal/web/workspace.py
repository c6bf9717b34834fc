"""The workspace that this site serves."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from commonweal.datasets.workspace import Workspace


def current() -> Workspace:
    """The workspace named by the settings; opened once."""
    return _open(str(settings.COMMONWEAL_WORKSPACE))


@lru_cache(maxsize=8)
def _open(path: str) -> Workspace:
    return Workspace.open(path)
