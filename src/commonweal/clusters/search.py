"""Every window of every data set: the least and the greatest measure seen for each number of cases.

At one number of cases the statistic falls as the measure grows where the rate is high, and rises where it is low. So a
walk over the windows only keeps, for each number of cases, the least measure (high rates) and the greatest (low rates),
and takes logarithms once at the end. For high rates alone, a window is worth a look only if it starts and ends on a
day with a case inside and if the place that entered last brings a case: shrinking it otherwise keeps the cases and
never adds to the measure. That makes the walk as long as there are cases, not as there are days.

Data sets come in batches, so that the measure of a row of windows is added up once for all of them.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from commonweal.clusters.likelihood import log_likelihood_ratio

NOTHING_LESS = np.inf
NOTHING_MORE = -1.0
A_HAIR = 1e-12
TIED = 1e-11
FARTHEST = 2**30


@njit(cache=True, nogil=True)
def _keep(
    n, u, rank, start, end, data_set, least, greatest, best_rank, best_start, best_end, want_high, want_low, side_low
):
    """Note a window if its measure is the least (greatest) for its cases; at a tie the window that comes first stays.

    Measures that differ by rounding alone are tied.
    """
    if want_high:
        seen = least[data_set, n]
        if u < seen * (1.0 - A_HAIR) or (
            u <= seen * (1.0 + A_HAIR)
            and rank == best_rank[data_set, n]
            and (end < best_end[data_set, n] or (end == best_end[data_set, n] and start > best_start[data_set, n]))
        ):
            least[data_set, n] = u
            best_rank[data_set, n] = rank
            best_start[data_set, n] = start
            best_end[data_set, n] = end
    if want_low and u > greatest[data_set, n] * (1.0 + A_HAIR):
        greatest[data_set, n] = u
        best_rank[data_set, side_low + n] = rank
        best_start[data_set, side_low + n] = start
        best_end[data_set, side_low + n] = end


@njit(cache=True, nogil=True)
def _visit_around_cases(
    rank, first_entry, last_entry, entry_interval, days, counts, number, cumulated, blocked, shortest, longest,
    first_end, whole_period, data_set, least, greatest, best_rank, best_start, best_end
):  # fmt: skip
    """High rates: the windows that hold a case of the place that entered last, from case day to case day."""
    low = len(best_rank[0]) // 2
    least_seen = least[data_set]
    intervals = len(cumulated) - 1
    earliest = entry_interval[first_entry]
    latest = entry_interval[last_entry - 1]
    newest = first_entry
    for position in range(number):
        end = days[position]
        if end < earliest or end < first_end:
            continue
        while newest + 1 < last_entry and entry_interval[newest + 1] <= end:
            newest += 1
        must_hold = entry_interval[newest]
        up_to_end = cumulated[end + 1]
        n = 0
        earlier = position
        while earlier >= 0 and days[earlier] > must_hold:
            n += counts[earlier]
            earlier -= 1
        while earlier >= 0:
            start = days[earlier]
            if end - start >= longest:
                break
            n += counts[earlier]
            earlier -= 1
            u = up_to_end - cumulated[start]
            if u > least_seen[n] * (1.0 + A_HAIR) or end - start + 1 < shortest or blocked[end + 1] > blocked[start]:
                continue
            _keep(
                n, u, rank, start, end, data_set, least, greatest, best_rank, best_start, best_end, True, False, low
            )  # fmt: skip
    if shortest > 1:
        for end in range(max(earliest, first_end, shortest - 1), min(intervals - 1, latest + shortest - 1) + 1):
            start = end - shortest + 1
            if blocked[end + 1] > blocked[start]:
                continue
            holds = False
            for entry in range(first_entry, last_entry):
                holds = holds or start <= entry_interval[entry] <= end
            if not holds:
                continue
            n = 0
            for position in range(number):
                if start <= days[position] <= end:
                    n += counts[position]
            _keep(
                n, cumulated[end + 1] - cumulated[start], rank, start, end, data_set, least, greatest,
                best_rank, best_start, best_end, True, False, low
            )  # fmt: skip
    if whole_period and blocked[intervals] == 0:
        n = 0
        for position in range(number):
            n += counts[position]
        _keep(
            n, cumulated[intervals] - cumulated[0], rank, 0, intervals - 1, data_set, least, greatest,
            best_rank, best_start, best_end, True, False, low
        )  # fmt: skip


@njit(cache=True, nogil=True)
def _visit_every_window(
    rank, cases, cumulated, blocked, shortest, longest, first_end, whole_period, want_high, want_low, data_set, least,
    greatest, best_rank, best_start, best_end
):  # fmt: skip
    low = len(best_rank[0]) // 2
    intervals = len(cumulated) - 1
    for end in range(max(first_end, shortest - 1), intervals):
        for start in range(end - shortest + 1, max(-1, end - longest), -1):
            if blocked[end + 1] > blocked[start]:
                continue
            n = cases[end + 1] - cases[start]
            _keep(
                n, cumulated[end + 1] - cumulated[start], rank, start, end, data_set, least, greatest,
                best_rank, best_start, best_end, want_high, want_low, low
            )  # fmt: skip
    if whole_period and blocked[intervals] == 0:
        _keep(
            cases[intervals], cumulated[intervals] - cumulated[0], rank, 0, intervals - 1, data_set, least, greatest,
            best_rank, best_start, best_end, want_high, want_low, low
        )  # fmt: skip


@njit(cache=True, nogil=True)
def walk_row(
    places, measure, entry_from, entry_set, entry_interval, entry_count, blocked, shortest, longest, first_end,
    whole_period, high_only, want_high, want_low, days, counts, numbers, cases, cumulated,
    least, greatest, best_rank, best_start, best_end
):  # fmt: skip
    """Visit the windows of one row for a batch of data sets.

    Args:
        places: in the order they enter, shape (length,).
        measure: cumulated over intervals, shape (places, intervals + 1).
        entry_from: entries of place p are `entry_from[p]` to `entry_from[p + 1]`, ordered by data set and interval.
        entry_set, entry_interval, entry_count: data set, interval and cases of each entry.
        blocked: number of intervals before each that no window may hold, shape (intervals + 1,).
        days, counts, numbers: room for the days with cases inside of each data set (high rates only).
        cases: room for cumulated cases of each data set, shape (data sets, intervals + 1) (otherwise).
        least, greatest: measures by data set and number of cases, shape (data sets, cases + 1); written.
        best_rank, best_start, best_end: where they were seen, shape (data sets, 2 (cases + 1)), low rates second.
    """
    intervals = measure.shape[1] - 1
    data_sets = len(numbers)
    cumulated[:] = 0.0
    if high_only:
        for data_set in range(data_sets):
            days[data_set, 0] = first_end
            counts[data_set, 0] = 0
            numbers[data_set] = 1
    else:
        cases[:] = 0
    for rank in range(len(places)):
        place = places[rank]
        for interval in range(intervals + 1):
            cumulated[interval] += measure[place, interval]
        entry = entry_from[place]
        last = entry_from[place + 1]
        while entry < last:
            data_set = entry_set[entry]
            beyond = entry
            while beyond < last and entry_set[beyond] == data_set:
                if high_only:
                    _insert(days[data_set], counts[data_set], numbers, data_set, entry_interval[beyond],
                            entry_count[beyond])  # fmt: skip
                else:
                    for interval in range(entry_interval[beyond] + 1, intervals + 1):
                        cases[data_set, interval] += entry_count[beyond]
                beyond += 1
            if high_only:
                _visit_around_cases(
                    rank, entry, beyond, entry_interval, days[data_set], counts[data_set], numbers[data_set],
                    cumulated, blocked, shortest, longest, first_end, whole_period, data_set, least, greatest,
                    best_rank, best_start, best_end
                )  # fmt: skip
            entry = beyond
        if not high_only:
            for data_set in range(data_sets):
                _visit_every_window(
                    rank, cases[data_set], cumulated, blocked, shortest, longest, first_end, whole_period,
                    want_high, want_low, data_set, least, greatest, best_rank, best_start, best_end
                )  # fmt: skip


@njit(cache=True, nogil=True)
def _insert(days, counts, numbers, data_set, interval, count):
    position = numbers[data_set]
    while position > 0 and days[position - 1] > interval:
        position -= 1
    if position > 0 and days[position - 1] == interval:
        counts[position - 1] += count
        return
    for later in range(numbers[data_set], position, -1):
        days[later] = days[later - 1]
        counts[later] = counts[later - 1]
    days[position] = interval
    counts[position] = count
    numbers[data_set] += 1


@njit(cache=True, nogil=True)
def _comes_first(rank, start, end, other_rank, other_start, other_end):
    """Whether a window is visited before another: smaller first, then by end, then the shorter."""
    if rank != other_rank:
        return rank < other_rank
    if end != other_end:
        return end < other_end
    return start > other_start


@njit(cache=True, nogil=True)
def best_by_row(
    order, length, penalty, measure, entry_from, entry_set, entry_interval, entry_count, taken, first_row, last_row,
    shortest, longest, first_end, whole_period, want_high, want_low, min_high, min_low, total_cases, total_measure,
    bernoulli, statistic, found_rank, found_start, found_end, found_low, found_n, found_u
):  # fmt: skip
    """The best window of each row in one data set; the last seven arguments, by row, are written.

    `taken[row, i]` holds windows (start, end) whose times a new one may not touch; start -1 where there is none.
    """
    intervals = measure.shape[1] - 1
    high_only = want_high and not want_low
    least = np.full((1, total_cases + 1), NOTHING_LESS)
    greatest = np.full((1, total_cases + 1), NOTHING_MORE)
    best_rank = np.full((1, 2 * total_cases + 2), FARTHEST, np.int32)
    best_start = np.zeros((1, 2 * total_cases + 2), np.int32)
    best_end = np.zeros((1, 2 * total_cases + 2), np.int32)
    room = intervals + 2 if high_only else 1
    days = np.zeros((1, room), np.int32)
    counts = np.zeros((1, room), np.int32)
    numbers = np.zeros(1, np.int32)
    cases = np.zeros((1, 1 if high_only else intervals + 1), np.int32)
    cumulated = np.zeros(intervals + 1)
    blocked = np.zeros(intervals + 1, np.int32)
    most = total_cases
    for row in range(first_row, last_row):
        least[0, : most + 1] = NOTHING_LESS
        greatest[0, : most + 1] = NOTHING_MORE
        blocked[:] = 0
        for number in range(taken.shape[1]):
            if taken[row, number, 0] >= 0:
                for interval in range(taken[row, number, 0], taken[row, number, 1] + 1):
                    blocked[interval + 1] = 1
        for interval in range(intervals):
            blocked[interval + 1] += blocked[interval]
        walk_row(
            order[row, : length[row]], measure, entry_from, entry_set, entry_interval, entry_count, blocked, shortest,
            longest, first_end, whole_period, high_only, want_high, want_low, days, counts, numbers, cases, cumulated,
            least, greatest, best_rank, best_start, best_end
        )  # fmt: skip
        statistic[row] = 0.0
        found_rank[row] = -1
        most = counts[0, : numbers[0]].sum() if high_only else cases[0, intervals]
        for low in range(2):
            if not (want_low if low else want_high):
                continue
            for n in range(min_low if low else min_high, most + 1):
                u = greatest[0, n] if low else least[0, n]
                if u == (NOTHING_MORE if low else NOTHING_LESS):
                    continue
                difference = n * total_measure - u * total_cases
                if (difference >= 0.0) if low else (difference <= 0.0):
                    continue
                value = log_likelihood_ratio(n, u, total_cases, total_measure, bernoulli) * penalty[row]
                at = n + low * (total_cases + 1)
                tied = statistic[row] > 0.0 and abs(value - statistic[row]) <= TIED
                if tied and not _comes_first(
                    best_rank[0, at], best_start[0, at], best_end[0, at],
                    found_rank[row], found_start[row], found_end[row],
                ):  # fmt: skip
                    continue
                if tied or value > statistic[row]:
                    statistic[row] = value
                    found_rank[row] = best_rank[0, at]
                    found_start[row] = best_start[0, at]
                    found_end[row] = best_end[0, at]
                    found_low[row] = low == 1
                    found_n[row] = n
                    found_u[row] = u


@njit(cache=True, nogil=True)
def greatest_statistics(
    order, length, penalty, penalty_group, groups, measure, entry_from, entry_set, entry_interval, entry_count,
    data_sets, shortest, longest, first_end, whole_period, want_high, want_low, min_high, min_low, total_cases,
    total_measure, bernoulli
):  # fmt: skip
    """The greatest statistic over all rows of each data set, shape (data sets,); 0 where no window qualifies.

    `penalty_group[row]` numbers the rows of equal penalty, rows of a group together; `groups` is how many there are.
    """
    intervals = measure.shape[1] - 1
    high_only = want_high and not want_low
    least = np.full((data_sets, total_cases + 1), NOTHING_LESS)
    greatest = np.full((data_sets, total_cases + 1), NOTHING_MORE)
    best_rank = np.full((data_sets, 2 * total_cases + 2), FARTHEST, np.int32)
    best_start = np.zeros((data_sets, 2 * total_cases + 2), np.int32)
    best_end = np.zeros((data_sets, 2 * total_cases + 2), np.int32)
    room = intervals + 2 if high_only else 1
    days = np.zeros((data_sets, room), np.int32)
    counts = np.zeros((data_sets, room), np.int32)
    numbers = np.zeros(data_sets, np.int32)
    cases = np.zeros((data_sets, 1 if high_only else intervals + 1), np.int32)
    cumulated = np.zeros(intervals + 1)
    blocked = np.zeros(intervals + 1, np.int32)
    maxima = np.zeros(data_sets)
    for group in range(groups):
        least[:] = NOTHING_LESS
        greatest[:] = NOTHING_MORE
        factor = 1.0
        for row in range(len(length)):
            if penalty_group[row] != group:
                continue
            factor = penalty[row]
            walk_row(
                order[row, : length[row]], measure, entry_from, entry_set, entry_interval, entry_count, blocked,
                shortest, longest, first_end, whole_period, high_only, want_high, want_low, days, counts, numbers,
                cases, cumulated, least, greatest, best_rank, best_start, best_end
            )  # fmt: skip
        for data_set in range(data_sets):
            for low in range(2):
                if not (want_low if low else want_high):
                    continue
                for n in range(min_low if low else min_high, total_cases + 1):
                    u = greatest[data_set, n] if low else least[data_set, n]
                    if u == (NOTHING_MORE if low else NOTHING_LESS):
                        continue
                    difference = n * total_measure - u * total_cases
                    if (difference >= 0.0) if low else (difference <= 0.0):
                        continue
                    value = log_likelihood_ratio(n, u, total_cases, total_measure, bernoulli) * factor
                    maxima[data_set] = max(maxima[data_set], value)
    return maxima
