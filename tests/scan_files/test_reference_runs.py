"""`commonweal scan` on parameter files gives the answers of SaTScan on its sample data, through the command line."""

import json
import re
import struct

import pytest
from scan_files.reference_runs import RUNS
from shared_data import shared
from typer.testing import CliRunner

from commonweal.cli import app

FIELDS = re.compile(r"^  ([A-Z][^.]*?)\.*: (.*)$", re.MULTILINE)
TABLES = (
    "MostLikelyClusterEachCentroidASCII",
    "MostLikelyClusterEachCentroidDBase",
    "MostLikelyClusterCaseInfoEachCentroidASCII",
    "MostLikelyClusterCaseInfoEachCentroidDBase",
    "CensusAreasReportedClustersASCII",
    "CensusAreasReportedClustersDBase",
    "IncludeRelativeRisksCensusAreasASCII",
    "IncludeRelativeRisksCensusAreasDBase",
    "SaveSimLLRsASCII",
    "SaveSimLLRsDBase",
)
DATA_FILES = ("CaseFile", "ControlFile", "PopulationFile", "CoordinatesFile")


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Runs a parameter file once: the clusters of the JSON file, and the fields of the first cluster of the report."""
    folder = tmp_path_factory.mktemp("runs")
    seen = {}

    def answer(name):
        if name not in seen:
            run = RUNS[name]
            written = [
                f"{key}={shared('scan/' + value) if key in DATA_FILES else value}"
                for key, value in run.parameters.items()
            ]
            prm = folder / f"{re.sub(r'[^a-z0-9]', '_', name)}.prm"
            tables = [f"{table}=y" for table in TABLES]
            prm.write_text("\n".join(["[Input]", *written, *tables, f"ResultsFile={prm.stem}.txt"]) + "\n")
            done = CliRunner().invoke(app, ["scan", str(prm), "--json", str(prm.with_suffix(".json")), "-q"])
            assert done.exit_code == 0, done.output
            told = json.loads(prm.with_suffix(".json").read_text())
            report = prm.with_suffix(".txt").read_text()
            first = report.split("\n2.Location IDs")[0].split("CLUSTERS DETECTED")[1]
            seen[name] = told, dict(FIELDS.findall(first)), report, prm
        return seen[name]

    return answer


@pytest.mark.parametrize("name", RUNS)
def test_a_run_gives_the_reference_answer(answers, name):
    run = RUNS[name]
    told = answers(name)[0]
    first = told["clusters"][0]
    if run.places is not None:
        assert len(first["location_ids"]) == run.places
        where = ("latitude", "longitude") if "latitude" in first else ("x", "y")
        assert [round(first[axis], 6) for axis in where] == [round(value, 6) for value in run.centre]
        assert round(first["radius_km"], 2) == run.radius
    if run.members:
        assert tuple(first["location_ids"]) == run.members
    if run.start is not None:
        assert (first["start"], first["end"]) == (run.start, run.end)
    assert first["observed"] == run.observed
    assert round(first["expected"], 2) == run.expected
    assert round(first["log_likelihood_ratio"], 6) == run.statistic
    if run.relative_risk is not None:
        assert round(first["relative_risk"], 2) == run.relative_risk
    if run.exact:
        assert first["p_value"] == pytest.approx(run.p_value, abs=1e-12)
    else:
        # Two Monte Carlo p-values of one truth: three times the error of their difference.
        replicates = len(told["simulated_llr"])
        error = (2 * run.p_value * (1 - run.p_value) / min(replicates, 999)) ** 0.5
        assert first["p_value"] == pytest.approx(run.p_value, abs=3 * error + 1 / min(replicates, 999))
    if run.replicates is not None:
        assert len(told["simulated_llr"]) == run.replicates


@pytest.mark.parametrize("name", [name for name, run in RUNS.items() if run.recurrence])
def test_the_recurrence_interval_is_the_printed_one(answers, name):
    assert answers(name)[1]["Recurrence interval"] == RUNS[name].recurrence


def test_the_report_prints_what_the_reference_prints(answers):
    """The fields of cluster 1 of run c."""
    _, fields, report, _ = answers("c")
    assert fields == {
        "Overlap with clusters": "No Overlap",
        "Coordinates / radius": "(40.699240 N, 73.831760 W) / 2.90 km",
        "Time frame": "2001/11/22 to 2001/11/24",
        "Number of cases": "4",
        "Expected cases": "0.67",
        "Observed / expected": "5.97",
        "Test statistic": "3.845418",
        "P-value": "0.216",
        "Recurrence interval": "5 days",
    }
    assert "Number of locations................: 192\nTotal number of cases..............: 194\n" in report


# Places, cases, expected and statistic of clusters that versions 9.4.4 (c2) and 10.0.2 (c4) print for these data.
SECONDARY = {
    "c2": [(9, 4, 0.67, 3.845418), (1, 2, 0.16, 3.164201), (10, 5, 1.66, 2.192250)],
    "c4": [(8, 5, 0.40, 8.119521), (3, 4, 0.46, 5.113791), (9, 4, 0.46, 5.113791), (1, 2, 0.072, 4.725675)],
}


@pytest.mark.parametrize("name", SECONDARY)
def test_secondary_clusters_come_in_the_same_order(answers, name):
    """From published result files of these sample data."""
    found = [
        (len(c["location_ids"]), c["observed"], c["expected"], round(c["log_likelihood_ratio"], 6))
        for c in answers(name)[0]["clusters"][: len(SECONDARY[name])]
    ]
    for (places, observed, expected, statistic), reference in zip(found, SECONDARY[name], strict=True):
        assert (places, observed, statistic) == (reference[0], reference[1], reference[3])
        assert expected == pytest.approx(reference[2], abs=0.005)


def columns_of(path):
    """Name, kind, width and decimals of the columns of a dBase file, and how many rows it says it has."""
    data = path.read_bytes()
    found, place = [], 32
    while data[place] != 13:
        name, kind, width, decimals = struct.unpack("<11sc4xBB14x", data[place : place + 32])
        found.append((name.rstrip(b"\0").decode(), kind.decode(), width, decimals))
        place += 32
    rows, header, length = struct.unpack("<IHH", data[4:12])
    assert len(data) == header + rows * length + 1
    return found, rows


TABLE_COLUMNS = {
    # Columns of published dBase files: New York retrospective and prospective, a Bernoulli and a Poisson study.
    ("c4", "col"): "CLUSTER LOC_ID LATITUDE LONGITUDE RADIUS START_DATE END_DATE NUMBER_LOC TEST_STAT P_VALUE OBSERVED "
    "EXPECTED ODE GINI_CLUST",
    (
        "c",
        "col",
    ): "CLUSTER LOC_ID LATITUDE LONGITUDE RADIUS START_DATE END_DATE NUMBER_LOC TEST_STAT P_VALUE RECURR_INT "
    "OBSERVED EXPECTED ODE GINI_CLUST",
    ("f", "col"): "CLUSTER LOC_ID LATITUDE LONGITUDE RADIUS START_DATE END_DATE NUMBER_LOC LLR P_VALUE RECURR_INT "
    "OBSERVED EXPECTED ODE REL_RISK POPULATION GINI_CLUST",
    ("d", "col"): "CLUSTER LOC_ID X Y RADIUS START_DATE END_DATE NUMBER_LOC LLR P_VALUE OBSERVED EXPECTED ODE REL_RISK "
    "POPULATION GINI_CLUST",
    ("c", "gis"): "LOC_ID CLUSTER P_VALUE RECURR_INT CLU_OBS CLU_EXP CLU_ODE LOC_OBS LOC_EXP LOC_ODE LOC_LAT LOC_LONG "
    "GINI_CLUST",
    ("f", "gis"): "LOC_ID CLUSTER P_VALUE RECURR_INT CLU_OBS CLU_EXP CLU_ODE CLU_RR CLU_POP LOC_OBS LOC_EXP LOC_ODE "
    "LOC_RR LOC_POP LOC_LAT LOC_LONG GINI_CLUST",
    (
        "d",
        "gis",
    ): "LOC_ID CLUSTER P_VALUE CLU_OBS CLU_EXP CLU_ODE CLU_RR CLU_POP LOC_OBS LOC_EXP LOC_ODE LOC_RR LOC_POP "
    "LOC_X LOC_Y GINI_CLUST",
    ("c", "sci"): "CLUSTER DATASET CATEGORY OBSERVED EXPECTED ODE",
    ("c", "llr"): "TST_STAT",
    ("a", "rr"): "LOC_ID OBSERVED EXPECTED ODE REL_RISK",
}


@pytest.mark.parametrize(("name", "ending"), TABLE_COLUMNS, ids="-".join)
def test_tables_have_the_columns_that_scripts_expect(answers, name, ending):
    prm = answers(name)[3]
    columns, rows = columns_of(prm.with_suffix(f".{ending}.dbf"))
    assert [column[0] for column in columns] == TABLE_COLUMNS[name, ending].split()
    assert rows == len(prm.with_suffix(f".{ending}.txt").read_text().splitlines())
    sizes = {column[0]: column[1:] for column in columns}
    expected = {
        "LOC_ID": ("C", 30, 0),
        "START_DATE": ("C", 16, 0),
        "P_VALUE": ("N", 19, 17),
        "OBSERVED": ("N", 19, 0),
        "EXPECTED": ("N", 19, 10),
        "GINI_CLUST": ("L", 1, 0),
        "POPULATION": ("N", 19, 2),
    }
    assert {key: sizes[key] for key in expected if key in sizes} == {k: v for k, v in expected.items() if k in sizes}


def padded(cells, widths):
    return "".join(cell.ljust(width) for cell, width in zip(cells.split(), widths, strict=True))


def test_text_tables_are_those_of_the_reference_to_the_last_space(answers):
    """Rows of published *.col.txt, *.gis.txt and *.sci.txt files of run c4, with the widths of their columns."""
    prm = answers("c4")[3]
    number, identifier, date, logical = 20, 32, 18, 2
    cluster = "1 10454 40.805490 -73.917000 2.70 2001/11/8 2001/11/8 8 8.119521 0.0200 5 0.40 12.60 F"
    widths = [number, identifier, *[number] * 3, date, date, *[number] * 6, logical]
    assert prm.with_suffix(".col.txt").read_text().splitlines()[0] == padded(cluster, widths)
    widths = [identifier, *[number] * 10, logical]
    assert prm.with_suffix(".gis.txt").read_text().splitlines()[:2] == [
        padded("10454 1 0.0200 5 0.40 12.60 0 0 0 40.805490 -73.917000 F", widths),
        padded("10455 1 0.0200 5 0.40 12.60 0 0.072 0 40.813660 -73.908350 F", widths),
    ]
    assert prm.with_suffix(".sci.txt").read_text().splitlines()[0] == padded("1 1 1 5 0.40 12.60", [number] * 6)


def test_the_simulated_statistics_are_in_replicate_order_in_both_files(answers):
    told, _, _, prm = answers("c")
    written = [float(line) for line in prm.with_suffix(".llr.txt").read_text().split()]
    assert written == pytest.approx(told["simulated_llr"], abs=5e-7)
    assert len(written) == 999


def test_no_risk_table_for_the_permutation_model(answers):
    assert not answers("c")[3].with_suffix(".rr.txt").exists()
    assert answers("e")[3].with_suffix(".col.txt").read_text().split()[:2] == ["1", "All"]


def test_populations_of_locations_add_up_to_that_of_their_cluster(answers):
    prm = answers("f")[3]
    rows = [line.split() for line in prm.with_suffix(".gis.txt").read_text().splitlines()]
    first = [row for row in rows if row[1] == "1"]
    assert sum(float(row[13]) for row in first) == pytest.approx(float(first[0][8]), rel=1e-3)


def test_cases_without_dates_still_use_the_dates_of_the_population(tmp_path):
    """Run a with the year of the cases passed over gives the same cluster."""
    run = RUNS["a"]
    given = {**run.parameters, "PrecisionCaseTimes": "0", "CaseFile-SourceFieldMap": "1,2,4,5", "MonteCarloReps": "0"}
    lines = [f"{key}={shared('scan/' + value) if key in DATA_FILES else value}" for key, value in given.items()]
    (tmp_path / "a.prm").write_text("\n".join([*lines, "ResultsFile=a.txt"]))
    told = tmp_path / "a.json"
    done = CliRunner().invoke(app, ["scan", str(tmp_path / "a.prm"), "--json", str(told), "-q"])
    assert done.exit_code == 0, done.output
    first = json.loads(told.read_text())["clusters"][0]
    assert round(first["log_likelihood_ratio"], 6) == run.statistic
    assert "There are no p-values" in (tmp_path / "a.txt").read_text()


def test_json_has_exactly_the_promised_keys(answers):
    told = answers("c")[0]
    assert set(told) == {"clusters", "simulated_llr"}
    shared_keys = {
        "location_ids", "radius_km", "start", "end", "observed", "expected", "relative_risk", "log_likelihood_ratio",
        "p_value", "recurrence_interval_days", "gumbel_p_value",
    }  # fmt: skip
    assert set(told["clusters"][0]) == shared_keys | {"latitude", "longitude"}
    assert set(answers("d")[0]["clusters"][0]) == shared_keys | {"x", "y"}
