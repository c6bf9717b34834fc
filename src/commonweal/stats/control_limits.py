"""Centre lines and limits of control charts, over many phases at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

XMR = 2.66
"""Three standard deviations, of mean moving range over 1.128, in mean moving ranges (Wheeler)."""
MOVING_RANGE = 3.267
"""The upper limit of moving ranges, in mean moving ranges; those above it are outliers (Nelson 1982)."""
EXPONENT = 3.6
"""Its root makes times between rare events nearly normal (Nelson 1994)."""


@dataclass(frozen=True)
class Lines:
    """One entry a point; near limits are at two thirds of the way."""

    centre: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats
    moving_range: Floats
    moving_range_mean: Floats


def lines(
    kind: str, value: Floats, denominator: Floats, segment: Ints, begins: Bools, counts: Bools, screen_outliers: bool
) -> Lines:
    """The lines of each phase from the points that count.

    Args:
        kind: a kind of chart.
        value: values as drawn (proportions and rates per 1); NaN where missing.
        denominator: of proportions and rates; NaN for others.
        segment: number of the phase; begins: whether a point is its first.
        counts: whether a point is in the baseline of its phase.
        screen_outliers: leave moving ranges above 3.267 times their mean out of the mean.
    """
    scale = value ** (1 / EXPONENT) if kind == "t" else value
    ranges = np.abs(np.diff(scale, prepend=np.nan))
    ranges[begins] = np.nan
    counted = np.append(False, counts[:-1]) & counts & ~np.isnan(ranges)
    mean_range = _mean(ranges, segment, counted, screen_outliers)
    if kind in ("p", "p_prime", "u", "u_prime"):
        centre = total(value * denominator, segment, counts) / total(denominator, segment, counts)
    else:
        centre = mean(scale, segment, counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind in ("p", "p_prime"):
            deviation = np.sqrt(centre * (1 - centre) / denominator)
        elif kind in ("u", "u_prime"):
            deviation = np.sqrt(centre / denominator)
        elif kind == "c":
            deviation = np.sqrt(centre)
        elif kind == "g":
            deviation = np.sqrt(centre * (centre + 1))
        else:
            deviation = mean_range * XMR / 3
        if kind in ("p_prime", "u_prime"):
            score = np.abs(np.diff((value - centre) / deviation, prepend=np.nan))
            # Nothing, or everybody, at every point: there is no variation to correct.
            deviation = np.where(
                deviation == 0, 0.0, deviation * _mean(score, segment, counted, screen_outliers) * XMR / 3
            )
    edges = np.stack([centre + width * deviation for width in (-3, 3, -2, 2)])
    if kind != "xmr":
        edges = np.maximum(edges, 0)
    if kind in ("p", "p_prime"):
        edges = np.minimum(edges, 1)
    if kind == "g":
        centre = median(value, segment, counts)
    if kind == "t":
        centre, edges = centre**EXPONENT, edges**EXPONENT
    lower, upper, near_lower, near_upper = edges
    return Lines(centre, lower, upper, near_lower, near_upper, ranges, mean_range)


def _mean(ranges: Floats, segment: Ints, counted: Bools, screen_outliers: bool) -> Floats:
    found = mean(ranges, segment, counted)
    if screen_outliers:
        with np.errstate(invalid="ignore"):
            found = mean(ranges, segment, counted & (ranges <= MOVING_RANGE * found))
    return found


def total(values: Floats, segment: Ints, counts: Bools) -> Floats:
    """The sum over the counted points of each phase, for each point."""
    sums: Floats = np.bincount(segment, np.where(counts, values, 0.0)).astype(np.float64)
    return sums[segment]


def mean(values: Floats, segment: Ints, counts: Bools) -> Floats:
    """The mean over the counted points of each phase, for each point; NaN where there is none."""
    with np.errstate(invalid="ignore"):
        return total(values, segment, counts) / np.bincount(segment, counts)[segment]


def median(values: Floats, segment: Ints, counts: Bools) -> Floats:
    """The median over the counted points of each phase, for each point; NaN where there is none."""
    kept, of = values[counts], segment[counts]
    ranked = kept[np.lexsort((kept, of))]
    number = np.bincount(of, minlength=segment[-1] + 1)
    first = np.cumsum(number) - number
    found = np.full(len(number), np.nan)
    some = number > 0
    low, high = first + (number - 1) // 2, first + number // 2
    found[some] = (ranked[low[some]] + ranked[high[some]]) / 2
    return found[segment]
