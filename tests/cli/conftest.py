import os
import subprocess
import sys

import pytest


@pytest.fixture
def command(tmp_path):
    """Runs `commonweal` as its user does, in an empty folder: exit code, what it printed, what it complained of."""

    def run(*arguments, **environment):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("COMMONWEAL", "DJANGO"))}
        kept |= {"COLUMNS": "200", "NO_COLOR": "1"} | environment
        return subprocess.run(
            [sys.executable, "-m", "commonweal", *map(str, arguments)],
            cwd=tmp_path,
            env=kept,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


TIDY = "indicator,area_code,area_name,period,value,count,denominator\n"


@pytest.fixture
def audit(tmp_path):
    """A tidy local file: two good rows and one with a code that nobody has."""
    path = tmp_path / "audit.csv"
    path.write_text(
        TIDY
        + "checks,E06000006,Halton,2023,50,500,1000\n"
        + "checks,E06000007,Warrington,2023,60,600,1000\n"
        + "checks,E99999999,Nowhere,2023,60,600,1000\n"
    )
    return path


@pytest.fixture
def loaded(command, audit):
    """The command, with the audit loaded into ./workspace."""
    made = command("data", "load", audit, "--collaborative", "cheshire_and_merseyside")
    assert made.returncode == 0, made.stderr
    return command
