"""Hexagons in place of boundaries: every area the same size, near its neighbours."""

from __future__ import annotations

import math
from collections.abc import Sequence

from commonweal.places.collaborative import Collaborative

SIDES = 6


def hex_polygons(collaborative: Collaborative, codes: Sequence[str]) -> dict[str, list[tuple[float, float]]]:
    """Corners of a pointy-topped hexagon for each area, y downwards, side length 1.

    The collaborative's own layout is used where it places every area, else a compact spiral in the order of `codes`.
    """
    layout = collaborative.map.hex
    places = layout if all(code in layout for code in codes) else spiral(codes)
    return {code: corners(*places[code]) for code in codes}


def corners(q: int, r: int) -> list[tuple[float, float]]:
    """Corners of the hexagon at axial coordinates q, r."""
    x, y = math.sqrt(3) * (q + r / 2), 1.5 * r
    turns = [math.pi / 180 * (60 * side - 30) for side in range(SIDES)]
    return [(x + math.cos(turn), y + math.sin(turn)) for turn in turns]


def spiral(codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Axial coordinates from the middle outwards."""
    steps = [(1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)]
    found = [(0, 0)]
    ring = 1
    while len(found) < len(codes):
        q, r = 0, -ring
        for step_q, step_r in steps:
            for _ in range(ring):
                found.append((q, r))
                q, r = q + step_q, r + step_r
        ring += 1
    return dict(zip(codes, found, strict=False))
