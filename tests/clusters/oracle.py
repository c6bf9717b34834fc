"""The scan statistic by slow and obvious code, to check the fast code against.

Nothing here is shared with the library: windows are listed one by one, every logarithm is taken, and the best is the
greatest of the list.
"""

import math


def ratio(n, u, total_cases, total_measure, bernoulli):
    """The log likelihood ratio of n cases in u units of measure, straight from its definition."""

    def term(cases, odds):
        return cases * math.log(odds) if cases else 0.0

    if bernoulli:
        inside, outside, all_in_all = n / u, None, total_cases / total_measure
        left = total_measure - u
        outside = (total_cases - n) / left if left else 0.0
        return (
            term(n, inside)
            + term(u - n, 1 - inside)
            + term(total_cases - n, outside)
            + term(left - (total_cases - n), 1 - outside)
            - term(total_cases, all_in_all)
            - term(total_measure - total_cases, 1 - all_in_all)
        )
    expected = u * total_cases / total_measure
    if total_cases - n and total_cases - expected <= 1e-12 * total_cases:
        return 0.0
    rest = (total_cases - n) / (total_cases - expected) if total_cases - n else 1.0
    return term(n, n / expected if n else 1.0) + term(total_cases - n, rest)


def circles(points, ties, centres, weights, most, max_distance):
    """For each centre the list of growing circles, each a list of places."""
    found = []
    for centre in centres:
        away = [math.dist(centre, point) for point in points]
        order = sorted(range(len(points)), key=lambda place: (away[place], ties[place]))
        inside, growing, weight = [], [], 0.0
        for place in order:
            weight += weights[place]
            if most is not None and weight > most * (1 + 1e-12):
                break
            if max_distance is not None and away[place] > max_distance:
                break
            inside = [*inside, place]
            growing.append(inside)
        found.append(growing)
    return found


def time_spans(intervals, shortest, longest, first_end):
    """Every window in time, by end ascending, shorter first."""
    return [
        (start, end)
        for end in range(first_end, intervals)
        for start in range(end, -1, -1)
        if shortest <= end - start + 1 <= longest
    ]


def best_window(cases, measure, total_measure, zones, spans, *, high, low, min_high=2, min_low=0, bernoulli=False):
    """(statistic, places, start, end, cases, measure) of the most likely window by the rules of ties; None without one.

    `cases[place][interval]` and `measure[place][interval]`; `zones` as `circles` gives them.
    """
    total = sum(map(sum, cases))
    per_centre = []
    for growing in zones:
        best = None
        for zone in growing:
            for start, end in spans:
                n = sum(cases[place][t] for place in zone for t in range(start, end + 1))
                u = sum(measure[place][t] for place in zone for t in range(start, end + 1))
                more = n * total_measure - u * total
                counts = (high and more > 1e-9 and n >= min_high) or (low and more < -1e-9 and n >= min_low)
                if not counts:
                    continue
                value = ratio(n, u, total, total_measure, bernoulli)
                if best is None or value > best[0] + 1e-11:
                    best = (value, zone, start, end, n, u)
        if best is not None and best[0] > 0:
            per_centre.append(best)
    if not per_centre:
        return None
    greatest = max(window[0] for window in per_centre)
    return min((w for w in per_centre if greatest - w[0] < 1e-9), key=lambda window: len(window[1]))
