"""Periods: every way English public-health files write a time, read into a first and a last day.

One rule per written form, documented in `parse_period`. The label alone decides: academic years and
survey years that a source writes "2018/19" are kept as the financial year of that label, because
nothing in the label tells them apart.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from commonweal.errors import CommonwealError


class PeriodError(CommonwealError):
    """A label that is not a period, or that could be two different ones."""


@dataclass(frozen=True)
class Period:
    """A period: canonical label, first day and last day."""

    label: str
    start: date
    end: date


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DASH = re.compile(r"\s*(?:[-\u2010-\u2015]|\bto\b)\s*", re.IGNORECASE)
_FORMS = (
    '"2018/19", "2016 - 18", "2017", "2022 Q3", "2021/22 Q1", "2020/21 - 24/25", "Sep 2021", "2023-05" or "2023-05-31"'
)
_EARLIEST, _LATEST = 1801, 2199


@lru_cache(maxsize=20_000)
def parse_period(text: str) -> Period:
    """The period a label names.

    | written | means |
    |---|---|
    | 2017, 20170000 | calendar year |
    | 2018/19, 2018-19, 2018/2019 | financial year, 1 April to 31 March |
    | 2016 - 18, 2016-18, 2016-2018 | calendar years 2016 to 2018: years that do not follow on |
    | 2020/21 - 22/23 | financial years 2020/21 to 2022/23 |
    | 2022 Q3, 20220300 | calendar quarter, July to September |
    | 2021/22 Q1 | financial quarter, April to June |
    | 2021/22 Q1 - 2022/23 Q2 | April 2021 to September 2022 |
    | Sep 2021, September 2021, 2023-05 | a month |
    | Apr 2021 - Mar 2022 | months, first to last |
    | 2023-05-31, 31/05/2023 | a day |

    A dash and two digits is a range of years when the digits are later than the year's own ("2009-11" is
    2009 to 2011), else a month ("2023-05"). "1999-01" could be either and is refused.
    Raises PeriodError in words.
    """
    written = " ".join(text.replace("\u00a0", " ").split())
    found = _single(written)
    if found is not None:
        return found
    ends = _DASH.split(written)
    if len(ends) == 2 and all(ends):
        first = _single(ends[0])
        last = _single(ends[1]) or _short_financial(ends[1], first)
        # Calendar years joined by a dash were settled by _single; two whole labels of one kind remain.
        if first is not None and last is not None:
            if last.end <= first.start:
                raise PeriodError(f"'{text}' ends before it begins")
            if _kind(first.label) != _kind(last.label):
                raise PeriodError(f"'{text}' joins two different kinds of period")
            if first == last:
                return first
            label = f"{first.label} - {last.label}"
            if _kind(first.label) == "financial year":
                label = f"{first.label} - {last.label[2:]}"
            return Period(label, first.start, last.end)
    raise PeriodError(f"'{text}' is not a period; write {_FORMS}")


def year_label(year: int, kind: str) -> str:
    """The label of the period that begins in `year`.

    `kind`: "calendar", "financial", or either followed by a number of years pooled ("financial 3").
    For files that give only a year and leave the kind to the metadata.
    """
    name, _, pooled = kind.partition(" ")
    years = int(pooled or 1)
    last = year + years - 1
    if name == "calendar":
        return str(year) if years == 1 else f"{year} - {last % 100:02d}"
    if name == "financial":
        first_label = f"{year}/{(year + 1) % 100:02d}"
        return first_label if years == 1 else f"{first_label} - {last % 100:02d}/{(last + 1) % 100:02d}"
    raise PeriodError(f"'{kind}' is not a kind of year: write calendar, financial, or 'financial 3'")


def _year(text: str) -> int:
    year = int(text)
    if not _EARLIEST <= year <= _LATEST:
        raise PeriodError(f"'{text}' is not a year between {_EARLIEST} and {_LATEST}")
    return year


def _months(label: str, year: int, month: int, months: int) -> Period:
    last = year * 12 + month - 1 + months - 1
    end_year, end_month = last // 12, last % 12 + 1
    return Period(label, date(year, month, 1), date(end_year, end_month, monthrange(end_year, end_month)[1]))


def _kind(label: str) -> str:
    if "Q" in label:
        return "financial quarter" if "/" in label else "quarter"
    if "/" in label:
        return "financial year"
    if label[0].isalpha():
        return "month"
    return "year" if len(label) == 4 else "day"


def _financial(year: int) -> Period:
    return _months(f"{year}/{(year + 1) % 100:02d}", year, 4, 12)


def _short_financial(text: str, first: Period | None) -> Period | None:
    """'24/25' at the end of '2020/21 - 24/25', in the century that follows on from the first."""
    if first is None or not (found := re.fullmatch(r"(\d{2})/(\d{2})", text)):
        return None
    year = first.start.year // 100 * 100 + int(found[1])
    if year < first.start.year:
        year += 100
    if (year + 1) % 100 != int(found[2]):
        return None
    return _financial(year)


def _single(text: str) -> Period | None:
    """A label that is one year, range of years, quarter, month or day; None when it is another form."""
    if found := re.fullmatch(r"(\d{4})", text):
        return _months(text, _year(text), 1, 12)
    if found := re.fullmatch(r"(\d{4})(\d{2})00", text):  # Fingertips sortable
        year, part = _year(found[1]), int(found[2])
        if part == 0:
            return _months(found[1], year, 1, 12)
        if part <= 4:
            return _months(f"{year} Q{part}", year, part * 3 - 2, 3)
        raise PeriodError(f"'{text}' is a sortable period whose middle digits are not a quarter")
    if found := re.fullmatch(r"(\d{4})\s*/\s*(\d{2}|\d{4})", text):
        year = _year(found[1])
        if (year + 1) % 10 ** len(found[2]) != int(found[2]):
            raise PeriodError(f"'{text}' is not a financial year: the second year does not follow the first")
        return _financial(year)
    if found := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", text):
        return _day(text, int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        return _day(text, int(found[3]), int(found[2]), int(found[1]))
    if found := re.fullmatch(r"(\d{4})(\s*(?:[-\u2010-\u2015]|to)\s*)(\d{4}|\d{2})", text, re.IGNORECASE):
        return _years(text, found[1], found[2], found[3])
    if found := re.fullmatch(r"(\d{4})(?:\s*/\s*(\d{2}|\d{4}))?\s*Q\s*([1-4])", text, re.IGNORECASE):
        year, quarter = _year(found[1]), int(found[3])
        if found[2] is None:
            return _months(f"{year} Q{quarter}", year, quarter * 3 - 2, 3)
        whole = _single(f"{found[1]}/{found[2]}")
        assert whole is not None
        start_year, month = (year, quarter * 3 + 1) if quarter < 4 else (year + 1, 1)
        return _months(f"{whole.label} Q{quarter}", start_year, month, 3)
    if found := re.fullmatch(r"([A-Za-z]{3,9})\.?[ -](\d{4})", text):
        name = found[1].lower()
        if name[:3] in _MONTHS and _is_month(name):
            month = _MONTHS.index(name[:3]) + 1
            return _months(f"{name[:3].title()} {found[2]}", _year(found[2]), month, 1)
    return None


def _is_month(name: str) -> bool:
    whole = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "sept",
    ]
    return len(name) == 3 or name in whole


def _day(text: str, year: int, month: int, day: int) -> Period:
    try:
        found = date(_year(str(year)), month, day)
    except ValueError:
        raise PeriodError(f"'{text}' is not a day of the calendar") from None
    return Period(found.isoformat(), found, found)


def _years(text: str, first: str, dash: str, last: str) -> Period:
    """Two years joined by a dash; or a year and a month written '2023-05'."""
    year = _year(first)
    if len(last) == 4:
        end = _year(last)
    else:
        tail = int(last)
        ahead = (tail - year) % 100
        month_like = dash == "-" and 1 <= tail <= 12
        same_century = tail > year % 100
        if month_like and not same_century:
            if 0 < ahead <= 5:
                raise PeriodError(
                    f"'{text}' could be the years {year} to {year + ahead} or a month; "
                    f"write '{year} - {last}' or '{_MONTHS[tail - 1].title()} {year}'"
                )
            return _months(f"{_MONTHS[tail - 1].title()} {year}", year, tail, 1)
        end = year + ahead
    if end == year + 1:
        return _financial(year)
    if end < year or end - year > 30:
        raise PeriodError(f"'{text}' ends before it begins, or is longer than 30 years")
    if end == year:
        return _months(first, year, 1, 12)
    return _months(f"{year} - {end % 100:02d}", year, 1, (end - year + 1) * 12)
