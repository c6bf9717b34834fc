"""What daily scans would have signalled, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from narwhals.typing import IntoDataFrame

from commonweal.clusters.dates import NOT_A_DATE, as_date, day_number, from_day_number, parse
from commonweal.clusters.problems import ScanError
from commonweal.clusters.result import Cluster, ScanResult
from commonweal.clusters.scanner import Scanner
from commonweal.clusters.settings import When
from commonweal.stats.frames import as_polars, like

SIGNAL_DAYS = 365.0
"""Chance gives a cluster as strong less often than once in so many days: the usual cut-off of daily scans."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ScannedDay:
    """The scan of one day.

    Attributes:
        day: the last day of its study period.
        result: None where fewer than two cases were in the period.
        signals: its clusters whose recurrence interval is at least the cut-off, most likely first.
    """

    day: When
    result: ScanResult | None
    signals: tuple[Cluster, ...]


@dataclass(frozen=True)
class Signal:
    """One happening, as one or more days signalled it: clusters of following days that share a place and time.

    Attributes:
        first_day, last_day: the first and the last scan that signalled it.
        days: how many scans did.
        strongest: its cluster with the longest recurrence interval; of equal ones that with the greatest statistic.
        location_ids: every place it held on any day, in the order in which they came in.
    """

    first_day: When
    last_day: When
    days: int
    strongest: Cluster
    location_ids: tuple[str, ...]
    latest: Cluster


@dataclass(frozen=True)
class BacktestResult:
    """Every day of a back-test.

    Attributes:
        days: in order of time.
        signals: in order of their first day.
    """

    days: tuple[ScannedDay, ...]
    signals: tuple[Signal, ...]
    as_input: Callable[[pl.DataFrame], Any]

    def to_frame(self) -> Any:
        """A row a day, about its most likely cluster: `day`, `signals`, `start`, `end`, `observed`, `expected`,
        `statistic`, `p_value`, `recurrence_interval_days`, `location_ids`; in the kind of frame the cases came in."""
        return self.as_input(pl.DataFrame([_day_row(day) for day in self.days], schema=_DAYS, orient="row"))

    def signals_to_frame(self) -> Any:
        """A row a signal: `first_day`, `last_day`, `days`, then its strongest cluster as in `to_frame`."""
        return self.as_input(
            pl.DataFrame([_signal_row(found) for found in self.signals], schema=_SIGNALS, orient="row")
        )

    def __str__(self) -> str:
        scanned = f"{len(self.days):,} days were scanned"
        if not self.signals:
            return f"{scanned}; none gave a signal."
        rows = [
            f"{found.first_day} to {found.last_day} ({found.days:,} scans): {found.strongest.observed:,} cases, "
            f"{found.strongest.expected:.2f} expected, in {len(found.location_ids):,} places"
            for found in self.signals
        ]
        return "\n".join([f"{scanned}; {len(self.signals):,} signals:", *rows])


def backtest(
    scanner: Scanner,
    cases: IntoDataFrame,
    *,
    first_day: When | str,
    last_day: When | str,
    study_days: int = 365,
    recurrence_interval_days: float = SIGNAL_DAYS,
    date: str = "date",
    progress: Progress | None = None,
) -> BacktestResult:
    """Scan every day of a period with only the cases known by then: what would have been signalled when?

    Interrupted (KeyboardInterrupt), it leaves nothing behind; who wants the days done so far takes `scanned_days`.

    Args:
        scanner: with the places and the settings of the daily scan, a prospective one.
        cases: as for `scan`; at least `study_days` before `first_day` should be in it.
        first_day, last_day: of the scans.
        study_days: the length of each scan's study period, which ends on its day.
        recurrence_interval_days: a cluster is a signal when chance gives one as strong less often than once in so many
            days.
        date: the column of `cases` with dates, as the scanner was told.
        progress: called with days done and all of them.

    Raises:
        ScanError: the period is empty, a date cannot be read, or the scanner's scan is not prospective.
    """
    days = list(
        scanned_days(
            scanner,
            cases,
            first_day=first_day,
            last_day=last_day,
            study_days=study_days,
            recurrence_interval_days=recurrence_interval_days,
            date=date,
            progress=progress,
        )
    )

    def as_cases(frame: pl.DataFrame) -> Any:
        return like(cases, frame)

    return BacktestResult(tuple(days), joined(days), as_cases)


def scanned_days(
    scanner: Scanner,
    cases: IntoDataFrame,
    *,
    first_day: When | str,
    last_day: When | str,
    study_days: int = 365,
    recurrence_interval_days: float = SIGNAL_DAYS,
    date: str = "date",
    progress: Progress | None = None,
) -> Iterator[ScannedDay]:
    """The days of a `backtest` one by one, as they are done. Arguments and errors are those of `backtest`."""
    first, last = as_date(first_day, "day"), as_date(last_day, "day")
    if day_number(first) > day_number(last):
        raise ScanError(f"The back-test ends ({last}) before it starts ({first}).")
    if study_days < 2:
        raise ScanError(f"study_days is {study_days}; a study period needs at least 2 days.")
    if not scanner.settings((_earlier(first, study_days), first)).is_prospective:
        raise ScanError("A back-test repeats a prospective scan: give the Scanner a prospective analysis.")
    frame = as_polars(cases, [date])
    known = parse(frame[date])
    unreadable = (known == NOT_A_DATE).nonzero()[0]
    if len(unreadable):
        raise ScanError(
            f"The cases have a date in '{date}' that is missing or cannot be read: {len(unreadable):,} rows, "
            f"first row {unreadable[0] + 1}."
        )
    order = known.argsort(kind="stable")
    frame, known = frame[order].with_columns(pl.Series(date, known[order], dtype=pl.Int32).cast(pl.Date)), known[order]
    total = day_number(last) - day_number(first) + 1
    for number in range(total):
        day = from_day_number(day_number(first) + number, "day")
        start = _earlier(day, study_days)
        begin, end = known.searchsorted([day_number(start), day_number(day) + 1])
        yield _scanned(scanner, frame[int(begin) : int(end)], (start, day), recurrence_interval_days)
        if progress is not None:
            progress(number + 1, total)


def joined(days: list[ScannedDay]) -> tuple[Signal, ...]:
    """Signals of following scans that share a place and time are one."""
    found: list[Signal] = []
    for day in days:
        for cluster in day.signals:
            for number, signal in enumerate(found):
                if _same_happening(signal, cluster, day.day):
                    found[number] = _with(signal, cluster, day.day)
                    break
            else:
                found.append(Signal(day.day, day.day, 1, cluster, cluster.location_ids, cluster))
    return tuple(found)


def _scanned(
    scanner: Scanner, known: pl.DataFrame, study_period: tuple[When, When], recurrence_interval_days: float
) -> ScannedDay:
    if known.height < 2:
        return ScannedDay(study_period[1], None, ())
    result = scanner.scan(known, study_period)
    signals = tuple(
        cluster
        for cluster in result.clusters
        if cluster.recurrence_interval_days is not None and cluster.recurrence_interval_days >= recurrence_interval_days
    )
    return ScannedDay(study_period[1], result, signals)


def _earlier(day: When, study_days: int) -> When:
    assert isinstance(day, dt.date)
    return day - dt.timedelta(days=study_days - 1)


def _same_happening(signal: Signal, cluster: Cluster, day: When) -> bool:
    # A day without the signal does not make it another one: the cluster's time still reaches back to it.
    shares_time = cluster.start is not None and cluster.start <= signal.last_day  # type: ignore[operator]
    return shares_time and not set(signal.latest.location_ids).isdisjoint(cluster.location_ids)


def _with(signal: Signal, cluster: Cluster, day: When) -> Signal:
    def strength(one: Cluster) -> tuple[float, float]:
        return one.recurrence_interval_days or 0.0, one.statistic

    held = set(signal.location_ids)
    return replace(
        signal,
        last_day=day,
        days=signal.days + (day != signal.last_day),
        strongest=max(signal.strongest, cluster, key=strength),
        location_ids=signal.location_ids + tuple(name for name in cluster.location_ids if name not in held),
        latest=cluster,
    )


_CLUSTER: dict[str, Any] = {
    "start": pl.Date,
    "end": pl.Date,
    "observed": pl.Int64,
    "expected": pl.Float64,
    "statistic": pl.Float64,
    "p_value": pl.Float64,
    "recurrence_interval_days": pl.Float64,
    "location_ids": pl.List(pl.String),
}
_DAYS: dict[str, Any] = {"day": pl.Date, "signals": pl.Int64, **_CLUSTER}
_SIGNALS: dict[str, Any] = {"first_day": pl.Date, "last_day": pl.Date, "days": pl.Int64, **_CLUSTER}


def _cluster_cells(cluster: Cluster) -> tuple[Any, ...]:
    cells = [getattr(cluster, name) for name in _CLUSTER if name != "location_ids"]
    return (*cells, list(cluster.location_ids))


def _day_row(day: ScannedDay) -> tuple[Any, ...]:
    clusters = day.result.clusters if day.result is not None else ()
    cells = _cluster_cells(clusters[0]) if clusters else (None,) * len(_CLUSTER)
    return (day.day, len(day.signals), *cells)


def _signal_row(signal: Signal) -> tuple[Any, ...]:
    strongest = replace(signal.strongest, location_ids=signal.location_ids)
    return (signal.first_day, signal.last_day, signal.days, *_cluster_cells(strongest))
