"""Where the shared published cases and real data lie, beside the repository."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(path: str) -> Path:
    """The path below the shared folder; skips the test, saying so, where the folder is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"the shared folder has no {path} here")
    return found
