import pytest
from made_up_store import HALTON, OUTSIDE, WARRINGTON, observations

from commonweal.benchmarking import CollaborativeBenchmark, associate


def test_areas_that_have_both(benchmark):
    found = associate(benchmark, "treated", "ranked")
    assert found.points["area_code"].to_list() == sorted([HALTON, WARRINGTON, *OUTSIDE])
    assert found.x_benchmark == 60
    assert found.y_benchmark is None


def test_fewer_than_ten_areas_have_no_correlation(benchmark):
    assert associate(benchmark, "treated", "ranked").rank_correlation is None


def test_rank_correlation_ignores_the_shape(store, benchmark):
    areas = sorted(benchmark.kindred)[:20]
    store.upsert(observations("straight", {a: 2.0 * n + 1 for n, a in enumerate(areas)}), {"load": "2"})
    store.upsert(observations("curved", {a: 60 - n**2 / 8 for n, a in enumerate(areas)}), {"load": "3"})
    inside = [a for a in areas if a in benchmark.kindred][:3]
    fresh = CollaborativeBenchmark(store, benchmark.catalogue, inside, benchmark.benchmark)
    assert associate(fresh, "straight", "curved").rank_correlation == pytest.approx(-1)
