"""Population files (.pop: location, date, population, covariates) and maximum circle size files (.max)."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from commonweal.scan_files.case_file import UNKNOWN_LOCATION
from commonweal.scan_files.dates import GENERIC, NONE
from commonweal.scan_files.problems import Faults
from commonweal.scan_files.rows import Layout, read_rows
from commonweal.scan_files.study_time import StudyTime

SHOWN_PLACES = 5


@dataclass(frozen=True)
class Population:
    """The population of a study.

    Attributes:
        frame: place, date (unless the study has none, or no row gives one), population, covariate_1, ...
        covariates: the names of the covariate columns.
        notices: what was left out, counted, in words.
    """

    frame: pl.DataFrame
    covariates: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)


def read_population(
    path: Path,
    time: StudyTime,
    *,
    layout: Layout | None = None,
    places: Collection[str] | None = None,
    keep_strangers: bool = False,
    covariates: int | None = None,
) -> Population:
    """Read a population file. A date may be a year, a month or a day whatever the precision of the cases.

    Args:
        places, keep_strangers: see `read_events`.
        covariates: how many covariates the case file has, which the population must have as well.

    Raises:
        ScanFileError: a row lacks a column, has a population that is no number of 0 or more, a date that is none, an
            unknown location; a location, date and stratum stand twice with different populations; says the rule, how
            many rows, and the first.
    """
    faults = Faults(path)
    names: list[str] = []
    dates: list[object] = []
    numbers: list[float] = []
    strata: list[list[str]] = []
    strangers: dict[str, int] = {}
    width: int | None = None if covariates is None else 3 + covariates
    stood: dict[tuple[object, ...], float] = {}
    for row in read_rows(path, layout):
        cells, line = row.cells, row.line
        while len(cells) > 3 and not cells[-1]:
            cells.pop()
        if len(cells) < 3:
            faults.add("fewer than 3 columns (location, date, population)", line=line)
            continue
        if width is None:
            width = len(cells)
        elif len(cells) != width:
            expected = f"{width} columns" if covariates is None else f"{covariates} covariates, as the case file has"
            faults.add(f"not {expected}", line=line)
            continue
        place, text, number = cells[0], cells[1], cells[2]
        when: object = None
        if text and not (time.precision == NONE and time.start is None):
            when = time.census_date(text)
            if isinstance(when, str):
                faults.add(when, line=line, column=2, field="date", value=text)
                continue
        population = _number(number)
        if population is None or population < 0:
            rule = "population is not a number" if population is None else "population is negative"
            faults.add(rule, line=line, column=3, field="population", value=number)
            continue
        if places is not None and place not in places:
            if keep_strangers:
                strangers[place] = strangers.get(place, 0) + 1
            else:
                faults.add(UNKNOWN_LOCATION, line=line, column=1, field="location", value=place)
            continue
        key = (place, when, *cells[3:])
        if stood.setdefault(key, population) != population:
            faults.add("a second, different population of the same location, date and stratum", line=line, value=place)
            continue
        names.append(place)
        dates.append(when)
        numbers.append(population)
        strata.append(cells[3:])
    undated = [when is None for when in dates]
    if any(undated) and not all(undated):
        faults.add("no date, where other rows have one", line=0, column=2, field="date")
    faults.refuse()
    frame = pl.DataFrame({"place": names}, schema={"place": pl.String})
    if dates and not any(undated):
        kind = pl.Int64 if time.precision == GENERIC else pl.Date
        frame = frame.with_columns(pl.Series("date", dates, dtype=kind))
    frame = frame.with_columns(pl.Series("population", numbers, dtype=pl.Float64))
    titles = tuple(f"covariate_{number}" for number in range(1, (width or 3) - 2))
    frame = frame.with_columns(
        pl.Series(title, [row[index] for row in strata], dtype=pl.String) for index, title in enumerate(titles)
    ).unique(maintain_order=True)
    notices = []
    if strangers:
        shown = ", ".join(f"'{place}'" for place in list(strangers)[:SHOWN_PLACES])
        notices.append(
            f"{path.name}: {sum(strangers.values()):,} rows of {len(strangers):,} locations that have no coordinates "
            f"were left out: {shown}."
        )
    return Population(frame, titles, notices)


def read_max_circle_population(path: Path, *, layout: Layout | None = None) -> dict[str, float]:
    """The population by which the size of a circle is limited, by location (.max).

    Raises:
        ScanFileError: a row lacks a column or has no number of 0 or more; says the rule, how many rows, and the first.
    """
    faults = Faults(path)
    found: dict[str, float] = {}
    for row in read_rows(path, layout):
        if len(row.cells) < 2:
            faults.add("fewer than 2 columns (location, population)", line=row.line)
            continue
        place, number = row.cells[:2]
        population = _number(number)
        if population is None or population < 0:
            faults.add(
                "population is not a number of 0 or more", line=row.line, column=2, field="population", value=number
            )
            continue
        # A file may give a location in several rows, as by age; its population is their sum.
        found[place] = found.get(place, 0.0) + population
    faults.refuse()
    return found


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
