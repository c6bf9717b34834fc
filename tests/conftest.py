"""A demonstration workspace for whatever needs a whole site; built once and shared by the workers of a run."""

import getpass
import hashlib
import os
import tempfile
from pathlib import Path

from filelock import FileLock
from hypothesis import settings

# No test is timed: a busy machine must not fail it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SOURCE = Path(__file__).resolve().parents[1] / "src/commonweal"


def _built() -> Path:
    """The folder of the demonstration, named after the code that makes it."""
    code = hashlib.sha256()
    for room in ("demo", "stats", "places", "datasets"):
        for path in sorted((SOURCE / room).rglob("*.*")):
            if path.suffix in (".py", ".toml", ".csv"):
                code.update(path.read_bytes())
    folder = Path(tempfile.gettempdir()) / f"commonweal-tests-{getpass.getuser()}" / code.hexdigest()[:16]
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        from commonweal.demo.build import build

        build(folder)
    return folder


# Django reads its settings when pytest starts, so the workspace must be there before.
os.environ["COMMONWEAL_WORKSPACE"] = str(_built())
os.environ.setdefault("COMMONWEAL_SECRET_KEY", "only-for-tests")
