"""`commonweal data`: load, fetch, look at and export the common data-set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commonweal.cli.options import PLAIN, CollaborativeOption, WorkspaceOption

if TYPE_CHECKING:
    from commonweal.datasets.loading import LoadReport

app = typer.Typer(
    help="Load, fetch, look at and export the common data-set.", no_args_is_help=True, rich_markup_mode=PLAIN
)

FilesArgument = Annotated[list[Path], typer.Argument(help="CSV or XLSX files.")]
MappingOption = Annotated[
    str | None, typer.Option("--mapping", "-m", help="How the columns are to be read: a name or a .toml file.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="A field the file does not hold, such as --set period=2024 or --set source='Local audit'."
    ),
]


def _constants(pairs: list[str] | None) -> dict[str, str]:
    constants = {}
    for pair in pairs or []:
        field, separator, text = pair.partition("=")
        if not separator:
            raise typer.BadParameter(f"'{pair}' is not of the form field=text", param_hint="--set")
        constants[field.strip()] = text.strip()
    return constants


@app.command()
def load(
    files: FilesArgument,
    workspace: WorkspaceOption = None,
    collaborative: CollaborativeOption = None,
    mapping: MappingOption = None,
    set_: SetOption = None,
    strict: Annotated[bool, typer.Option(help="Load nothing if any row breaks a rule.")] = False,
    replace_newer: Annotated[
        bool, typer.Option("--replace-newer", help="Replace also figures that were extracted later than this file.")
    ] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Then serve the pages.")] = False,
    port: Annotated[int, typer.Option(help="With --serve: port to listen on.")] = 8000,
) -> None:
    """Load files into the common data-set. Loading a file again changes nothing."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from commonweal.cli.site import open_or_make
    from commonweal.datasets.loading import load_file

    place = open_or_make(workspace, collaborative)
    console = Console()
    for file in files:
        if file.suffix == ".json" or file.name.endswith("_metadata.csv"):
            from commonweal.datasets.fingertips_metadata import read_metadata

            indicators = read_metadata(file)
            written = place.store.save_indicators(indicators)
            console.print(f"{file.name}: metadata of {len(indicators)} indicators, {written} new or changed.")
            continue
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task(file.name)
            report = load_file(
                place,
                file,
                mapping=mapping,
                constants=_constants(set_),
                strict=strict,
                replace_newer=replace_newer,
                progress=lambda step, file=file, task=task: progress.update(  # type: ignore[misc]
                    task, description=f"{file.name}: {step}"
                ),
            )
        _print_report(console, report)
    if serve:
        from commonweal.web.server import serve as serve_pages

        serve_pages(place.path, host="127.0.0.1", port=port)


def _print_report(console, report: LoadReport) -> None:  # type: ignore[no-untyped-def]
    from rich.markup import escape

    console.print(f"[bold]{escape(Path(report.file).name)}[/] read as {escape(report.mapping)}")
    console.print(
        f"  {report.rows_in:,} rows in; {report.rows_rejected:,} rejected; "
        f"{report.rows_collapsed:,} exact repeats merged"
    )
    console.print(
        f"  {report.added:,} observations added, {report.updated:,} updated, {report.unchanged:,} unchanged"
        + ("" if report.version is None else f"; the store is now at version {report.version}"),
        soft_wrap=True,
    )
    for reason, rows in report.reasons[:10]:
        console.print(f"  rejected, {rows:,}: {escape(reason)}", soft_wrap=True)
    if report.rejected_file:
        console.print(
            f"  Rejected rows, with row, column and reason: {escape(str(report.rejected_file))}", soft_wrap=True
        )
    for notice in report.notices:
        console.print(f"  note: {escape(notice)}", soft_wrap=True)


@app.command()
def preview(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file.")],
    workspace: WorkspaceOption = None,
    collaborative: CollaborativeOption = None,
    mapping: MappingOption = None,
    set_: SetOption = None,
) -> None:
    """Show how a file would be read, without loading it."""
    from rich.console import Console
    from rich.table import Table

    from commonweal.cli.site import open_or_make
    from commonweal.datasets.reading import read_observations

    place = open_or_make(workspace, collaborative)
    reading = read_observations(
        file,
        mapping=mapping,
        catalogue=place.catalogue,
        indicators=place.store.indicators(),
        constants=_constants(set_),
        saved=place.mappings,
    )
    console = Console()
    console.print(
        f"{file.name} would be read as {reading.mapping.title}: {reading.rows_in:,} rows in, "
        f"{reading.observations.height:,} observations, {reading.rejected.height:,} faults."
    )
    shown = ["indicator", "area_code", "period", "sex", "age", "category", "count", "denominator", "value"]
    table = Table(*shown)
    for row in reading.observations.head(8).select(shown).iter_rows():
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)
    for fault in reading.rejected.head(8).iter_rows(named=True):
        console.print(f"row {fault['row']}, column {fault['column']}: {fault['reason']}", soft_wrap=True)
    for notice in reading.notices:
        console.print(f"note: {notice}", soft_wrap=True)


@app.command()
def fetch(
    indicators: Annotated[list[int] | None, typer.Option("--indicator", "-i", help="Fingertips indicator id.")] = None,
    profile: Annotated[int | None, typer.Option(help="Fingertips profile id.")] = None,
    workspace: WorkspaceOption = None,
    collaborative: CollaborativeOption = None,
    base: Annotated[str | None, typer.Option(help="Address of the Fingertips interface.")] = None,
) -> None:
    """Fetch indicators from Fingertips and load them."""
    from rich.console import Console

    from commonweal.cli.site import open_or_make
    from commonweal.datasets.fingertips_api import BASE, Fingertips
    from commonweal.datasets.loading import load_file

    if not indicators and profile is None:
        raise typer.BadParameter("name what to fetch with --indicator or --profile")
    place = open_or_make(workspace, collaborative)
    client = Fingertips(place.path / "cache", base or BASE)
    downloaded = client.download(indicators=indicators or None, profile=profile, to=place.path / "cache")
    place.store.save_indicators(client.metadata(indicators=indicators or None, profile=profile))
    _print_report(Console(), load_file(place, downloaded))


@app.command()
def status(workspace: WorkspaceOption = None) -> None:
    """Say what the common data-set holds."""
    import polars as pl
    from rich.console import Console
    from rich.table import Table

    from commonweal.datasets.workspace import Workspace

    place = Workspace.open(workspace)
    console = Console()
    held = (
        place.store.scan()
        .group_by("indicator")
        .agg(
            rows=pl.len(),
            areas=pl.col("area_code").n_unique(),
            first=pl.col("period_start").min(),
            last=pl.col("period_end").max(),
            extracted=pl.col("extracted").max(),
        )
        .sort("indicator")
        .collect()
    )
    if held.is_empty():
        console.print(f"{place.collaborative.name}: nothing has been loaded yet (0 observations).")
        return
    observations = int(held["rows"].sum())
    console.print(
        f"{place.collaborative.name}: {observations:,} {'observation' if observations == 1 else 'observations'} of "
        f"{held.height:,} {'indicator' if held.height == 1 else 'indicators'}, version {place.store.version}"
    )
    names = {key: value.name for key, value in place.store.indicators().items()}
    table = Table("Indicator", "Name", "Rows", "Areas", "From", "To", "Extracted")
    for row in held.iter_rows(named=True):
        table.add_row(
            row["indicator"],
            names.get(row["indicator"], ""),
            f"{row['rows']:,}",
            str(row["areas"]),
            str(row["first"]),
            str(row["last"]),
            str(row["extracted"] or ""),
        )
    console.print(table)


@app.command()
def history(workspace: WorkspaceOption = None) -> None:
    """List every load, newest first."""
    from rich.console import Console
    from rich.table import Table

    from commonweal.datasets.workspace import Workspace

    table = Table("Version", "When", "File", "Added", "Updated", "Rejected", "By")
    for entry in Workspace.open(workspace).store.history():
        told = entry.details
        table.add_row(
            str(entry.version),
            f"{entry.when:%d %b %Y %H:%M}",
            entry.source,
            f"{told.get('added', 0):,}",
            f"{told.get('updated', 0):,}",
            f"{told.get('rows_rejected', 0):,}",
            str(told.get("user", "")),
        )
    Console().print(table)


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="A .csv, .xlsx or .parquet file to write.")],
    workspace: WorkspaceOption = None,
    indicator: Annotated[list[str] | None, typer.Option("--indicator", "-i", help="Only these indicators.")] = None,
    area: Annotated[list[str] | None, typer.Option("--area", "-a", help="Only these area codes.")] = None,
    version: Annotated[int | None, typer.Option(help="As the data stood at this version.")] = None,
) -> None:
    """Write observations to a file."""
    from commonweal.datasets.export import write_observations
    from commonweal.datasets.workspace import Workspace

    rows = write_observations(Workspace.open(workspace), target, indicators=indicator, areas=area, version=version)
    typer.echo(f"{rows:,} observations written to {target}.")
