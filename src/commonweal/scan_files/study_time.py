"""The time of a study, and dates read in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from commonweal.scan_files.dates import FINENESS, GENERIC, NONE, PartialDate, parse_date

When = dt.date | int


@dataclass(frozen=True)
class StudyTime:
    """First and last day of the study, how fine its dates are and how they are written.

    Attributes:
        precision: "none", "year", "month", "day" or "generic" (whole numbers).
        start, end: both included; None where they are not known yet.
        day_first: whether 3/4/2024 is 3 April.
    """

    precision: str
    start: When | None = None
    end: When | None = None
    day_first: bool = False
    _seen: dict[str, PartialDate | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    _cut: dict[str, When | str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _held: dict[When, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def near(self) -> int | None:
        """A year of the study, in whose century a year of two digits is read."""
        return self.end.year if isinstance(self.end, dt.date) else None

    def case_date(self, text: str) -> When | str:
        """The day of a case, cut to the precision of the study; in words what is wrong, where it is none."""
        if text not in self._cut:
            self._cut[text] = self._case_date(text)
        return self._cut[text]

    def _case_date(self, text: str) -> When | str:
        if self.precision == GENERIC:
            return int(text) if text.lstrip("-").isdigit() else "time is not a whole number"
        found = self._parsed(text)
        if found is None:
            return "date is not a date (such as 2024/1/31)"
        if FINENESS[found.precision] < FINENESS[self.precision]:
            return f"date gives no {self.precision}, which the time precision asks for"
        return found.first.replace(
            day=1 if self.precision != "day" else found.first.day,
            month=1 if self.precision == "year" else found.first.month,
        )

    def census_date(self, text: str) -> When | str:
        """The day of a population; a year is its 1 July, a month its 15th. In words what is wrong, where it is none."""
        if self.precision == GENERIC:
            return int(text) if text.lstrip("-").isdigit() else "time is not a whole number"
        found = self._parsed(text)
        return "date is not a date (such as 2024, 2024/1 or 2024/1/31)" if found is None else found.middle

    def holds(self, when: When) -> bool:
        """Whether a day, already cut to the precision, lies in the study."""
        if when not in self._held:
            self._held[when] = self._holds(when)
        return self._held[when]

    def _holds(self, when: When) -> bool:
        if self.precision == NONE or self.start is None or self.end is None:
            return True
        start = self.start
        if isinstance(start, dt.date):
            start = start.replace(
                day=1 if self.precision in ("year", "month") else start.day,
                month=1 if self.precision == "year" else start.month,
            )
        return start <= when <= self.end  # type: ignore[operator]

    def _parsed(self, text: str) -> PartialDate | None:
        if text not in self._seen:
            self._seen[text] = parse_date(text, day_first=self.day_first, near=self.near)
        return self._seen[text]
