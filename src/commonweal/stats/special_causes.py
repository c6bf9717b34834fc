"""Special causes of variation by the rules of NHS England's Making Data Count, over many series at once.

Source: NHS England, Making Data Count, "Strengthening your decisions" and "Making data count: practical guide"; the
rules and their order as NHSRplotthedots has them. See docs/methods/control-charts.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class SpecialCauses:
    """For each point and rule: 1 high or rising, -1 low or falling, 0 neither."""

    outside: NDArray[np.int64]
    trend: NDArray[np.int64]
    two_of_three: NDArray[np.int64]
    run: NDArray[np.int64]

    @property
    def in_order(self) -> list[tuple[str, NDArray[np.int64]]]:
        """Rules in the order in which they name a point."""
        return [
            ("outside", self.outside),
            ("trend", self.trend),
            ("two_of_three", self.two_of_three),
            ("run", self.run),
        ]


def special_causes(
    value: Floats,
    centre: Floats,
    lower: Floats,
    upper: Floats,
    near_lower: Floats,
    near_upper: Floats,
    begins: Bools,
    rule_length: int,
) -> SpecialCauses:
    """What each rule says of each point; missing values break runs and trends, as the begin of a phase does.

    Args:
        value, centre, lower, upper, near_lower, near_upper: one entry a point; NaN where missing.
        begins: whether a point is the first of its phase; no rule looks across it.
        rule_length: how many points make a run or a trend.
    """
    with np.errstate(invalid="ignore"):
        outside = (value > upper).astype(np.int64) - (value < lower)
        near = (value > near_upper).astype(np.int64) - (value < near_lower)
        side = np.nan_to_num(np.sign(value - centre)).astype(np.int64)
        step = np.nan_to_num(np.sign(np.diff(value, prepend=np.nan))).astype(np.int64)
    near[outside != 0] = 0
    step[begins] = 0
    long = np.where(stretch(side, begins) >= rule_length, side, 0)
    steep = np.where(stretch(step, begins) >= rule_length - 1, step, 0)
    following = np.append(steep[1:], 0)
    # Where one trend ends and the next begins at the same point, the next names it.
    trend = np.where(following != 0, following, steep)
    return SpecialCauses(outside, trend, _two_of_three(near, side, begins), long)


def stretch(sign: NDArray[np.int64], begins: Bools) -> NDArray[np.int64]:
    """How many points in succession, in its phase, have the sign of each point; 0 where the sign is 0."""
    new = begins | (np.diff(sign, prepend=0) != 0)
    number = np.cumsum(new) - 1
    return np.where(sign == 0, 0, np.bincount(number)[number])


def _two_of_three(near: NDArray[np.int64], side: NDArray[np.int64], begins: Bools) -> NDArray[np.int64]:
    """Points near a limit among three in succession on one side of the centre, of which two are near."""
    flagged = np.zeros(len(near), dtype=bool)
    if len(near) < 3:
        return np.zeros(len(near), dtype=np.int64)
    alike = (side[:-2] == side[1:-1]) & (side[1:-1] == side[2:]) & (side[2:] != 0) & ~begins[1:-1] & ~begins[2:]
    found = alike & ((near[:-2] != 0).astype(int) + (near[1:-1] != 0) + (near[2:] != 0) >= 2)
    for place in range(3):
        flagged[place : place + len(found)] |= found
    return np.where(flagged, near, 0)
