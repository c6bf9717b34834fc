"""Random data sets under the null hypothesis, and the data as such a set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonweal.clusters.random_numbers import FIRST_SEED, list_order, permuted_intervals

Counts = NDArray[np.integer]
Draw = Callable[[int], tuple[Counts, Counts, Counts]]
"""From the number of a replicate (from 1) to places, intervals and cases."""


@dataclass(frozen=True)
class Entries:
    """Cases of a batch of data sets by place: of place p those from `start[p]` to `start[p + 1]`."""

    start: NDArray[np.int32]
    data_set: NDArray[np.int32]
    interval: NDArray[np.int32]
    count: NDArray[np.int32]


def entries(drawn: Sequence[tuple[Counts, Counts, Counts]], places: int, first: int, intervals: int) -> Entries:
    """A batch ordered by place, data set and interval; intervals are counted from `first`, earlier ones dropped."""
    data_set = np.repeat(np.arange(len(drawn)), [len(place) for place, _, _ in drawn])
    place = np.concatenate([place for place, _, _ in drawn]).astype(np.int64)
    interval = np.concatenate([interval for _, interval, _ in drawn]).astype(np.int64) - first
    count = np.concatenate([count for _, _, count in drawn])
    inside = (interval >= 0) & (count > 0)
    key = ((place * len(drawn) + data_set) * intervals + interval)[inside]
    unique, inverse = np.unique(key, return_inverse=True)
    summed = np.bincount(inverse, count[inside], minlength=len(unique)).astype(np.int32)
    pair, of_interval = np.divmod(unique, intervals)
    of_place, of_set = np.divmod(pair, len(drawn))
    start = np.searchsorted(of_place, np.arange(places + 1)).astype(np.int32)
    return Entries(start, of_set.astype(np.int32), of_interval.astype(np.int32), summed)


def permutation(place: Counts, interval: Counts, stratum: Counts, seed: int) -> Draw:
    """Dates dealt anew to the cases of each stratum, by the exact stream of the reference program."""
    order, starts = list_order(interval, place, stratum)
    listed, places = interval[order], place[order]
    once = np.ones(len(place), dtype=np.int64)

    def draw(number: int) -> tuple[Counts, Counts, Counts]:
        return places, permuted_intervals(number + seed - FIRST_SEED, listed, starts), once

    return draw


def poisson(measure: NDArray[np.float64], cases: int, seed: int) -> Draw:
    """The cases thrown at places and intervals with chances as the measure."""
    chance = measure.ravel() / measure.sum()
    width = measure.shape[1]

    def draw(number: int) -> tuple[Counts, Counts, Counts]:
        return _thrown(_generator(seed, number), chance, cases, width)

    return draw


def poisson_within_places(measure: NDArray[np.float64], cases: Counts, seed: int) -> Draw:
    """The `cases` of each place, shape (places,), thrown at its intervals."""
    filled = np.flatnonzero(cases)
    chance = measure[filled] / measure[filled].sum(axis=1, keepdims=True)

    def draw(number: int) -> tuple[Counts, Counts, Counts]:
        thrown = _generator(seed, number).multinomial(cases[filled], chance)
        row, interval = np.nonzero(thrown)
        return filled[row], interval, thrown[row, interval]

    return draw


def bernoulli(points: NDArray[np.float64], cases: int, seed: int) -> Draw:
    """The cases drawn without replacement from cases and controls."""
    place, interval = np.nonzero(points)
    filled = points[place, interval].astype(np.int64)

    def draw(number: int) -> tuple[Counts, Counts, Counts]:
        drawn = _generator(seed, number).multivariate_hypergeometric(filled, cases, method="marginals")
        return place, interval, drawn

    return draw


def _generator(seed: int, number: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, number])))


def _thrown(
    random: np.random.Generator, chance: NDArray[np.float64], cases: int, width: int
) -> tuple[Counts, Counts, Counts]:
    if cases >= len(chance):
        counts = random.multinomial(cases, chance)
        cell = np.flatnonzero(counts)
        return cell // width, cell % width, counts[cell]
    bounds = np.cumsum(chance)
    cell = np.searchsorted(bounds, random.random(cases) * bounds[-1], side="right")
    cell, counts = np.unique(np.minimum(cell, len(chance) - 1), return_counts=True)
    return cell // width, cell % width, counts
