"""The packs that come with the program: every folder beside this file that has a pack.toml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from commonweal.faults import guess
from commonweal.packs.contents import Pack
from commonweal.packs.problems import PackError
from commonweal.packs.reading import HEADING, read_pack

HERE = Path(__file__).parent


def shipped_folder(identifier: str) -> Path:
    """The folder of a shipped pack.

    Raises:
        PackError: no pack of this identifier ships.
    """
    names = [path.parent.name for path in HERE.glob(f"*/{HEADING}")]
    if identifier not in names:
        raise PackError(HERE, [f"'{identifier}' is not a pack that ships.{guess(identifier, names)}"])
    return HERE / identifier


def shipped_packs() -> dict[str, Pack]:
    """Every pack that ships, by identifier; read once a process."""
    return dict(_read_shipped())


@lru_cache(maxsize=1)
def _read_shipped() -> dict[str, Pack]:
    packs = [read_pack(path.parent) for path in sorted(HERE.glob(f"*/{HEADING}"))]
    return {pack.id: pack for pack in packs}
