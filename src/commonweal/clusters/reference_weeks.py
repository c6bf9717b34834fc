"""Which past weeks a week is judged against: windows around the same week of past years, and levels between them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from commonweal.clusters.count_series import WEEK, CountSeries
from commonweal.stats.frames import ColumnError

EPOCH = date(1970, 1, 1)


def reference_weeks(
    series: CountSeries, *, years: int, half_window: int, levels: int, excluded: int, frequency: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The baseline of every time point.

    The time point itself and the same one of each of the `years` past years are reference points, each the middle of
    a window of `half_window` time points on both sides; the windows are the last of `levels` levels. What lies between
    two windows is cut into `levels` - 1 blocks of equal length, the first ones longer by one where they cannot be
    equal. The last `excluded` time points are left out.

    Returns:
        For every column of the series' matrix, the columns that form its baseline, -1 as padding; their level; and
        the earliest column that has to exist for it.

    Raises:
        ColumnError: there are more levels than time points between two windows.
    """
    width = len(series.time)
    references = _references(series, years, frequency)
    positions, numbers = [], []
    for now in range(width):
        weeks, level = [], []
        later = now
        for past in references[now]:
            inside = np.arange(past - half_window, past + half_window + 1)
            weeks.append(inside)
            level.append(np.full(len(inside), levels - 1))
            between = np.arange(past + half_window + 1, later - half_window)
            if levels > 1:
                if len(between) < levels - 1:
                    raise ColumnError(
                        f"{levels} levels are too many: only {max(len(between), 0)} time points lie between the windows"
                        " of two years. Use fewer periods or a smaller window."
                    )
                weeks.append(between)
                level.append(
                    np.repeat(np.arange(levels - 1), [len(part) for part in np.array_split(between, levels - 1)])
                )
            later = past
        weeks.append(np.arange(now - half_window, now))
        level.append(np.full(half_window, levels - 1))
        found, group = np.concatenate(weeks), np.concatenate(level)
        # With windows that overlap a value counts once.
        found, once = np.unique(found, return_index=True)
        group = group[once]
        use = (found >= 0) & (found < now - excluded)
        positions.append(found[use])
        numbers.append(group[use])
    longest = max(1, max(len(found) for found in positions))
    baseline = np.full((width, longest), -1, dtype=np.int64)
    level_of = np.zeros((width, longest), dtype=np.int64)
    for now in range(width):
        baseline[now, : len(positions[now])] = positions[now]
        level_of[now, : len(numbers[now])] = numbers[now]
    return baseline, level_of, references[:, -1] - half_window


def _references(series: CountSeries, years: int, frequency: int) -> np.ndarray:
    """The column of the same time of each past year: by the calendar where weeks have dates, else by `frequency`."""
    width = len(series.time)
    columns = np.arange(width)
    if not series.dated:
        return columns[:, None] - frequency * np.arange(1, years + 1)
    if series.step != WEEK:
        raise ColumnError(
            f"Dates are {series.step} days apart; this method wants weeks, 7 days apart. For other periods number the "
            "time points 1, 2, 3 ... instead of dating them, and say how many make a year in 'frequency'."
        )
    found = np.empty((width, years), dtype=np.int64)
    for column, number in enumerate(series.time):
        day = EPOCH + timedelta(days=int(number))
        for back in range(1, years + 1):
            # 29 February becomes 1 March; then the nearest date that starts a week of the series.
            past = (
                date(day.year - back, 3, 1)
                if (day.month, day.day) == (2, 29) and not _leap(day.year - back)
                else day.replace(year=day.year - back)
            )
            apart = (past - EPOCH).days - int(number)
            found[column, back - 1] = column + round(apart / WEEK)
    return found


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
