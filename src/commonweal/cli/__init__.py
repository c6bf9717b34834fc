"""The `commonweal` command. Each command imports what it needs when it runs, so that help is instant."""

from __future__ import annotations

import sys

import typer

from commonweal.cli import data, demo, indicator, pack, scan, site, stats
from commonweal.cli.options import PLAIN
from commonweal.errors import CommonwealError

app = typer.Typer(
    name="commonweal",
    help="Sector-led improvement in public health: compare areas on a common data-set and act on it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=PLAIN,
    pretty_exceptions_enable=False,
)
app.add_typer(data.app, name="data")
app.add_typer(pack.app, name="pack")
app.add_typer(indicator.app, name="indicator")
app.add_typer(stats.app, name="stats")
app.command("init")(site.init)
app.command("serve")(site.serve)
app.command("administrator")(site.administrator)
app.command("demo")(demo.demo)
app.command("scan", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(scan.scan)


def main() -> None:
    """Run the command; an error that the user can put right is one plain message and exit code 2."""
    try:
        app()
    except CommonwealError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("Stopped. Nothing is half done.", file=sys.stderr)
        sys.exit(130)
