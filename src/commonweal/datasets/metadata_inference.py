"""What a file's own figures say of indicators that came without metadata.

An export of Fingertips holds no polarity and no kind of value. Both show in its figures: an area published as better
than England with the greater value means that high is good, and a value that is count over denominator times 100 is a
percentage.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from commonweal.datasets.indicator import Indicator, Polarity

INFORMATIVE = [
    *("indicator", "area_code", "period_start", "period_end", "sex", "age", "category_type", "category"),
    *("count", "denominator", "value", "published_comparison"),
]
"""The columns of an observation that are looked at here."""
FEWEST_ROWS = 5
AGREEMENT = 0.98
MULTIPLIERS = {100.0: "%", 1000.0: "per 1,000", 10_000.0: "per 10,000", 100_000.0: "per 100,000"}


def infer(indicators: Mapping[str, Indicator], rows: pl.DataFrame, benchmark: str) -> dict[str, Indicator]:
    """The indicators with the kind of value, multiplier, unit and polarity that their rows show; unchanged where they
    do not.

    Args:
        indicators: by identifier.
        rows: their observations, with at least the columns `INFORMATIVE`.
        benchmark: the area that `published_comparison` compares with.
    """
    changes: dict[str, dict[str, object]] = {key: {} for key in indicators}
    for key, found in _kinds(rows).items():
        if key in indicators and indicators[key].value_type == "other":
            changes[key] |= found
    for key, polarity in _polarities(rows, benchmark).items():
        if key in indicators and indicators[key].polarity == "not applicable":
            changes[key]["polarity"] = polarity
    return {key: indicator.model_copy(update=changes[key]) for key, indicator in indicators.items()}


def _kinds(rows: pl.DataFrame) -> dict[str, dict[str, object]]:
    ratio = pl.col("value") / (pl.col("count") / pl.col("denominator"))
    told = (
        rows.lazy()
        .filter((pl.col("denominator") > 0) & (pl.col("count") > 0) & pl.col("value").is_not_null())
        .group_by("indicator")
        .agg(
            *(((ratio / per - 1).abs() < 0.01).mean().alias(f"{per:g}") for per in MULTIPLIERS),
            rows=pl.len(),
            whole=(pl.col("count") <= pl.col("denominator")).all(),
        )
        .filter(pl.col("rows") >= FEWEST_ROWS)
        .collect()
    )
    kinds: dict[str, dict[str, object]] = {}
    for shown in told.iter_rows(named=True):
        for per, unit in MULTIPLIERS.items():
            if shown[f"{per:g}"] >= AGREEMENT:
                kind = "proportion" if per == 100 and shown["whole"] else "crude rate"
                kinds[shown["indicator"]] = {"value_type": kind, "per": per, "unit": unit}
                break
    return kinds


def _polarities(rows: pl.DataFrame, benchmark: str) -> dict[str, Polarity]:
    words = {word: word.casefold() for word in rows["published_comparison"].unique().to_list() if word}

    def says(*beginnings: str) -> pl.Expr:
        return pl.col("published_comparison").is_in(
            [word for word, folded in words.items() if folded.startswith(beginnings)]
        )

    sides = rows.lazy().filter(says("higher", "lower")).group_by("indicator").len().collect()
    polarities: dict[str, Polarity] = {
        key: "no judgement" for key, number in sides.iter_rows() if number >= FEWEST_ROWS
    }
    on = ["indicator", "period_start", "period_end", "sex", "age", "category_type", "category"]
    national = rows.lazy().filter(pl.col("area_code") == benchmark).select(*on, national="value").unique(on)
    judged = (
        rows.lazy()
        .filter(says("better", "worse"))
        .join(national, on=on)
        .group_by("indicator")
        .agg(high=((pl.col("value") > pl.col("national")) == says("better")).mean(), rows=pl.len())
        .filter((pl.col("rows") >= FEWEST_ROWS) & pl.col("high").is_not_null())
        .collect()
    )
    for key, share, _ in judged.iter_rows():
        if key not in polarities and (share >= AGREEMENT or share <= 1 - AGREEMENT):
            polarities[key] = "high is good" if share >= AGREEMENT else "low is good"
    return polarities
