"""Case, control, population, coordinates, grid, maximum circle and neighbours files."""

import datetime as dt

import pytest
from shared_data import shared

from commonweal.scan_files.case_file import read_events
from commonweal.scan_files.coordinates_file import read_coordinates, read_grid
from commonweal.scan_files.neighbours_file import read_neighbours
from commonweal.scan_files.population_file import read_max_circle_population, read_population
from commonweal.scan_files.problems import ScanFileError
from commonweal.scan_files.rows import Layout
from commonweal.scan_files.study_time import StudyTime

DAILY = StudyTime("day", dt.date(2001, 11, 1), dt.date(2001, 11, 24))
YEARLY = StudyTime("year", dt.date(1973, 1, 1), dt.date(1991, 12, 31))
NO_TIME = StudyTime("none")


@pytest.fixture
def file(tmp_path):
    def write(content, name="some.txt"):
        path = tmp_path / name
        path.write_text(content)
        return path

    return write


def test_new_mexico():
    cases = read_events(shared("scan/nm.cas"), YEARLY)
    assert cases.frame["count"].sum() == 1175
    assert cases.covariates == ("covariate_1", "covariate_2")
    population = read_population(shared("scan/nm.pop"), YEARLY, covariates=2)
    assert population.frame["date"].unique().sort().dt.year().to_list() == [1973, 1982, 1991]
    assert read_coordinates(shared("scan/nm.geo"), in_degrees=True).frame.height == 32


def test_new_york_and_north_humberside():
    assert read_events(shared("scan/NYCfever.cas"), DAILY).frame["count"].sum() == 194
    cases = read_events(shared("scan/NHumberside.cas"), NO_TIME)
    controls = read_events(shared("scan/NHumberside.ctl"), NO_TIME, what="controls")
    assert (cases.frame["count"].sum(), controls.frame["count"].sum()) == (62, 141)
    assert "date" not in cases.frame.columns


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("A 1\n", r"fewer than 3 columns \(location, number of cases, date\) in 1 row, at line 1"),
        ("A 1 2001/11/3\nA -1 2001/11/3\n", r"number of cases is negative .* line 2, column 2 .*'-1'"),
        ("A 1.5 2001/11/3\n", "number of cases is not a whole number"),
        ("A x 2001/11/3\n", "number of cases is not a whole number"),
        ("A 1 2001/11/31\n", r"date is not a date .* line 1, column 3 \(date\): '2001/11/31'"),
        ("A 1 2001/11\n", "date gives no day"),
        ("A 1 2001/12/1\nA 1 2000/1/1\n", r"outside the study period \(2001-11-01 to 2001-11-24\) in 2 rows, first at"),
        ("B 1 2001/11/3\n", "location is not in the coordinates file in 1 row, at line 1, column 1 .*'B'"),
        ("A 1 2001/11/3 male\nA 1 2001/11/3\n", "not the 4 columns of the first row in 1 row, at line 2"),
        ("A 0 2001/11/3\n", "it holds no cases"),
    ],
)
def test_a_bad_case_file_says_line_column_and_rule(file, content, told):
    with pytest.raises(ScanFileError, match=told) as caught:
        read_events(file(content, "some.cas"), DAILY, places={"A"})
    assert str(caught.value).startswith("some.cas: ")


def test_several_faults_are_told_at_once(file):
    with pytest.raises(ScanFileError) as caught:
        read_events(file("A -1 2001/11/3\nA 1 never\nA -2 2001/11/3\n"), DAILY)
    assert "negative in 2 rows, first at line 1" in str(caught.value)
    assert "not a date" in str(caught.value)
    assert (caught.value.line, caught.value.column) == (1, 2)


def test_what_is_left_out_is_counted(file):
    content = "A 1 2001/11/3\nB 2 2001/11/3\nC 3 2001/11/3\nA 4 2002/1/1\n"
    found = read_events(file(content), DAILY, places={"A"}, keep_strangers=True, keep_late=True)
    assert found.frame["count"].sum() == 1
    assert any("5 cases of 2 locations that have no coordinates were left out: 'B', 'C'" in n for n in found.notices)
    assert any("4 cases dated outside the study period" in notice for notice in found.notices)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("A 1980\n", "fewer than 3 columns"),
        ("A 1980 -5\n", "population is negative in 1 row, at line 1, column 3"),
        ("A 1980 many\n", "population is not a number"),
        ("A 1980 nan\n", "population is not a number"),
        ("A never 5\n", "date is not a date"),
        ("A 1980 5\nA 1980 6\n", "a second, different population of the same location, .* in 1 row, at line 2"),
        ("B 1980 5\n", "location is not in the coordinates file"),
    ],
)  # fmt: skip
def test_a_bad_population_file(file, content, told):
    with pytest.raises(ScanFileError, match=told):
        read_population(file(content), YEARLY, places={"A"})


def test_the_population_must_have_the_covariates_of_the_cases(file):
    with pytest.raises(ScanFileError, match="not 2 covariates, as the case file has"):
        read_population(file("A 1980 5 male\n"), YEARLY, covariates=2)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("A 53.4\n", r"fewer than 3 columns \(location, latitude, longitude\)"),
        ("A 153.4 -2.9\n", "latitude must be from -90 to 90|seem to be swapped"),
        ("A -106.6 35.1\n", "latitude and longitude seem to be swapped"),
        ("A 350000 410000\n", "eastings and northings"),
        ("A 53.4 -200\n", "latitude must be from -90 to 90 and longitude from -180 to 180"),
        ("A north -2.9\n", r"latitude is not a number in 1 row, at line 1, column 2 \(latitude\): 'north'"),
        ("A 53.4 -2.9\nA 53.5 -2.9\n", "location stands twice with different coordinates in 1 row, at line 2"),
    ],
)
def test_a_bad_coordinates_file(file, content, told):
    with pytest.raises(ScanFileError, match=told):
        read_coordinates(file(content), in_degrees=True)


def test_a_repeated_location_is_merged_and_counted(file):
    found = read_coordinates(file("A 1 2\nA 1 2\nB 3 4\n"), in_degrees=False)
    assert found.frame.rows() == [("A", 1.0, 2.0), ("B", 3.0, 4.0)]
    assert "1 rows repeat a location" in found.notices[0]


def test_three_dimensions_are_refused(file):
    with pytest.raises(ScanFileError, match="more than two coordinates"):
        read_coordinates(file("A 1 2 3\n"), in_degrees=False)


def test_grid_circle_and_neighbours(file):
    assert read_grid(file("53.4 -2.9\n53.5 -2.8\n"), in_degrees=True).rows() == [(53.4, -2.9), (53.5, -2.8)]
    with pytest.raises(ScanFileError, match="swapped"):
        read_grid(file("-122.9 53.4\n"), in_degrees=True)
    assert read_max_circle_population(file("A 5\nB 7\nA 5\n")) == {"A": 10.0, "B": 7.0}
    with pytest.raises(ScanFileError, match="population is not a number"):
        read_max_circle_population(file("A -5\n"))
    assert read_neighbours(file("A B C\nB B A\nC,C,B,A\n")) == {
        "A": ("A", "B", "C"),
        "B": ("B", "A"),
        "C,C,B,A": ("C,C,B,A",),
    }
    assert read_neighbours(file("A,B\nB,A\n")) == {"A": ("A", "B"), "B": ("B", "A")}
    with pytest.raises(ScanFileError, match="second row of the same location"):
        read_neighbours(file("A B\nA C\n"))
    with pytest.raises(ScanFileError, match="stands twice among the neighbours"):
        read_neighbours(file("A B B\n"))


def test_a_csv_file_with_its_own_order_of_columns(file):
    content = "date,place,sex\n2001-11-03,A,1\n2001-11-04,B,2\n"
    layout = Layout(delimiter=",", header=True, columns=("2", "oneCount", "1", "3"))
    found = read_events(file(content), DAILY, layout=layout)
    assert found.frame.rows() == [("A", 1, dt.date(2001, 11, 3), "1"), ("B", 1, dt.date(2001, 11, 4), "2")]
