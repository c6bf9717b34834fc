"""The fast search gives what slow and obvious code gives, for every model, analysis and limit."""

import polars as pl
import pytest
from clusters import oracle
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from commonweal.clusters import scan

FEW = settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
DAYS = 6
START = 1


@st.composite
def small_study(draw):
    """Up to seven places on a lattice, so that equal distances are common, with cases over six days."""
    number = draw(st.integers(3, 7))
    crossings = st.tuples(st.integers(0, 4), st.integers(0, 4))
    points = draw(st.lists(crossings, min_size=number, max_size=number, unique=True))
    cases = draw(st.lists(st.tuples(st.integers(0, number - 1), st.integers(0, DAYS - 1)), min_size=3, max_size=25))
    people = draw(st.lists(st.integers(1, 50), min_size=number, max_size=number))
    controls = draw(st.lists(st.tuples(st.integers(0, number - 1), st.integers(0, DAYS - 1)), min_size=3, max_size=25))
    return points, cases, people, controls


choices = st.fixed_dictionaries(
    {
        "rates": st.sampled_from(["high", "low", "both"]),
        "max_population_share": st.sampled_from([0.3, 0.5, 1.0, None]),
        "max_distance": st.sampled_from([None, 1.0, 2.5]),
        "min_cases_high": st.sampled_from([1, 2, 4]),
        "min_cases_low": st.sampled_from([0, 2]),
    }
)
times = st.fixed_dictionaries({"min_duration": st.sampled_from([1, 2]), "max_duration": st.sampled_from([2, 3, 6])})


def table(pairs, number):
    counts = [[0] * DAYS for _ in range(number)]
    for place, day in pairs:
        counts[place][day] += 1
    return counts


def frame(pairs):
    return pl.DataFrame(
        {"place": [f"p{place}" for place, _ in pairs], "date": [START + day for _, day in pairs]},
        schema={"place": pl.String, "date": pl.Int64},
    )


def measures(model, study):
    points, cases, people, controls = study
    counts = table(cases, len(points))
    total = len(cases)
    if model == "poisson":
        each = total / sum(people) / DAYS
        measure = [[people[place] * each] * DAYS for place in range(len(points))]
        return counts, measure, total, [sum(row) for row in measure]
    if model == "bernoulli":
        other = table(controls, len(points))
        measure = [[counts[p][t] + other[p][t] for t in range(DAYS)] for p in range(len(points))]
        return counts, measure, total + len(controls), [sum(row) for row in measure]
    of_day = [sum(row[t] for row in counts) for t in range(DAYS)]
    measure = [[sum(row) * of_day[t] for t in range(DAYS)] for row in counts]
    return counts, measure, total * total, [sum(row) for row in counts]


def compare(model, analysis, study, chosen, time):
    points, cases, people, controls = study
    number = len(points)
    tables = {"places": pl.DataFrame({"place": [f"p{p}" for p in range(number)], "x": [p[0] for p in points],
                                      "y": [p[1] for p in points]})}  # fmt: skip
    if model == "poisson":
        tables["population"] = pl.DataFrame({"place": [f"p{p}" for p in range(number)], "population": people})
    if model == "bernoulli":
        tables["controls"] = frame(controls)
    counts, measure, total_measure, weights = measures(model, study)
    if analysis == "spatial":
        spans, time = [(0, DAYS - 1)], {}
    else:
        first_end = DAYS - 1 if analysis.startswith("prospective") else 0
        spans = oracle.time_spans(DAYS, time["min_duration"], time["max_duration"], first_end)
    space = dict(chosen)
    if "temporal" in analysis:
        zones = [[list(range(number))]]
        space = {key: value for key, value in chosen.items() if not key.startswith("max")}
    else:
        ties = {p: rank for rank, p in enumerate(sorted(range(number), key=lambda p: points[p]))}
        share = chosen["max_population_share"]
        zones = oracle.circles(
            points, ties, points, weights, None if share is None else share * sum(weights), chosen["max_distance"]
        )
    expected = oracle.best_window(
        counts, measure, total_measure, zones, spans, high=chosen["rates"] != "low", low=chosen["rates"] != "high",
        min_high=chosen["min_cases_high"], min_low=chosen["min_cases_low"], bernoulli=model == "bernoulli",
    )  # fmt: skip
    result = scan(
        frame(cases), **tables, model=model, analysis=analysis, study_period=(START, START + DAYS - 1),
        interval_unit="generic", coordinates="cartesian", replicates=0, threads=1, **space, **time,
    )  # fmt: skip
    if expected is None or expected[0] < 1e-9:
        assert not result.clusters or result.clusters[0].statistic < 1e-9
        return
    statistic, zone, start, end, n, u = expected
    found = result.clusters[0]
    assert found.statistic == pytest.approx(statistic, abs=1e-9)
    assert found.observed == n
    assert found.expected == pytest.approx(u * len(cases) / total_measure)
    assert (found.start, found.end) == (START + start, START + end)
    if "temporal" not in analysis:
        assert found.location_ids == tuple(f"p{place}" for place in zone)


@pytest.mark.parametrize("model", ["poisson", "bernoulli", "space-time permutation"])
@pytest.mark.parametrize(
    "analysis", ["spatial", "temporal", "space-time", "prospective space-time", "prospective temporal"]
)
def test_the_best_window_is_the_one_that_slow_code_finds(model, analysis):
    if model == "space-time permutation" and "space-time" not in analysis:
        pytest.skip("the model has no such scan")

    @FEW
    @given(small_study(), choices, times)
    def check(study, chosen, time):
        compare(model, analysis, study, chosen, time)

    check()
