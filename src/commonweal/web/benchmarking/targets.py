"""The target of an indicator: its goal, else what a programme's objective sets."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from commonweal.datasets.indicator import Indicator
from commonweal.packs import shipped_packs


@dataclass(frozen=True)
class IndicatorTarget:
    value: float
    label: str


def target_of(indicator: Indicator, on: dt.date) -> IndicatorTarget | None:
    """The indicator's own goal; else the next target after a date, or the last, of an objective it measures."""
    if indicator.goal is not None:
        goal = indicator.goal
        value = goal.lower if goal.upper is None or indicator.polarity == "low is good" else goal.upper
        return IndicatorTarget(value, goal.label or "goal")
    for pack in shipped_packs().values():
        for objective in pack.objectives:
            if objective.indicator == indicator.id:
                ordered = sorted(objective.targets, key=lambda target: target.by)
                chosen = next((target for target in ordered if target.by >= on), ordered[-1])
                return IndicatorTarget(chosen.value, f"target for {chosen.by:%B %Y}")
    return None
