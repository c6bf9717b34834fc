"""An indicator: what is measured, how, and how it may be judged."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from commonweal.datasets.disclosure_rule import NAMED, Disclosure

ValueType = Literal[
    "proportion",
    "crude rate",
    "directly standardised rate",
    "indirectly standardised rate",
    "indirectly standardised ratio",
    "indirectly standardised proportion",
    "life expectancy",
    "mean",
    "score",
    "count",
    "slope index of inequality",
    "ratio",
    "other",
]
Polarity = Literal["high is good", "low is good", "no judgement", "not applicable"]
ComparisonMethod = Literal[
    "confidence interval 95", "confidence interval 99.8", "two levels", "quintiles", "goal", "none"
]

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9._-]{0,119}")


class SeriesBreak(BaseModel):
    """A date from which values are not comparable with those before."""

    model_config = ConfigDict(extra="forbid")
    date: str
    reason: str


class Goal(BaseModel):
    """A fixed value to reach (`upper` None) or a range: below lower, within, at or above upper."""

    model_config = ConfigDict(extra="forbid")
    lower: float
    upper: float | None = None
    label: str = ""


class Indicator(BaseModel):
    """Metadata of one indicator. Names follow the Fingertips metadata in plain words."""

    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    short_name: str = ""
    topic: str = ""
    definition: str = ""
    rationale: str = ""
    numerator: str = ""
    denominator: str = ""
    unit: str = ""  # printed after the value: "%", "per 100,000", "years"
    per: float = Field(default=1.0, gt=0)  # multiplier of the value: 100, 100000
    value_type: ValueType = "other"
    polarity: Polarity = "not applicable"
    comparison: ComparisonMethod = "confidence interval 95"
    goal: Goal | None = None
    method: str = ""
    disclosure: Disclosure = NAMED["none"]
    disclosure_note: str = ""
    source: str = ""
    licence: str = ""
    caveats: str = ""
    series_breaks: list[SeriesBreak] = Field(default_factory=list)
    people: str = "people"  # completes "1,240 more ..." in the gap sentence
    decimals: int = 1

    @field_validator("id")
    @classmethod
    def id_is_an_identifier(cls, value: str) -> str:
        if not IDENTIFIER.fullmatch(value):
            raise ValueError(f"'{value}' is not an identifier: use small letters, digits, dots, dashes and underscores")
        return value

    @property
    def title(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name
