"""`commonweal pack`: check the files of a programme."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commonweal.cli.options import PLAIN

app = typer.Typer(help="Check the files of a programme.", no_args_is_help=True, rich_markup_mode=PLAIN)


@app.callback()
def packs() -> None:
    """Check the files of a programme."""


@app.command()
def check(folder: Annotated[Path, typer.Argument(help="The folder of the pack.")]) -> None:
    """Say what is wrong with a pack, naming file, key and rule."""
    from commonweal.packs import check_pack

    problems = check_pack(folder)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        typer.echo(f"{len(problems)} to put right in {folder}.", err=True)
        raise typer.Exit(2)
    typer.echo(f"{folder}: the pack is sound.")
