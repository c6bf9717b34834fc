"""One PowerPoint slide: the finding, the sentence, and a chart that can be edited where PowerPoint can draw it."""

from __future__ import annotations

import io

import polars as pl
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Emu, Inches, Length, Pt

from commonweal.figures import Figure
from commonweal.figures.palette import ACCENT, INK, MUTED, style

WIDTH, HEIGHT, MARGIN = Inches(13.333), Inches(7.5), Inches(0.6)
BODY_TOP, BODY_HEIGHT = Inches(1.95), Inches(4.75)
MOST_NATIVE_ROWS = 40


def slide(
    title: str,
    sentence: str,
    *,
    figure: Figure | None = None,
    frame: pl.DataFrame | None = None,
    source: str = "",
    notes: str = "",
) -> bytes:
    """A 16:9 .pptx of one slide.

    Ranked charts, trends and scatters are PowerPoint's own charts, so a reader can change them; maps and others are
    pictures with a text alternative. Without a figure, `frame` becomes a table.

    Args:
        title: the finding.
        source: the line at the foot.
        notes: what the speaker must know.
    """
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    page = deck.slides.add_slide(deck.slide_layouts[5])
    heading = page.shapes.title
    assert heading is not None
    _place(heading, MARGIN, Inches(0.35), WIDTH - 2 * MARGIN, Inches(0.9))
    _write(heading.text_frame, title, _size(title, 30, 60), INK, bold=True)
    subtitle = page.shapes.add_textbox(MARGIN, Inches(1.2), WIDTH - 2 * MARGIN, Inches(0.7))
    _write(subtitle.text_frame, sentence, _size(sentence, 17, 130), MUTED)
    if figure is not None:
        _draw(page, figure)
    elif frame is not None and frame.height:
        _table(page, frame)
    foot = page.shapes.add_textbox(MARGIN, Inches(6.85), WIDTH - 2 * MARGIN, Inches(0.4))
    _write(foot.text_frame, source or (figure.source if figure else ""), 11, MUTED)
    if notes:
        page.notes_slide.notes_text_frame.text = notes  # type: ignore[union-attr]
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def _colour(text: str) -> RGBColor:
    return RGBColor.from_string(text.removeprefix("#").upper())


def _size(text: str, largest: int, comfortable: int) -> int:
    """Smaller type for longer text, so that it stays in its box."""
    return max(11, min(largest, largest * comfortable // max(len(text), 1) + largest // 3))


def _place(shape, left: Length, top: Length, width: int, height: int) -> None:  # type: ignore[no-untyped-def]
    shape.left, shape.top, shape.width, shape.height = left, top, Emu(width), Emu(height)


def _write(text_frame, text: str, size: int, colour: str, *, bold: bool = False) -> None:  # type: ignore[no-untyped-def]
    text_frame.word_wrap = True
    text_frame.vertical_anchor = MSO_ANCHOR.TOP
    text_frame.text = text
    for paragraph in text_frame.paragraphs:
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.name = Pt(size), bold, "Arial"
            run.font.color.rgb = _colour(colour)


def _describe(shape, figure: Figure) -> None:  # type: ignore[no-untyped-def]
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.set("descr", figure.description)
    properties.set("name", figure.title[:60])


def _draw(page, figure: Figure) -> None:  # type: ignore[no-untyped-def]
    native = {"ranked": _ranked, "trend": _trend, "scatter": _scatter}.get(figure.kind)
    if native is not None and (figure.kind != "ranked" or figure.table.height <= MOST_NATIVE_ROWS):
        shape = native(page, figure.table)
    else:
        shape = page.shapes.add_picture(io.BytesIO(figure.png()), MARGIN, BODY_TOP, height=BODY_HEIGHT)
        if shape.width > WIDTH - 2 * MARGIN:
            shape.height = Emu(int(shape.height * (WIDTH - 2 * MARGIN) / shape.width))
            shape.width = Emu(WIDTH - 2 * MARGIN)
        shape.left = Emu((WIDTH - shape.width) // 2)
    _describe(shape, figure)


def _chart(page, kind: XL_CHART_TYPE, data):  # type: ignore[no-untyped-def]
    return page.shapes.add_chart(kind, MARGIN, BODY_TOP, WIDTH - 2 * MARGIN, BODY_HEIGHT, data)


def _ranked(page, table: pl.DataFrame):  # type: ignore[no-untyped-def]
    rows = table.filter(pl.col("value").is_not_null()).sort("value")
    data = CategoryChartData()
    data.categories = rows["area"].to_list()
    data.add_series("Value", rows["value"].to_list())
    shape = _chart(page, XL_CHART_TYPE.BAR_CLUSTERED, data)
    chart = shape.chart
    chart.has_legend = False
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 45, True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "#,##0.0", False
    plot.data_labels.font.size = Pt(12)
    for number, comparison in enumerate(rows["comparison"]):
        fill = plot.series[0].points[number].format.fill
        fill.solid()
        fill.fore_color.rgb = _colour(style(comparison).ink)
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.tick_labels.font.size = chart.category_axis.tick_labels.font.size = Pt(12)
    return shape


def _trend(page, table: pl.DataFrame):  # type: ignore[no-untyped-def]
    periods = table.sort("period_end")["period"].unique(maintain_order=True).to_list()
    data = CategoryChartData()
    data.categories = periods
    for (name,), rows in table.partition_by("area", as_dict=True, maintain_order=True).items():
        held = dict(rows.select("period", "value").iter_rows())
        data.add_series(str(name), [held.get(period) for period in periods])
    shape = _chart(page, XL_CHART_TYPE.LINE, data)
    chart = shape.chart
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.RIGHT, False
    chart.legend.font.size = Pt(11)
    chart.value_axis.tick_labels.font.size = chart.category_axis.tick_labels.font.size = Pt(11)
    for series in chart.plots[0].series:
        series.smooth = False
    return shape


def _scatter(page, table: pl.DataFrame):  # type: ignore[no-untyped-def]
    data = XyChartData()
    for name, ours in (("Other areas", False), ("Our areas", True)):
        series = data.add_series(name)
        for x, y in table.filter(pl.col("in_collaborative") == ours).select("x", "y").iter_rows():
            series.add_data_point(x, y)
    shape = _chart(page, XL_CHART_TYPE.XY_SCATTER, data)
    chart = shape.chart
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    for series, colour in zip(chart.plots[0].series, (MUTED, ACCENT), strict=True):
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 7
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = _colour(colour)
        series.format.line.fill.background()
    return shape


def _table(page, frame: pl.DataFrame) -> None:  # type: ignore[no-untyped-def]
    shape = page.shapes.add_table(
        frame.height + 1, frame.width, MARGIN, BODY_TOP, Emu(WIDTH - 2 * MARGIN), Emu(int(BODY_HEIGHT))
    )
    size = 12 if frame.width <= 6 else 10
    first = 0.28 if frame.width > 4 else 0.4
    whole = WIDTH - 2 * MARGIN
    for number in range(frame.width):
        share = first if number == 0 else (1 - first) / max(frame.width - 1, 1)
        shape.table.columns[number].width = Emu(int(whole * share))
    for row, cells in enumerate([frame.columns, *frame.iter_rows()]):
        for column, value in enumerate(cells):
            cell = shape.table.cell(row, column)
            cell.margin_top = cell.margin_bottom = Inches(0.02)
            _write(cell.text_frame, "" if value is None else str(value), size, INK, bold=row == 0)
            cell.fill.solid()
            cell.fill.fore_color.rgb = _colour("#f3f5f4" if row == 0 else "#ffffff")
