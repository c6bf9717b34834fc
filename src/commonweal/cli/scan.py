"""`commonweal scan`: find clusters, from a parameter file or from CSV files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from commonweal.clusters import ScanResult, ScanSettings
    from commonweal.scan_files.inputs import ScanInput

STOPPED = 130

CSV_ONLY = (
    "places",
    "population",
    "controls",
    "model",
    "analysis",
    "start",
    "end",
    "every",
    "max_days",
    "min_days",
    "max_share",
    "max_radius",
    "min_cases",
    "rates",
    "replicates",
    "place_column",
    "date_column",
    "count_column",
    "population_column",
    "covariate",
    "month_first",
    "leave_out_unknown_places",
)


def scan(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV file of cases, or a SaTScan parameter file (.prm).")],
    places: Annotated[
        Path | None, typer.Option(help="CSV of the places: an identifier and latitude and longitude, or x and y.")
    ] = None,
    population: Annotated[Path | None, typer.Option(help="CSV of the population by place (Poisson model).")] = None,
    controls: Annotated[Path | None, typer.Option(help="CSV of controls (Bernoulli model).")] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="permutation (cases only), poisson (with --population) or bernoulli (with --controls). Default: what "
            "the files are enough for.",
            show_default=False,
        ),
    ] = None,
    analysis: Annotated[
        str | None,
        typer.Option(
            help="prospective (clusters still going on at the last day; the default), retrospective, spatial, temporal "
            "or prospective-temporal.",
            show_default=False,
        ),
    ] = None,
    start: Annotated[str | None, typer.Option(help="First day of the study. Default: of the first case.")] = None,
    end: Annotated[str | None, typer.Option(help="Last day of the study. Default: of the last case.")] = None,
    every: Annotated[str | None, typer.Option(help="day, week, month or year: how time is cut. Default: day.")] = None,
    max_days: Annotated[
        int | None, typer.Option(help="Longest cluster in days. Default: 30, or half of the study.")
    ] = None,
    min_days: Annotated[int | None, typer.Option(help="Shortest cluster in days. Default: 1.")] = None,
    max_share: Annotated[
        float | None, typer.Option(help="A cluster holds at most this percentage of the cases. Default: 50.")
    ] = None,
    max_radius: Annotated[float | None, typer.Option(help="Greatest radius, in km (or the unit of x and y).")] = None,
    min_cases: Annotated[int | None, typer.Option(help="Fewest cases in a cluster. Default: 2.")] = None,
    rates: Annotated[str | None, typer.Option(help="high (the default), low or both.")] = None,
    replicates: Annotated[int | None, typer.Option(help="Simulated data sets. Default: 999.")] = None,
    place_column: Annotated[str | None, typer.Option(help="Heading of the place.")] = None,
    date_column: Annotated[str | None, typer.Option(help="Heading of the date.")] = None,
    count_column: Annotated[str | None, typer.Option(help="Heading of the number of cases.")] = None,
    population_column: Annotated[str | None, typer.Option(help="Heading of the population.")] = None,
    covariate: Annotated[
        list[str] | None, typer.Option(help="Heading of a covariate to adjust for, such as age; may be repeated.")
    ] = None,
    month_first: Annotated[bool, typer.Option("--month-first", help="Read 3/4/2024 as 4 March.")] = False,
    leave_out_unknown_places: Annotated[
        bool,
        typer.Option("--leave-out-unknown-places", help="Count and leave out cases in places without coordinates."),
    ] = False,
    json: Annotated[Path | None, typer.Option("--json", help="Write the result as JSON.")] = None,
    geojson: Annotated[Path | None, typer.Option(help="Write the clusters as a map (GeoJSON).")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write a row a cluster as CSV.")] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Write the report here. Default: where the parameter file says; none for CSV."),
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Processors to use. Default: all.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Find clusters of cases in space and time, with the definitions of SaTScan.

    With CSV files: commonweal scan CASES.csv --places PLACES.csv

    With a SaTScan parameter file: commonweal scan PARAMETERS.prm, and any of its parameters after it, as
    --MonteCarloReps 9999 or --MonteCarloReps=9999. Relative paths in it start from its folder. A parameter that is not
    supported is refused by name.
    """
    given = [name for name in CSV_ONLY if context.params.get(name)]
    try:
        by_parameters = _is_parameter_file(file)
        with _in_words_of(by_parameters):
            if by_parameters:
                _scan_parameter_file(context, file, given, json, geojson, csv, output, threads, quiet)
            else:
                _scan_csv(context, file, json, geojson, csv, output, threads, quiet)
    except KeyboardInterrupt:
        typer.echo("Stopped. Nothing was written.", err=True)
        # Python would end itself by the signal, not by this code, were it interrupted while it made a class.
        os._exit(STOPPED)


@contextmanager
def _in_words_of(parameters: bool) -> Iterator[None]:
    """Settings under the names that the user gave them by: those of a parameter file, or of the options."""
    from commonweal.clusters import ScanError
    from commonweal.scan_files.choices import in_parameter_names
    from commonweal.scan_files.csv_choices import in_option_names

    try:
        yield
    except ScanError as error:
        raise ScanError((in_parameter_names if parameters else in_option_names)(str(error))) from error


def _is_parameter_file(file: Path) -> bool:
    if file.suffix.lower() == ".prm":
        return True
    if not file.is_file():
        return False
    from commonweal.scan_files.catalogue import catalogue

    with file.open(encoding="utf-8", errors="replace") as lines:
        first = next((line.strip() for line in lines if line.strip() and not line.startswith(";")), "")
    return first.startswith("[") or first.partition("=")[0].strip().casefold() in catalogue()


def _overrides(context: typer.Context) -> dict[str, str]:
    """The parameters after the file: --Name value or --Name=value."""
    overrides: dict[str, str] = {}
    words = list(context.args)
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            raise typer.BadParameter(f"'{word}' stands alone; a parameter is --Name=value.")
        name, equals, value = word[2:].partition("=")
        if not equals:
            if not words:
                raise typer.BadParameter(f"--{name} has no value.")
            value = words.pop(0)
        overrides[name] = value
    return overrides


def _scan_parameter_file(
    context: typer.Context,
    file: Path,
    given: list[str],
    json: Path | None,
    geojson: Path | None,
    csv: Path | None,
    output: Path | None,
    threads: int | None,
    quiet: bool,
) -> None:
    import datetime as dt

    from commonweal.scan_files.choices import scan_settings, study_time
    from commonweal.scan_files.inputs import read_input
    from commonweal.scan_files.outputs import check_folders, output_files, write_files
    from commonweal.scan_files.parameter_file import read_parameters

    if given:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise typer.BadParameter(f"{names}: for CSV files only. Set it in the parameter file, or as --ItsName=value.")
    started = dt.datetime.now()
    parameters = read_parameters(file, _overrides(context))
    report = output or parameters.path("ResultsFile")
    if report is None:
        raise parameters.wrong("ResultsFile", "It names no file for the report. Name one, or give --output FILE.")
    check_folders([path for path in (report, json, geojson, csv) if path is not None])
    time = study_time(parameters)
    settings = scan_settings(parameters, time)
    tables = read_input(parameters, time)
    if threads is None and parameters.whole("NumberParallelProcesses"):
        threads = parameters.whole("NumberParallelProcesses")
    result = _run(tables, settings, threads, quiet)
    notices = [*parameters.notices, *tables.notices]
    extra = [("Result as JSON", json), ("Map of the clusters", geojson), ("Clusters as CSV", csv)]
    also = [(label, path) for label, path in extra if path is not None]
    contents = output_files(
        result, parameters, report, population=tables.population, notices=notices, started=started, also=also
    )
    write_files({**contents, **_result_files(result, json, geojson, csv)})
    if not quiet:
        silent = parameters.is_on("SuppressWarnings")
        _tell(result, [] if silent else [*notices, *result.warnings], [*contents, *(path for _, path in also)])


def _scan_csv(
    context: typer.Context,
    file: Path,
    json: Path | None,
    geojson: Path | None,
    csv: Path | None,
    output: Path | None,
    threads: int | None,
    quiet: bool,
) -> None:
    if context.args:
        raise typer.BadParameter(
            f"there is no option {context.args[0]}. (Names of SaTScan parameters go with a parameter file.)"
        )
    from commonweal.scan_files.csv_choices import csv_settings
    from commonweal.scan_files.csv_input import CsvFiles, read_csv_files
    from commonweal.scan_files.outputs import check_folders, write_files
    from commonweal.scan_files.plain_words import result_in_words

    check_folders([path for path in (json, geojson, csv, output) if path is not None])
    wanted = context.params
    files = CsvFiles(
        cases=file,
        places=wanted["places"],
        population=wanted["population"],
        controls=wanted["controls"],
        place_column=wanted["place_column"],
        date_column=wanted["date_column"],
        count_column=wanted["count_column"],
        population_column=wanted["population_column"],
        covariates=tuple(wanted["covariate"] or ()),
        month_first=wanted["month_first"],
        unknown_places="leave out" if wanted["leave_out_unknown_places"] else "refuse",
    )
    reading = read_csv_files(files, use_time=wanted["analysis"] != "spatial")
    settings, told = csv_settings(reading, wanted)
    if not quiet:
        for line in [*reading.told, *told]:
            typer.echo(line)
        typer.echo("")
    result = _run(reading.tables, settings, threads, quiet)
    contents = _result_files(result, json, geojson, csv)
    if output is not None:
        lines = [*reading.told, *told, "", result_in_words(result, most=len(result.clusters)), "", str(result)]
        contents[output] = "\n".join(line for line in lines).encode("utf-8") + b"\n"
    write_files(contents)
    if not quiet:
        _tell(result, [*reading.tables.notices, *result.warnings], list(contents))


def _run(tables: ScanInput, settings: ScanSettings, threads: int | None, quiet: bool) -> ScanResult:
    if quiet:
        return tables.scan(settings, threads=threads)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # The first scan on a machine compiles its kernels, which takes some seconds.
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Preparing (longer on the first scan)", total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, description="Simulating", completed=done, total=total)

        progress: Callable[[int, int], None] = report
        return tables.scan(settings, progress=progress, threads=threads)


def _result_files(result: ScanResult, json: Path | None, geojson: Path | None, csv: Path | None) -> dict[Path, bytes]:
    from commonweal.scan_files import result_json

    contents: dict[Path, bytes] = {}
    if json is not None:
        contents[json] = result_json.result_json(result).encode("utf-8")
    if geojson is not None:
        contents[geojson] = result_json.geojson(result).encode("utf-8")
    if csv is not None:
        from commonweal.scan_files.cluster_csv import cluster_csv

        contents[csv] = cluster_csv(result)
    return contents


def _tell(result: ScanResult, notices: list[str], written: list[Path]) -> None:
    from commonweal.scan_files.plain_words import result_in_words

    typer.echo(result_in_words(result))
    for notice in dict.fromkeys(notices):
        typer.echo(f"\nNote: {notice}")
    if written:
        typer.echo("\nWritten: " + ", ".join(str(path) for path in written))
