"""Values and limits that a file leaves out and its counts give: a local return mostly has counts only."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from commonweal.datasets.indicator import Indicator
from commonweal.datasets.schema import SCHEMA
from commonweal.stats import intervals

LEVELS = {"95": 0.95, "99_8": 0.998}
LIMITS = [f"{side}_{level}" for level in LEVELS for side in ("lower", "upper")]
BEYOND_COUNTS = ("bootstrap", "dobson", "model", "simulat", "weight", "standardis")
MOST_DECIMALS = 6
SHOWN = 3


def complete(observations: pl.DataFrame, indicators: Mapping[str, Indicator]) -> tuple[pl.DataFrame, list[str]]:
    """The observations with limits where they have a count and a denominator and no limits, and what to tell of it.

    Proportions get Wilson's limits, crude rates Poisson's (exact below 10, Byar's from 10); a ratio gets those that
    its indicator's method names. A value is computed where there is none and nothing says why. Limits that were
    published are never changed, and none are computed for a value that is not that of its count and denominator.
    See docs/user/loading-data.md.

    Args:
        observations: columns of `SCHEMA`.
        indicators: metadata by identifier.
    """
    methods = {key: (method, i.per) for key, i in indicators.items() if (method := _method(i))}
    table = pl.DataFrame(
        [(key, method, per) for key, (method, per) in methods.items()],
        schema={"indicator": pl.String, "method_": pl.String, "per_": pl.Float64},
        orient="row",
    )
    countable = pl.col("count").is_not_null() & (pl.col("denominator") > 0)
    bare = pl.all_horizontal(pl.col(LIMITS).is_null())
    unnamed = (pl.col("value").is_null() & (pl.col("status") == "missing") & (pl.col("note") == "")).fill_null(False)
    told = observations.lazy().with_row_index("place_").filter(countable).join(table.lazy(), on="indicator")
    rows = (
        told.with_columns(ratio_=pl.col("count") / pl.col("denominator") * pl.col("per_"), unnamed_=unnamed)
        .filter((pl.col("method_") != "Wilson") | (pl.col("count") <= pl.col("denominator")))
        .with_columns(apart_=(pl.col("value") - pl.col("ratio_")).abs())
        # Most values are exactly those of their counts, and need no look at how they are printed.
        .filter(bare | (pl.col("apart_") > pl.col("value").abs() * 1e-9))
        .with_columns(differs_=pl.col("apart_") > _rounding())
        .with_columns(bare_=bare & (pl.col("unnamed_") | ~pl.col("differs_").fill_null(True)))
        .filter(pl.col("bare_") | pl.col("differs_"))
        .select(
            *("place_", "indicator", "area_code", "period", "count", "denominator", "value"),
            *("method_", "per_", "ratio_", "unnamed_", "differs_", "bare_"),
        )
        .collect()
    )  # fmt: skip
    notices = []
    made = rows.filter("bare_").drop("bare_", "differs_")
    if made.height:
        observations = _with(observations, _computed(made))
        for (method,), some in made.group_by("method_", maintain_order=True):
            notices.append(_told(str(method), some))
    wrong = rows.filter("differs_")
    if wrong.height:
        notices.append(_told_difference(wrong, indicators))
    unknown = _unknown(observations, indicators)
    if unknown:
        notices.append(unknown)
    return observations, notices


def _method(indicator: Indicator) -> str:
    """'Wilson', 'exact or Byar', or "" where none may be taken for granted."""
    stated = indicator.method.casefold()
    named = "Wilson" if "wilson" in stated else ""
    named = named or ("exact or Byar" if any(word in stated for word in ("byar", "poisson", "exact")) else "")
    if indicator.value_type == "ratio":
        return named
    usual = {"proportion": "Wilson", "crude rate": "exact or Byar"}.get(indicator.value_type, "")
    # Limits of figures that are more than a count over a denominator cannot be had from the two.
    return "" if any(word in stated for word in BEYOND_COUNTS) or named not in ("", usual) else usual


def _rounding() -> pl.Expr:
    """Half of the last digit that the values of an indicator are printed to."""
    fraction = pl.col("value").cast(pl.String).str.extract(r"\.(\d+)$").str.strip_chars_end("0").str.len_chars()
    decimals = fraction.max().over("indicator").fill_null(0).clip(upper_bound=MOST_DECIMALS)
    return 0.5 * pl.lit(10.0).pow(-decimals.cast(pl.Float64)) * (1 + 1e-6) + pl.col("value").abs() * 1e-9


def _computed(rows: pl.DataFrame) -> pl.DataFrame:
    count, denominator, per = (rows[name].to_numpy() for name in ("count", "denominator", "per_"))
    is_proportion = (rows["method_"] == "Wilson").to_numpy()
    columns = {}
    for level, confidence in LEVELS.items():
        wilson = intervals.wilson(np.where(is_proportion, count, 0), denominator, confidence)
        poisson = intervals.poisson(count, confidence)
        for side, of_proportion, of_count in zip(("lower", "upper"), wilson, poisson, strict=True):
            limit = np.where(is_proportion, of_proportion, of_count / denominator) * per
            columns[f"{side}_{level}"] = pl.Series(limit).fill_nan(None)
    done = pl.when("unnamed_").then(pl.lit("value and limits")).otherwise(pl.lit("limits"))
    return rows.select(
        "place_",
        value=pl.when("unnamed_").then("ratio_").otherwise("value"),
        done_=done + " computed here, " + pl.col("method_"),
    ).with_columns(**columns)


def _with(observations: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    places = made["place_"]
    note = observations["note"].gather(places).fill_null("")
    remark = pl.select(pl.when(note == "").then(made["done_"]).otherwise(note + "; " + made["done_"])).to_series()
    changed = {name: made[name] for name in ("value", *LIMITS)} | {"note": remark}
    status = pl.Series(["published"]).new_from_index(0, len(places))
    return observations.with_columns(
        observations[name].fill_null("").scatter(places, column) if name in ("note", "status")
        else observations[name].scatter(places, column)
        for name, column in {**changed, "status": status}.items()
    ).cast({name: SCHEMA[name] for name in changed})  # fmt: skip


def _told(method: str, rows: pl.DataFrame) -> str:
    values = int(rows["unnamed_"].sum())
    also = f" (and the value of {values:,}, which had none)" if values else ""
    return (
        f"Limits of {_rows(rows.height)} are computed here, {method}, at 95% and 99.8% from count and denominator"
        f"{also}, because the file gives none."
    )


def _told_difference(rows: pl.DataFrame, indicators: Mapping[str, Indicator]) -> str:
    examples = "; ".join(
        f"{indicators[row['indicator']].title}, {row['area_code']}, {row['period']}: {row['value']:g}, where count "
        f"over denominator is {row['ratio_']:.6g}"
        for row in rows.head(SHOWN).iter_rows(named=True)
    )
    return (
        f"The value of {_rows(rows.height)} is not that of its count and denominator, beyond rounding. It is kept as "
        f"given, and no limits are computed for it: {examples}."
    )


def _unknown(observations: pl.DataFrame, indicators: Mapping[str, Indicator]) -> str:
    kinds = [key for key, indicator in indicators.items() if indicator.value_type == "other"]
    bare = observations.filter(
        pl.col("indicator").is_in(kinds),
        pl.all_horizontal(pl.col(LIMITS).is_null()),
        pl.col("count").is_not_null() & (pl.col("denominator") > 0),
    )
    if bare.is_empty():
        return ""
    return (
        f"{_rows(bare.height)} have a count, a denominator and no limits, but whether they are proportions or rates is "
        "not known: load metadata, or say value_type in a mapping, and load again. Until then they are not compared."
    )


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
