"""The error of a pack that cannot be used."""

from __future__ import annotations

from pathlib import Path

from commonweal.errors import CommonwealError


class PackError(CommonwealError):
    """A pack cannot be used. `faults` lists every rule it breaks, each as "file: key: rule"."""

    def __init__(self, folder: Path | str, faults: list[str]) -> None:
        self.folder, self.faults = str(folder), faults
        listed = "\n".join(f"  {fault}" for fault in faults)
        count = "one thing" if len(faults) == 1 else f"{len(faults)} things"
        super().__init__(f"The pack in {folder} has {count} to put right:\n{listed}")
