"""The parameters that a parameter file can hold: names, defaults, and what is done with each (parameters.toml)."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

HONOURED, REFUSED, NO_EFFECT, SAID = "honoured", "refused", "no effect", "said"
ANY = "*"
SOURCES = re.compile(
    r"(?P<file>casefile|controlfile|populationfile|coordinatesfile|gridfile|maxcirclepopulationfile|neighborsfilename)"
    r"-source(?P<aspect>type|fieldmap|delimiter|grouper|skip|firstrowheader|linelistfieldmap)"
)
"""Names such as CaseFile-SourceDelimiter: how one of the data files is written."""
ANOTHER_DATA_SET = re.compile(r"(casefile|controlfile|populationfile|dataset)(\d+)(-\w+)?")
POLYGONS = re.compile(r"(number)?polygons?\w*")


@dataclass(frozen=True)
class Parameter:
    """One parameter.

    Attributes:
        section: of the file in which it usually stands.
        default: its value where the file does not hold it.
        use: "honoured"; "refused" (any value but the default); "no effect" (here nor there); "said" (accepted, and
            said what is done instead).
        values: all it can have, where these are codes; a y/n parameter has none.
        needs: "Name=value" of the parameter without which this one does not matter ("Name=*": with any value).
        instead: what to do where it is refused.
    """

    name: str
    section: str
    default: str
    use: str
    values: tuple[str, ...] = ()
    needs: str = ""
    instead: str = ""

    @property
    def is_switch(self) -> bool:
        return self.default in ("y", "n")


@cache
def catalogue() -> dict[str, Parameter]:
    """Every known parameter by its name in lower case."""
    table = tomllib.loads(files("commonweal.scan_files").joinpath("parameters.toml").read_text(encoding="utf-8"))
    return {
        name.casefold(): Parameter(
            name,
            section,
            entry["default"],
            entry["use"],
            tuple(entry.get("values", ())),
            entry.get("needs", ""),
            entry.get("instead", ""),
        )
        for section, entries in table.items()
        for name, entry in entries.items()
    }


def nearest_name(name: str) -> str | None:
    """The known parameter whose name is most like a misspelt one."""
    close = difflib.get_close_matches(name.casefold(), catalogue(), n=1, cutoff=0.75)
    return catalogue()[close[0]].name if close else None
