"""Rows, quotes, comments, encodings and dates of data files."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.scan_files.dates import parse_date
from commonweal.scan_files.problems import ScanFileError
from commonweal.scan_files.rows import Layout, read_rows
from commonweal.scan_files.study_time import StudyTime

TEXT = st.characters(codec="utf-8", categories=("L", "N", "P", "S"), include_characters=" \u2028\x85")


@pytest.fixture
def cells(tmp_path):
    def read(content, layout=None):
        path = tmp_path / "some.cas"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return [(row.line, row.cells) for row in read_rows(path, layout)]

    return read


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("A 1\nB 2\n", [(1, ["A", "1"]), (2, ["B", "2"])]),
        ("A\t1\r\n\r\nB   2\r\n", [(1, ["A", "1"]), (3, ["B", "2"])]),
        ("; a comment\nA 1\n// another\nB 2", [(2, ["A", "1"]), (4, ["B", "2"])]),
        ('"St Helens" 1\n', [(1, ["St Helens", "1"])]),
        ('"a ""quoted"" name" 1\n', [(1, ['a "quoted" name', "1"])]),
        ("A,1,2024-01-31\n", [(1, ["A", "1", "2024-01-31"])]),
        ("A, 1, 2024-01-31\n", [(1, ["A", "1", "2024-01-31"])]),
        ("A;1\n", [(1, ["A", "1"])]),
        ("\ufeffA 1\n", [(1, ["A", "1"])]),
        ("\ufeffA 1\n".encode("utf-16-le"), [(1, ["A", "1"])]),
        ("Ynys Môn,1\n".encode("cp1252"), [(1, ["Ynys Môn", "1"])]),
    ],
    ids=["spaces", "tabs and CRLF", "comments", "quotes", "doubled quotes", "commas", "commas and spaces", "semicolons",
         "byte-order mark", "UTF-16", "Windows-1252"],
)  # fmt: skip
def test_rows_in_every_dress(cells, content, rows):
    assert cells(content) == rows


def test_declared_layout(cells):
    layout = Layout(delimiter="|", quote="'", skip=1, header=True, columns=("3", "oneCount", "1"))
    content = "made by a register\ncode|name|place\n2024|x|'A|B'\n2025|y|C\n"
    assert cells(content, layout) == [(3, ["A|B", "1", "2024"]), (4, ["C", "1", "2025"])]


def test_a_declared_column_that_is_not_there(cells):
    with pytest.raises(ScanFileError, match=r"some\.cas, line 1: it has 2 columns, so there is no column '3'"):
        cells("A 1\n", Layout(columns=("1", "3")))


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "it is empty"), (b"; only a comment\n", "no data rows"), (b"PK\x03\x04\0\0\0", "not a text file")],
)
def test_a_file_that_is_not_what_it_says(cells, content, told):
    with pytest.raises(ScanFileError, match=told):
        cells(content)


def test_an_absent_file(tmp_path):
    with pytest.raises(ScanFileError, match=r"absent\.cas: there is no such file"):
        list(read_rows(tmp_path / "absent.cas"))


@pytest.mark.parametrize(
    ("text", "first", "precision"),
    [
        ("1977", dt.date(1977, 1, 1), "year"),
        ("77", dt.date(1977, 1, 1), "year"),
        ("1977/3", dt.date(1977, 3, 1), "month"),
        ("3/1977", dt.date(1977, 3, 1), "month"),
        ("2001/11/3", dt.date(2001, 11, 3), "day"),
        ("2001-11-03", dt.date(2001, 11, 3), "day"),
        ("2001.11.03", dt.date(2001, 11, 3), "day"),
        ("20011103", dt.date(2001, 11, 3), "day"),
        ("11/3/2001", dt.date(2001, 11, 3), "day"),
        ("2001-11-03T04:05:06", dt.date(2001, 11, 3), "day"),
        ("2024/2/29", dt.date(2024, 2, 29), "day"),
    ],
)
def test_dates(text, first, precision):
    found = parse_date(text, near=1985)
    assert (found.first, found.precision) == (first, precision)


@pytest.mark.parametrize("text", ["", "yesterday", "2023/2/29", "2001/13/1", "31/11/2001", "1/2/3/4", "123", "0"])
def test_what_is_no_date(text):
    assert parse_date(text, near=2001) is None


def test_day_first_is_asked_for():
    assert parse_date("3/4/2024", day_first=True).first == dt.date(2024, 4, 3)
    assert parse_date("3/4/2024").first == dt.date(2024, 3, 4)


@pytest.mark.parametrize(("near", "year"), [(1985, 1973), (2030, 2073), (1920, 1873)])
def test_two_digits_are_read_in_the_century_of_the_study(near, year):
    assert parse_date("73", near=near).first.year == year


def test_a_census_stands_in_the_middle_of_what_its_date_says():
    time = StudyTime("year", dt.date(1973, 1, 1), dt.date(1991, 12, 31))
    assert time.census_date("73") == dt.date(1973, 7, 1)
    assert time.census_date("1973/5") == dt.date(1973, 5, 15)
    assert time.census_date("1973/5/9") == dt.date(1973, 5, 9)


def test_a_case_date_is_cut_to_the_precision_and_must_not_be_coarser():
    by_month = StudyTime("month", dt.date(2020, 1, 1), dt.date(2020, 12, 31))
    assert by_month.case_date("2020/5/17") == dt.date(2020, 5, 1)
    assert "gives no month" in by_month.case_date("2020")
    generic = StudyTime("generic", 1, 12)
    assert generic.case_date("7") == 7
    assert "whole number" in generic.case_date("2020/1/1")
    assert generic.holds(12)
    assert not generic.holds(13)


@given(rows=st.lists(st.lists(st.text(TEXT, min_size=1), min_size=2, max_size=5), min_size=1, max_size=6))
def test_quoted_cells_come_back_as_they_were(rows, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "quoted.cas"
    path.write_text("".join(" ".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows))
    assert [row.cells for row in read_rows(path)] == rows


@given(day=st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), mark=st.sampled_from("/-. "))
def test_every_day_is_read_in_every_order(day, mark):
    plain = f"{day.year}{mark}{day.month}{mark}{day.day}"
    assert parse_date(plain).first == day
    assert parse_date(f"{day.month}{mark}{day.day}{mark}{day.year}").first == day
    assert parse_date(f"{day.day:02}{mark}{day.month:02}{mark}{day.year}", day_first=True).first == day
    assert parse_date(f"{day:%Y%m%d}").first == day
    assert parse_date(f"{day:%y}{mark}{day.month}{mark}{day.day}", near=day.year).first == day
    month = parse_date(f"{day.year}{mark}{day.month}")
    assert month.first <= day <= month.last
    assert month.first <= month.middle <= month.last
