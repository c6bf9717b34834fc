"""Case files (.cas) and control files (.ctl): location, number, date, covariates."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from commonweal.scan_files.dates import GENERIC, NONE
from commonweal.scan_files.problems import Faults, ScanFileError
from commonweal.scan_files.rows import Layout, read_rows
from commonweal.scan_files.study_time import StudyTime

SHOWN_PLACES = 5
UNKNOWN_LOCATION = "location is not in the coordinates file"


@dataclass(frozen=True)
class CountedEvents:
    """The cases or controls of a file.

    Attributes:
        frame: place, count, date (unless the study has none), then covariate_1, covariate_2, ...; a row a row.
        covariates: the names of the covariate columns.
        notices: what was left out, counted, in words.
    """

    frame: pl.DataFrame
    covariates: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)


def read_events(
    path: Path,
    time: StudyTime,
    *,
    layout: Layout | None = None,
    what: str = "cases",
    places: Collection[str] | None = None,
    keep_strangers: bool = False,
    keep_late: bool = False,
) -> CountedEvents:
    """Read a case or control file.

    Args:
        what: "cases" or "controls", for the messages.
        places: the locations there are; None where they are not checked.
        keep_strangers: leave out, and count, rows of locations that are not in `places`, instead of refusing the file.
        keep_late: leave out, and count, rows dated outside the study period, instead of refusing the file.

    Raises:
        ScanFileError: a row lacks a column, has a number that is not a whole number of 0 or more, a date that is none
            or lies outside the period, or an unknown location; says the rule, how many rows, and the first.
    """
    faults = Faults(path)
    dated = time.precision != NONE
    fields = ("location", f"number of {what}", *(["date"] if dated else []))
    needed = len(fields)
    names: list[str] = []
    counts: list[int] = []
    dates: list[object] = []
    covariates: list[list[str]] = []
    strangers: dict[str, int] = {}
    late: list[int] = []
    width: int | None = None
    for row in read_rows(path, layout):
        cells = row.cells
        line = row.line
        while len(cells) > needed and not cells[-1]:
            cells.pop()
        if len(cells) < needed:
            faults.add(f"fewer than {needed} columns ({', '.join(fields)})", line=line)
            continue
        if width is None:
            width = len(cells)
        elif len(cells) != width:
            faults.add(f"not the {width} columns of the first row", line=line)
            continue
        place, number = cells[0], cells[1]
        if not place:
            faults.add("no location", line=line, column=1, field="location")
            continue
        count = _whole(number)
        if count is None:
            rule = f"number of {what} is " + ("negative" if number.startswith("-") else "not a whole number")
            faults.add(rule, line=line, column=2, field=f"number of {what}", value=number)
            continue
        when: object = None
        if dated:
            when = time.case_date(cells[2])
            if isinstance(when, str):
                faults.add(when, line=line, column=3, field="date", value=cells[2])
                continue
            if not time.holds(when):  # type: ignore[arg-type]
                if not keep_late:
                    rule = f"date is outside the study period ({time.start} to {time.end})"
                    faults.add(rule, line=line, column=3, field="date", value=cells[2])
                elif count:
                    late.append(count)
                continue
        if places is not None and place not in places:
            if keep_strangers:
                strangers[place] = strangers.get(place, 0) + count
            else:
                faults.add(UNKNOWN_LOCATION, line=line, column=1, field="location", value=place)
            continue
        names.append(place)
        counts.append(count)
        dates.append(when)
        covariates.append(cells[needed:])
    faults.refuse()
    if not names or not sum(counts):
        raise ScanFileError(f"it holds no {what}" + (" in the study period." if late else "."), file=path)
    frame = pl.DataFrame({"place": names, "count": counts}, schema={"place": pl.String, "count": pl.Int64})
    if dated:
        kind = pl.Int64 if time.precision == GENERIC else pl.Date
        frame = frame.with_columns(pl.Series("date", dates, dtype=kind))
    titles = tuple(f"covariate_{number}" for number in range(1, (width or needed) - needed + 1))
    frame = frame.with_columns(
        pl.Series(title, [row[index] for row in covariates], dtype=pl.String) for index, title in enumerate(titles)
    )
    return CountedEvents(frame, titles, _left_out(path, what, strangers, late, time))


def _whole(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number >= 0 and number.is_integer() else None


def _left_out(path: Path, what: str, strangers: dict[str, int], late: list[int], time: StudyTime) -> list[str]:
    notices = []
    if strangers:
        shown = ", ".join(f"'{place}'" for place in list(strangers)[:SHOWN_PLACES])
        more = f" and {len(strangers) - SHOWN_PLACES:,} more" if len(strangers) > SHOWN_PLACES else ""
        notices.append(
            f"{path.name}: {sum(strangers.values()):,} {what} of {len(strangers):,} locations that have no coordinates "
            f"were left out: {shown}{more}."
        )
    if late:
        notices.append(
            f"{path.name}: {sum(late):,} {what} dated outside the study period ({time.start} to {time.end}) "
            "were left out."
        )
    return notices
