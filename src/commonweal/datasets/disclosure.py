"""Disclosure control: small counts withheld, and as many others as it takes that none can be found by subtraction.

Sources: NHS England (2018), Change to disclosure control methodology for HES and ECDS; ONS (2014), Disclosure control
guidance for tables produced from administrative sources; Hundepool A et al (2012), Statistical Disclosure Control,
chapter 4 (feasibility intervals of suppressed cells). See docs/methods/disclosure-control.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import polars as pl

from commonweal.datasets.additivity import Parts, Sum, sums
from commonweal.datasets.disclosure_rule import DisclosureRule
from commonweal.datasets.indicator import Indicator
from commonweal.datasets.schema import NUMBERS

LEAST_POSSIBLE_VALUES = 3
"""A withheld count must be able to be any of so many whole numbers, or of as many as the rule withholds if fewer."""
SMALL = "Withheld to protect people"
IN_ITS_STEAD = "Withheld because a smaller count could be worked out from it"


def protected(rows: pl.DataFrame, indicator: Indicator, parts: Parts, fresh: pl.Series | None = None) -> pl.DataFrame:
    """The observations as they may be shown under the indicator's rule.

    A count of 1 to the rule's limit is withheld with every figure of its row (and so is a proportion whose denominator
    is that small); other counts are withheld where a withheld one could otherwise be worked out from the totals it
    enters; counts that are shown are rounded, and so are the denominators of proportions. Rates and percentages that
    are shown are those of the unrounded counts. Rows already withheld stay so.

    Args:
        rows: columns of `SCHEMA`, all of one indicator.
        parts: which areas make up which, as anyone may know.
        fresh: which rows are new, where the others have been protected together before; all by default.

    Returns:
        The rows in their order, with `status` "suppressed" and the reason in `note` where figures are withheld.
    """
    rule = indicator.disclosure
    if not rule.withholds or rows.is_empty():
        return rows
    counts = rows["count"].fill_null(float("nan")).to_numpy().astype(float)
    withheld = pl.col("status") == "suppressed"
    in_stead = withheld & (pl.col("note") == IN_ITS_STEAD)
    # Rows that were withheld before, by this rule or by whoever sent them, are to be protected like the rest.
    before = rows.select(already=withheld, guarded=withheld & ~in_stead).to_dict()
    already, guarded = before["already"].to_numpy(), before["guarded"].to_numpy()
    small = _is_small(counts, rule)
    if indicator.value_type == "proportion":
        small = small | _is_small(rows["denominator"].fill_null(float("nan")).to_numpy().astype(float), rule)
    hidden = small | already
    if rule.secondary and rule.suppress_up_to:
        is_fresh = np.ones(rows.height, dtype=bool) if fresh is None else fresh.to_numpy()
        hidden = _with_secondary(counts, small | guarded, hidden, is_fresh, sums(rows, parts), rule)
    hidden_rows, why = pl.Series(hidden), pl.Series(small)
    rounded = ["count", "denominator"] if indicator.value_type == "proportion" else ["count"]
    if rule.round_to > 1:
        rows = rows.with_columns(_nearest(pl.col(name), rule.round_to) for name in rounded)
    return rows.with_columns(
        *(pl.when(hidden_rows).then(None).otherwise(pl.col(name)).alias(name) for name in NUMBERS),
        status=pl.when(hidden_rows).then(pl.lit("suppressed")).otherwise("status"),
        note=pl.when(why)
        .then(pl.lit(f"{SMALL}: {rule}"))
        .when(hidden_rows & ~pl.Series(already))
        .then(pl.lit(IN_ITS_STEAD))
        .otherwise("note"),
    )


def _is_small(counts: np.ndarray, rule: DisclosureRule) -> np.ndarray:
    # Counts shared out between areas may be fractions of people; half a person is already one.
    return (counts >= 0.5) & (counts < rule.suppress_up_to + 0.5)


def _nearest(column: pl.Expr, multiple: int) -> pl.Expr:
    return ((column / multiple) + 0.5).floor() * multiple


def _with_secondary(
    counts: np.ndarray,
    guarded: np.ndarray,
    withheld: np.ndarray,
    fresh: np.ndarray,
    all_sums: Sequence[Sum],
    rule: DisclosureRule,
) -> np.ndarray:
    """Which counts are withheld once none of the `guarded` can be found out."""
    hidden = withheld.copy()
    known = ~np.isnan(counts)
    usable = [each for each in all_sums if _holds(each, counts, known, rule.round_to)]
    for members, own in _components(usable, len(counts)):
        if guarded[members].any() and fresh[members].any():
            _protect_component(members, own, counts, guarded, hidden, rule)
    return hidden


def _holds(each: Sum, counts: np.ndarray, known: np.ndarray, round_to: int) -> bool:
    """Whether the parts do add up, as far as anyone can tell: categories may leave people out, periods overlap."""
    places = np.array([each.total, *each.parts])
    # A row without a count that is not withheld is simply not known, to anybody.
    if known[places].all():
        slack = 0.5 + (round_to / 2 * len(places) if round_to > 1 else 0)
        return abs(counts[each.total] - counts[list(each.parts)].sum()) <= slack
    return True


def _components(all_sums: Sequence[Sum], size: int) -> list[tuple[list[int], list[Sum]]]:
    """Rows linked by totals and the totals that link them, each set apart."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    totals = np.repeat([each.total for each in all_sums], [len(each.parts) for each in all_sums])
    parts = np.concatenate([each.parts for each in all_sums]) if all_sums else np.array([], dtype=int)
    links = coo_matrix((np.ones(len(parts)), (totals.astype(int), parts.astype(int))), shape=(size, size))
    labels = connected_components(links, directed=False)[1]
    rows_of: dict[int, list[int]] = defaultdict(list)
    sums_of: dict[int, list[Sum]] = defaultdict(list)
    for each in all_sums:
        sums_of[labels[each.total]].append(each)
    for place, label in enumerate(labels.tolist()):
        if label in sums_of:
            rows_of[label].append(place)
    return [(rows_of[label], sums_of[label]) for label in sums_of]


def _protect_component(
    members: list[int],
    own: Sequence[Sum],
    counts: np.ndarray,
    guarded: np.ndarray,
    hidden: np.ndarray,
    rule: DisclosureRule,
) -> None:
    """Withhold more rows of `members` in `hidden` until each guarded count keeps its spread of possible values."""
    of_row: dict[int, list[Sum]] = defaultdict(list)
    for each in own:
        for place in (each.total, *each.parts):
            of_row[place].append(each)
    needed = min(LEAST_POSSIBLE_VALUES, rule.suppress_up_to)
    waiting = [place for place in members if guarded[place]]
    _leave_none_alone([place for place in members if hidden[place]] if waiting else [], counts, hidden, of_row)
    while waiting:
        place = waiting[-1]
        least, greatest = _possible(place, counts, guarded, hidden, own, rule)
        if np.floor(greatest + 1e-6) - np.ceil(least - 1e-6) + 1 >= needed:
            waiting.pop()
            continue
        more = _withhold_another(place, of_row[place], counts, hidden, of_row) or _withhold_another(
            place, own, counts, hidden, of_row
        )
        if not more:
            # Everything that bears on it is withheld already.
            waiting.pop()
        _leave_none_alone(more, counts, hidden, of_row)


def _leave_none_alone(places: list[int], counts: np.ndarray, hidden: np.ndarray, of_row: dict[int, list[Sum]]) -> None:
    """One alone in a total is found by a subtraction, and then others by means of it.

    This settles most without a linear programme.
    """
    places = list(places)
    while places:
        place = places.pop()
        for each in of_row[place]:
            if (hidden | np.isnan(counts))[[each.total, *each.parts]].sum() == 1:
                places += _withhold_another(place, [each], counts, hidden, of_row)


def _withhold_another(
    place: int, candidates: Sequence[Sum], counts: np.ndarray, hidden: np.ndarray, of_row: dict[int, list[Sum]]
) -> list[int]:
    """Withhold the shown row that costs least, and tell which; none where all are withheld.

    Above 0 first, a part before a total, one that does not stand alone in further totals, and then the smallest count.
    """
    totals = {each.total for each in candidates}
    shown = {
        row
        for each in candidates
        for row in (each.total, *each.parts)
        if row != place and not hidden[row] and not np.isnan(counts[row])
    }

    def cost(row: int) -> tuple[bool, bool, int, float, int]:
        further = sum(not hidden[[each.total, *each.parts]].any() for each in of_row[row])
        return bool(counts[row] == 0), row in totals, further, float(counts[row]), row

    if not shown:
        return []
    chosen = min(shown, key=cost)
    hidden[chosen] = True
    return [chosen]


def _possible(
    place: int, counts: np.ndarray, guarded: np.ndarray, hidden: np.ndarray, own: Sequence[Sum], rule: DisclosureRule
) -> tuple[float, float]:
    """The least and greatest that a withheld count may be, for one who knows all that is shown and the rule.

    The attacker is given more than they have: which counts are withheld for being small.
    """
    # SciPy's optimisers take a second to import, and few loads have anything to protect.
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix, vstack

    of_sum = np.concatenate([np.full(1 + len(each.parts), number) for number, each in enumerate(own)])
    of_row = np.concatenate([[each.total, *each.parts] for each in own])
    sign_of = np.concatenate([[-1.0] + [1.0] * len(each.parts) for each in own])
    is_unknown = hidden[of_row] | np.isnan(counts[of_row])
    unknown, column = np.unique(of_row[is_unknown], return_inverse=True)
    if place not in unknown:
        return 1.0, float(rule.suppress_up_to)
    matrix = coo_matrix((sign_of[is_unknown], (of_sum[is_unknown], column)), shape=(len(own), len(unknown))).tocsr()
    shown = ~is_unknown
    right = -np.bincount(of_sum[shown], sign_of[shown] * counts[of_row[shown]], minlength=len(own))
    bounds = [(0.5, rule.suppress_up_to + 0.5) if guarded[row] else (0.0, None) for row in unknown]
    ends = []
    for sign in (1.0, -1.0):
        cost = np.zeros(len(unknown))
        cost[np.searchsorted(unknown, place)] = sign
        slack = 0.5 * rule.round_to if rule.round_to > 1 else 0.0
        found = linprog(cost, A_eq=matrix, b_eq=right, bounds=bounds, method="highs")
        if found.status == 2 and slack:
            # Figures held from before are rounded, so totals hold only about.
            wide = slack * np.array([1 + len(each.parts) for each in own])
            both = np.concatenate([right + wide, wide - right])
            found = linprog(cost, A_ub=vstack([matrix, -matrix]), b_ub=both, bounds=bounds, method="highs")
        if found.status == 3:
            ends.append(sign * -np.inf)
        elif found.status != 0:
            return -np.inf, np.inf
        else:
            ends.append(sign * float(found.fun))
    return ends[0], ends[1]
