"""Workbooks and slides, opened again."""

import io
from datetime import date

import openpyxl
import polars as pl
import pytest
from pptx import Presentation

from commonweal import figures
from commonweal.documents import slide, workbook

TABLE = pl.DataFrame(
    {"area": ["=1+1", "@SUM(A1)", "Dunmere"], "value": [1.5, None, 63.25], "extracted": [date(2024, 4, 1)] * 3}
)


def ranked(rows=3):
    frame = pl.DataFrame(
        {"area": [f"Area {n}" for n in range(rows)], "value": [60.0 + n for n in range(rows - 1)] + [None],
         "lower": [59.0 + n for n in range(rows)], "upper": [61.0 + n for n in range(rows)],
         "comparison": ["worse"] * rows, "status": ["published"] * rows}
    )  # fmt: skip
    return figures.ranked_areas(
        frame, title="Two areas are worse", unit="%", decimals=1, benchmark_name="England", benchmark_value=65.0,
        highlighted=None, source="Synthetic",
    )  # fmt: skip


def trend():
    frame = pl.DataFrame(
        {"area": ["Dunmere"] * 2 + ["England"] * 2, "period": ["2019", "2020"] * 2, "value": [1.0, None, 3.0, 4.0],
         "period_end": [date(2019, 12, 31), date(2020, 12, 31)] * 2, "lower": [None] * 4, "upper": [None] * 4},
        schema_overrides={"lower": pl.Float64, "upper": pl.Float64},
    )  # fmt: skip
    return figures.trend_lines(
        frame, title="Rising", unit="", decimals=1, benchmark_name="England", highlighted="Dunmere", source="Synthetic"
    )


def opened(contents):
    return Presentation(io.BytesIO(contents)).slides[0]


def test_a_workbook_holds_the_table_and_the_notes():
    book = openpyxl.load_workbook(io.BytesIO(workbook({"Figures": TABLE}, notes=["Synthetic.", "", "Second."])))
    assert book.sheetnames == ["Figures", "Notes"]
    rows = list(book["Figures"].iter_rows(values_only=True))
    assert rows[0] == ("area", "value", "extracted")
    assert rows[3][1] == pytest.approx(63.25)
    assert rows[2][1] is None
    assert book["Figures"].freeze_panes == "A2"
    assert [cell.value for cell in book["Notes"]["A"]] == ["Synthetic.", "Second."]


def test_no_cell_of_a_workbook_starts_a_formula():
    book = openpyxl.load_workbook(io.BytesIO(workbook({"Figures": TABLE})))
    cells = [cell for row in book["Figures"].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert book["Figures"]["A2"].value == "=1+1"


def test_a_name_that_excel_refuses_is_made_fit():
    book = openpyxl.load_workbook(io.BytesIO(workbook({"Rates: 10/24 [all] of a very long name indeed": TABLE})))
    assert book.sheetnames == ["Rates  10 24  all  of a very lo"]


def test_an_empty_table_is_a_sheet_with_headings():
    book = openpyxl.load_workbook(io.BytesIO(workbook({"Figures": TABLE.head(0)})))
    assert list(book["Figures"].iter_rows(values_only=True)) == [("area", "value", "extracted")]


def test_a_ranked_slide_has_a_chart_that_can_be_edited():
    page = opened(slide("Finding", "Sentence", figure=ranked(), source="Source line", notes="Say this"))
    charts = [shape for shape in page.shapes if shape.has_chart]
    assert [list(p.categories) for p in charts[0].chart.plots] == [["Area 0", "Area 1"]]
    assert page.shapes.title.text == "Finding"
    text = [shape.text_frame.text for shape in page.shapes if shape.has_text_frame]
    assert "Sentence" in text
    assert "Source line" in text
    assert page.notes_slide.notes_text_frame.text == "Say this"
    assert "ranked" in charts[0]._element.xpath(".//p:cNvPr")[0].get("descr")


def test_a_trend_slide_leaves_gaps():
    page = opened(slide("Finding", "Sentence", figure=trend()))
    chart = next(shape.chart for shape in page.shapes if shape.has_chart)
    assert {s.name: list(s.values) for s in chart.plots[0].series} == {"Dunmere": [1.0, None], "England": [3.0, 4.0]}


def test_many_areas_are_a_picture_with_a_text_alternative():
    page = opened(slide("Finding", "Sentence", figure=ranked(60)))
    picture = next(shape for shape in page.shapes if shape.shape_type == 13)
    assert "areas ranked" in picture._element.xpath(".//p:cNvPr")[0].get("descr")
    assert picture.left >= 0
    assert picture.top + picture.height <= Presentation(io.BytesIO(slide("a", "b"))).slide_height


def test_a_table_slide():
    page = opened(slide("Finding", "Sentence", frame=TABLE.select("area", "value")))
    table = next(shape.table for shape in page.shapes if shape.has_table)
    assert table.cell(3, 0).text == "Dunmere"
    assert table.cell(2, 1).text == ""


def test_longer_text_is_smaller():
    sizes = []
    for title in ("Short", "A long finding that goes on and on " * 8):
        page = opened(slide(title, "Sentence"))
        sizes.append(page.shapes.title.text_frame.paragraphs[0].runs[0].font.size)
    assert sizes[0] > sizes[1]
