"""`commonweal stats METHOD FILE ...`: every method of `commonweal.stats` on a table in a file.

Options are made from the method's own signature and docstring, so a method that is added appears here by itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from commonweal.cli.method_signatures import TABLE, Method, Parameter, method, methods, written_default
from commonweal.cli.options import PLAIN

if TYPE_CHECKING:
    import polars as pl

    from commonweal.datasets.table_files import TableFile

SHOWN = 60
"""Rows that are printed; a file holds them all."""
WIDEST = 2_000
"""Characters to which a line on the screen may reach."""
NUMBER_LISTS = ("Confidence",)
COLUMN_LISTS = ("str | Sequence[str] | None", "str | Sequence[str]", "str | list[str]", "str | list[str] | None")
PLAIN_TYPES: dict[str, Any] = {"str": str, "float": float, "int": int, "bool": bool}
METAVARS = {"str": "TEXT", "float": "NUMBER", "int": "NUMBER", "bool": None}


class _Methods(TyperGroup):
    """The methods as commands, each made when it is asked for."""

    def list_commands(self, ctx):  # type: ignore[no-untyped-def]
        return [name.replace("_", "-") for name in methods()]

    def get_command(self, ctx, cmd_name):  # type: ignore[no-untyped-def]
        found = method(cmd_name.replace("-", "_"))
        if found is None:
            return None
        one = typer.Typer(add_completion=False, rich_markup_mode=PLAIN, pretty_exceptions_enable=False)
        one.command(cmd_name, help=found.description, short_help=found.summary)(_command(found))
        return typer.main.get_command(one)


app = typer.Typer(
    cls=_Methods,
    help="Indicator statistics on a table in a CSV, Excel or Parquet file.",
    no_args_is_help=True,
    rich_markup_mode=PLAIN,
)


@app.callback()
def stats() -> None:
    """Indicator statistics on a table in a CSV, Excel or Parquet file."""


def _command(found: Method) -> Callable[..., None]:
    """A function whose signature has the file, the method's arguments as options, and where the result goes."""

    def run(file: Path, output: Path | None = None, **given: Any) -> None:
        _run(found, file, output, given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    file = inspect.Parameter(
        "file",
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        annotation=Annotated[
            Path, typer.Argument(help="A CSV, XLSX or Parquet file; its first row holds the headings.")
        ],
    )
    options = [_option(parameter) for parameter in found.parameters]
    output = inspect.Parameter(
        "output",
        keyword,
        default=None,
        annotation=Annotated[
            Path | None,
            typer.Option(
                "--output",
                "-o",
                metavar="FILE",
                help="A .csv, .xlsx or .parquet file for the result. Default: the screen.",
            ),
        ],
    )
    signature = inspect.Signature([file, *options, output])
    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {name: parameter.annotation for name, parameter in signature.parameters.items()}
    return run


def _option(parameter: Parameter) -> inspect.Parameter:
    required = parameter.default is None
    told = parameter.help
    kind: Any
    metavar: str | None
    if not required and parameter.default != "None":
        default = written_default(parameter)
        shown = ", ".join(map(str, default)) if isinstance(default, list | tuple) else default
        told = f"{told.rstrip('.')}. Default: {shown}." if told else f"Default: {shown}."
    plain = parameter.annotation.removesuffix(" | None")
    if TABLE in parameter.annotation:
        kind, metavar, told = Path, "FILE", f"A second file. {told}"
    elif plain in PLAIN_TYPES:
        kind, metavar = PLAIN_TYPES[plain], METAVARS[plain]
    else:
        kind = list[str]
        metavar = "COLUMN,..." if parameter.annotation in COLUMN_LISTS else "VALUE,..."
    if not required:
        kind = kind | None
    name = "--" + parameter.name.strip("_").replace("_", "-")
    declared = f"{name}/--no-{name[2:]}" if plain == "bool" else name
    option = typer.Option(declared, help=told, show_default=False, metavar=metavar)
    return inspect.Parameter(
        parameter.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if required else None,
        annotation=Annotated[kind, option],
    )


def _run(found: Method, file: Path, output: Path | None, given: dict[str, Any]) -> None:
    import commonweal.stats
    from commonweal.datasets.table_files import read_table, write_table
    from commonweal.errors import CommonwealError

    table = read_table(file)
    arguments: dict[str, Any] = {}
    for parameter in found.parameters:
        value = given[parameter.name]
        if value is None or value == []:
            continue
        if TABLE in parameter.annotation:
            arguments[parameter.name] = read_table(value).frame
        else:
            arguments[parameter.name] = _meant(parameter, value, table.frame.columns)
    try:
        result = getattr(commonweal.stats, found.name)(table.frame, **arguments)
    except CommonwealError as error:
        raise _placed(error, table) from error
    tables = _tables(result)
    if output is not None:
        rows = write_table(tables, output)
        typer.echo(f"{rows:,} rows written to {output}.")
        return
    for name, frame in reversed(tables.items()):
        _print(frame, name if len(tables) > 1 else "")


def _meant(parameter: Parameter, value: Any, columns: list[str]) -> Any:
    """What the text of an option means to the method. A comma divides, except within the name of a column."""
    if not isinstance(value, list):
        return value
    split = ([text] if text in columns else text.split(",") for text in value)
    pieces = [piece.strip() for part in split for piece in part if piece.strip()]
    if parameter.annotation in COLUMN_LISTS:
        return pieces
    meant = [_number(piece) for piece in pieces]
    if parameter.annotation in NUMBER_LISTS:
        wrong = [piece for piece in meant if isinstance(piece, str)]
        if wrong:
            hint = "--" + parameter.name.replace("_", "-")
            raise typer.BadParameter(f"'{wrong[0]}' is not a number", param_hint=hint)
        return meant
    if parameter.annotation.startswith("tuple"):
        return tuple([*meant, None][:2])
    return meant[0] if len(meant) == 1 else meant


def _number(piece: str) -> float | int | bool | str:
    if piece.lower() in ("true", "yes", "false", "no"):
        return piece.lower() in ("true", "yes")
    for kind in (int, float):
        try:
            return kind(piece)
        except ValueError:
            continue
    return piece


def _placed(error: Exception, table: TableFile) -> Exception:
    """The error with the file, and the row as the file numbers it."""
    from commonweal.datasets.problems import DataFileError
    from commonweal.stats import ColumnError

    message = str(error)
    of_this_table = "`observed`" not in message
    if isinstance(error, ColumnError) and error.row is not None and of_this_table and error.row <= len(table.rows):
        row = int(table.rows[error.row - 1])
        return DataFileError(error.told(row), file=table.path, row=row)
    return DataFileError(message, file=table.path)


def _tables(result: Any) -> dict[str, pl.DataFrame]:
    """The result as one table, or those of a result that has several."""
    import polars as pl

    if isinstance(result, pl.DataFrame):
        return {"result": result}
    return {name: part for name, part in vars(result).items() if isinstance(part, pl.DataFrame)}


def _print(frame: pl.DataFrame, title: str) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    empty = [name for name in frame.columns if frame[name].null_count() == frame.height]
    table = Table(title=title or None)
    for name, kind in frame.drop(empty).schema.items():
        table.add_column(escape(name), justify="right" if kind.is_numeric() else "left", no_wrap=True)
    for row in frame.drop(empty).head(SHOWN).iter_rows():
        table.add_row(*(escape(_shown(cell)) for cell in row))
    console = Console()
    # A line that is longer than the window is still whole; a figure that is folded is not a figure.
    console = Console(width=max(console.width, Console(width=WIDEST).measure(table).maximum))
    console.print(table)
    if empty:
        console.print(f"Empty: {', '.join(empty)}.")
    if frame.height > SHOWN:
        console.print(f"... and {frame.height - SHOWN:,} more rows. Write them all with --output.")


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, float):
        return str(cell)
    if cell.is_integer() and abs(cell) < 1e15:
        return f"{cell:,.0f}"
    return f"{cell:,.2f}" if abs(cell) >= 10 else f"{cell:.4g}"
