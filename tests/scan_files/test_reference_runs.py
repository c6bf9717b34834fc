"""`commonweal scan` on parameter files gives the answers of SaTScan on its sample data, through the command line."""

import json
import re

import pytest
from scan_files.reference_runs import RUNS
from typer.testing import CliRunner

from commonweal.cli import app
from shared_data import shared

FIELDS = re.compile(r"^  ([A-Z][^.]*?)\.*: (.*)$", re.MULTILINE)
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
            prm.write_text("\n".join(["[Input]", *written, f"ResultsFile={prm.stem}.txt"]) + "\n")
            done = CliRunner().invoke(app, ["scan", str(prm), "--json", str(prm.with_suffix(".json")), "-q"])
            assert done.exit_code == 0, done.output
            told = json.loads(prm.with_suffix(".json").read_text())
            report = prm.with_suffix(".txt").read_text()
            first = report.split("\n2.Location IDs")[0].split("CLUSTERS DETECTED")[1]
            seen[name] = told, dict(FIELDS.findall(first)), report
        return seen[name]

    return answer


@pytest.mark.parametrize("name", RUNS)
def test_a_run_gives_the_reference_answer(answers, name):
    run = RUNS[name]
    told, _, _ = answers(name)
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
    _, fields, report = answers("c")
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


# Cluster, centre, window, cases, expected, statistic, p-value and recurrence interval of every cluster that version 9.4.4
# reports for run c2 and 10.0.2 for run c4 with sequential p-values; only what does not depend on the p-value method.
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
