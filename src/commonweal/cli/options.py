"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PLAIN = None
"""Plain help: importing Rich would double the time that help takes."""

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        envvar="COMMONWEAL_WORKSPACE",
        help="The folder that holds your data. Default: ./workspace",
        show_default=False,
    ),
]
CollaborativeOption = Annotated[
    str | None,
    typer.Option(
        "--collaborative",
        "-c",
        help="For a new workspace: the name of a ready-made collaborative, such as cheshire_and_merseyside, "
        "or the path of a collaborative.toml.",
    ),
]
