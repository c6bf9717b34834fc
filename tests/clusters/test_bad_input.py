"""Bad input is refused in words, or left out and counted."""

import polars as pl
import pytest

from commonweal.clusters import ScanError, scan

PLACES = pl.DataFrame({"place": ["A", "B", "C"], "latitude": [53.4, 53.5, 53.6], "longitude": [-2.9, -2.8, -2.7]})
CASES = pl.DataFrame(
    {
        "place": ["A", "A", "B", "C", "C"],
        "date": ["2026-01-02", "2026-01-03", "03/01/2026", "2026/01/05", "2026-01-09T10:30:00"],
    }
)
DAILY = {
    "model": "space-time permutation",
    "analysis": "space-time",
    "study_period": ("2026-01-01", "2026-01-10"),
    "replicates": 0,
}
SPATIAL = {"model": "poisson", "analysis": "spatial", "replicates": 0}
PEOPLE = pl.DataFrame({"place": ["A", "B", "C"], "population": [100, 200, 300]})


def changed(frame, column, row, value):
    values = frame[column].to_list()
    values[row] = value
    return frame.with_columns(pl.Series(column, values))


def test_dates_in_several_forms_are_read():
    assert scan(CASES, PLACES, **DAILY).total_cases == 5


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        (
            changed(CASES, "date", 2, "last week"),
            "'date' that is missing or cannot be read: 1 row, first row 3",
        ),
        (changed(CASES, "date", 1, None), "cannot be read"),
        (
            changed(CASES, "place", 4, "Nowhere"),
            r"Cases in unknown places: 1 in 1 row, first row 5 \(place 'Nowhere'\)",
        ),
        (CASES.clear(), "empty"),
        (CASES.head(1), "at least 2 cases"),
    ],
)
def test_faulty_cases_are_refused(cases, words):
    with pytest.raises(ScanError, match=words):
        scan(cases, PLACES, **DAILY)


@pytest.mark.parametrize(
    ("count", "words"), [(-1, "negative count"), (1.5, "not a whole number"), (None, "not a whole number")]
)
def test_faulty_counts_are_refused(count, words):
    cases = changed(CASES.with_columns(n=pl.lit(1.0)), "n", 3, count)
    with pytest.raises(ScanError, match=f"{words}.*first row 4"):
        scan(cases, PLACES, count="n", **DAILY)


def test_cases_outside_the_period_are_left_out_and_counted():
    result = scan(changed(CASES, "date", 0, "2025-06-01"), PLACES, **DAILY)
    assert result.total_cases == 4
    assert any("Left out: 1 cases outside the study period" in warning for warning in result.warnings)
    with pytest.raises(ScanError, match="Cases outside the study period"):
        scan(changed(CASES, "date", 0, "2025-06-01"), PLACES, **DAILY, dates_outside="refuse")


def test_cases_in_unknown_places_can_be_left_out_and_counted():
    result = scan(changed(CASES, "place", 0, "Nowhere"), PLACES, **DAILY, unknown_places="leave out")
    assert result.total_cases == 4
    assert any("Left out: 1 cases in unknown places" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("latitude", 153.4, "beyond 90"),
        ("longitude", None, "lack a coordinate"),
        ("longitude", 530000.0, "eastings and northings"),
        ("place", "B", "two different points"),
        ("place", None, "no identifier"),
    ],
)
def test_faulty_places_are_refused(column, value, words):
    with pytest.raises(ScanError, match=words):
        scan(CASES, changed(PLACES, column, 0, value), **DAILY)


def test_swapped_coordinates_are_pointed_out():
    swapped = PLACES.rename({"latitude": "longitude", "longitude": "latitude"})
    assert any("swapped" in warning for warning in scan(CASES, swapped, **DAILY).warnings)


def test_a_place_listed_twice_at_one_point_counts_once():
    result = scan(CASES, pl.concat([PLACES, PLACES.head(1)]), **DAILY)
    assert result.locations.height == 3
    assert any("Left out: 1 repeated rows of places" in warning for warning in result.warnings)


def test_zero_population_is_counted_and_with_cases_refused():
    cases = CASES.filter(pl.col("place") != "B")
    result = scan(cases, PLACES, population=changed(PEOPLE, "population", 1, 0), **SPATIAL)
    assert any("Places without population: 1;" in warning for warning in result.warnings)
    with pytest.raises(ScanError, match="cases lie in places without population: 1 cases; the first in place 'B'"):
        scan(CASES, PLACES, population=changed(PEOPLE, "population", 1, 0), **SPATIAL)


@pytest.mark.parametrize(
    ("population", "words"),
    [
        (None, "needs a table of populations"),
        (changed(PEOPLE, "population", 0, -5), "negative"),
        (changed(PEOPLE, "population", 0, None), "missing"),
        (changed(PEOPLE, "place", 0, "Nowhere"), "unknown place"),
        (PEOPLE.head(2), "lie in places without population: 2 cases"),
    ],
)
def test_faulty_populations_are_refused(population, words):
    with pytest.raises(ScanError, match=words):
        scan(CASES, PLACES, population=population, **SPATIAL)


def test_covariates_that_the_population_lacks_are_refused():
    cases = CASES.with_columns(sex=pl.Series(["f", "f", "m", "x", "m"]))
    people = pl.concat([PEOPLE.with_columns(sex=pl.lit(sex)) for sex in "fm"])
    with pytest.raises(
        ScanError, match=r"covariates that the population lacks: 1 cases; the first in place 'C', covariates x"
    ):
        scan(cases, PLACES, population=people, covariates=["sex"], **SPATIAL)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"max_duration": 30}, "shorter than the longest window"),
        ({"min_duration": 9}, "No window fits"),
        ({"study_period": ("2026-01-10", "2026-01-01")}, "before it starts"),
        ({"study_period": ("soon", "later")}, "not a date"),
        ({"study_period": None}, "needs a study period"),
        ({"analysis": "spatial"}, "has no spatial scan"),
        ({"rates": "up"}, "must be one of 'high', 'low', 'both'"),
        ({"max_population_share": 50}, "at most 1"),
        ({"no_such_setting": 1}, "no setting 'no_such_setting'"),
        ({"ellipse_shapes": (2.0,)}, "cartesian"),
        ({"adjust_for_earlier_analyses": True}, "Only a prospective scan"),
        ({"time_adjustment": "log-linear"}, "already adjusts"),
        ({"model": "poison"}, "must be one of 'poisson'"),
    ],
)
def test_faulty_settings_are_refused(choices, words):
    with pytest.raises(ScanError, match=words):
        scan(CASES, PLACES, **{**DAILY, **choices})


def test_neighbour_lists_are_checked():
    with pytest.raises(ScanError, match="names 'Z', which is not among the places"):
        scan(CASES, PLACES, neighbours={"A": ["B", "Z"]}, **DAILY)
    with pytest.raises(ScanError, match="names a place twice"):
        scan(CASES, PLACES, neighbours={"A": ["B", "B"]}, **DAILY)


def test_bernoulli_needs_controls():
    with pytest.raises(ScanError, match="table of controls"):
        scan(CASES, PLACES, model="bernoulli", analysis="spatial")


def test_nothing_found_says_so():
    result = scan(CASES.head(2), PLACES, **DAILY)
    assert result.clusters == ()
    assert any("there is no cluster" in warning for warning in result.warnings)
    assert result.to_frame().height == 0
    assert "No cluster" in str(result)
