"""`python -m benchmarks [NAME ...]`: run the measurements named, or all of them, and print one table."""

from __future__ import annotations

import importlib
import os
import platform
import sys

from rich.console import Console
from rich.table import Table

NAMES = ("command", "load", "store", "pages", "clusters")


def main(names: list[str]) -> None:
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        sys.exit(f"There is no measurement called {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    console = Console(width=120)
    table = Table(
        "Work", "Target", "Measured", "Detail", title=f"{os.cpu_count()} cores, Python {platform.python_version()}"
    )
    for name in names or NAMES:
        for row in importlib.import_module(f"benchmarks.{name}").measure():
            table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
