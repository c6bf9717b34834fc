"""Every published file loads into the Cheshire and Merseyside workspace, and no row goes missing."""

import shutil

import polars as pl
import pytest
from shared_data import SHARED, shared

from commonweal.datasets.fingertips_metadata import read_metadata
from commonweal.datasets.loading import load_file
from commonweal.datasets.reading import read_observations
from commonweal.places import Catalogue

NOT_OBSERVATIONS = ("geography", "neighbours")
FILES = sorted(
    str(path.relative_to(SHARED))
    for path in (SHARED / "realdata").glob("*/*.csv")
    if path.parent.name not in NOT_OBSERVATIONS
)
# Rows in, observations, rows rejected, exact repeats merged. The reasons are in docs/user/loading-data.md.
EXPECTED = {
    "health_data.csv": (44_452, 32_656, 9_289, 2_507),
    "health_index_indicators_ltla21_2015_2021.csv": (120_344, 120_344, 0, 0),
    "lower_tier_with_neighbours.csv": (7_280, 3_532, 398, 3_350),
    "2026_adults_smoking.csv": (4_587, 4_533, 54, 0),
    "2026_obese_year6.csv": (3_671, 3_650, 21, 0),
}


def copied(path, folder):
    """The file with those beside it, because a load writes its rejected rows beside its input."""
    source = shared(path)
    for beside in source.parent.glob("*.csv"):
        if beside.stat().st_size < 2_000_000 or beside == source:
            shutil.copy(beside, folder / beside.name)
    return folder / source.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.rsplit("/", 1)[1])
def test_file(path, tmp_path, workspace):
    report = load_file(workspace, copied(path, tmp_path))
    name = path.rsplit("/", 1)[1]
    if name in EXPECTED:
        found = (report.rows_in, report.observations, report.rows_rejected, report.rows_collapsed)
        assert found == EXPECTED[name]
    assert report.observations > 0
    assert report.rows_in == report.observations + report.rows_collapsed + report.rows_rejected
    if report.rejected_file is not None:
        cells = pl.read_csv(report.rejected_file, infer_schema=False)
        assert cells.height >= report.rows_rejected
        assert all(cells["reason"])
    again = load_file(workspace, tmp_path / name)
    assert (again.added, again.updated) == (0, 0)
    assert again.version == report.version


def test_the_nine_authorities_are_in_the_north_west_rows(tmp_path, workspace):
    load_file(workspace, copied("realdata/fingertips_north_west/health_data.csv", tmp_path))
    rows = workspace.store.read(areas=workspace.collaborative.areas)
    assert rows["area_code"].n_unique() == 9
    assert rows["indicator"].n_unique() >= 20


def test_the_wrong_figure_of_liverpool_is_told():
    # The Health Index took numerator and denominator from different geographies: 46.9 where neighbours are near 10.
    path = shared("realdata/ons_health_index/health_index_indicators_ltla21_2015_2021.csv")
    reading = read_observations(path, catalogue=Catalogue.england(), ours=["E08000012"])
    assert any("Liverpool, Mental health conditions" in notice and "46.9" in notice for notice in reading.notices)
    kept = reading.observations.filter(pl.col("area_code") == "E08000012", pl.col("value").round(1) == 46.9)
    assert kept.height >= 1


def test_two_spellings_are_one_indicator(tmp_path, workspace):
    for year in ("2020_smoking_adults", "2026_adults_smoking"):
        load_file(workspace, copied(f"realdata/fingertips_la/{year}.csv", tmp_path))
    assert workspace.store.indicator_ids() == ["92443"]


def test_metadata_of_35_indicators():
    found = {i.id: i for i in read_metadata(shared("realdata/fingertips_la/indicator_metadata_35.json"))}
    assert len(found) == 35
    assert found["22401"].polarity == "low is good"
    assert (found["22401"].unit, found["22401"].per) == ("per 100,000", 100_000)
    assert found["241"].polarity == "no judgement"
    assert found["93553"].comparison == "quintiles"
    assert not [i for i in found.values() if "<" in i.definition + i.caveats and "<p" in i.definition + i.caveats]
