"""Downloads: the figures of a page as CSV or Excel, its chart as a picture, and both as a slide."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import polars as pl
from django.http import Http404, HttpResponse

from commonweal.datasets.comma_separated import csv_bytes
from commonweal.figures import Figure

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "svg": "image/svg+xml",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


@dataclass(frozen=True)
class Download:
    """What can be downloaded of a page. `sentence` is what the page says first, `notes` what a reader must know."""

    name: str
    title: str
    sentence: str
    data: pl.DataFrame
    figure: Figure | None = None
    source: str = ""
    notes: list[str] = field(default_factory=list)
    slide_table: pl.DataFrame | None = None

    def response(self, kind: str) -> HttpResponse:
        """The file of that kind.

        Raises:
            Http404: the page has no chart to download.
        """
        if kind in ("png", "svg") and self.figure is None:
            raise Http404("This page has no chart to download.")
        response = HttpResponse(self._contents(kind), content_type=KINDS[kind])
        stem = re.sub(r"[^a-z0-9]+", "-", self.name.casefold()).strip("-")[:80]
        response["Content-Disposition"] = f'attachment; filename="{stem}.{kind}"'
        return response

    def _contents(self, kind: str) -> bytes:
        # What writes Excel and PowerPoint is slow to import and seldom needed, so that the site starts without it.
        from commonweal.documents import slide, workbook

        if kind == "csv":
            return csv_bytes(self.data)
        if kind == "xlsx":
            return workbook({"Figures": self.data}, notes=[self.title, self.sentence, *self.notes])
        if kind == "pptx":
            return slide(
                self.title,
                self.sentence,
                figure=self.figure,
                frame=self.slide_table,
                source=self.source,
                notes=" ".join(self.notes),
            )
        assert self.figure is not None
        return self.figure.png() if kind == "png" else self.figure.svg(standalone=True).encode("utf-8")
