"""`commonweal demo`: a fictional collaborative to look round in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    folder: Annotated[Path, typer.Option(help="Where to keep the demonstration.")] = Path(".demo"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    seed: Annotated[int, typer.Option(help="Another seed makes other figures.")] = 2016,
    build_only: Annotated[bool, typer.Option("--build-only", help="Make the data and stop.")] = False,
) -> None:
    """Make and serve a fictional collaborative.

    Nine authorities over six to ten years; every place and figure is synthetic.
    """
    from commonweal.demo.build import build

    workspace = build(folder, seed=seed)
    if build_only:
        typer.echo(f"The demonstration is in {workspace.path}.")
        return
    from commonweal.web.server import serve

    serve(workspace.path, host=host, port=port, demonstration=True)
