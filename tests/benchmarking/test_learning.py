from made_up_store import HALTON, KNOWSLEY, LIVERPOOL, OUTSIDE, WARRINGTON, observations

from commonweal.benchmarking import CollaborativeBenchmark, improving_areas, learn_from


def test_similar_and_significantly_better_best_first(benchmark):
    found = learn_from(benchmark, "treated", KNOWSLEY, [HALTON, OUTSIDE[0], WARRINGTON])
    assert [(e.area_code, e.neighbour_rank) for e in found] == [(WARRINGTON, 3), (HALTON, 1)]


def test_low_is_good(benchmark):
    assert [e.area_code for e in learn_from(benchmark, "smoking", HALTON, [WARRINGTON, KNOWSLEY])] == [
        WARRINGTON,
        KNOWSLEY,
    ]


def test_intervals_that_touch_are_not_better(benchmark):
    assert learn_from(benchmark, "treated", HALTON, [HALTON, OUTSIDE[4]]) == []


def test_nobody_to_learn_from_without_judgement_or_figures(benchmark):
    assert learn_from(benchmark, "counted", HALTON, [WARRINGTON]) == []
    assert learn_from(benchmark, "treated", LIVERPOOL, [WARRINGTON]) == []


def test_improvers_are_found_over_all_areas_of_the_kind(store, benchmark):
    improved = {OUTSIDE[0]: [40.0, 45, 50, 55, 60, 68]}
    store.upsert(observations("treated", improved, years=range(2019, 2025)), {"load": "second"})
    fresh = CollaborativeBenchmark(store, benchmark.catalogue, benchmark.areas, benchmark.benchmark)
    found = improving_areas(fresh, "treated")
    assert found["area_code"].to_list() == [OUTSIDE[0]]
    assert found["change"][0] == 0.7
