"""`commonweal scan` as people type it: CSV files, overrides, and what is told when something is wrong."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from commonweal.cli import main

PLACES = [(f"E{number:02}", 53.0 + number % 5 / 20, -2.9 + number // 5 / 20) for number in range(25)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A line list of 150 days in 25 places with an outbreak of 6 cases in the last week, and the places."""
    monkeypatch.chdir(tmp_path)
    luck = random.Random(4)
    lines = ["Area code,Date of death,Sex"]
    for _ in range(90):
        place = luck.choice(PLACES)[0]
        day = luck.randrange(150)
        lines.append(f"{place},{_date(day)},{luck.choice('MF')}")
    lines += [
        f"{place},{_date(day)},M" for place, day in zip(["E07", "E08", "E07", "E12"] * 2, range(143, 150), strict=False)
    ]
    (tmp_path / "cases.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "places.csv").write_text(
        "code,name,lat,long\n" + "".join(f"{code},Place {code},{lat},{long}\n" for code, lat, long in PLACES)
    )
    return tmp_path


def _date(day):
    import datetime as dt

    return f"{dt.date(2024, 1, 1) + dt.timedelta(day):%d/%m/%Y}"


@pytest.fixture
def scan(capsys, monkeypatch):
    """Runs `commonweal scan` in this process: exit code, what it printed, what it complained of."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["commonweal", "scan", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


FAST = ("--replicates", "99")


def test_csv_files_need_nothing_but_the_places(folder, scan):
    code, out, err = scan("cases.csv", "--places", "places.csv", *FAST)
    assert code == 0, err
    assert "place from 'Area code', date from 'Date of death', one of the cases a row" in out
    assert "place from 'code', latitude from 'lat', longitude from 'long'" in out
    assert "is read as" in out
    assert "Model: space-time permutation. Analysis: prospective space-time." in out
    assert "clusters of up to 30 days" in out
    assert "would be expected" in out
    assert "a reason to look, not a verdict" in out
    assert "E07" in out


def test_results_go_where_they_are_asked_for(folder, scan):
    code, _, err = scan(
        "cases.csv", "--places", "places.csv", *FAST, "--json", "a.json", "--csv", "a.csv", "--output", "a.txt", "-q",
        "--analysis", "retrospective", "--max-days", "14", "--min-cases", "3",
    )  # fmt: skip
    assert code == 0, err
    told = json.loads((folder / "a.json").read_text())
    rows = list(csv.DictReader((folder / "a.csv").open(encoding="utf-8-sig")))
    assert len(rows) == len(told["clusters"])
    assert rows[0]["places"].split("; ") == told["clusters"][0]["location_ids"]
    assert told["clusters"][0]["observed"] >= 3
    assert "would be expected" in (folder / "a.txt").read_text()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_map_of_the_clusters(folder, scan):
    code, _, err = scan("cases.csv", "--places", "places.csv", *FAST, "--geojson", "a.geojson", "-q")
    assert code == 0, err
    told = json.loads((folder / "a.geojson").read_text())
    corners = told["features"][0]["geometry"]["coordinates"][0]
    assert corners[0] == corners[-1]
    assert all(-4 < east < -2 and 52 < north < 54 for east, north in corners)


def test_coordinates_may_stand_in_the_cases(folder, scan):
    lines = ["place,day,lat,lon"]
    lines += [f"p{n % 6},2024-01-{n % 28 + 1:02},{53 + n % 6 / 50},-2.{n % 6}" for n in range(60)]
    (folder / "own.csv").write_text("\n".join(lines))
    code, out, err = scan("own.csv", *FAST)
    assert code == 0, err
    assert "latitude from 'lat'" in out


def test_a_population_makes_it_a_poisson_scan(folder, scan):
    (folder / "population.csv").write_text("code,year,population\n" + "".join(f"{p[0]},2024,1000\n" for p in PLACES))
    code, out, err = scan("cases.csv", "--places", "places.csv", "--population", "population.csv", *FAST,
                          "--analysis", "spatial")  # fmt: skip
    assert code == 0, err
    assert "Model: poisson. Analysis: spatial." in out


@pytest.fixture
def parameter_file(folder):
    """The same data with a parameter file."""
    rows = list(csv.reader((folder / "cases.csv").open()))[1:]
    (folder / "a.cas").write_text("".join(f"{place} 1 {'/'.join(date.split('/')[::-1])}\n" for place, date, _ in rows))
    (folder / "a.geo").write_text("".join(f"{place} {lat} {long}\n" for place, lat, long in PLACES))
    path = folder / "a.prm"
    path.write_text(
        "; by hand\n[Input]\nCaseFile=a.cas\nCoordinatesFile=a.geo\nStartDate=2024/1/1\nEndDate=2024/5/29\n"
        "PrecisionCaseTimes=3\n[Analysis]\nAnalysisType=4\nModelType=2\nTimeAggregationUnits=3\n[Output]\n"
        "ResultsFile=a.txt\n[Inference]\nMonteCarloReps=99\n"
    )
    return path


def test_parameters_on_the_command_line_override_the_file(parameter_file, scan, folder):
    code, out, err = scan(
        "a.prm", "--PValueReportType=1", "--ResultsFile", "other.res", "--ReportClusterRank", "y", "--ReportGumbel=y",
        "--CriticalValue=y", "--MostLikelyClusterEachCentroidASCII=y", "--PrintAsciiColumnHeaders=y", "--ResultsTitle",
        "Deaths in Mereside", "--OutputGoogleMaps=y", "--OutputShapefiles=y", "--OutputGoogleEarthKML=y",
    )  # fmt: skip
    assert code == 0, err
    report = (folder / "other.res").read_text()
    assert "Deaths in Mereside" in report
    assert "  Monte Carlo rank......: " in report
    assert "  Gumbel P-value........: " in report
    assert "statistically significant when its statistic is above" in report
    assert (folder / "other.col.txt").read_text().split()[:2] == ["CLUSTER", "LOC_ID"]
    assert "No Google map is made" in out
    features = json.loads((folder / "other.clusters.geojson").read_text())["features"]
    assert (folder / "other.kml").read_text().count("<Polygon>") == len(features)
    shapes = (folder / "other.col.shp").read_bytes()
    assert int.from_bytes(shapes[24:28], "big") * 2 == len(shapes)
    assert int.from_bytes(shapes[:4], "big") == 9994
    index = (folder / "other.col.shx").read_bytes()
    assert len(index) == 100 + 8 * len(features)
    assert (folder / "other.gis.shp").exists()


def test_csv_and_parameter_files_give_the_same_answer(parameter_file, scan, folder):
    code, _, err = scan(
        "a.prm", "--json", "one.json", "-q", "--MaxTemporalSizeInterpretation=1", "--MaxTemporalSize=30",
        "--TimeAggregationLength=1",
    )  # fmt: skip
    assert code == 0, err
    code, _, err = scan(
        "cases.csv", "--places", "places.csv", "--json", "other.json", "-q", "--replicates", "99",
        "--start", "2024-01-01", "--end", "2024-05-29",
    )  # fmt: skip
    assert code == 0, err
    one, other = (json.loads((folder / name).read_text()) for name in ("one.json", "other.json"))
    assert one == other
    assert one["clusters"]


def test_the_report_follows_the_output_option(parameter_file, scan, folder):
    (folder / "deep").mkdir()
    code, _, err = scan("a.prm", "--output", "deep/b.txt", "-q")
    assert code == 0, err
    assert "SUMMARY OF DATA" in (folder / "deep/b.txt").read_text()
    assert not (folder / "a.txt").exists()


def test_strangers_are_refused_or_counted(parameter_file, scan, folder):
    (folder / "a.cas").write_text((folder / "a.cas").read_text() + "Nowhere 3 2024/5/1\n")
    code, _, err = scan("a.prm")
    assert code == 2
    assert "a.cas: location is not in the coordinates file in 1 row, at line" in err
    code, out, _ = scan("a.prm", "--GeographicalCoordinatesCheckType=1")
    assert code == 0
    assert "3 cases of 1 locations that have no coordinates were left out: 'Nowhere'" in out
    assert "were left out: 'Nowhere'" in " ".join((folder / "a.txt").read_text().split())


BAD = [
    (("a.prm", "--IsotonicScan=1"), "IsotonicScan: '1' is not supported. Scan with circles or ellipses"),
    (("a.prm", "--AnalysisType=7"), "AnalysisType: 7 is not supported"),
    (("a.prm", "--MonteCarloRep=99"), "There is no such parameter. Is it MonteCarloReps?"),
    (("a.prm", "--CaseFile=absent.cas"), "absent.cas: there is no such file"),
    (("a.prm", "--CoordinatesFile="), "CoordinatesFile: This analysis needs that file"),
    (("a.prm", "--ResultsFile="), "ResultsFile: It names no file for the report"),
    (("a.prm", "--ModelType=0"), "PopulationFile: This analysis needs that file"),
    (("a.prm", "--EndDate=2024/2/1"), "date is outside the study period"),
    (("a.prm", "--output", "absent/b.txt"), "b.txt: it cannot be written"),
    (("a.prm", "--places", "places.csv"), "--places: for CSV files only"),
    (("a.prm", "--StartDate=2024/5/28", "--StudyPeriodCheckType=1", "--MaxTemporalSizeInterpretation=1",
      "--MaxTemporalSize=30"), "shorter than the longest window"),
    (("absent.prm",), "absent.prm: there is no such file"),
    (("absent.csv", "--places", "places.csv"), "absent.csv: there is no such file"),
    (("cases.csv",), "no columns look like latitude and longitude, or x and y. Give a file of places"),
    (("cases.csv", "--places", "places.csv", "--date-column", "When"), "cases.csv, line 1: it has no column 'When'"),
    (("cases.csv", "--places", "places.csv", "--MonteCarloReps", "9"), "there is no option --MonteCarloReps"),
    (("cases.csv", "--places", "places.csv", "--model", "poisson"), "needs --population"),
    (("cases.csv", "--places", "places.csv", "--model", "magic"), "--model is 'magic'; it must be one of"),
    (("cases.csv", "--places", "places.csv", "--analysis", "spatial"), "give --population or --controls"),
    (("cases.csv", "--places", "places.csv", "--month-first"), "its dates seem to be written day first"),
    (("cases.csv", "--places", "places.csv", "--start", "someday"), "--start is 'someday', which is not a date"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "told"), BAD, ids=lambda value: value[-1] if isinstance(value, tuple) else "")
def test_what_cannot_be_done_is_one_message_and_exit_code_2(parameter_file, scan, folder, arguments, told):
    before = set(folder.iterdir())
    code, _, err = scan(*arguments)
    assert code == 2
    assert told in " ".join(err.split())
    assert "Traceback" not in err
    assert set(folder.iterdir()) == before


BAD_CSV = [
    ("places.csv", "code,lat,long\nE01,53.0\n", "places.csv, line 2: it has 2 cells, but there are 3 headings"),
    ("places.csv", "code,lat,long\nE01,-102.9,53\n", "latitude and longitude seem to be swapped"),
    ("places.csv", "code,lat,long\nE01,north,3\n", "latitude is not a number in 1 row, at line 2"),
    ("places.csv", "code,lat,long\nE01,53,-2\nE01,54,-2\n", "stands twice with different coordinates in 1 row"),
    ("places.csv", "code,lat,lat\nE01,53,-2\n", "two columns are called 'lat'"),
    ("places.csv", "code,lat,long\n", "it has headings but no rows"),
    ("cases.csv", "code,date\nE01,2024-02-30\n", "(such as 2024-01-31 or 31/01/2024) in 1 row, at line 2"),
    ("cases.csv", "code,date\nE01,2024-02\nE02,2024-02-03\n", "some dates give only a month"),
    ("cases.csv", "code,date,count\nE01,2024-02-03,-1\n", "number of cases is negative in 1 row, at line 2, column 3"),
    ("cases.csv", "code,date\nE99,2024-02-03\n", "place is not in the file of places in 1 row, at line 2"),
    ("cases.csv", "code,date\nE01,2024-02-03\n", ""),
    ("cases.csv", "", "cases.csv: it is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "told"), BAD_CSV, ids=range(len(BAD_CSV)))
def test_a_bad_csv_file_says_line_and_rule(folder, scan, name, content, told):
    if name == "places.csv":
        (folder / "cases.csv").write_text("code,date\nE01,2024-02-03\nE01,2024-02-04\n")
    (folder / name).write_text(content)
    code, _, err = scan("cases.csv", "--places", "places.csv", *FAST)
    assert code == 2
    assert told in " ".join(err.split())
    assert "Traceback" not in err


def test_britain_swapped_is_noticed(folder, scan):
    (folder / "swapped.csv").write_text(
        "code,lat,long\n" + "".join(f"{code},{east},{north}\n" for code, north, east in PLACES)
    )
    code, out, _ = scan("cases.csv", "--places", "swapped.csv", *FAST)
    assert code == 0
    assert "all places lie in the Indian Ocean" in out


def test_cases_dated_by_year_are_cut_by_the_year(folder, scan):
    lines = ["code,year"] + [f"{PLACES[n % 7][0]},{2010 + n % 9}" for n in range(60)]
    (folder / "yearly.csv").write_text("\n".join(lines))
    code, out, err = scan("yearly.csv", "--places", "places.csv", *FAST, "--analysis", "retrospective")
    assert code == 0, err
    assert "Study: 2010-01-01 to 2018-12-31, cut by the year; clusters of up to 4 years." in out
    code, _, err = scan("yearly.csv", "--places", "places.csv", *FAST, "--every", "day")
    assert code == 2
    assert "the cases are dated only by year" in err


def test_a_workbook_is_to_be_saved_as_csv(folder, scan):
    (folder / "cases.xlsx").write_bytes(b"PK\x03\x04\0\0")
    code, _, err = scan("cases.xlsx", "--places", "places.csv")
    assert code == 2
    assert "save the sheet as CSV" in err


def test_strangers_may_be_left_out_of_a_csv_file(folder, scan):
    (folder / "cases.csv").write_text((folder / "cases.csv").read_text() + "E99,1/5/2024,F\n")
    assert scan("cases.csv", "--places", "places.csv", *FAST)[0] == 2
    code, out, _ = scan("cases.csv", "--places", "places.csv", *FAST, "--leave-out-unknown-places")
    assert code == 0
    assert "1 cases in 1 places without coordinates were left out: 'E99'" in out


def test_interrupted_nothing_is_half_written(parameter_file, folder):
    """As Ctrl-C does it, in the middle of a long scan."""
    child = subprocess.Popen(
        [sys.executable, "-m", "commonweal", "scan", "a.prm", "--MonteCarloReps=999999", "--PValueReportType=1"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    before = set(folder.iterdir())
    time.sleep(6)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert "Stopped. Nothing was written." in err
    assert "Traceback" not in err
    assert set(folder.iterdir()) == before


def test_help_is_quick_and_names_the_command():
    code = "import sys\nfrom commonweal.cli import app\nprint({*sys.modules} & {'polars', 'numpy', 'numba', 'rich'})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "set()"
