"""Processes of a site that end when the one that started them ends, even where it was killed."""

from __future__ import annotations

import os
import sys
import threading
import time

LEADER = "COMMONWEAL_SERVER_PROCESS"
LOOK_EVERY_SECONDS = 1.0


def lead() -> None:
    """Make this process the one that those it starts belong to."""
    os.environ[LEADER] = str(os.getpid())


def follow() -> None:
    """End this process, at once, when its leader has gone.

    Nothing is lost: a load is one commit, and what was left half way is queued again at the next start. Without it
    killed servers would leave workers behind that keep the port.
    """
    leader = os.environ.get(LEADER)
    if leader and os.getppid() == int(leader):
        threading.Thread(target=_watch, args=(int(leader),), daemon=True).start()


def _watch(leader: int) -> None:
    while os.getppid() == leader:
        time.sleep(LOOK_EVERY_SECONDS)
    os._exit(1)


def work() -> None:
    """Do queued tasks until told to stop. Pages come first where the processors are busy."""
    os.nice(10)
    follow()
    from django.core.management import execute_from_command_line

    execute_from_command_line([sys.argv[0], "db_worker", "--no-startup-delay", "--interval", "0.5"])


if __name__ == "__main__":
    work()
