"""Age bands however they are written, and what is wrong with a set of them."""

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal import stats
from commonweal.stats.age_bands import AgeBand, coded, faults
from commonweal.stats.standard_population import EUROPEAN_2013, european_2013

AGES = st.integers(0, 95)


@pytest.mark.parametrize(
    ("label", "start", "end"),
    [
        ("0-4", 0, 4), ("0 to 4", 0, 4), ("0–4 years", 0, 4), ("Aged 5 to 9", 5, 9), ("10-14 yrs", 10, 14),
        ("10-14yrs", 10, 14), ("15_19", 15, 19), ("65 to under 70", 65, 69), ("5-<10", 5, 9), ("<1", 0, 0),
        ("Under 1", 0, 0), ("under 1 year", 0, 0), ("<75 yrs", 0, 74), ("85+", 85, None), ("85 +", 85, None),
        ("90 and over", 90, None), ("90 & over", 90, None), ("85 years and older", 85, None), ("90 plus", 90, None),
        ("≥90", 90, None), (">=90", 90, None), ("over 85", 86, None), ("4 and under", 0, 4), ("up to 4", 0, 4),
        ("All ages", 0, None), ("7", 7, 7), (85, 85, 85), (90.0, 90, 90), ("(20-24)", 20, 24),
    ],
)  # fmt: skip
def test_a_label_in_any_usual_way(label, start, end):
    assert stats.parse_age_band(label) == stats.AgeBand(start, end)


@pytest.mark.parametrize("label", ["", "x", "9-5", "2011-2014", "4+5", "-5", "unknown", "1:4", "0-4-9", "150+"])
def test_what_is_no_age_band(label):
    with pytest.raises(stats.ColumnError, match="is not an age band that can be read"):
        stats.parse_age_band(label)


@pytest.mark.parametrize(
    ("label", "meant"), [("Oct-14", "10-14"), ("09-May", "5-9"), ("5 sept", "5-9"), ("05-Sep", "5-9")]
)
def test_a_date_that_a_spreadsheet_made(label, meant):
    with pytest.raises(stats.ColumnError, match=f"made a date of '{meant}'"):
        stats.parse_age_band(label)


@given(AGES, st.one_of(st.none(), st.integers(0, 30)))
def test_a_band_is_read_back_from_its_own_words(start, more):
    band = AgeBand(start, None if more is None else start + more)
    assert stats.parse_age_band(str(band)) == band


@given(st.sets(st.integers(1, 99), max_size=15))
def test_bands_that_follow_one_another_have_no_fault_and_every_slip_has(cuts):
    starts = [0, *sorted(cuts)]
    bands = [AgeBand(a, b - 1) for a, b in pairwise(starts)] + [AgeBand(starts[-1], None)]
    assert faults(bands) == []
    assert faults([*bands, bands[0]])[0] == f"{bands[0]} stands 2 times"
    assert "overlap" in " ".join(faults([*bands, AgeBand(starts[-1], 120)]))
    if len(bands) > 2:
        assert "missing" in " ".join(faults(bands[:1] + bands[2:]))


def test_first_and_last_ages_are_added():
    table = pl.DataFrame({"area": ["a", "a", "b"], "age": ["Under 1", "1 to 4", "85 and over"]})
    found = stats.age_bands(table, age_band="age", by="area")
    assert found["age_start"].to_list() == [0, 1, 85]
    assert found["age_end"].to_list() == [0, 4, None]


def test_bare_numbers_are_first_ages():
    found = stats.age_bands(pl.DataFrame({"age": [0, 1, 5, 10, 90]}), age_band="age")
    assert found["age_end"].to_list() == [0, 4, 9, 89, None]


def test_a_fault_names_the_group_and_how_many_more():
    table = pl.DataFrame({"area": ["a", "a", "b", "b", "c", "c"], "age": ["0-4", "5-9", "0-4", "10+", "0-4", "10+"]})
    with pytest.raises(stats.ColumnError, match=r"of area 'b' cannot be used: ages 5 to 9 are missing\. 1 more group"):
        stats.age_bands(table, age_band="age", by="area")


def weights(*labels):
    return european_2013(coded(pl.Series("age", labels)), "age").tolist()


def test_the_european_standard_population_sums_to_100_000():
    assert sum(EUROPEAN_2013) == 100_000
    labels = [*(f"{age}-{age + 4}" for age in range(0, 90, 5)), "90+"]
    assert weights(*labels) == list(EUROPEAN_2013)
    assert weights(*range(0, 95, 5)) == list(EUROPEAN_2013)


def test_bands_of_the_standard_together_or_divided():
    # Eurostat (2013), Revision of the European Standard Population, table of weights: under 1 and 95 and over apart.
    assert weights("<1", "1-4", "90-94", "95+") == [1000, 4000, 800, 200]
    assert weights("0-9", "85+", "All ages") == [10_500, 2_500, 100_000]


def test_bare_first_ages_of_those_under_75_are_five_year_bands():
    assert weights(*range(0, 75, 5)) == list(EUROPEAN_2013[:15])


@pytest.mark.parametrize("label", ["0-3", "3-4", "88+", "96+"])
def test_a_band_that_cuts_one_of_the_standard_has_no_weight(label):
    with pytest.raises(stats.ColumnError, match="is not a band of the European Standard Population"):
        weights(label)


def test_a_fault_of_a_table_without_groups():
    with pytest.raises(stats.ColumnError, match="The age bands cannot be used: ages 5 to 9 are missing"):
        stats.age_bands(pl.DataFrame({"age": ["0-4", "10+"]}), age_band="age")
