"""`commonweal init`, `commonweal serve` and `commonweal administrator`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commonweal.cli.options import CollaborativeOption, WorkspaceOption

if TYPE_CHECKING:
    from commonweal.datasets.workspace import Workspace

DEFAULT_COLLABORATIVE = "cheshire_and_merseyside"


def open_or_make(path: Path | None, collaborative: str | None) -> Workspace:
    """The workspace at `path`, made with the collaborative where there is none yet."""
    from commonweal.datasets.workspace import Workspace, WorkspaceError
    from commonweal.places import Collaborative

    path = path or Workspace.default_path()
    held = Workspace(path)
    if held.collaborative_path.exists():
        if collaborative is not None and _collaborative(collaborative).id != held.collaborative.id:
            raise WorkspaceError(
                f"{held.path} already belongs to {held.collaborative.name}. Choose another folder with --workspace."
            )
        return held
    if collaborative is None:
        names = ", ".join(Collaborative.shipped_names())
        raise WorkspaceError(
            f"There is no workspace at {held.path} yet. Say whose data it is with --collaborative: "
            f"one of {names}, or the path of your own collaborative.toml."
        )
    toml, companions = _toml(collaborative, path)
    made = Workspace.create(path, collaborative_toml=toml)
    for name, contents in companions.items():
        target = made.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(contents)
    return made


def _collaborative(name: str):  # type: ignore[no-untyped-def]
    from commonweal.places import Collaborative

    return Collaborative.read(Path(name)) if name.endswith(".toml") else Collaborative.shipped(name)


def _toml(name: str, workspace: Path) -> tuple[str, dict[str, bytes]]:
    """The collaborative's file and what belongs beside it, by name; refuses a bad one before anything is made."""
    from commonweal.places import Catalogue, Collaborative

    chosen = _collaborative(name)
    companions = {}
    catalogue = Catalogue.england()
    held = workspace / "areas.csv"
    if held.exists():
        catalogue = catalogue.merged(Catalogue.read(held))
    elif name.endswith(".toml") and (own := chosen.path_of("areas.csv")).exists():
        catalogue = catalogue.merged(Catalogue.read(own))
        companions[own.name] = own.read_bytes()
    chosen.verify(catalogue)
    if chosen.neighbours.method == "listed":
        companions[chosen.neighbours.file] = chosen.path_of(chosen.neighbours.file).read_bytes()
    text = Path(name).read_text(encoding="utf-8") if name.endswith(".toml") else Collaborative.shipped_toml(name)
    return text, companions


def init(
    workspace: WorkspaceOption = None,
    collaborative: CollaborativeOption = DEFAULT_COLLABORATIVE,
) -> None:
    """Make a workspace, the folder of your data."""
    made = open_or_make(workspace, collaborative)
    typer.echo(f"Workspace {made.path} is ready for {made.collaborative.name}.")
    typer.echo("Next: commonweal data load FILE, then commonweal serve")


def serve(
    workspace: WorkspaceOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the pages of a workspace."""
    from commonweal.datasets.workspace import Workspace
    from commonweal.web.server import serve as serve_pages

    serve_pages(Workspace.open(workspace).path, host=host, port=port)


def administrator(
    email: Annotated[str, typer.Argument(help="Their e-mail address, which they sign in with.")],
    name: Annotated[str, typer.Option(help="Their name, as others see it.")] = "",
    workspace: WorkspaceOption = None,
    password: Annotated[
        str,
        typer.Option(
            prompt="A password for them", confirmation_prompt=True, hide_input=True, envvar="COMMONWEAL_PASSWORD"
        ),
    ] = "",
) -> None:
    """Add an administrator.

    They sign in on the pages and add everybody else there.
    """
    from commonweal.datasets.workspace import Workspace
    from commonweal.web.server import start_django

    start_django(Workspace.open(workspace).path)
    from commonweal.web.accounts.services import add_person

    add_person(email=email, name=name or email.partition("@")[0], role="Administrator", password=password)
    typer.echo(f"{email} can sign in as an administrator.")
