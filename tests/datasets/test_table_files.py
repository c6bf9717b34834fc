"""Any table in a file, with its columns as what they are."""

import datetime as dt

import polars as pl
import pytest

from commonweal.datasets.problems import DataFileError
from commonweal.datasets.table_files import read_table, write_table


def read(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path)


def test_columns_are_numbers_dates_or_text(tmp_path):
    table = read(
        tmp_path,
        "code,year,count,people,share,on,seen,mixed\n"
        '0123,2023,12,"1,234",0.5,2024-01-31,31/01/2024,5\n'
        '4567,2024,NA,"2,000",.25,2024-02-29,01/02/2024,*\n',
    )
    assert table.frame.to_dict(as_series=False) == {
        "code": ["0123", "4567"],
        "year": [2023, 2024],
        "count": [12, None],
        "people": [1234, 2000],
        "share": [0.5, 0.25],
        "on": [dt.date(2024, 1, 31), dt.date(2024, 2, 29)],
        "seen": [dt.date(2024, 1, 31), dt.date(2024, 2, 1)],
        "mixed": ["5", "*"],
    }


def test_a_date_that_is_none_stays_text(tmp_path):
    assert read(tmp_path, "on,n\n2024-02-30,1\n").frame["on"].to_list() == ["2024-02-30"]


def test_rows_are_numbered_as_the_file_numbers_them(tmp_path):
    assert read(tmp_path, "a,b\n1,2\n,\n3,4\n").rows.to_list() == [2, 4]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_what_is_written_is_read_again(tmp_path, ending):
    frame = pl.DataFrame({"area": ["Halton", "=1+1"], "count": [3, None], "value": [0.5, 1.25]})
    path = tmp_path / f"table.{ending}"
    assert write_table({"result": frame}, path) == 2
    found = read_table(path).frame
    assert found["count"].to_list() == [3, None]
    assert found["value"].to_list() == [0.5, 1.25]
    assert found["area"].to_list()[0] == "Halton"


def test_a_workbook_has_a_sheet_of_each_table(tmp_path):
    import openpyxl

    path = tmp_path / "tables.xlsx"
    write_table({"points": pl.DataFrame({"a": [1]}), "summary": pl.DataFrame({"b": [2]})}, path)
    assert openpyxl.load_workbook(path).sheetnames == ["Points", "Summary"]


@pytest.mark.parametrize("name", ["table.txt", "no/such/folder.csv", "no/such/folder.xlsx"])
def test_what_cannot_be_written_is_said(tmp_path, name):
    with pytest.raises(DataFileError, match=r"ends in|cannot be written|does not exist"):
        write_table({"result": pl.DataFrame({"a": [1]})}, tmp_path / name)


def test_what_cannot_be_read_is_said(tmp_path):
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 no")
    with pytest.raises(DataFileError, match="not a Parquet file"):
        read_table(broken)
    with pytest.raises(DataFileError, match="cannot be read"):
        read_table(tmp_path / "none.parquet")
