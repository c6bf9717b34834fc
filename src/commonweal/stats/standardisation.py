"""Directly standardised rates with Dobson's intervals."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats import intervals
from commonweal.stats.age_bands import CodedBands, coded, refuse_faults
from commonweal.stats.frames import ColumnError, like, numbers, selected
from commonweal.stats.groups import Groups, groups
from commonweal.stats.results import Confidence, grouping, in_order, limit_columns, reasons
from commonweal.stats.rules import keep_to, multiplier, refuse
from commonweal.stats.standard_population import european_2013

FEWEST_EVENTS = 10
"""Below this a directly standardised rate and its limits are not given (Dobson's method fails; OHID guidance)."""
PIECE = 1 << 15
"""Rows worked on at a time, so that they stay in the processor's cache."""


def directly_standardised_rate(
    data: IntoDataFrameT,
    *,
    count: str,
    population: str,
    standard: str = "esp2013",
    by: str | Sequence[str] | None = None,
    per: float = 100_000,
    confidence: Confidence = 0.95,
    event_frequency: str | None = None,
    age_band: str | None = None,
) -> IntoDataFrameT:
    """The rate each group would have with the age structure of the standard population.

    Args:
        count, population: columns; a missing count is 0.
        standard: a column of standard populations; or "esp2013", where the table has no column of that name, with
            `age_band`.
        by: columns that tell groups apart; without it the whole table is one group.
        per: multiplier.
        confidence: a level or several, such as 0.95 or [95, 99.8].
        event_frequency: column of how many events each person had, where events are not independent; `count` is then
            people and `age_band` is needed. Population and standard must agree within group and band.
        age_band: column of age bands. Where it is given, each band stands once in a group and no age between the first
            and the last is left out. Groups may differ in their first and last ages, as rates of those under 75 and of
            all ages do. With `event_frequency` a band stands once for each frequency, and where the standard is a
            column the labels only tell bands apart.

    Returns:
        `by`, `count` (events), `population`, `value`, limits, `method`, `reason`. Value and limits are missing below 10
        events, and `reason` says so.

    Raises:
        ColumnError: a column is absent or holds text; a count is negative; a population is missing or not above 0; a
            standard is missing or negative; any is infinite; bands are missing, overlap or stand twice; or the table
            has no rows.

    Source: Dobson AJ et al (1991), Statistics in Medicine 10; for events that are not independent, OHID, Technical
    guidance: confidence intervals, "Non-independent events". Standard: Eurostat (2013).
    """
    per = multiplier(per)
    keys = grouping(by)
    columns = [*keys, count, population]
    shipped = standard == "esp2013" and standard not in nw.from_native(data, eager_only=True).columns
    if shipped and age_band is None:
        raise ColumnError("The European Standard Population 2013 needs `age_band`, the column of the age bands.")
    if event_frequency and age_band is None:
        raise ColumnError("Events that are not independent need `age_band`, the column of the age bands.")
    columns += [name for name in (None if shipped else standard, age_band, event_frequency) if name]
    frame = selected(data, columns)
    people = _none_missing(numbers(frame, count))
    at_risk = numbers(frame, population)
    # Where people are told apart by their number of events and the standard is given, bands need only be alike or not.
    read = coded(frame[age_band]) if age_band and (shipped or not event_frequency) else None
    weight = european_2013(read, str(age_band)) if shipped and read else numbers(frame, standard)
    keep_to(count, people, at_least=0)
    keep_to(population, at_risk, above=0, missing=False)
    keep_to(standard, weight, at_least=0, missing=False)
    variance_of_count = events = people
    if event_frequency:
        times = numbers(frame, event_frequency)
        keep_to(event_frequency, times, above=0, missing=False)
        bands = read.codes if read else frame[str(age_band)]
        rows = frame.select(*keys, band_=bands, label_=pl.col(str(age_band)), at_risk_=at_risk, weight_=weight)
        rows = rows.with_columns(events_=people * times, variance_=people * times**2)
        frame = _by_band(rows, keys)
        at_risk, weight, events, variance_of_count = (
            frame[name].to_numpy() for name in ("at_risk_", "weight_", "events_", "variance_")
        )
        read = read and CodedBands(read.bands, frame["band_"].to_numpy(), read.bare)
    gathered = groups(frame, keys)
    if read:
        refuse_faults(gathered, read)
    total, population_, value, variance = _sums(gathered, events, at_risk, weight, variance_of_count)
    enough = total >= FEWEST_EVENTS
    unweighted = np.isnan(value)
    value, variance = (np.where(enough, part, np.nan) for part in (value * per, variance * per**2))
    result = {
        "count": total,
        "population": population_,
        "value": pl.Series(value).fill_nan(None),
        **limit_columns(confidence, lambda level: intervals.dobson(value, variance, total, level)),
        "method": pl.repeat(
            "Dobson, non-independent events" if event_frequency else "Dobson", gathered.count, eager=True
        ),
        "reason": reasons(
            gathered.count,
            (~enough, f"fewer than {FEWEST_EVENTS} events"),
            (unweighted, "its standard population is 0"),
        ),
    }
    return like(data, in_order(gathered.keys, result))


def _none_missing(values: np.ndarray) -> np.ndarray:
    """Missing counts as 0."""
    if values.dtype.kind == "f" and np.isnan(values.min()):
        return np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf)
    return values


def _sums(
    gathered: Groups, count: np.ndarray, population: np.ndarray, weight: np.ndarray, variance_of_count: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Events, population, rate and its variance (both for one person) of each group."""
    plain = variance_of_count is count
    found = np.empty((5, gathered.count))
    starts = gathered.starts
    ends = np.append(starts[1:], gathered.rows)
    first = 0
    while first < gathered.count:
        # At least one group, however large, and as many as fit.
        last = max(int(np.searchsorted(ends, starts[first] + PIECE, side="right")), first + 1)
        run = slice(starts[first], ends[last - 1])
        rows = run if gathered.order is None else gathered.order[run]
        at = starts[first:last] - starts[first]
        x, n, w = count[rows], population[rows], weight[rows]
        share = w / n
        contribution = share * x
        variance = share * contribution if plain else share * share * variance_of_count[rows]
        for place, part in enumerate((x, n, w, contribution, variance)):
            np.add.reduceat(part, at, dtype=float, out=found[place, first:last])
        first = last
    x, n, w, weighted, variance = found
    with np.errstate(invalid="ignore", divide="ignore"):
        return x, n, weighted / w, variance / w**2


def _by_band(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """People and their number of events summed to events and their variance in each band."""
    bands = rows.group_by([*keys, "band_"], maintain_order=True).agg(
        pl.col("at_risk_", "weight_", "label_").first(),
        different_=(pl.col("at_risk_").n_unique() > 1) | (pl.col("weight_").n_unique() > 1),
        variance_=pl.col("variance_").sum().cast(pl.Float64),
        events_=pl.col("events_").sum().cast(pl.Float64),
    )
    refuse(bands, pl.col("different_"), "band {label_} has several populations or standards, which must agree,")
    return bands
