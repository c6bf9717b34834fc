"""Life expectancy and healthy life expectancy. See docs/methods/life-expectancy.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT
from scipy.special import ndtri

from commonweal.stats.frames import ColumnError, like, selected
from commonweal.stats.life_tables import LifeTable, life_table, sullivan, sums_from_age
from commonweal.stats.mortality import Mortality, mortality
from commonweal.stats.results import Confidence, grouping, in_order, levels, suffix
from commonweal.stats.rules import refuse_rows

WIDEST = 20.0
"""A value whose 95% interval is wider than this many years is not given."""
PIECE = 4096
"""Groups worked on at a time, so that their tables stay in the processor's cache."""


def life_expectancy(
    data: IntoDataFrameT,
    *,
    deaths: str,
    population: str,
    age_start: str,
    by: str | Sequence[str] | None = None,
    at: float | Sequence[float] | None = None,
    confidence: Confidence = 0.95,
) -> IntoDataFrameT:
    """Period life expectancy from deaths and populations by age.

    Bands may be five-year, single-year or any other that follow one another, the youngest under 1 (or any age above 0,
    for life expectancy from that age) and the oldest open at any age: 85+, 90+, ...

    Args:
        deaths, population: columns, one row a band; person-years where deaths are of several years.
        age_start: column of the first ages of the bands, or of labels such as "<1", "1-4", "85+".
        by: columns that tell groups apart; without it the whole table is one group.
        at: first ages of the bands at which it is wanted; without it, all.
        confidence: a level or several, such as 0.95 or [95, 99.8].

    Returns:
        `by`, `age_start`, `population_from_age`, `deaths_from_age`, `value` (years), limits, `method`, `reason`. A
        group has no values where it lacks a band or a number, a band has no population or more deaths than people, its
        population is 5,000 or fewer, or nobody died in the open band. A value alone is missing, its limits given, where
        its 95% interval is wider than 20 years.

    Raises:
        ColumnError: a column is absent or holds text; a number is negative or infinite; a label cannot be read; a band
            stands twice in a group; bands overlap or leave ages out; ages under 1 are in one band with older ones; the
            oldest band is not open; an age of `at` begins no band; the table has no rows.

    Source: Chiang CL (1968); Newell C (1994); Silcocks PBS et al (2001), JECH 55; Toson B, Baker A (2003), Life
    expectancy at birth: methodological options for small populations, ONS; Eayres D, Williams ES (2004), JECH 58.
    """
    keys = grouping(by)
    frame = selected(data, [*keys, deaths, population, age_start])
    found = mortality(frame, keys, age_start, deaths, population)

    def table(part: slice) -> LifeTable:
        return life_table(found.columns[deaths][:, part], found.columns[population][:, part], found.starts)

    made = _in_pieces(table, found)
    return like(data, _result(found, made, deaths, population, at, confidence, "Chiang, Silcocks"))


def healthy_life_expectancy(
    data: IntoDataFrameT,
    *,
    deaths: str,
    population: str,
    age_start: str,
    prevalence: str,
    sample: str | None = None,
    standard_error: str | None = None,
    by: str | Sequence[str] | None = None,
    at: float | Sequence[float] | None = None,
    confidence: Confidence = 0.95,
) -> IntoDataFrameT:
    """Years lived on average in good health, or in any state of known prevalence, by Sullivan's method.

    Args:
        deaths, population, age_start, by, at, confidence: as in `life_expectancy`.
        prevalence: column of the share of each band that is in good health, from 0 to 1.
        sample: column of how many people the share was found from; its variance is then that of a proportion.
        standard_error: column of the standard error of the share, where the survey gives it. With neither, the share
            counts as known without error, as from a census.

    Returns:
        As `life_expectancy`, with `life_expectancy` and `proportion_of_life` (value over life expectancy) before the
        limits. Limits allow for chance in deaths and in the share.

    Raises:
        ColumnError: as `life_expectancy`; a share is above 1; a sample is not above 0; or both `sample` and
            `standard_error` are given.

    Source: Sullivan DF (1971), HSMHA Health Reports 86; Mathers CD (1991), Health expectancies in Australia 1981 and
    1988; Jagger C, Van Oyen H, Robine JM (2014), Health expectancy calculation by the Sullivan method, 4th edition.
    """
    if sample and standard_error:
        raise ColumnError("Give `sample` or `standard_error`, not both: each says how sure the prevalence is.")
    keys = grouping(by)
    extra = sample or standard_error
    others = [prevalence, *([extra] if extra else [])]
    frame = selected(data, [*keys, deaths, population, age_start, *others])
    found = mortality(frame, keys, age_start, deaths, population, others)
    share = found.columns[prevalence]
    if (share > 1).any():
        given = frame[prevalence].cast(pl.Float64).to_numpy()
        refuse_rows(given > 1, f"'{prevalence}' {given[(given > 1).argmax()]:g} is above 1 (a share, not a percentage)")
    variance = np.zeros_like(share)
    if standard_error:
        variance = found.columns[standard_error] ** 2
    elif sample:
        asked = found.columns[sample]
        if (asked == 0).any():
            refuse_rows(frame[sample].cast(pl.Float64).to_numpy() == 0, f"'{sample}' 0 is not above 0")
        variance = share * (1 - share) / asked

    def table(part: slice) -> LifeTable:
        d, p = found.columns[deaths][:, part], found.columns[population][:, part]
        return sullivan(d, p, found.starts, share[:, part], variance[:, part])

    def all_life(part: slice) -> LifeTable:
        return life_table(found.columns[deaths][:, part], found.columns[population][:, part], found.starts)

    made, whole = _in_pieces(table, found), _in_pieces(all_life, found)
    with np.errstate(divide="ignore", invalid="ignore"):
        besides = {"life_expectancy": whole.expectation, "proportion_of_life": made.expectation / whole.expectation}
    return like(data, _result(found, made, deaths, population, at, confidence, "Sullivan", besides))


def _in_pieces(table: Callable[[slice], LifeTable], found: Mortality) -> LifeTable:
    many = found.keys.height or 1
    expectation = np.empty((len(found.starts), many))
    error = np.empty_like(expectation)
    for first in range(0, many, PIECE):
        part = slice(first, first + PIECE)
        piece = table(part)
        expectation[:, part], error[:, part] = piece.expectation, piece.standard_error
    return LifeTable(expectation, error)


def _ages(found: Mortality, at: float | Sequence[float] | None) -> np.ndarray:
    """Places of the bands asked for, youngest first."""
    if at is None:
        return np.arange(len(found.starts))
    asked = [at] if isinstance(at, int | float | str) else list(at)
    try:
        ages = sorted({float(age) for age in asked})
    except ValueError:
        raise ColumnError(f"`at` holds ages, such as 0 or 65; {at!r} is not.") from None
    starts = found.starts.tolist()
    strange = [age for age in ages if age not in starts]
    if strange or not ages:
        wrong = f"No band begins at age {strange[0]:g}" if strange else "`at` names no age"
        raise ColumnError(f"{wrong}. The bands begin at {', '.join(map(str, starts))}.")
    return np.array([starts.index(age) for age in ages])


def _result(
    found: Mortality,
    made: LifeTable,
    deaths: str,
    population: str,
    at: float | Sequence[float] | None,
    confidence: Confidence,
    method: str,
    besides: dict[str, np.ndarray] | None = None,
) -> pl.DataFrame:
    ages = _ages(found, at)
    many = found.keys.height or 1
    rows = many * len(ages)
    silent = found.reason.is_not_null().to_numpy()

    def told(table: np.ndarray) -> np.ndarray:
        """One row for each group and age; missing for groups that have no life table."""
        chosen = table if len(ages) == len(found.starts) else table[ages]
        chosen = chosen.T.reshape(rows)
        return np.where(np.repeat(silent, len(ages)), np.nan, chosen) if silent.any() else chosen

    def from_age(name: str) -> np.ndarray:
        return sums_from_age(found.columns[name])[ages].T.reshape(rows)

    value, error = told(made.expectation), told(made.standard_error)
    wide = 2 * float(ndtri(0.975)) * error > WIDEST
    limits = {}
    for level in levels(confidence):
        away = float(ndtri(1 - (1 - level) / 2)) * error
        limits[f"lower_{suffix(level)}"] = pl.Series(value - away).fill_nan(None)
        limits[f"upper_{suffix(level)}"] = pl.Series(value + away).fill_nan(None)
    reason = found.reason.gather(np.repeat(np.arange(many), len(ages))) if silent.any() else None
    too_wide = f"its 95% interval is wider than {WIDEST:g} years"
    if wide.any():
        words = pl.Series([None, too_wide], dtype=pl.String).gather(wide.astype(np.uint32))
        reason = words if reason is None else reason.to_frame("a").select(pl.coalesce("a", words))["a"]
    columns = {
        "age_start": np.tile(found.starts[ages], many),
        "population_from_age": pl.Series(from_age(population)).fill_nan(None),
        "deaths_from_age": pl.Series(from_age(deaths)).fill_nan(None),
        **{name: pl.Series(told(table)).fill_nan(None) for name, table in (besides or {}).items()},
        "value": pl.Series(np.where(wide, np.nan, value)).fill_nan(None),
        **limits,
        "method": pl.repeat(method, rows, eager=True),
        "reason": pl.repeat(None, rows, dtype=pl.String, eager=True) if reason is None else reason,
    }
    keys = found.keys[np.repeat(np.arange(many, dtype=np.uint32), len(ages))] if found.keys.width else found.keys
    return in_order(keys, columns)
