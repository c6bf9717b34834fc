"""Dates as data files write them: year, month or day, in the usual orders, or whole numbers of a time of its own."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

NONE, YEAR, MONTH, DAY, GENERIC = "none", "year", "month", "day", "generic"
PRECISIONS = (NONE, YEAR, MONTH, DAY, GENERIC)
FINENESS = {YEAR: 1, MONTH: 2, DAY: 3}
PARTS = re.compile(r"(\d{1,4})(?:[/\-. ](\d{1,4}))?(?:[/\-. ](\d{1,4}))?(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
PIVOT = 50
"""Half a century: a year of two digits is the one nearest to the study."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as far as it was written: the first day it can mean and how fine it is."""

    first: dt.date
    precision: str

    @property
    def last(self) -> dt.date:
        """The last day it can mean."""
        if self.precision == YEAR:
            return self.first.replace(month=12, day=31)
        if self.precision == MONTH:
            return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])
        return self.first

    @property
    def middle(self) -> dt.date:
        """Where a census stands: 1 July of a year, the 15th of a month."""
        if self.precision == YEAR:
            return self.first.replace(month=7, day=1)
        if self.precision == MONTH:
            return self.first.replace(day=15)
        return self.first


def parse_date(text: str, *, day_first: bool = False, near: int | None = None) -> PartialDate | None:
    """A date, or None where the text is none.

    Understood are year, year/month, month/year, year/month/day and, with four digits for the year at the end,
    month/day/year (day/month/year with `day_first`); the parts apart by `/`, `-`, `.` or a space, or as yyyymmdd. A
    time of day after the date is dropped.

    Args:
        near: a year of the study, in whose century a year of two digits is read.
    """
    text = text.strip()
    parts = COMPACT.fullmatch(text) or PARTS.fullmatch(text)
    if parts is None:
        return None
    numbers = [part for part in parts.groups() if part is not None]
    precision = (YEAR, MONTH, DAY)[len(numbers) - 1]
    if len(numbers) > 1 and len(numbers[-1]) == 4 and len(numbers[0]) <= 2:
        numbers = [numbers[-1], *(reversed(numbers[:-1]) if day_first else numbers[:-1])]
    year = _year(numbers[0], near)
    if year is None or any(len(part) > 2 for part in numbers[1:]):
        return None
    try:
        return PartialDate(dt.date(year, *(int(part) for part in numbers[1:]), *([1] * (3 - len(numbers)))), precision)
    except ValueError:
        return None


def _year(text: str, near: int | None) -> int | None:
    if len(text) == 4:
        return int(text) or None
    if len(text) != 2:
        return None
    near = dt.date.today().year - PIVOT // 2 if near is None else near
    year = near - near % 100 + int(text)
    return min((year - 100, year, year + 100), key=lambda candidate: abs(candidate - near))
