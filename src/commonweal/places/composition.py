"""What areas are made up of: the sets of areas that fill an area without gap or overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from commonweal.places.catalogue import Catalogue
from commonweal.places.collaborative import Collaborative


def composition(
    catalogue: Catalogue, days: Iterable[date], collaborative: Collaborative | None = None
) -> dict[str, list[tuple[str, ...]]]:
    """Area code to the sets of codes, of one tier each, that made it up on any of the days.

    A region is made up of its upper tier authorities, and again of its lower tier ones. A collaborative and its groups
    stand under their ids.
    """
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for day in sorted(set(days)):
        members: dict[tuple[str, str], list[str]] = defaultdict(list)
        for area in catalogue:
            if area.is_valid_on(day):
                for parent in area.parents:
                    for tier in area.tiers:
                        members[parent, tier].append(area.code)
        for (parent, _), codes in members.items():
            found[parent].add(tuple(sorted(codes)))
    if collaborative is not None:
        found[collaborative.id].add(tuple(collaborative.areas))
        for group in collaborative.groups:
            found[group.id].add(tuple(group.areas))
    return {parent: sorted(sets) for parent, sets in found.items()}
