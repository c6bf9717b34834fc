"""Cases and places in CSV files with headings, for people who never saw a parameter file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from commonweal.scan_files.case_file import UNKNOWN_LOCATION
from commonweal.scan_files.coordinates_file import DEGREES, Locations, coordinate_pair
from commonweal.scan_files.dates import DAY, FINENESS, PartialDate, parse_date
from commonweal.scan_files.inputs import ScanInput
from commonweal.scan_files.named_columns import NamedTable, read_named_table
from commonweal.scan_files.problems import Faults, ScanFileError

SHOWN_PLACES = 5
SWAPPED_BRITAIN = (-9.0, 2.0, 49.0, 61.0)
"""Britain with latitude and longitude swapped: nobody can tell from the range alone."""


@dataclass(frozen=True)
class CsvFiles:
    """The files of a scan and the columns a person named; None where these are to be guessed.

    Attributes:
        month_first: whether 3/4/2024 is 4 March (else 3 April).
        unknown_places: "refuse" the file, or "leave out" and count cases in places without coordinates.
    """

    cases: Path
    places: Path | None = None
    population: Path | None = None
    controls: Path | None = None
    place_column: str | None = None
    date_column: str | None = None
    count_column: str | None = None
    population_column: str | None = None
    covariates: Sequence[str] = ()
    month_first: bool = False
    unknown_places: str = "refuse"


@dataclass
class CsvReading:
    """What was read: the tables, the kind of coordinates, first and last day, how fine dates are, how it was read."""

    tables: ScanInput
    coordinates: str
    first: dt.date | None
    last: dt.date | None
    told: list[str] = field(default_factory=list)
    precision: str = DAY


def read_csv_files(files: CsvFiles, *, use_time: bool = True) -> CsvReading:
    """Read CSV files for a scan.

    Args:
        use_time: whether the scan needs dates.

    Raises:
        ScanFileError: a file is absent or breaks a rule; says which column, how many rows, and the first.
    """
    table = read_named_table(files.cases)
    told: list[str] = []
    own_places = read_named_table(files.places) if files.places is not None else table
    coordinates, locations = _locations(own_places, files, told)
    known = set(locations.frame["place"])
    cases, dates, notices = _events(table, files, known, told, use_time=use_time, what="cases")
    controls = population = None
    if files.controls is not None:
        controls, _, more = _events(
            read_named_table(files.controls), files, known, told, use_time=use_time, what="controls"
        )
        notices += more
    if files.population is not None:
        population = _population(read_named_table(files.population), files, known, told)
    covariates = tuple(f"covariate_{number}" for number in range(1, len(files.covariates) + 1))
    tables = ScanInput(
        cases=cases,
        places=locations.frame,
        population=population,
        controls=controls,
        covariates=covariates,
        notices=(*locations.notices, *notices),
    )
    days = [date.first for date in dates]
    precision = dates[0].precision if dates else DAY
    last = max((date.last for date in dates), default=None)
    return CsvReading(tables, coordinates, min(days, default=None), last, told, precision)


def _locations(table: NamedTable, files: CsvFiles, told: list[str]) -> tuple[str, Locations]:
    place = table.chosen("place", files.place_column, what="the place")
    pairs = (("latitude", "longitude"), ("x", "y"))
    pair = next((pair for pair in pairs if table.guess(pair[0]) and table.guess(pair[1])), None)
    if pair is None:
        hint = "Add them." if files.places else "Give a file of places with --places."
        raise ScanFileError(
            f"no columns look like latitude and longitude, or x and y. {hint} Its columns are "
            f"{', '.join(repr(name) for name in table.headings)}.",
            file=table.path,
            line=1,
        )
    first, second = table.guess(pair[0]), table.guess(pair[1])
    assert first is not None
    assert second is not None
    told.append(f"{table.path.name}: place from '{place}', {pair[0]} from '{first}', {pair[1]} from '{second}'")

    faults = Faults(table.path)
    columns = [table.index(name) for name in (place, first, second)]
    found: dict[str, tuple[float, float]] = {}
    repeats = 0
    for row in table.rows:
        name, *cells = (row.cells[column] for column in columns)
        if not name:
            faults.add("no place", line=row.line, column=columns[0] + 1, field=place)
            continue
        values = coordinate_pair(cells, pair, faults, row.line, first_column=columns[1] + 1)
        if values is None:
            continue
        if found.setdefault(name, values) != values:
            faults.add("place stands twice with different coordinates", line=row.line, field=place, value=name)
        repeats += 1
    faults.refuse()
    frame = pl.DataFrame(
        {
            "place": list(found),
            pair[0]: [values[0] for values in found.values()],
            pair[1]: [values[1] for values in found.values()],
        }
    )
    notices = []
    if files.places is not None and repeats > len(found):
        notices.append(f"{table.path.name}: {repeats - len(found):,} rows repeat a place and were merged.")
    if pair == DEGREES and all(
        SWAPPED_BRITAIN[0] < first < SWAPPED_BRITAIN[1] and SWAPPED_BRITAIN[2] < second < SWAPPED_BRITAIN[3]
        for first, second in found.values()
    ):
        notices.append(
            f"{table.path.name}: all places lie in the Indian Ocean. If they should lie in Britain, the columns of "
            "latitude and longitude are swapped."
        )
    return ("latitude and longitude" if pair == DEGREES else "cartesian"), Locations(frame, notices)


def _events(
    table: NamedTable, files: CsvFiles, known: set[str], told: list[str], *, use_time: bool, what: str
) -> tuple[pl.DataFrame, list[PartialDate], list[str]]:
    place = table.chosen("place", files.place_column, what="the place")
    date = table.chosen("date", files.date_column, what="the date") if use_time else None
    count = files.count_column or table.guess("count")
    if count is not None:
        count = table.headings[table.index(count)]
    reading = [f"place from '{place}'"]
    if date is not None:
        reading.append(f"date from '{date}'")
    reading.append(f"number of {what} from '{count}'" if count else f"one of the {what} a row")
    told.append(f"{table.path.name}: {', '.join(reading)}")
    faults = Faults(table.path)
    columns = {"place": table.index(place)}
    if date is not None:
        columns["date"] = table.index(date)
    if count is not None:
        columns["count"] = table.index(count)
    strata = [table.index(name) for name in files.covariates]
    rows: list[tuple[object, ...]] = []
    dates: list[PartialDate] = []
    strangers: dict[str, int] = {}
    parsed = _dates((row.cells[columns["date"]] for row in table.rows), table, files, told) if date is not None else {}
    for row in table.rows:
        name = row.cells[columns["place"]]
        number = row.cells[columns["count"]] if count is not None else "1"
        if not name:
            faults.add("no place", line=row.line, column=columns["place"] + 1, field=place)
            continue
        if not number.isdigit():
            rule = f"number of {what} is " + ("negative" if number.startswith("-") else "not a whole number")
            faults.add(rule, line=row.line, column=columns["count"] + 1, field=count or "", value=number)
            continue
        when = None
        if date is not None:
            when = parsed[row.cells[columns["date"]]]
            if when is None:
                faults.add(
                    "date is not a date (such as 2024-01-31 or 31/01/2024)",
                    line=row.line,
                    column=columns["date"] + 1,
                    field=date,
                    value=row.cells[columns["date"]],
                )
                continue
            dates.append(when)
        if name not in known:
            if files.unknown_places == "refuse":
                faults.add(
                    UNKNOWN_LOCATION.replace("location", "place").replace("coordinates file", "file of places"),
                    line=row.line,
                    column=columns["place"] + 1,
                    field=place,
                    value=name,
                )
            strangers[name] = strangers.get(name, 0) + int(number)
            continue
        rows.append((name, int(number), when.first if when else None, *(row.cells[column] for column in strata)))
    faults.refuse()
    if sum(row[1] for row in rows) == 0:  # type: ignore[misc]
        raise ScanFileError(f"it holds no {what} in the places there are.", file=table.path)
    fineness = {when.precision for when in dates}
    if len(fineness) > 1:
        coarsest = min(fineness, key=lambda precision: FINENESS[precision])
        raise ScanFileError(
            f"some dates give only a {coarsest}, others more; a daily scan needs a day in each row.", file=table.path
        )
    schema: dict[str, pl.DataType | type[pl.DataType]] = {"place": pl.String, "count": pl.Int64, "date": pl.Date}
    schema |= {f"covariate_{number}": pl.String for number in range(1, len(strata) + 1)}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    notices = []
    if strangers:
        shown = ", ".join(f"'{name}'" for name in list(strangers)[:SHOWN_PLACES])
        notices.append(
            f"{table.path.name}: {sum(strangers.values()):,} {what} in {len(strangers):,} places without coordinates "
            f"were left out: {shown}."
        )
    return (frame if date is not None else frame.drop("date")), dates, notices


def _dates(texts: Iterable[str], table: NamedTable, files: CsvFiles, told: list[str]) -> dict[str, PartialDate | None]:
    """Every text as a date; told is how 3/4/2024 was read, where a date is of that kind."""
    distinct = dict.fromkeys(texts)
    found = {text: parse_date(text, day_first=not files.month_first) for text in distinct}
    other = {text: parse_date(text, day_first=files.month_first) for text in distinct}
    ambiguous = [text for text in distinct if found[text] != other[text]]
    if not ambiguous:
        return found
    failing = sum(1 for text in ambiguous if found[text] is None)
    if failing and all(other[text] is not None for text in ambiguous):
        order = "month first (use --month-first)" if not files.month_first else "day first (leave out --month-first)"
        example = next(text for text in ambiguous if found[text] is None)
        raise ScanFileError(f"its dates seem to be written {order}, such as '{example}'.", file=table.path)
    for text in ambiguous:
        when = found[text]
        if when is not None:
            told.append(f"{table.path.name}: '{text}' is read as {when.first.day} {when.first:%B %Y}")
            break
    return found


def _population(table: NamedTable, files: CsvFiles, known: set[str], told: list[str]) -> pl.DataFrame:
    place = table.chosen("place", files.place_column, what="the place")
    number = table.chosen("population", files.population_column, what="the population")
    date = table.guess("date")
    dated = f", date from '{date}'" if date else ""
    told.append(f"{table.path.name}: place from '{place}', population from '{number}'{dated}")
    columns = [table.index(place), table.index(number)]
    strata = [table.index(covariate) for covariate in files.covariates]
    faults = Faults(table.path)
    rows: list[tuple[object, ...]] = []
    for row in table.rows:
        name, text = row.cells[columns[0]], row.cells[columns[1]]
        try:
            population = float(text.replace(",", ""))
        except ValueError:
            population = float("nan")
        if not population >= 0:
            faults.add("population is not a number of 0 or more", line=row.line, column=columns[1] + 1, value=text)
            continue
        day = None
        if date is not None:
            partial = parse_date(row.cells[table.index(date)], day_first=not files.month_first)
            if partial is None:
                faults.add("date is not a date", line=row.line, column=table.index(date) + 1, field=date)
                continue
            day = partial.middle
        if name in known:
            rows.append((name, day, population, *(row.cells[column] for column in strata)))
    faults.refuse()
    if not rows:
        raise ScanFileError("none of its places is in the file of places.", file=table.path)
    schema: dict[str, pl.DataType | type[pl.DataType]] = {"place": pl.String, "date": pl.Date, "population": pl.Float64}
    schema |= {f"covariate_{index}": pl.String for index in range(1, len(strata) + 1)}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame if date is not None else frame.drop("date")
