"""Packs: the programmes that ship, as folders of plain files, and the reading that checks them."""

from commonweal.packs.contents import Baseline, Dashboard, Objective, Pack, Section, Target
from commonweal.packs.problems import PackError
from commonweal.packs.reading import check_pack, read_pack
from commonweal.packs.shipped import shipped_folder, shipped_packs

__all__ = [
    "Baseline",
    "Dashboard",
    "Objective",
    "Pack",
    "PackError",
    "Section",
    "Target",
    "check_pack",
    "read_pack",
    "shipped_folder",
    "shipped_packs",
]
