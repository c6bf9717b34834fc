"""Serve a workspace: bring its database up to date, start the worker of long tasks, and answer."""

from __future__ import annotations

import multiprocessing
import os
import socket
import subprocess
import sys
from pathlib import Path

from commonweal.datasets.workspace import Workspace
from commonweal.errors import CommonwealError
from commonweal.web.companion import lead


class ServerError(CommonwealError):
    """The site cannot be served as asked."""


def serve(
    workspace: Path | str, *, host: str = "127.0.0.1", port: int = 8000, demonstration: bool = False, workers: int = 2
) -> None:
    """Serve the pages of a workspace until interrupted.

    Raises:
        ServerError: the port is in use, or the address is not this machine's.
        CommonwealError: a file of the workspace is wrong; names it and the key.
    """
    Workspace(workspace).verify()
    _check_port(host, port)
    if demonstration:
        os.environ["COMMONWEAL_DEMONSTRATION"] = "1"
    if host not in ("127.0.0.1", "localhost", "::1") and "COMMONWEAL_HOSTS" not in os.environ:
        os.environ["COMMONWEAL_HOSTS"] = "*"
    _prepare(workspace, host, port, demonstration)
    lead()
    worker = subprocess.Popen(
        [sys.executable, "-m", "commonweal.web.companion"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the server, which then stops the worker itself
    )
    # A worker begins afresh: what the data-set's reader holds open here does not survive a fork.
    multiprocessing.set_start_method("spawn", force=True)
    try:
        from granian import Granian
        from granian.constants import Interfaces
        from granian.log import LogLevels

        Granian(
            "commonweal.web.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=4,
            log_level=LogLevels.error,
            log_access=False,
        ).serve()
    finally:
        worker.terminate()
        try:
            worker.wait(10)
        except subprocess.TimeoutExpired:
            worker.kill()


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServerError(
                f"Port {port} of {host} cannot be used ({error.strerror}). Another program may be using it; choose "
                "another with --port."
            ) from error


def start_django(workspace: Path | str) -> None:
    """Set Django up for a workspace, its database migrated where needed."""
    os.environ["COMMONWEAL_WORKSPACE"] = str(workspace)
    os.environ["DJANGO_SETTINGS_MODULE"] = "commonweal.web.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def _prepare(workspace: Path | str, host: str, port: int, demonstration: bool) -> None:
    """Make the demonstration's users and say where to look."""
    from rich.console import Console

    start_django(workspace)
    from django.db import connection

    from commonweal.web.accounts import services
    from commonweal.web.datasets.services import resume_interrupted

    resume_interrupted()
    console = Console()
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    console.print(f"\n[bold]{address}[/]  Ctrl-C stops it.\n")
    if demonstration:
        console.print("Every place and figure is synthetic. To sign in:")
        for email, role in services.make_demonstration_users():
            console.print(f"  {email:<36} {role}")
        console.print(f"  password for all: [bold]{services.DEMONSTRATION_PASSWORD}[/]\n")
    elif not services.has_administrator():
        console.print(
            "Nobody can sign in yet. Make an administrator with: commonweal administrator EMAIL\n", soft_wrap=True
        )
    connection.close()
