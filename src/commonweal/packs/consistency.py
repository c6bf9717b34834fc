"""What must hold between the files of a pack: names that exist, and targets that lie ahead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from commonweal.datasets.indicator import Indicator
from commonweal.faults import guess
from commonweal.packs.contents import Dashboard, Objective

GOOD_DIRECTION = {"high is good": "increase", "low is good": "decrease"}


def inconsistencies(
    objectives: Sequence[Objective],
    indicators: Sequence[Indicator],
    dashboard: Dashboard | None,
    places: Mapping[str, str],
    *,
    objectives_file: str,
    dashboard_file: str,
) -> list[str]:
    """Every disagreement between objectives, indicators and dashboard, each as "file: key: rule".

    `places` says where each indicator is defined: "indicators.toml: indicators[3]" or "indicators/one.toml".
    """
    known = {indicator.id: indicator for indicator in indicators}
    found = [f"{objectives_file}: {fault}" for fault in _of_objectives(objectives, known)]
    if dashboard is not None:
        found += [f"{dashboard_file}: {fault}" for fault in _of_dashboard(dashboard, known)]
    for indicator in indicators:
        at = places[indicator.id]
        joint = "." if ": " in at else ": "
        found += [f"{at}{joint}{fault}" for fault in _of_indicator(indicator)]
    return found


def _of_objectives(objectives: Sequence[Objective], known: dict[str, Indicator]) -> Iterator[str]:
    first_use: dict[str, int] = {}
    for number, objective in enumerate(objectives, start=1):
        at = f"objectives[{number}]"
        earlier = first_use.setdefault(objective.id, number)
        if earlier != number:
            yield f"{at}.id: '{objective.id}' is already the id of objectives[{earlier}]."
        indicator = known.get(objective.indicator)
        if indicator is None:
            yield (
                f"{at}.indicator: '{objective.indicator}' is not an indicator of the pack."
                f"{guess(objective.indicator, known)}"
            )
        elif objective.direction != GOOD_DIRECTION.get(indicator.polarity, objective.direction):
            yield (
                f"{at}.direction: '{objective.direction}' goes the wrong way: of '{indicator.id}', "
                f"{indicator.polarity}."
            )
        yield from _of_targets(at, objective, indicator)


def _of_targets(at: str, objective: Objective, indicator: Indicator | None) -> Iterator[str]:
    sign = 1 if objective.direction == "increase" else -1
    side = "above" if sign > 0 else "below"
    baseline = objective.baseline
    if baseline is not None and (fault := _outside(baseline.value, indicator)):
        yield f"{at}.baseline.value: {fault}"
    before: tuple[float, dt.date] | None = None
    for number, target in enumerate(objective.targets, start=1):
        here = f"{at}.targets[{number}]"
        if fault := _outside(target.value, indicator):
            yield f"{here}.value: {fault}"
        if baseline is not None:
            if sign * (target.value - baseline.value) <= 0:
                yield f"{here}.value: {target.value:g} is not {side} the baseline, {baseline.value:g}."
            if target.by <= baseline.end:
                yield f"{here}.by: {target.by} is not after the baseline's period, {baseline.period}."
        if before is not None:
            value, by = before
            if target.by <= by:
                yield f"{here}.by: {target.by} is not after the target before it, {by}; list them by date."
            elif sign * (target.value - value) < 0:
                yield f"{here}.value: {target.value:g} asks less than the earlier target, {value:g}."
        before = (target.value, target.by)


def _outside(value: float, indicator: Indicator | None) -> str | None:
    if indicator is None:
        return None
    if indicator.value_type == "proportion" and not 0 <= value <= indicator.per:
        return f"{value:g} is outside 0 to {indicator.per:g}, the range of '{indicator.id}'."
    if value < 0 and indicator.value_type in ("crude rate", "directly standardised rate", "count"):
        return f"{value:g} is below 0, and '{indicator.id}' is a {indicator.value_type}."
    return None


def _of_dashboard(dashboard: Dashboard, known: dict[str, Indicator]) -> Iterator[str]:
    titles: dict[str, int] = {}
    for number, section in enumerate(dashboard.sections, start=1):
        at = f"sections[{number}]"
        earlier = titles.setdefault(section.title.casefold(), number)
        if earlier != number:
            yield f"{at}.title: '{section.title}' is already the title of sections[{earlier}]."
        listed: set[str] = set()
        for position, identifier in enumerate(section.indicators, start=1):
            here = f"{at}.indicators[{position}]"
            if identifier not in known:
                yield f"{here}: '{identifier}' is not an indicator of the pack.{guess(identifier, known)}"
            elif identifier in listed:
                yield f"{here}: '{identifier}' is already in this section."
            listed.add(identifier)


def _of_indicator(indicator: Indicator) -> Iterator[str]:
    if indicator.comparison == "goal" and indicator.goal is None:
        yield "comparison: 'goal' needs a [goal] with its lower value."
    if indicator.goal is not None and indicator.goal.upper is not None and indicator.goal.upper <= indicator.goal.lower:
        yield f"goal.upper: {indicator.goal.upper:g} is not above goal.lower, {indicator.goal.lower:g}."
    for number, series_break in enumerate(indicator.series_breaks, start=1):
        try:
            dt.date.fromisoformat(series_break.date)
        except ValueError:
            yield (
                f"series_breaks[{number}].date: '{series_break.date}' is not a date; write the year, month and day, "
                "as 2029-03-31."
            )
