"""What a pack holds: its objectives and their targets, its indicators, and how its dashboard is laid out."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from commonweal.datasets.indicator import IDENTIFIER, Indicator
from commonweal.datasets.periods import PeriodError, parse_period

FORMAT = 1

Direction = Literal["increase", "decrease"]
Chart = Literal["table", "ranked areas", "trend", "map", "inequalities"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False, strict=True)]


def _identifier(value: str) -> str:
    if not IDENTIFIER.fullmatch(value):
        raise ValueError(f"'{value}' is not an identifier: use small letters, digits, dots, dashes and underscores")
    return value


class Part(BaseModel):
    """A part of a pack. A key that is not known is a fault, so that a misspelt one is never passed over."""

    model_config = ConfigDict(extra="forbid")


class Baseline(Part):
    """Where an objective starts from."""

    value: Number
    period: Words  # as datasets.periods reads it: "2022/23"
    source: str = ""
    note: str = ""

    @field_validator("period")
    @classmethod
    def period_is_a_period(cls, value: str) -> str:
        try:
            return parse_period(value).label
        except PeriodError as error:
            raise ValueError(str(error)) from None

    @property
    def end(self) -> dt.date:
        """The last day of the period."""
        return parse_period(self.period).end


class Target(Part):
    """A value to reach by a date."""

    value: Number
    by: dt.date
    label: Words
    source: str = ""
    note: str = ""

    @field_validator("by", mode="before")
    @classmethod
    def by_is_a_whole_date(cls, value: object) -> object:
        # A bare 2029 would otherwise be read as seconds since 1970.
        if isinstance(value, (int, float)):
            raise ValueError(f"{value} is not a date; write the year, month and day, as 2029-03-31")
        return value


class Objective(Part):
    """What a programme sets out to change, measured by one indicator."""

    id: str
    title: Words
    why: Words
    indicator: str
    direction: Direction
    baseline: Baseline | None = None  # absent where nobody has published one
    targets: list[Target] = Field(min_length=1)

    _id = field_validator("id")(_identifier)


class Objectives(Part):
    """`objectives.toml`."""

    objectives: list[Objective] = Field(min_length=1)


class Section(Part):
    """A part of the dashboard: the question people ask and the indicators that answer it."""

    title: Words
    question: Words
    indicators: list[str] = Field(min_length=1)
    chart: Chart = "table"


class Dashboard(Part):
    """`dashboard.toml`."""

    sections: list[Section] = Field(min_length=1)


class Heading(Part):
    """`pack.toml`."""

    format: Literal[1]
    id: str
    name: Words
    version: Words
    summary: Words
    topic: Words
    lead_role: Words

    _id = field_validator("id")(_identifier)

    @field_validator("format", mode="before")
    @classmethod
    def format_is_one_we_read(cls, value: object) -> object:
        if value != FORMAT or isinstance(value, bool):
            raise ValueError(f"this Commonweal reads packs of format {FORMAT}, and this one says {value!r}")
        return value


class Pack(Heading):
    """A programme, read and checked: every indicator that an objective or the dashboard names is among `indicators`."""

    objectives: list[Objective]
    indicators: list[Indicator]
    dashboard: Dashboard
    narrative: str  # README.md, Markdown

    def indicator(self, identifier: str) -> Indicator:
        """The indicator of this identifier.

        Raises:
            KeyError: the pack has none.
        """
        return {indicator.id: indicator for indicator in self.indicators}[identifier]
