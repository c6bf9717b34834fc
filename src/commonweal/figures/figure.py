"""A figure: a chart with the finding as its title, a text alternative, its source and its table."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import polars as pl

from commonweal.figures import rendering
from commonweal.figures.palette import FONT, INK, LINE, MUTED

SVG = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", SVG)
TITLE_WIDTH = 74

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": LINE,
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
    },
    "text": {"color": INK, "fontSize": 12},
    "header": {"labelColor": INK, "labelFontSize": 13, "labelFontWeight": "bold", "title": None},
}


@dataclass(frozen=True)
class Figure:
    """What a page, a document and a screen reader need of one chart.

    `specification` is Vega-Lite without title; `narrow` the same chart for a telephone, where shrinking the first would
    make its letters too small; `table` the figures drawn; `kind` names the chart for documents that draw it natively.
    """

    title: str
    description: str
    source: str
    specification: dict[str, Any]
    table: pl.DataFrame = field(repr=False)
    kind: str = "picture"
    narrow: dict[str, Any] | None = None

    @property
    def digest(self) -> str:
        """The identity of the chart by its content."""
        return rendering.digest({"title": self.title, "source": self.source, "chart": self.specification})

    def svg(self, standalone: bool = False) -> str:
        """The chart as SVG.

        For a page (the default) it has no title or source, which the page prints, and no style attribute, which the
        page's security policy forbids; it scales to the width it is given. Standalone it has both, on white.
        """
        if standalone:
            return rendering.draw(self._standalone(), "svg").decode("utf-8")
        return self._inline(self.specification, self.digest[:10])

    @property
    def markup(self) -> str:
        """What a page shows: the chart, and its narrow form where there is one; the page's style shows one of them."""
        if self.narrow is None:
            return self.svg()
        identity = self.digest[:10]
        wide = self._inline(self.specification, identity, "figure__svg--wide")
        return wide + self._inline(self.narrow, f"{identity}n", "figure__svg--narrow")

    def _inline(self, specification: dict[str, Any], identity: str, style: str = "") -> str:
        drawn = rendering.draw({**specification, "config": CONFIG, "padding": 4}, "svg")
        return _inline(drawn, self.title, self.description, identity, f"figure__svg {style}".strip())

    def png(self, scale: float = 2) -> bytes:
        """The standalone chart as PNG, `scale` times its size in points."""
        return rendering.draw(self._standalone(), "png", scale)

    def _standalone(self) -> dict[str, Any]:
        return {
            **self.specification,
            "config": {**CONFIG, "background": "white"},
            "padding": 16,
            "title": {
                "text": textwrap.wrap(self.title, TITLE_WIDTH),
                "subtitle": textwrap.wrap(self.source, TITLE_WIDTH + 20),
                "anchor": "start",
                "frame": "group",
                "fontSize": 17,
                "color": INK,
                "subtitleColor": MUTED,
                "subtitleFontSize": 11,
                "offset": 14,
            },
        }


def _inline(drawn: bytes, title: str, description: str, identity: str, style: str) -> str:
    root = ElementTree.fromstring(drawn)
    for element in root.iter():
        element.attrib.pop("style", None)
        for name in ("id", "clip-path", "fill", "stroke", "mask"):
            value = element.attrib.get(name, "")
            if name == "id":
                if value:
                    element.set("id", f"f{identity}-{value}")
            elif value.startswith("url(#"):
                element.set(name, f"url(#f{identity}-{value[5:]}")
        # Vega describes each mark for screen readers; the whole figure is described once instead.
        for name in [name for name in element.attrib if name.startswith("aria-") or name == "role"]:
            del element.attrib[name]
    for sheet in root.findall(f".//{{{SVG}}}style"):
        sheet.clear()
    width, height = root.attrib.pop("width", ""), root.attrib.pop("height", "")
    root.set("class", style)
    if "viewBox" not in root.attrib:
        root.set("viewBox", f"0 0 {width} {height}")
    root.set("role", "img")
    root.set("aria-labelledby", f"t{identity} d{identity}")
    named = ElementTree.Element(f"{{{SVG}}}title", {"id": f"t{identity}"})
    named.text = title
    described = ElementTree.Element(f"{{{SVG}}}desc", {"id": f"d{identity}"})
    described.text = description
    root.insert(0, described)
    root.insert(0, named)
    return ElementTree.tostring(root, encoding="unicode")
