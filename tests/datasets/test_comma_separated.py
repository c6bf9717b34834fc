"""CSV that a spreadsheet opens safely."""

import polars as pl
import pytest

from commonweal.datasets.comma_separated import csv_bytes, safe_text


@pytest.mark.parametrize("text", ["=1+1", "+cmd|x", "@SUM(A1)", "-2+3+cmd|' /C calc'!A0", "\tx", "-"])
def test_what_a_spreadsheet_would_run_is_made_text(text):
    assert safe_text(pl.DataFrame({"a": [text]}))["a"].to_list() == ["'" + text]


@pytest.mark.parametrize("text", ["-1", "+2.5", "-1,000", "Sefton", "a=b", "", "5-9 yrs"])
def test_numbers_and_words_are_left_alone(text):
    assert safe_text(pl.DataFrame({"a": [text]}))["a"].to_list() == [text]


def test_excel_is_told_the_encoding():
    assert csv_bytes(pl.DataFrame({"a": ["é"], "b": [-1.5]})) == "\ufeffa,b\né,-1.5\n".encode()
