"""Every command and option of the command line stands on its page, and the page names none that is not there."""

import re
from pathlib import Path

import pytest
import typer

from commonweal.cli import app

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/command-line.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (commonweal [a-z ]+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))


def parts(command):
    """Options as typed, short forms too; arguments in capitals."""
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    options = {
        typed
        for parameter in shown
        if parameter.param_type_name == "option"
        for typed in (*parameter.opts, *parameter.secondary_opts)
    }
    arguments = {parameter.name.upper() for parameter in shown if parameter.param_type_name == "argument"}
    return options - {"--help"}, arguments


def commands(command, name):
    """Every command that does something or has options of its own, by what is typed."""
    inner = getattr(command, "commands", None)
    found = {name: command} if inner is None or any(parts(command)) else {}
    for part, sub in (inner or {}).items():
        if not sub.hidden:
            found |= commands(sub, f"{name} {part}")
    return found


COMMANDS = commands(typer.main.get_command(app), "commonweal")


def test_the_page_has_a_section_for_each_command_and_no_other():
    assert set(SECTIONS) == set(COMMANDS)


@pytest.mark.parametrize("typed", sorted(COMMANDS))
def test_the_section_names_every_option_and_no_other(typed):
    rows = re.findall(r"^\| (`.+?) \|", SECTIONS[typed], re.MULTILINE)
    codes = [code for row in rows for code in re.findall(r"`([^`]+)`", row)]
    named = {code.split()[0] for code in codes}
    options, arguments = parts(COMMANDS[typed])
    assert named == options | arguments


def test_the_walk_finds_the_commands():
    assert {"commonweal init", "commonweal data load", "commonweal pack check"} <= set(COMMANDS)
    assert "--mapping" in parts(COMMANDS["commonweal data load"])[0]
