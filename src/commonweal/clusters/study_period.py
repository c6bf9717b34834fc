"""The study period, cut into intervals; and the windows in time."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonweal.clusters.dates import EPOCH, day_number, from_day_number
from commonweal.clusters.problems import ScanError
from commonweal.clusters.settings import ScanSettings, When

DAYS_A_YEAR = 365.25
DAYS_OF_UNIT = {"day": 1.0, "month": DAYS_A_YEAR / 12, "year": DAYS_A_YEAR, "generic": 1.0}


@dataclass(frozen=True)
class StudyPeriod:
    """Intervals of equal length, cut backwards from the last day, so that the first may be short.

    Attributes:
        boundaries: day numbers; interval i is `boundaries[i]` to `boundaries[i + 1] - 1`; shape (intervals + 1,).
        unit, interval_length: as in the settings.
        units: length of the period in units, part of a unit counted whole.
    """

    boundaries: NDArray[np.int64]
    unit: str
    interval_length: int
    units: int

    @classmethod
    def of(cls, settings: ScanSettings) -> StudyPeriod:
        """The period of the settings; one interval if the scan does not use time."""
        if settings.study_period is None:
            return cls(np.array([0, 1]), "generic", 1, 1)
        start, end = (day_number(day) for day in settings.study_period)
        unit = settings.interval_unit
        units = len(_cut(start, end, unit, 1)) - 1
        if not settings.uses_time:
            return cls(np.array([start, end + 1]), unit, settings.interval_length, units)
        boundaries = _cut(start, end, unit, settings.interval_length)
        return cls(boundaries, unit, settings.interval_length, units)

    @property
    def intervals(self) -> int:
        return len(self.boundaries) - 1

    @property
    def days(self) -> int:
        return int(self.boundaries[-1] - self.boundaries[0])

    def interval_of(self, days: NDArray[np.int64]) -> NDArray[np.int32]:
        """The interval of each day number, -1 outside the period."""
        found = np.searchsorted(self.boundaries, days, side="right") - 1
        return np.where((found < 0) | (found >= self.intervals), -1, found).astype(np.int32)

    def first_day(self, interval: int) -> When:
        return from_day_number(int(self.boundaries[interval]), self.unit)

    def last_day(self, interval: int) -> When:
        return from_day_number(int(self.boundaries[interval + 1]) - 1, self.unit)


@dataclass(frozen=True)
class TimeWindows:
    """Windows [start, end] of intervals: `shortest` to `longest` long, ending at `first_end` or later.

    A prospective scan has `first_end` = `intervals` - 1.
    """

    intervals: int
    shortest: int
    longest: int
    first_end: int

    def contains(self, start: int, end: int) -> bool:
        return self.shortest <= end - start + 1 <= self.longest and end >= self.first_end


def time_windows(settings: ScanSettings, period: StudyPeriod) -> tuple[TimeWindows, TimeWindows]:
    """The windows in time of the data, and of the replicates.

    They differ where a prospective scan is adjusted for earlier analyses: replicates are then scanned for every window
    that ends on or after the day of the first analysis.

    Raises:
        ScanError: the period is shorter than the windows asked for.
    """
    number = period.intervals
    if not settings.uses_time:
        whole = TimeWindows(number, number, number, number - 1)
        return whole, whole
    unit = settings.interval_unit
    if settings.max_duration is not None:
        most = settings.max_duration
        if most > period.units:
            raise ScanError(
                f"The study period is {period.units:,} {unit}s long, shorter than the longest window of {most:,}."
            )
    else:
        most = math.floor(settings.max_duration_share * period.units + 1e-9)
    longest = most // settings.interval_length
    shortest = -(-settings.min_duration // settings.interval_length)
    if longest < 1:
        raise ScanError(
            f"No window fits: the longest may be {most:,} of the period's {period.units:,} {unit}s, "
            f"but time is cut into intervals of {settings.interval_length:,}."
        )
    if shortest > longest:
        raise ScanError(
            f"No window fits: the shortest is {settings.min_duration:,} {unit}s, the longest {most:,} "
            f"of the period's {period.units:,}."
        )
    if not settings.is_prospective:
        every = TimeWindows(number, shortest, longest, 0)
        return every, every
    alive = TimeWindows(number, shortest, longest, number - 1)
    if not settings.adjust_for_earlier_analyses:
        return alive, alive
    assert settings.prospective_start is not None
    first = int(period.interval_of(np.array([day_number(settings.prospective_start)]))[0])
    return alive, TimeWindows(number, shortest, longest, first)


def _cut(start: int, end: int, unit: str, length: int) -> NDArray[np.int64]:
    after = end + 1
    boundaries = [after]
    step = 0
    while boundaries[-1] > start:
        step += length
        earlier = after - step if unit in ("day", "generic") else _months_before(after, step * _MONTHS[unit])
        boundaries.append(max(start, earlier))
    return np.array(boundaries[::-1], dtype=np.int64)


_MONTHS = {"month": 1, "year": 12}


def _months_before(day: int, months: int) -> int:
    date = EPOCH + dt.timedelta(days=day)
    number = date.year * 12 + date.month - 1 - months
    year, month = divmod(number, 12)
    following = dt.date(year + month // 11, (month + 1) % 12 + 1, 1)
    last = (following - dt.timedelta(days=1)).day
    return (dt.date(year, month + 1, min(date.day, last)) - EPOCH).days
