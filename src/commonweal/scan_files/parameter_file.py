"""Parameter files (.prm): sections, `;` comments, and one Name=value a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

from commonweal.scan_files.catalogue import (
    ANOTHER_DATA_SET,
    ANY,
    NO_EFFECT,
    POLYGONS,
    REFUSED,
    SAID,
    SOURCES,
    Parameter,
    catalogue,
    nearest_name,
)
from commonweal.scan_files.problems import ParameterError
from commonweal.scan_files.rows import LINE_END, Layout, read_text

YES = ("y", "yes", "1", "true")
NO = ("n", "no", "0", "false")
DBASE, SHAPE = "1", "2"


@dataclass(frozen=True)
class Parameters:
    """The parameters of a scan: those of a file, overridden by those of the command line; all others are at default.

    Every value here is honoured, or has no effect in the reference program either: the rest was refused.

    Attributes:
        given: by name in lower case.
        file: the parameter file, from whose folder relative paths start.
        notices: parameters that were accepted but lead to something else, in words.
    """

    given: Mapping[str, str]
    file: Path
    lines: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> str:
        found = self.given.get(name.casefold())
        return catalogue()[name.casefold()].default if found is None else found

    def is_on(self, name: str) -> bool:
        """Whether a y/n parameter is y."""
        return self[name].casefold() in YES

    def number(self, name: str) -> float:
        """The value as a number.

        Raises:
            ParameterError: it is none.
        """
        try:
            return float(self[name])
        except ValueError:
            raise self.wrong(name, f"'{self[name]}' is not a number.") from None

    def whole(self, name: str, *, at_least: int = 0) -> int:
        """The value as a whole number.

        Raises:
            ParameterError: it is none, or too small.
        """
        number = self.number(name)
        if not number.is_integer() or number < at_least:
            raise self.wrong(name, f"'{self[name]}' is not a whole number of {at_least} or more.")
        return int(number)

    def path(self, name: str) -> Path | None:
        """The file a parameter names, from the folder of the parameter file; None where it is empty."""
        text = self[name].strip().strip('"')
        return None if not text else located(text, self.file.parent)

    def layout(self, name: str) -> Layout:
        """How the file of a parameter is written, by its ...-Source... parameters."""
        key = name.casefold()

        def aspect(what: str) -> str:
            return self.given.get(f"{key}-source{what}", "")

        mapped = tuple(part.strip() for part in aspect("fieldmap").split(",")) if aspect("fieldmap").strip() else ()
        skip = aspect("skip") or "0"
        if not skip.isdigit():
            raise self.wrong(f"{name}-SourceSkip", f"'{skip}' is not a whole number.")
        return Layout(
            delimiter=_character(aspect("delimiter")),
            quote=_character(aspect("grouper")) or '"',
            skip=int(skip),
            header=aspect("firstrowheader").casefold() in YES,
            columns=mapped,
        )

    def wrong(self, name: str, rule: str) -> ParameterError:
        """The error to raise about a parameter."""
        return ParameterError(f"{name}: {rule}", file=self.file, line=self.lines.get(name.casefold()))


def read_parameters(path: Path, overrides: Mapping[str, str] | None = None) -> Parameters:
    """Read a parameter file of any version, check every parameter, and refuse what is not supported.

    Args:
        overrides: values by name that take the place of those in the file.

    Raises:
        ParameterError: a line is not Name=value, a parameter is unknown, cannot have its value, or asks for what
            Commonweal does not do.
    """
    given: dict[str, str] = {}
    lines: dict[str, int] = {}
    written: dict[str, str] = {}
    for number, name, value in _lines(path):
        key = name.casefold()
        if key in given and given[key] != value:
            raise ParameterError(
                f"{name} stands twice, as '{given[key]}' (line {lines[key]}) and as '{value}'.", file=path, line=number
            )
        given[key], lines[key], written[key] = value, number, name
    for name, value in (overrides or {}).items():
        given[name.casefold()], written[name.casefold()] = value.strip(), name
        lines.pop(name.casefold(), None)
    parameters = Parameters(given, path, lines)
    notices = [
        notice for key, value in given.items() if (notice := _checked(parameters, key, written[key], value)) is not None
    ]
    return Parameters(given, path, lines, tuple(notices))


def located(text: str, folder: Path) -> Path:
    """The file a parameter file names: relative to its folder, and with either kind of slash."""
    path = folder / text
    if not path.exists() and "\\" in text:
        windows = PureWindowsPath(text)
        path = folder / (windows.as_posix() if not windows.drive else windows.name)
    return path


def _lines(path: Path) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(LINE_END.split(read_text(path)), 1):
        line = line.strip()
        if not line or line.startswith((";", "#")) or re.fullmatch(r"\[.*\]", line):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise ParameterError(
                f"'{line[:60]}' is not a parameter (Name=value), a [section] or a comment (;).", file=path, line=number
            )
        yield number, name.strip(), value.strip()


def _checked(parameters: Parameters, key: str, name: str, value: str) -> str | None:
    """Refuse what must be; what to tell of what is accepted otherwise."""
    known = catalogue().get(key)
    if known is None:
        _check_unlisted(parameters, key, name, value)
        return None
    if not value and known.is_switch:
        return None
    if not _matters(parameters, known):
        return None
    if known.is_switch and value.casefold() not in (*YES, *NO):
        raise parameters.wrong(name, f"'{value}' is neither y nor n.")
    if known.values and value not in known.values:
        choice = known.instead or f"Choose one of {', '.join(known.values)}."
        raise parameters.wrong(known.name, f"{value or 'no value'} is not supported. {choice}")
    if is_default(known, value) or known.use == NO_EFFECT:
        return None
    if known.use == REFUSED:
        raise parameters.wrong(known.name, f"'{value}' is not supported. {known.instead}")
    if known.use == SAID:
        return f"{known.name}={value}: {known.instead}"
    return None


def is_default(parameter: Parameter, value: str) -> bool:
    """Whether a value is the default, however it is written (0.05 or .050, Y or y)."""
    if parameter.is_switch:
        return (value.casefold() in YES) == (parameter.default == "y")
    if value == parameter.default:
        return True
    try:
        return float(value) == float(parameter.default)
    except ValueError:
        return False


def _matters(parameters: Parameters, known: Parameter) -> bool:
    if not known.needs:
        return True
    name, _, wanted = known.needs.partition("=")
    value = parameters[name]
    if wanted == ANY:
        return bool(value)
    return is_default(Parameter(name, "", wanted, ""), value)


def _check_unlisted(parameters: Parameters, key: str, name: str, value: str) -> None:
    source = SOURCES.fullmatch(key)
    if source:
        aspect = source["aspect"]
        if aspect == "type" and value not in ("", "0"):
            kind = {DBASE: "dBase", SHAPE: "shape"}.get(value, "such")
            raise parameters.wrong(name, f"{kind} files are not read. Save the data as CSV or plain text.")
        if aspect == "linelistfieldmap" and value:
            raise parameters.wrong(name, "Line lists are not read. Choose the cases by locations and dates.")
        return
    if ANOTHER_DATA_SET.fullmatch(key):
        if value:
            raise parameters.wrong(
                name, "Several data sets are not supported. Scan one at a time, or add them together with a covariate."
            )
        return
    if POLYGONS.fullmatch(key):
        raise parameters.wrong(name, "The continuous Poisson model is not supported. Count the points by small areas.")
    close = nearest_name(name)
    raise parameters.wrong(name, "There is no such parameter." + (f" Is it {close}?" if close else ""))


def _character(text: str) -> str | None:
    text = text.strip() if text.strip() else text
    if len(text) == 3 and text[0] == text[2]:
        text = text[1]
    if text in ("\\t", "tab"):
        return None
    return None if text in ("", " ", "\t") else text
