"""Slow, obvious scans that the fast ones must agree with."""

import math

import numpy as np

from commonweal.clusters.random_numbers import list_order, permuted_intervals


def statistic(observed, expected, total):
    if observed <= expected:
        return 0.0
    outside = (total - observed) * math.log((total - observed) / (total - expected)) if observed < total else 0.0
    return observed * math.log(observed / expected) + outside


def zones(order, length, place, most_cases):
    """Every set of places that is a window in space."""
    for row, places in enumerate(order):
        for size in range(1, length[row] + 1):
            zone = set(places[:size].tolist())
            if sum(int(p) in zone for p in place) > most_cases:
                break
            yield zone


def permutation_maximum(order, length, place, interval, most_cases, windows, min_cases):
    """The greatest statistic over all zones and all `windows` (first and last interval)."""
    best = 0.0
    for zone in zones(order, length, place, most_cases):
        inside = np.isin(place, list(zone))
        for first, last in windows:
            during = (interval >= first) & (interval <= last)
            observed = int((inside & during).sum())
            if observed >= min_cases:
                expected = int(inside.sum()) * int(during.sum()) / len(place)
                best = max(best, statistic(observed, expected, len(place)))
    return best


def permutation_maxima(order, length, place, interval, most_cases, windows, min_cases, replicates):
    """The same for numbered replicates; 0 is the data."""
    listed, starts = list_order(interval, place)
    maxima = []
    for number in replicates:
        dealt = interval[listed] if number == 0 else permuted_intervals(number, interval[listed], starts)
        maxima.append(permutation_maximum(order, length, place[listed], dealt, most_cases, windows, min_cases))
    return np.array(maxima)


def by_distance(coordinates):
    """Places by distance from each place; equal distances by coordinates."""
    before = np.lexsort((coordinates[:, 1], coordinates[:, 0]))
    away = ((coordinates[:, None] - coordinates[None, before]) ** 2).sum(axis=2)
    return before[np.argsort(away, axis=1, kind="stable")].astype(np.int32)
