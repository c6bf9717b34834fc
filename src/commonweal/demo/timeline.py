"""The periods of an indicator of the demonstration, in order."""

from __future__ import annotations

from dataclasses import dataclass

from commonweal.datasets.periods import Period, parse_period
from commonweal.demo.recipes import Recipe


@dataclass(frozen=True)
class Timeline:
    """Periods, the years of population each draws on, and how many make a year."""

    periods: list[Period]
    years: list[int]  # of each single period, before pooling
    pooled: int  # years in a period
    quarters: list[int]  # 0 to 3, April to June first; empty when yearly

    @property
    def per_year(self) -> int:
        return 4 if self.quarters else 1


def timeline(recipe: Recipe) -> Timeline:
    """The periods a recipe asks for."""
    first, number = str(recipe.first), recipe.number
    if recipe.periods == "financial quarter":
        year, quarter = int(first[:4]), int(first[-1]) - 1
        steps = [divmod(year * 4 + quarter + n, 4) for n in range(number)]
        labels = [f"{_financial(y)} Q{q + 1}" for y, q in steps]
        return Timeline([parse_period(label) for label in labels], [y for y, _ in steps], 1, [q for _, q in steps])
    starts = [int(first[:4]) + n for n in range(number)]
    if recipe.periods == "calendar 3":
        labels = [f"{year} - {(year + 2) % 100:02d}" for year in starts]
        return Timeline([parse_period(label) for label in labels], [*starts, starts[-1] + 1, starts[-1] + 2], 3, [])
    labels = [_financial(year) if recipe.periods == "financial" else str(year) for year in starts]
    return Timeline([parse_period(label) for label in labels], starts, 1, [])


def _financial(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02d}"
