"""GLR detectors beside a brute-force search over a grid of changes."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal import clusters
from commonweal.clusters.in_control_mean import Season

COLUMNS = {"count": "n", "time": "day", "expected": "mu"}
GRID = np.linspace(-12, 6, 20001)
counts = st.lists(st.integers(0, 25), min_size=1, max_size=10)


def table(values, means):
    return pl.DataFrame({"day": range(len(values)), "n": values, "mu": means})


def brute(values, means, *, alpha=0.0, direction=1, epidemic=False):
    """The ratio of the last time point, all windows and a grid of sizes tried."""
    x, mu = np.array(values, dtype=float), np.array(means)
    before = np.concatenate([[0.0], x[:-1]])
    best = 0.0
    for k in range(len(x)):
        if epidemic:
            size = np.linspace(0, 40, 40001)[:, None]
            grown = mu[k:] + size * before[k:]
            ratio = (x[k:] * np.log(grown / mu[k:]) - size * before[k:]).sum(axis=1)
        else:
            kappa = GRID[GRID * direction >= 0][:, None]
            if alpha:
                ratio = kappa * x[k:] - (x[k:] + 1 / alpha) * np.log(
                    (1 + alpha * mu[k:] * np.exp(kappa)) / (1 + alpha * mu[k:])
                )
            else:
                ratio = kappa * x[k:] - (np.exp(kappa) - 1) * mu[k:]
            ratio = ratio.sum(axis=1)
        best = max(best, ratio.max())
    return best


@pytest.mark.parametrize(
    ("options", "truth"),
    [
        ({}, {}),
        ({"direction": "decrease"}, {"direction": -1}),
        ({"dispersion": 0.4}, {"alpha": 0.4}),
        ({"dispersion": 0.4, "direction": "decrease"}, {"alpha": 0.4, "direction": -1}),
        ({"change": "epidemic"}, {"epidemic": True}),
    ],
)
@given(values=counts, seed=st.integers(0, 99))
@settings(max_examples=12, deadline=None)
def test_the_ratio_is_the_greatest_there_is(options, truth, values, seed):
    means = np.random.default_rng(seed).uniform(1, 12, len(values))
    found = clusters.generalised_likelihood_ratio(table(values, means), **COLUMNS, threshold=1e6, **options)
    assert found["statistic"][-1] == pytest.approx(brute(values, means, **truth), abs=2e-3)


@pytest.mark.parametrize("options", [{}, {"dispersion": 0.4}, {"shift": 0.5}, {"direction": "decrease"}])
@given(values=counts)
@settings(max_examples=12, deadline=None)
def test_the_bound_parts_alarms_from_the_rest(options, values):
    means = [4.0] * len(values)
    found = clusters.generalised_likelihood_ratio(table(values, means), **COLUMNS, **options)
    bound = found["upperbound"][-1]
    down = options.get("direction") == "decrease"
    tried = {0, 60} if bound is None else {bound, max(bound - 1, 0), bound + 1}
    for last in tried:
        again = clusters.generalised_likelihood_ratio(table([*values[:-1], int(last)], means), **COLUMNS, **options)
        alarm = bound is not None and (last <= bound if down else last >= bound)
        assert again["alarm"][-1] == alarm


def test_a_rise_is_found_and_the_search_starts_afresh():
    found = clusters.generalised_likelihood_ratio(table([4, 5, 3, 20, 4, 4], [4.0] * 6), **COLUMNS)
    assert found["alarm"].to_list() == [False, False, False, True, False, False]
    assert found["statistic"][4] < 1


def test_dispersion_is_estimated_from_the_training():
    random = np.random.default_rng(3)
    rows = pl.DataFrame({"day": range(1600), "n": random.negative_binomial(5, 5 / 15, 1600)})
    found = clusters.generalised_likelihood_ratio(
        rows, count="n", time="day", training=1000, dispersion=None, trend=False, harmonics=0, furthest_back=20
    )
    poisson = clusters.generalised_likelihood_ratio(
        rows, count="n", time="day", training=1000, trend=False, harmonics=0, furthest_back=20
    )
    assert (found["reason"][:1000] == "in the training period").all()
    assert found["expected"][1050] == pytest.approx(10, rel=0.05)
    assert 4 * found["alarm"].sum() < poisson["alarm"].sum()
    _, dispersion = Season(harmonics=0, trend=False).fit(rows["n"][:1000].to_numpy().astype(float), None)
    assert dispersion == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"change": "step"}, "'change' is one of"),
        ({"direction": "up"}, "'direction' is one of"),
        ({"change": "epidemic", "dispersion": 0.2}, "An epidemic change is a Poisson increase"),
        ({"threshold": 0}, "'threshold' is above 0"),
        ({"shift": -0.2}, "'shift' is above 0 for an increase"),
        ({"furthest_back": 0}, "'furthest_back' is 1"),
        ({"dispersion": None}, "A dispersion cannot be estimated where 'expected' is given"),
    ],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(Exception, match=message):
        clusters.generalised_likelihood_ratio(table([1, 2], [1.0, 1.0]), **COLUMNS, **options)
