"""What an address asks for: the choices of a page, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import Http404, HttpRequest

from commonweal.benchmarking import METHODS, CollaborativeBenchmark
from commonweal.datasets.indicator import Indicator
from commonweal.datasets.workspace import Workspace
from commonweal.web.benchmarking.boards import benchmark_choices, board
from commonweal.web.workspace import current

CHOICES = ("area", "against", "method", "period", "people", "among", "programme", "show", "sort", "x", "y")
LONGEST_TOLD = 60


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    chosen: bool


def choices(request: HttpRequest) -> dict[str, str]:
    """What an address chooses, of what pages know; whatever else mail programs put in an address is left out."""
    return {name: value for name in CHOICES if (value := request.GET.get(name))}


def _told(value: str) -> str:
    """A value as it can be repeated in a message: printable, and not too long."""
    text = "".join(character for character in value if character.isprintable())
    return text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"


class Query:
    """The area, benchmark, method, period and group of people chosen in an address; defaults where it is silent.

    Raises:
        Http404: a choice is not one of those offered; the message says which.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.asked = choices(request)
        self.path = request.path

    @cached_property
    def workspace(self) -> Workspace:
        return current()

    @cached_property
    def board(self) -> CollaborativeBenchmark:
        return board(self.against)

    def chosen(self, name: str, offered: Mapping[str, str], default: str) -> str:
        value = self.asked.get(name) or default
        if value not in offered and value != default:
            raise Http404(f"'{_told(value)}' is not one of the choices for {name.replace('_', ' ')} on this page.")
        return value

    def options(self, offered: Mapping[str, str], chosen: str) -> list[Option]:
        return [Option(value, label, value == chosen) for value, label in offered.items()]

    @cached_property
    def benchmarks(self) -> dict[str, str]:
        return benchmark_choices(self.workspace)

    @cached_property
    def against(self) -> str:
        """Code of the area compared with."""
        return self.chosen("against", self.benchmarks, self.workspace.collaborative.benchmark)

    @cached_property
    def against_name(self) -> str:
        return self.name(self.against)

    @cached_property
    def method(self) -> str:
        return self.chosen("method", METHODS, "indicator")

    @cached_property
    def areas(self) -> dict[str, str]:
        """Codes and names of the collaborative's areas."""
        return {code: self.name(code) for code in self.workspace.collaborative.areas}

    @cached_property
    def area(self) -> str:
        """Code of the area the page speaks about: the first of the collaborative when none is asked for."""
        return self.chosen("area", self.areas, next(iter(self.areas)))

    def name(self, code: str) -> str:
        found = self.workspace.catalogue.get(code)
        return found.name if found else code

    def indicator(self, identifier: str) -> Indicator:
        found = self.board.indicators.get(identifier)
        if found is None:
            raise Http404(f"There is no indicator '{identifier}' in the common data-set.")
        return found

    def link(self, **changes: str | None) -> str:
        """This address with some choices changed (None: left out)."""
        return self.link_to(self.path, **changes)

    def link_to(self, path: str, **changes: str | None) -> str:
        """Another address that keeps the choices of this one."""
        merged: dict[str, str | None] = {**self.asked, **changes}
        kept = {key: value for key, value in merged.items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path
