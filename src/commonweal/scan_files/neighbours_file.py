"""Neighbours files (.nbr): a location and its neighbours, nearest first, where distance is not by the map."""

from __future__ import annotations

from pathlib import Path

from commonweal.scan_files.problems import Faults
from commonweal.scan_files.rows import Layout, read_rows


def read_neighbours(path: Path, *, layout: Layout | None = None) -> dict[str, tuple[str, ...]]:
    """By location, the locations in the order in which a window round it takes them in; itself comes first.

    Raises:
        ScanFileError: a location has two rows, or stands twice in a row; says the rule, how many rows, and the first.
    """
    faults = Faults(path)
    found: dict[str, tuple[str, ...]] = {}
    for row in read_rows(path, layout):
        names = [cell for cell in row.cells if cell]
        if not names:
            continue
        if names[0] in found:
            faults.add("a second row of the same location", line=row.line, column=1, value=names[0])
            continue
        # The row may or may not repeat its own location as the first neighbour.
        order = names[1:] if names[1:2] == names[:1] else names
        if len(set(order)) < len(order):
            twice = next(name for index, name in enumerate(order) if name in order[:index])
            faults.add("a location stands twice among the neighbours", line=row.line, value=twice)
            continue
        found[names[0]] = tuple(order)
    faults.refuse()
    return found
