"""Indirectly standardised rates and ratios with Poisson intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats import intervals
from commonweal.stats.frames import ColumnError, like, numbers, selected
from commonweal.stats.groups import Groups, groups
from commonweal.stats.rates import poisson_method
from commonweal.stats.results import Confidence, grouping, in_order, limit_columns, reasons
from commonweal.stats.rules import keep_to, multiplier


def indirectly_standardised_rate(
    data: IntoDataFrameT,
    *,
    count: str,
    population: str,
    reference_count: str,
    reference_population: str,
    by: str | Sequence[str] | None = None,
    per: float = 100_000,
    confidence: Confidence = 0.95,
    observed: IntoDataFrameT | None = None,
) -> IntoDataFrameT:
    """The reference's crude rate times each group's ratio of observed to expected events.

    Expected events are those that the group would have at the rates of the reference in each band. Limits are those of
    the observed count: exact below 10, Byar's from 10.

    Args:
        count, population: columns of events and people in each band; either may be 0, and counts as 0 where missing.
        reference_count, reference_population: columns of the reference's events and people in the same band, on every
            row; a missing reference count is 0.
        by: columns that tell groups apart; every group has as many rows. Without it the whole table is one group.
        per: multiplier.
        confidence: a level or several, such as 0.95 or [95, 99.8].
        observed: a second table with the columns of `by` and `count`, the total of each group, where events are not
            known by band; `data` then needs no column `count`.

    Returns:
        `by`, `observed`, `expected`, `reference_rate`, `value`, limits, `method`, `reason`. The value is missing where
        no events are expected.

    Raises:
        ColumnError: a column is absent or holds text; a count or population is negative; a
            reference population is missing or not above 0; any is infinite; groups differ in their number of rows; a
            group has no total in `observed`, or more than one, or a total belongs to no group; the table has no rows.

    Source: Breslow NE, Day NE (1987), Statistical Methods in Cancer Research II, chapter 2; APHO Technical Briefing 3.
    """
    per = multiplier(per)
    found = _observed_and_expected(
        data, count, population, reference_count, reference_population, grouping(by), observed
    )
    return like(data, _result(found, found.reference_rate * per, confidence, rate=True))


def indirectly_standardised_ratio(
    data: IntoDataFrameT,
    *,
    count: str,
    population: str,
    reference_count: str,
    reference_population: str,
    by: str | Sequence[str] | None = None,
    per: float = 1,
    confidence: Confidence = 0.95,
    observed: IntoDataFrameT | None = None,
) -> IntoDataFrameT:
    """Observed over expected events, such as a standardised mortality ratio (`per` 100).

    Args, raises and source: as `indirectly_standardised_rate`; `per` is the value that stands for "as expected", 1 or
    100.

    Returns:
        `by`, `observed`, `expected`, `value`, limits, `method`, `reason`.
    """
    per = multiplier(per)
    found = _observed_and_expected(
        data, count, population, reference_count, reference_population, grouping(by), observed
    )
    return like(data, _result(found, np.full(len(found.observed), per), confidence, rate=False))


@dataclass(frozen=True)
class _Found:
    keys: pl.DataFrame
    observed: np.ndarray
    expected: np.ndarray
    reference_rate: np.ndarray


def _observed_and_expected(
    data: IntoDataFrameT,
    count: str,
    population: str,
    reference_count: str,
    reference_population: str,
    keys: list[str],
    totals: IntoDataFrameT | None,
) -> _Found:
    counted = [count] if totals is None else []
    frame = selected(data, [*keys, *counted, population, reference_count, reference_population])
    people, reference = _or_none(numbers(frame, population)), numbers(frame, reference_population)
    events = _or_none(numbers(frame, reference_count))
    keep_to(population, people, at_least=0)
    keep_to(reference_count, events, at_least=0)
    keep_to(reference_population, reference, above=0, missing=False)
    gathered = groups(frame, keys)
    _refuse_uneven(gathered)
    if totals is None:
        seen = _or_none(numbers(frame, count))
        keep_to(count, seen, at_least=0)
        observed = gathered.sum(seen)
    else:
        observed = _totals(totals, count, keys, gathered)
    expected = gathered.sum(people * (events / reference))
    return _Found(gathered.keys, observed, expected, gathered.sum(events) / gathered.sum(reference))


def _or_none(values: np.ndarray) -> np.ndarray:
    """Missing counts as 0."""
    return np.where(np.isnan(values), 0.0, values) if values.dtype.kind == "f" else values


def _refuse_uneven(gathered: Groups) -> None:
    """A group that lacks a band would be expected to have too few events."""
    if gathered.size:
        return
    sizes, times = np.unique(gathered.sizes, return_counts=True)
    usual = int(sizes[times.argmax()])
    odd = int((gathered.sizes != usual).argmax())
    raise ColumnError(
        f"Every group needs the same bands, but {gathered.name(odd)} has {gathered.sizes[odd]:,} rows where most have "
        f"{usual:,} ({(gathered.sizes != usual).sum():,} such group(s)). Add the missing bands, with a count of 0."
    )


def _totals(totals: IntoDataFrameT, count: str, keys: list[str], gathered: Groups) -> np.ndarray:
    """The total of each group from a table of its own, in the order of the groups."""
    table = selected(totals, [*keys, count])
    seen = numbers(table, count)
    keep_to(count, seen, at_least=0, missing=False)
    if not keys:
        if table.height != 1:
            raise ColumnError(f"Without `by` there is one group, but `observed` has {table.height:,} totals.")
        return seen.astype(float)
    for key in keys:
        if table[key].dtype != gathered.keys[key].dtype:
            table = table.with_columns(pl.col(key).cast(gathered.keys[key].dtype, strict=False))
    repeated = table.select(keys).is_duplicated()
    if repeated.any():
        row = int(repeated.arg_true()[0])
        raise ColumnError("`observed` has more than one total of a group", rows=int(repeated.sum()), row=row + 1)
    strange = table.with_row_index("row_").join(gathered.keys, on=keys, how="anti", nulls_equal=True)
    if strange.height:
        raise ColumnError(
            "`observed` has a total of a group that the table does not have",
            rows=strange.height,
            row=int(strange["row_"].min()) + 1,  # type: ignore[arg-type]
        )
    joined = gathered.keys.join(
        table.select(*keys, total_=pl.Series(seen, dtype=pl.Float64)),
        on=keys,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )["total_"]
    if joined.null_count():
        first = int(joined.is_null().arg_true()[0])
        raise ColumnError(f"`observed` has no total of {gathered.name(first)} ({joined.null_count():,} without).")
    return joined.to_numpy()


def _result(found: _Found, scale: np.ndarray, confidence: Confidence, *, rate: bool) -> pl.DataFrame:
    expecting = found.expected > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = np.where(expecting, scale / found.expected, np.nan)

    def limits(level: float) -> intervals.Limits:
        lower, upper = intervals.poisson(found.observed, level)
        return lower * unit, upper * unit

    columns = {
        "observed": found.observed,
        "expected": found.expected,
        **({"reference_rate": scale} if rate else {}),
        "value": pl.Series(found.observed * unit).fill_nan(None),
        **limit_columns(confidence, limits),
        "method": poisson_method(found.observed),
        "reason": reasons(len(scale), (~expecting, "no events are expected")),
    }
    return in_order(found.keys, columns)
