"""Areas brought together into the figure of their collaborative. See docs/methods/aggregation.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats.frames import ColumnError, like, numbers, selected
from commonweal.stats.groups import groups
from commonweal.stats.indirect_standardisation import indirectly_standardised_rate, indirectly_standardised_ratio
from commonweal.stats.life_expectancy import life_expectancy
from commonweal.stats.proportions import proportion
from commonweal.stats.rates import rate
from commonweal.stats.results import Confidence, grouping
from commonweal.stats.standardisation import directly_standardised_rate

VALUE_TYPES: dict[str, tuple[Callable[..., Any], float | None, str]] = {
    "proportion": (proportion, 1, "denominator"),
    "crude rate": (rate, 100_000, "population"),
    "directly standardised rate": (directly_standardised_rate, 100_000, "population"),
    "indirectly standardised rate": (indirectly_standardised_rate, 100_000, "population"),
    "indirectly standardised ratio": (indirectly_standardised_ratio, 1, "population"),
    "life expectancy": (life_expectancy, None, "population"),
}
"""Each value type with its method, usual multiplier, and the name its method has for the denominator."""
BANDED = (
    "directly standardised rate",
    "indirectly standardised rate",
    "indirectly standardised ratio",
    "life expectancy",
)


def aggregate(
    data: IntoDataFrameT,
    *,
    area: str,
    value_type: str,
    count: str | None = None,
    denominator: str | None = None,
    by: str | Sequence[str] | None = None,
    age_band: str | None = None,
    standard: str = "esp2013",
    reference_count: str | None = None,
    reference_population: str | None = None,
    per: float | None = None,
    confidence: Confidence = 0.95,
) -> IntoDataFrameT:
    """One value for all areas together: counts and denominators are summed, then the method of the value type applies.

    Every area so weighs by its people. Percentages, rates and ratios are never averaged; standardised rates are made
    again from the summed bands.

    Args:
        area: column of the areas that are brought together.
        value_type: "proportion", "crude rate", "directly standardised rate", "indirectly standardised rate",
            "indirectly standardised ratio" or "life expectancy".
        count, denominator: columns of events and people (deaths and population for life expectancy), in each band where
            the value type is standardised.
        by: columns that tell results apart, such as indicator and period; not the area.
        age_band: column of bands, for standardised rates and ratios and life expectancy (there of labels or first
            ages).
        standard: as in `directly_standardised_rate`; the same in every area.
        reference_count, reference_population: as in `indirectly_standardised_rate`; the same in every area.
        per: multiplier; without it the method's own.
        confidence: a level or several, such as 0.95 or [95, 99.8].

    Returns:
        `by`, `areas` (how many), and the columns of the method. Where an area that other results have is absent, or has
        no count or denominator, the value is missing and `reason` names the area: a sum without it would not be the
        collaborative's.

    Raises:
        ColumnError: counts or denominators are not given, so that only averaging would be left; a value type is unknown
            or lacks its columns; an area stands twice in a result or band; standards differ between areas; and whatever
            the method refuses.

    Source: APHO Technical Briefing 3 (2008); OHID, Fingertips technical guidance, aggregating from lower geographies.
    """
    if value_type not in VALUE_TYPES:
        raise ColumnError(
            f"A '{value_type}' cannot be aggregated from areas. The value types that can: {', '.join(VALUE_TYPES)}."
        )
    if not (count and denominator):
        raise ColumnError(
            f"The {value_type} of several areas together is not the average of theirs, because areas differ in size. "
            "Give `count` and `denominator`, and they will be summed."
        )
    banded = value_type in BANDED
    if banded and not age_band:
        raise ColumnError(f"A {value_type} is aggregated from its age bands: give `age_band`.")
    keys = grouping(by)
    if area in keys:
        raise ColumnError(f"'{area}' is the column that is brought together, so it cannot be in `by` as well.")
    within = [*keys, *([age_band] if banded and age_band else [])]
    same = _same_in_all_areas(value_type, standard, reference_count, reference_population, data)
    frame = selected(data, [*within, area, count, denominator, *same])
    summed = _summed(frame, within, area, count, denominator, same)
    method, usual, people = VALUE_TYPES[value_type]
    arguments: dict[str, Any] = {"by": keys or None, "confidence": confidence, people: denominator}
    arguments["deaths" if value_type == "life expectancy" else "count"] = count
    if usual is not None:
        arguments["per"] = usual if per is None else per
    if value_type == "directly standardised rate":
        arguments |= {"standard": standard, "age_band": age_band}
    elif value_type == "life expectancy":
        arguments["age_start"] = age_band
    elif banded:
        arguments |= {"reference_count": reference_count, "reference_population": reference_population}
    if not keys:
        # A single result is still a sum; the methods that answer row by row need a group to sum in.
        summed = summed.with_columns(all_=pl.lit(0))
        arguments["by"] = "all_"
    found = method(summed, **arguments).drop("all_", strict=False)
    return like(data, _with_areas(found, frame, keys, within, area, (count, denominator)))


def _same_in_all_areas(
    value_type: str, standard: str, reference_count: str | None, reference_population: str | None, data: Any
) -> list[str]:
    if value_type == "directly standardised rate":
        return [] if standard == "esp2013" and "esp2013" not in data.columns else [standard]
    if value_type.startswith("indirectly"):
        if not (reference_count and reference_population):
            raise ColumnError(f"A {value_type} needs `reference_count` and `reference_population`.")
        return [reference_count, reference_population]
    return []


def _summed(
    frame: pl.DataFrame, within: list[str], area: str, count: str, denominator: str, same: list[str]
) -> pl.DataFrame:
    """Counts and denominators of all areas in each result and band; missing where any area's is."""
    if frame[area].null_count():
        wrong = frame[area].is_null()
        raise ColumnError(f"the area '{area}' is missing", rows=int(wrong.sum()), row=int(wrong.arg_true()[0]) + 1)
    repeated = frame.select([*within, area]).is_duplicated()
    if repeated.any():
        row = int(repeated.arg_true()[0])
        raise ColumnError(
            f"area '{frame[area][row]}' stands more than once, so that it would count more than once,",
            rows=int(repeated.sum()),
            row=row + 1,
        )
    gathered = groups(frame, within)
    columns = {}
    for name in (count, denominator):
        columns[name] = pl.Series(gathered.sum(numbers(frame, name).astype(float))).fill_nan(None)
    for name in same:
        given = numbers(frame, name).astype(float)
        arranged = gathered.arranged(given)
        first = arranged[gathered.starts]
        if (arranged != np.repeat(first, gathered.sizes)).any():
            raise ColumnError(f"'{name}' differs between areas; it must be the same in all of them.")
        columns[name] = pl.Series(first)
    keys = gathered.keys if gathered.keys.width else pl.DataFrame()
    return keys.with_columns(**columns) if keys.width else pl.DataFrame(columns)


def _with_areas(
    found: pl.DataFrame, frame: pl.DataFrame, keys: list[str], within: list[str], area: str, counted: tuple[str, str]
) -> pl.DataFrame:
    """The result with the number of areas, and no value where an area is absent or lacks a number."""
    every = frame[area].unique(maintain_order=True)
    kept = frame.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in counted))
    bands = frame.select(within).unique(maintain_order=True)
    expected = bands.join(every.to_frame(), how="cross") if within else every.to_frame()
    absent = expected.join(kept.select([*within, area]), on=[*within, area], how="anti", nulls_equal=True)
    lacking = absent.select([*keys, area]).unique(maintain_order=True)
    whole = [pl.lit(0).alias("all_"), *keys]
    told = lacking.group_by(whole, maintain_order=True).agg(
        lacking_=pl.col(area).n_unique(), first_=pl.col(area).first().cast(pl.String)
    )
    present = frame.group_by(whole, maintain_order=True).agg(areas=pl.col(area).n_unique())
    on = ["all_", *keys]
    facts = present.join(told, on=on, how="left", nulls_equal=True)
    joined = found.with_columns(all_=pl.lit(0)).join(facts, on=on, how="left", nulls_equal=True, maintain_order="left")
    short = pl.col("lacking_").fill_null(0) > 0
    reason = pl.format(
        "no figure of {} of {} areas (the first: {})", pl.col("lacking_"), pl.lit(len(every)), pl.col("first_")
    )
    figures = ["value", *(name for name in found.columns if name.startswith(("lower_", "upper_")))]
    joined = joined.with_columns(
        *(pl.when(~short).then(pl.col(name)).alias(name) for name in figures),
        reason=pl.when(short).then(reason).otherwise(pl.col("reason")),
    )
    return joined.select(*keys, "areas", *(name for name in found.columns if name not in keys))
