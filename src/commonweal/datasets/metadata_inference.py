"""What a file's own figures say of indicators that came without metadata.

An export of Fingertips holds no polarity and no kind of value. Both show in its figures: an area published as better
than England with the greater value means that high is good, and a value that is count over denominator times 100 is a
percentage.
"""

from __future__ import annotations

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


def infer(indicator: Indicator, rows: pl.DataFrame, benchmark: str) -> Indicator:
    """The indicator with the kind of value, multiplier, unit and polarity that its rows show; unchanged where they do
    not.

    Args:
        rows: its observations, with at least the columns `INFORMATIVE`.
        benchmark: the area that `published_comparison` compares with.
    """
    changes: dict[str, object] = {}
    if indicator.value_type == "other":
        changes |= _kind(rows)
    if indicator.polarity == "not applicable":
        polarity = _polarity(rows, benchmark)
        if polarity:
            changes["polarity"] = polarity
    return indicator.model_copy(update=changes)


def _kind(rows: pl.DataFrame) -> dict[str, object]:
    told = rows.filter((pl.col("denominator") > 0) & (pl.col("count") > 0) & pl.col("value").is_not_null())
    if told.height < FEWEST_ROWS:
        return {}
    ratio = told["value"] / (told["count"] / told["denominator"])
    for per, unit in MULTIPLIERS.items():
        if ((ratio / per - 1).abs() < 0.01).mean() >= AGREEMENT:  # type: ignore[operator]
            whole = bool((told["count"] <= told["denominator"]).all())
            kind = "proportion" if per == 100 and whole else "crude rate"
            return {"value_type": kind, "per": per, "unit": unit}
    return {}


def _polarity(rows: pl.DataFrame, benchmark: str) -> Polarity | None:
    word = pl.col("published_comparison").str.to_lowercase()
    if rows.filter(word.str.starts_with("higher") | word.str.starts_with("lower")).height >= FEWEST_ROWS:
        return "no judgement"
    on = ["period_start", "period_end", "sex", "age", "category_type", "category"]
    national = rows.filter(pl.col("area_code") == benchmark).select(*on, national="value").unique(on)
    told = rows.join(national, on=on).filter(word.str.starts_with("better") | word.str.starts_with("worse"))
    if told.height < FEWEST_ROWS:
        return None
    high = ((pl.col("value") > pl.col("national")) == word.str.starts_with("better")).mean()
    share = told.select(high).item()
    return "high is good" if share >= AGREEMENT else "low is good" if share <= 1 - AGREEMENT else None
