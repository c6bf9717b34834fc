"""What a page says first: sentences computed from the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from commonweal.benchmarking import BETTER, WORSE
from commonweal.datasets.indicator import Indicator
from commonweal.figures.numbers import format_number
from commonweal.web.benchmarking.wording import (
    ABSENCES,
    comparison_words,
    in_words,
    listed,
    side,
    with_unit,
)


def overview_sentence(latest: pl.DataFrame, names: Mapping[str, str], titles: Mapping[str, str], against: str) -> str:
    """How many comparisons are worse and better, where most areas are worse, and who is improving most."""
    worse = latest.filter(pl.col("comparison").is_in(list(WORSE)))
    better = latest.filter(pl.col("comparison").is_in(list(BETTER)))
    if latest.is_empty():
        return "No figures are held for these areas yet."
    sentence = (
        f"{_counted(worse.height, 'comparison is', 'comparisons are')} worse than {against} and {better.height} better."
    )
    areas = latest["area_code"].n_unique()
    widest = worse.group_by("indicator").len().sort("len", "indicator", descending=[True, False])
    if widest.height and widest["len"][0] > 1:
        sentence += (
            f" {titles[widest['indicator'][0]]} is where most areas are worse "
            f"({in_words(widest['len'][0])} of {in_words(areas)})."
        )
    improving = (
        latest.filter(pl.col("trend").fill_null("").str.ends_with("getting better"))
        .group_by("area_code")
        .len()
        .filter(pl.col("len") == pl.col("len").max())
        .sort("area_code")
    )
    if improving.height and improving.height <= 3:
        most = improving["len"][0]
        verb = "has" if improving.height == 1 else "have"
        sentence += (
            f" {listed([names[code] for code in improving['area_code']])} {verb} the most indicators getting better "
            f"({in_words(most)}{' each' if improving.height > 1 else ''})."
        )
    return sentence


def indicator_sentence(row: Mapping[str, Any] | None, indicator: Indicator, area: str, against: str) -> str:
    """Where one area stands on one indicator, and which way it is going."""
    if row is None:
        return f"No figure is held for {area}."
    period = row["period"]
    if row["value"] is None:
        return f"{area}, {period}: {ABSENCES.get(row['status'], ABSENCES['missing'])[1]}."
    value = with_unit(row["value"], indicator.unit, indicator.decimals)
    sentence = f"{area}: {value} in {period}"
    comparison = row["comparison"]
    if comparison != "not compared":
        sentence += f", {comparison_words(comparison, against)}"
    if row["benchmark_value"] is not None:
        benchmark = with_unit(row["benchmark_value"], indicator.unit, indicator.decimals)
        if (
            comparison == "not compared"
            or comparison.startswith(("quintile", "fifth"))
            or comparison in ("met", "not met")
        ):
            sentence += f", {side(row['value'], row['benchmark_value'])} {against}"
        sentence += f" ({benchmark})"
    trend = row.get("trend")
    if trend and trend not in ("cannot be calculated", "no significant change"):
        sentence += f", {trend}"
    elif trend == "no significant change":
        sentence += ", with no significant change in recent years"
    return sentence + "."


def gap_sentence(row: Mapping[str, Any] | None, indicator: Indicator, against: str) -> str:
    """How far there is to go to the benchmark, in people where they can be counted; empty where there is no gap."""
    if row is None or not row.get("gap_rate"):
        return ""
    if people := gap_people(row, indicator):
        return f"To reach the {against} rate: {people}."
    return f"To reach {against} it would have to go {gap_distance(row, indicator)}."


def gap_people(row: Mapping[str, Any], indicator: Indicator) -> str:
    """The gap in people, such as "1,240 more people treated to target"; empty where they cannot be counted."""
    people = row.get("gap_people")
    if people is None or people < 1:
        return ""
    direction = "more" if indicator.polarity == "high is good" else "fewer"
    printed = format_number(people, 0)
    return (
        f"one {direction} among {indicator.people}" if printed == "1" else f"{printed} {direction} {indicator.people}"
    )


def gap_distance(row: Mapping[str, Any], indicator: Indicator) -> str:
    """The gap in the indicator's own unit, such as "down by 79.9 per 100,000"; empty where there is none."""
    if not row.get("gap_rate"):
        return ""
    change = "up" if indicator.polarity == "high is good" else "down"
    unit = "percentage points" if indicator.unit == "%" else indicator.unit
    return f"{change} by {format_number(row['gap_rate'], indicator.decimals)} {unit}".rstrip()


def profile_sentence(rows: pl.DataFrame, area: str, against: str) -> str:
    """One area over all indicators."""
    compared = rows.filter(pl.col("comparison") != "not compared")
    if compared.is_empty():
        return f"No figure of {area} can be compared with {against} yet."
    worse = compared.filter(pl.col("comparison").is_in(list(WORSE)))
    better = compared.filter(pl.col("comparison").is_in(list(BETTER)))
    both = worse.filter(pl.col("trend").fill_null("").str.ends_with("getting worse"))
    sentence = (
        f"{area} is better than {against} on {better.height} of {compared.height} indicators and worse on "
        f"{worse.height}."
    )
    if both.height:
        verb = "is" if both.height == 1 else "are"
        sentence += f" {in_words(both.height).capitalize()} {verb} worse and getting worse."
    return sentence


def ranked_title(rows: pl.DataFrame, names: Mapping[str, str], against: str, area: str | None) -> str:
    """The finding of the ranked chart: how many areas are better and worse, and on which side the chosen area is."""
    words = rows["comparison"].to_list()
    better, worse = sum(w in BETTER for w in words), sum(w in WORSE for w in words)
    higher = sum(w in ("higher", "highest") for w in words)
    lower = sum(w in ("lower", "lowest") for w in words)
    if higher or lower:
        return f"{_areas(higher)} higher than {against}, {in_words(lower)} lower"
    if not better and not worse:
        compared = [word for word in words if word != "not compared"]
        return f"No area differs from {against}" if compared else f"{_areas(len(words))} shown beside {against}"
    title = f"{_areas(better)} better than {against}, {in_words(worse)} worse"
    own = rows.filter(pl.col("area_code") == area)["comparison"].to_list() if area else []
    if own and own[0] in WORSE:
        title += f": {names[str(area)]} is one of them" if worse > 1 else f": {names[str(area)]}"
    return title


def trend_title(trend: str | None, area: str, first: str, last: str) -> str:
    """The finding of the trend chart."""
    if trend is None or trend == "cannot be calculated":
        return f"{area}, {first} to {last}"
    if trend == "no significant change":
        return f"{area}: no significant change in recent years"
    moving = "rising" if trend.startswith("increasing") else "falling"
    if " and " not in trend:
        return f"{area}: the figure is {moving}"
    return f"{area} is {trend.split(' and ')[1]}: the figure is {moving}"


def _areas(number: int) -> str:
    if number == 0:
        return "No area is"
    return f"{in_words(number).capitalize()} {'area is' if number == 1 else 'areas are'}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
