"""`commonweal indicator`: compute an indicator from records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commonweal.cli.options import PLAIN, WorkspaceOption

app = typer.Typer(help="Compute an indicator from records.", no_args_is_help=True, rich_markup_mode=PLAIN)


@app.callback()
def indicators() -> None:
    """Compute an indicator from records."""


@app.command()
def compute(
    recipe: Annotated[Path, typer.Argument(help="The recipe, a .toml file.")],
    workspace: WorkspaceOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be stored, and store nothing.")] = False,
) -> None:
    """Count records by a recipe and put the indicator into the common data-set."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Table

    from commonweal.datasets.computing import compute as compute_recipe
    from commonweal.datasets.computing import store
    from commonweal.datasets.recipe import Recipe
    from commonweal.datasets.workspace import Workspace

    place = Workspace.open(workspace)
    read = Recipe.read(recipe)
    console = Console()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(recipe.name)
        made = compute_recipe(
            read, place, progress=lambda step: progress.update(task, description=f"{recipe.name}: {step}")
        )
    console.print(
        f"[bold]{escape(made.indicator.title)}[/]: {made.observations.height:,} observations "
        f"from {made.records:,} records"
    )
    for notice in made.notices:
        console.print(f"  note: {escape(notice)}", soft_wrap=True)
    if not dry_run:
        change = store(made, read, place)
        console.print(
            f"  {change.added:,} observations added, {change.updated:,} updated, {change.unchanged:,} unchanged; "
            f"protected by the rule: {made.indicator.disclosure}",
            soft_wrap=True,
        )
        return
    from commonweal.datasets.admission import as_admitted

    shown = as_admitted(place, made.observations, made.indicator)
    table = Table("Area", "Period", "Sex", "Age", "Category", "Count", "Denominator", "Value", "95% interval")
    for row in shown.head(20).iter_rows(named=True):
        name = place.catalogue[row["area_code"]].name if row["area_code"] in place.catalogue else row["area_code"]
        figures = [row["count"], row["denominator"], row["value"]]
        cells = ["withheld" if row["status"] == "suppressed" else "–" if n is None else f"{n:,.4g}" for n in figures]
        interval = "–" if row["lower_95"] is None else f"{row['lower_95']:,.4g} to {row['upper_95']:,.4g}"
        table.add_row(name, row["period"], row["sex"], row["age"], row["category"], *cells, interval)
    console.print(table)
    if shown.height > 20:
        console.print(f"  and {shown.height - 20:,} more. Nothing was stored.")
