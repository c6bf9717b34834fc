"""Numbers as printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.figures.numbers import format_number


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1240, 0, "1,240"),
        (63.25, 1, "63.2"),
        (-4.12, 1, "−4.1"),
        (-0.01, 1, "0.0"),
        (None, 1, "–"),
        (float("nan"), 1, "–"),
        (1234567.891, 2, "1,234,567.89"),
    ],
)
def test_printed(value, decimals, text):
    assert format_number(value, decimals) == text


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_printed_number_reads_back(value, decimals):
    read = float(format_number(value, decimals).replace(",", "").replace("−", "-"))
    assert abs(read - value) <= 0.5 * 10**-decimals + 1e-6
