"""Every kind of bad file: a clear message, and nothing half loaded."""

import io
import zipfile

import openpyxl
import polars as pl
import pytest
import xlsxwriter

from commonweal.datasets.indicator import Indicator
from commonweal.datasets.loading import load_file
from commonweal.datasets.problems import DataFileError

HEADINGS = "Indicator,Area code,Period,Sex,Age,Count,Denominator,Value,Lower,Upper"
GOOD = "local.checks,E08000012,2023/24,Persons,40-74 yrs,415,1000,41.5,38.5,44.6"
CHECKS = Indicator(
    id="local.checks", name="Checks", unit="%", per=100, value_type="proportion", polarity="high is good"
)


@pytest.fixture
def load(workspace, tmp_path):
    workspace.store.save_indicators([CHECKS])

    def loader(contents, name="table.csv", **options):
        path = tmp_path / name
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return load_file(workspace, path, **options)

    return loader


def rows(*lines, headings=HEADINGS):
    return "\n".join([headings, *lines]) + "\n"


def changed(**cells):
    names = HEADINGS.split(",")
    values = GOOD.split(",")
    for name, value in cells.items():
        values[names.index(name.replace("_", " "))] = value
    return ",".join(values)


def rejections(report):
    frame = pl.read_csv(report.rejected_file, infer_schema=False)
    return [tuple(row) for row in frame.iter_rows()]


# The file as a whole ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contents", "name", "told"),
    [
        (b"", "table.csv", "table.csv: the file is empty"),
        (b"\xef\xbb\xbf\r\n", "table.csv", "the file is empty"),
        (b"%PDF-1.7 ...", "table.csv", "this is a PDF, not a CSV"),
        (b"<!DOCTYPE html><html><body>Error</body></html>", "table.csv", "this is a web page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "table.csv", "this is a picture"),
        (b"just some words\nand more\n", "table.csv", "this is not a CSV: its first line has one column"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "table.xls", "old Excel file"),
        (b"PK\x03\x04" + bytes(60), "table.xlsx", "damaged"),
        (b"\x00\x01\x02\x03" * 500, "table.csv", "not a text file"),
        (HEADINGS.encode() + b"\n", "table.csv", "headings but no rows"),
        (rows(GOOD, headings=HEADINGS.replace("Count", "Value")).encode(), "t.csv", "the heading stands twice"),
    ],
)  # fmt: skip
def test_what_is_not_a_table_is_refused(load, workspace, contents, name, told):
    with pytest.raises(DataFileError, match=told):
        load(contents, name)
    assert workspace.store.version is None


def test_a_missing_column_is_named(load, workspace):
    with pytest.raises(DataFileError, match=r"no column was found for the area\. Its columns are 'Indicator'"):
        load(rows(GOOD.replace("E08000012,", ""), headings=HEADINGS.replace("Area code,", "")))
    assert workspace.store.version is None


FINGERTIPS = (
    "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,Category Type,Category,"
    "Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,Lower CI 99.8 limit,Upper CI 99.8 limit,Count,"
    "Denominator,Value note,Recent Trend,Compared to England value or percentiles"
)
FINGERTIPS_ROW = "91112,Checks,,,E08000012,Liverpool,UA,Persons,40-74 yrs,,,2023/24,41.5,38.5,44.6,,,415,1000,,,Worse"


def test_a_renamed_column_is_named_with_what_it_may_have_become(load, workspace):
    renamed = FINGERTIPS.replace("Area Code", "AreaCode")
    with pytest.raises(
        DataFileError, match=r"looks like a Fingertips CSV export, but 'Area Code' is missing \(is it now 'AreaCode'"
    ):
        load(rows(FINGERTIPS_ROW, headings=renamed))  # fmt: skip
    assert workspace.store.version is None


def test_a_ragged_row_is_numbered(load):
    with pytest.raises(DataFileError, match="row 3: it has 11 cells where the headings are 10"):
        load(rows(GOOD, GOOD + ",extra"))


def test_an_unknown_mapping_is_told(load):
    with pytest.raises(DataFileError, match="there is no mapping called 'nonsense'"):
        load(rows(GOOD), mapping="nonsense")


# Encodings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_encoding_and_delimiter_is_read(load, workspace, encoding, delimiter):
    text = rows(GOOD + ",Ynys Môn – naïve £", headings=HEADINGS + ",Notes").replace(",", delimiter)
    assert load(text.encode(encoding)).added == 1
    assert workspace.store.read("local.checks")["note"].to_list() == ["Ynys Môn – naïve £"]


# Rows ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "column", "value", "reason"),
    [
        (changed(Area_code="E99999999"), "Area code", "E99999999", "this is not the code of a known area"),
        (changed(Area_code="A82003"), "Area code", "A82003", "this is the code of a GP practice or primary care "
         "network, not of an area in the catalogue"),
        (changed(Area_code="E07000026"), "Area code", "E07000026", "the area code was retired on 31 March 2023, before "
         "this period; since then: E06000063 Cumberland"),
        (changed(Area_code=""), "Area code", "", "no area is given"),
        (changed(Period="lately"), "Period", "lately", None),
        (changed(Value="about 40"), "Value", "about 40", "this is not a number"),
        (changed(Count="many"), "Count", "many", "this is not a number"),
        (changed(Value="45.5"), "Value", "45.5, limits 38.5 to 44.6", "the value lies outside its own limits"),
        (changed(Value="141.5", Upper="150"), "Value", "141.5", "a proportion lies between 0 and 100"),
        (changed(Count="1001"), "Count", "1001 of 1000", "the count of a proportion is above its denominator"),
        (changed(Count="-1"), "Count", "-1", "a count cannot be below 0"),
        (changed(Indicator=""), "Indicator", "", "no indicator is given"),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_is_left_out_with_row_column_and_reason(load, workspace, line, column, value, reason):
    report = load(rows(GOOD, line))
    assert (report.added, report.rows_rejected) == (1, 1)
    found = rejections(report)
    assert found[0][:2] == ("3", column)
    assert found[0][2] == value
    assert reason is None or found[0][3] == reason
    assert workspace.store.read().height == 1


def test_a_retired_code_is_kept_for_periods_when_it_was_in_use(load):
    report = load(rows(changed(Area_code="E07000026", Period="2021/22")))
    assert (report.added, report.rows_rejected) == (1, 0)
    assert any("retired area codes are kept" in notice for notice in report.notices)


def test_exact_repeats_are_merged_and_counted(load):
    report = load(rows(GOOD, GOOD, GOOD))
    assert (report.added, report.rows_collapsed, report.rows_rejected) == (1, 2, 0)


def test_repeats_that_differ_are_all_rejected(load, workspace):
    report = load(rows(GOOD, changed(Value="42.5"), changed(Area_code="E08000011")))
    assert (report.added, report.rows_rejected) == (1, 2)
    assert [row[0] for row in rejections(report)] == ["2", "3"]
    assert workspace.store.read()["area_code"].to_list() == ["E08000011"]


def test_mixed_kinds_of_area_are_told(load):
    report = load(rows(GOOD, changed(Area_code="E12000002"), changed(Area_code="E54000008")))
    assert report.added == 3
    assert any("mixes kinds of area" in notice for notice in report.notices)


def test_several_faults_of_a_row_are_all_told(load):
    report = load(rows(GOOD, changed(Area_code="E99999999", Value="about 40")))
    assert report.rows_rejected == 1
    assert {row[1] for row in rejections(report)} == {"Area code", "Value"}


def test_all_or_nothing(load, workspace):
    with pytest.raises(DataFileError, match="1 of 2 rows break a rule and you asked for all or nothing"):
        load(rows(GOOD, changed(Value="x")), strict=True)
    assert workspace.store.version is None


def test_nothing_usable_loads_nothing(load, workspace):
    with pytest.raises(DataFileError, match="none of its 1 rows could be used"):
        load(rows(changed(Value="x")))
    assert workspace.store.version is None


@pytest.mark.parametrize(
    ("marker", "status"), [("*", "suppressed"), ("[c]", "suppressed"), ("", "missing"), ("NA", "missing")]
)
def test_a_withheld_or_missing_value_is_not_a_fault(load, workspace, marker, status):
    report = load(rows(changed(Value=marker, Lower="", Upper="", Count="")))
    assert report.rows_rejected == 0
    assert workspace.store.read()["status"].to_list() == [status]


def test_the_same_load_twice_changes_nothing(load, workspace):
    load(rows(GOOD))
    version = workspace.store.version
    again = load(rows(GOOD))
    assert (again.added, again.updated, again.unchanged) == (0, 0, 1)
    assert workspace.store.version == version


# Formulas and workbooks ---


def test_text_that_would_start_a_formula_goes_out_harmless(load, workspace, tmp_path):
    from commonweal.datasets.export import write_observations

    load(rows(GOOD + ",=cmd|' /C calc'!A0", headings=HEADINGS + ",Notes"))
    assert workspace.store.read()["note"].to_list() == ["=cmd|' /C calc'!A0"]
    write_observations(workspace, tmp_path / "out.csv")
    assert ",'=cmd" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    write_observations(workspace, tmp_path / "out.xlsx")
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


def workbook(*lines):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            for column, text in enumerate(line.split(",")):
                if text.startswith("="):
                    sheet.write_formula(number, column, text, value=41.5)
                else:
                    sheet.write(number, column, float(text) if text.replace(".", "").isdigit() else text)
    return buffer.getvalue()


def test_a_workbook_loads(load, workspace):
    assert load(workbook(HEADINGS, GOOD), "table.xlsx").added == 1
    assert workspace.store.read()["value"].to_list() == [41.5]


def test_a_formula_in_a_workbook_counts_as_the_value_it_shows(load, workspace):
    assert load(workbook(HEADINGS, changed(Value="=20+21.5")), "table.xlsx").added == 1
    assert workspace.store.read()["value"].to_list() == [41.5]


def test_a_zip_bomb_is_not_opened(load, workspace):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(120):
                sheet.write(bytes(1024**2))
    with pytest.raises(DataFileError, match="as a file made to do harm does"):
        load(buffer.getvalue(), "bomb.xlsx")
    assert workspace.store.version is None


def test_another_zip_is_not_a_workbook(load):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("table.csv", rows(GOOD))
    with pytest.raises(DataFileError, match="this is a zip archive, not an Excel workbook"):
        load(buffer.getvalue(), "table.xlsx")


def test_a_load_that_is_killed_leaves_the_store_as_it_was(load, workspace, monkeypatch):
    load(rows(GOOD))
    before = workspace.store.version

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("commonweal.datasets.store.write_deltalake", killed)
    with pytest.raises(KeyboardInterrupt):
        load(rows(GOOD, changed(Area_code="E08000011")))
    assert workspace.store.version == before
    assert workspace.store.read().height == 1


def test_long_names_that_begin_alike_stay_two_indicators(workspace, tmp_path):
    start = "Proportion of people " * 8
    path = tmp_path / "long.csv"
    path.write_text(
        "indicator,area_code,period,value\n" + "".join(f"{start}{end},E06000006,2023,{end}\n" for end in (1, 2))
    )
    load_file(workspace, path)
    ids = workspace.store.indicator_ids()
    assert len(ids) == 2
    assert all(len(identifier) <= 120 for identifier in ids)


# Loads after one another ------------------------------------------------------------------------------------------


def test_a_clean_load_removes_the_rejected_rows_of_the_one_before(load):
    rejected = load(rows(GOOD, changed(Count="2000"))).rejected_file
    assert rejected.exists()
    assert load(rows(GOOD)).rejected_file is None
    assert not rejected.exists()


def test_a_file_of_somebody_else_is_not_removed(load, tmp_path):
    theirs = tmp_path / "table.csv.rejected.csv"
    theirs.write_text("my,own,notes\n")
    load(rows(GOOD))
    assert theirs.read_text() == "my,own,notes\n"


@pytest.mark.parametrize(("older", "kept"), [("2023-01-31", True), ("2024-06-30", False), ("", False)])
def test_an_older_file_does_not_replace_newer_figures(load, workspace, older, kept):
    load(rows(GOOD), constants={"extracted": "2024-05-31"})
    report = load(rows(changed(Count="400", Value="40")), constants={"extracted": older})
    assert (report.kept_newer, report.updated, report.unchanged) == ((1, 0, 0) if kept else (0, 1, 0))
    assert workspace.store.read()["value"].to_list() == [41.5 if kept else 40]
    assert (
        any("For 1 of its rows other figures are held that were extracted later" in n for n in report.notices) == kept
    )


def test_an_older_file_replaces_newer_figures_when_asked(load, workspace):
    load(rows(GOOD), constants={"extracted": "2024-05-31"})
    older = rows(changed(Count="400", Value="40"))
    report = load(older, constants={"extracted": "2023-01-31"}, replace_newer=True)
    assert report.updated == 1
    assert workspace.store.read()["value"].to_list() == [40]


def test_a_day_of_extraction_that_is_none_is_refused(load, workspace):
    with pytest.raises(DataFileError, match="'May 2024', is not a day written like 2024-05-31"):
        load(rows(GOOD), constants={"extracted": "May 2024"})
    assert workspace.store.version is None


def test_measure_is_taken_for_the_indicator(load):
    assert load(rows(GOOD, headings=HEADINGS.replace("Indicator", "Measure"))).added == 1


# Tried by hand, and found wanting ---------------------------------------------------------------------------------


def test_an_accent_of_windows_beyond_the_first_rows_is_read(load, workspace):
    plain = [changed(Period=str(1900 + n % 100), Age=f"{n}{'x' * 3000} yrs") for n in range(100)]
    report = load(rows(*plain, changed(Age="caf\u00e9")).encode("cp1252"))
    assert report.rows_rejected == 0
    assert "caf\u00e9" in workspace.store.read()["age"].to_list()


def test_a_file_of_utf_16_that_was_cut_off_is_refused(load, workspace):
    with pytest.raises(DataFileError, match="may have been cut off"):
        load(rows(GOOD).encode("utf-16")[:-1])
    assert workspace.store.version is None


@pytest.mark.parametrize("written", ["4,5", "4 5", "1,23", "12,3456", ",5"])
def test_a_comma_that_is_no_thousands_separator_is_not_left_out(load, written):
    line = ";".join(changed(Value="VALUE", Lower="", Upper="").split(",")).replace("VALUE", written)
    report = load(rows(GOOD.replace(",", ";"), line, headings=HEADINGS.replace(",", ";")))
    assert [reason for reason, _ in report.reasons] == ["this is not a number"]


@pytest.mark.parametrize(("written", "number"), [("1,234", 1234), ("12 345.5", 12345.5), ("1,234,567", 1234567)])
def test_thousands_are_read(load, workspace, written, number):
    line = changed(Indicator="local.other", Count="", Denominator="", Value="VALUE", Lower="", Upper="")
    load(rows(";".join(line.split(",")).replace("VALUE", written), headings=HEADINGS.replace(",", ";")))
    assert workspace.store.read()["value"].to_list() == [number]


def test_a_value_outside_its_wide_limits_is_rejected(load):
    report = load(rows(GOOD + ",30,50", changed(Sex="Male") + ",43,44", headings=HEADINGS + ",Lower 99.8,Upper 99.8"))
    assert report.reasons == [("the value lies outside its own 99.8% limits", 1)]


def test_a_missing_quotation_mark_is_told_in_a_line(load):
    with pytest.raises(DataFileError, match="a quotation mark may be missing") as told:
        load(rows(GOOD, changed(Age='"40'), changed(Sex="Male")))
    assert "offset" not in str(told.value)
