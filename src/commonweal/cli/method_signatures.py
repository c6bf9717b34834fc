"""The methods of `commonweal.stats` as their source declares them, read without importing what they need to run."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

TABLE = "IntoDataFrameT"
"""The annotation of an argument that is a table."""


@dataclass(frozen=True)
class Parameter:
    """An argument of a method.

    Attributes:
        annotation: as it is written in the source.
        default: as it is written in the source; None where the argument is required.
        help: what the docstring says of it.
    """

    name: str
    annotation: str
    default: str | None
    help: str


@dataclass(frozen=True)
class Method:
    """A public function whose first argument is a table."""

    name: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]


@cache
def _exports() -> dict[str, Path]:
    """The public names of `commonweal.stats` and the file that each comes from."""
    spec = find_spec("commonweal.stats")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin)
    tree = ast.parse(package.read_text(encoding="utf-8"))
    public: set[str] = set()
    sources: dict[str, Path] = {}
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("commonweal.stats."):
            file = package.with_name((statement.module or "").removeprefix("commonweal.stats.") + ".py")
            sources |= {alias.asname or alias.name: file for alias in statement.names}
        elif isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            public = set(ast.literal_eval(statement.value))
    return {name: file for name, file in sources.items() if name in public and file.exists()}


@cache
def _functions(file: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def method(name: str) -> Method | None:
    """The method of that name, or None where there is none or it takes no table."""
    file = _exports().get(name)
    function = _functions(file).get(name) if file else None
    if function is None or not function.args.args:
        return None
    first = function.args.args[0].annotation
    if first is None or ast.unparse(first) != TABLE:
        return None
    docstring = inspect.cleandoc(ast.get_docstring(function) or "")
    told = _arguments(docstring)
    parameters = []
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        annotation = ast.unparse(argument.annotation) if argument.annotation else "str"
        written = None if default is None else ast.unparse(default)
        parameters.append(Parameter(argument.arg, annotation, written, told.get(argument.arg, "")))
    summary, _, rest = docstring.partition("\n\n")
    returns = re.search(r"^Returns:\n((?:    .*\n?|\n)+)", docstring, re.MULTILINE)
    before_sections = re.split(r"^(?:Args|Returns|Raises|Source)[^\n]*:", rest, maxsplit=1, flags=re.MULTILINE)[0]
    parts = [summary, before_sections.strip()]
    if returns:
        parts.append("Gives: " + inspect.cleandoc(returns[1]))
    plain = [_plain(part) for part in parts if part]
    return Method(name, plain[0], "\n\n".join(plain), tuple(parameters))


def methods() -> list[str]:
    """The names of all methods, in order."""
    return sorted(name for name in _exports() if method(name))


def _arguments(docstring: str) -> dict[str, str]:
    """What the section "Args" says of each argument; several may share a line: "count, population: columns"."""
    section = re.search(r"^Args:\n((?:    .*\n?|\n)+)", docstring, re.MULTILINE)
    told: dict[str, str] = {}
    if not section:
        return told
    entries = re.findall(r"^    ([\w, ]+): (.*(?:\n        .*)*)", section[1], re.MULTILINE)
    for names, text in entries:
        for name in names.split(", "):
            told[name.strip()] = _plain(text)
    return told


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("`", "")).strip()


def written_default(parameter: Parameter) -> Any:
    """The default as a value where it is a plain one, otherwise its text."""
    try:
        return ast.literal_eval(parameter.default or "None")
    except ValueError:
        return parameter.default
