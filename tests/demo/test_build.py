"""The demonstration is built once, again when broken off, and never over somebody's own workspace."""

from __future__ import annotations

import json
import time
from pathlib import Path

import polars as pl
import pytest

from commonweal.benchmarking import CollaborativeBenchmark
from commonweal.datasets.disclosure import IN_ITS_STEAD, SMALL
from commonweal.datasets.workspace import Workspace
from commonweal.demo import build as building
from commonweal.demo.build import DemonstrationError, build
from commonweal.demo.recipes import indicators
from commonweal.places import Catalogue


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return build(tmp_path_factory.mktemp("demonstration"))


def figures(workspace: Workspace) -> int:
    columns = ["indicator", "area_code", "period", "sex", "age", "category", "value", "lower_95", "status"]
    return int(workspace.store.read(columns=columns).hash_rows(seed=1).sum())


@pytest.fixture(scope="module")
def benchmark(demonstration: Workspace) -> CollaborativeBenchmark:
    collaborative = demonstration.collaborative
    return CollaborativeBenchmark(
        demonstration.store, demonstration.catalogue, collaborative.areas, collaborative.benchmark
    )


def test_the_collaborative_is_fictional_and_says_so(demonstration: Workspace) -> None:
    collaborative = demonstration.collaborative
    assert collaborative.id == "mereside"
    assert collaborative.demonstration is True
    assert len(collaborative.areas) == 9
    assert collaborative.benchmark == "X92000001"
    names = [demonstration.catalogue[code].name for code in collaborative.areas]
    assert names == sorted(names)
    real = Catalogue.england()
    assert not any(code in real for code in collaborative.areas)
    assert demonstration.catalogue[collaborative.benchmark].name == "England"


def test_no_invented_area_has_the_name_of_a_real_one(demonstration: Workspace) -> None:
    real = {area.name.casefold() for area in Catalogue.england()}
    held = demonstration.store.scan().select("area_code").unique().collect()["area_code"].to_list()
    assert len(held) == 150 + 9 + 1
    # Only the country is called as pages call it everywhere; each says that its figures are synthetic.
    names = {demonstration.catalogue[code].name.casefold() for code in held}
    assert names & real == {"england"}


def test_the_nine_have_a_distribution_of_150_behind_them(benchmark: CollaborativeBenchmark) -> None:
    spread = benchmark.spread.filter(pl.col("indicator") == "cvdprevent.007hyp").row(0, named=True)
    assert spread["areas"] == 150
    assert {code for code in benchmark.held_areas if code.startswith("X06")} <= set(benchmark.kindred)


def test_no_count_from_one_to_seven_is_shown_where_it_is_suppressed(demonstration: Workspace) -> None:
    protected = [i.id for i in indicators().values() if str(i.disclosure) == "counts 1 to 7 suppressed"]
    assert len(protected) >= 4
    held = demonstration.store.read(protected)
    withheld = held.filter(pl.col("status") == "suppressed")
    assert withheld.height > 50
    assert withheld.filter(pl.col("area_code").is_in(demonstration.collaborative.areas)).height >= 3
    for name in ("count", "denominator", "value", "lower_95", "upper_99_8"):
        assert withheld[name].null_count() == withheld.height
    assert set(withheld["note"]) == {f"{SMALL}: counts 1 to 7 suppressed", IN_ITS_STEAD}
    shown = held.filter(pl.col("status") == "published")
    assert (shown["count"] % 5 == 0).all()
    assert shown.filter(pl.col("count").is_between(1, 4)).height == 0


def test_neighbours_can_be_computed_for_each_of_the_nine(
    demonstration: Workspace, benchmark: CollaborativeBenchmark
) -> None:
    from commonweal.benchmarking.neighbours import neighbours_of

    collaborative = demonstration.collaborative
    for code in collaborative.areas:
        found = neighbours_of(benchmark, collaborative, code)
        assert len(found) == 15
        assert code not in found


def test_every_comparison_trend_and_status_is_there_to_show(benchmark: CollaborativeBenchmark) -> None:
    latest = benchmark.latest()
    assert {"better", "similar", "worse", "best", "worst", "higher", "lower", "met", "not met", "not compared"} <= set(
        latest["comparison"]
    )
    assert set(latest["comparison"]) & {f"quintile {n}" for n in range(1, 6)}
    assert {"published", "suppressed", "missing", "empty"} == set(latest["status"])
    trends = set(latest["trend"].drop_nulls())
    assert {
        "increasing and getting better",
        "increasing and getting worse",
        "decreasing and getting better",
        "decreasing and getting worse",
        "increasing",
        "no significant change",
        "cannot be calculated",
    } <= trends
    both = latest.filter((pl.col("comparison") == "worse") & pl.col("trend").str.ends_with("getting worse"))
    assert both.height > 0


def test_dunmere_is_below_the_country_and_improving(benchmark: CollaborativeBenchmark) -> None:
    row = benchmark.latest().filter((pl.col("indicator") == "cvdprevent.007hyp") & (pl.col("area_code") == "X06000004"))
    assert row["comparison"].item() == "worse"
    assert row["trend"].item() == "increasing and getting better"
    assert 1_000 < row["gap_people"].item() < 4_000


def test_three_year_pooled_rates_have_no_trend(benchmark: CollaborativeBenchmark) -> None:
    suicide = benchmark.trends.filter(pl.col("indicator") == "41001")
    assert suicide["trend"].unique().to_list() == ["cannot be calculated"]


def test_the_history_tells_of_four_loads_and_a_revision(demonstration: Workspace) -> None:
    store = demonstration.store
    history = sorted(store.history(), key=lambda entry: entry.version)
    assert [entry.version for entry in history] == [0, 1, 2, 3]
    assert [entry.load[:8] for entry in history] == ["20230614", "20240612", "20250611", "20251112"]
    assert all(entry.details["added"] > 10_000 for entry in history)
    assert [entry.details["updated"] > 0 for entry in history] == [False, False, False, True]

    def harrowdale(version: int) -> float:
        frame = store.read("cvdprevent.007hyp", areas=["X06000008"], headline=True, version=version)
        wanted = (pl.col("sex") == "Persons") & (pl.col("age") == "18+ yrs") & (pl.col("period") == "2023/24")
        return float(frame.filter(wanted)["value"].item())

    assert harrowdale(2) < harrowdale(3) - 3


def test_metadata_is_in_the_store(demonstration: Workspace) -> None:
    assert demonstration.store.indicators() == indicators()


def test_a_second_build_does_nothing_and_takes_no_time(demonstration: Workspace) -> None:
    before = demonstration.store.version
    began = time.perf_counter()
    again = build(demonstration.path)
    assert time.perf_counter() - began < 0.5
    assert again.store.version == before


def test_an_interrupted_build_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Pulled(Exception):
        pass

    def pull_the_plug(*_: object) -> None:
        raise Pulled

    with monkeypatch.context() as patched:
        patched.setattr(building, "_as_first_returned", pull_the_plug)
        with pytest.raises(Pulled):
            build(tmp_path)
    assert json.loads((tmp_path / building.STAMP).read_text())["complete"] is False
    workspace = build(tmp_path)
    assert workspace.store.version == 3
    assert json.loads((tmp_path / building.STAMP).read_text())["complete"] is True


def test_a_damaged_stamp_means_building_again(tmp_path: Path, demonstration: Workspace) -> None:
    build(tmp_path)
    (tmp_path / building.STAMP).write_text("{", encoding="utf-8")
    assert figures(build(tmp_path)) == figures(demonstration)


def test_another_seed_or_recipe_builds_again_and_keeps_what_is_not_the_builds_own(
    tmp_path: Path, demonstration: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, seed=1)
    (tmp_path / "site.sqlite3").write_bytes(b"people")
    other = figures(Workspace.open(tmp_path))
    assert figures(build(tmp_path)) == figures(demonstration) != other
    assert (tmp_path / "site.sqlite3").read_bytes() == b"people"
    assert Workspace.open(tmp_path).store.version == 3
    monkeypatch.setattr(building, "_contents", lambda: "another recipe")
    made: list[Path] = []
    monkeypatch.setattr(building, "_make", lambda folder, seed: made.append(folder))
    build(tmp_path)
    assert made == [tmp_path]


def test_a_workspace_of_ones_own_is_never_touched(tmp_path: Path) -> None:
    toml = "id = 'ours'\n"
    Workspace.create(tmp_path, collaborative_toml=toml)
    with pytest.raises(DemonstrationError, match="not a demonstration, and nothing was changed"):
        build(tmp_path)
    assert (tmp_path / "collaborative.toml").read_text(encoding="utf-8") == toml
