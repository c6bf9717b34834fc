"""Farrington's methods: invariants, a slow fit beside the quick one, false alarms."""

import numpy as np
import polars as pl
import pytest
from clusters.count_tables import weekly
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import optimize, special

from commonweal import clusters

COLUMNS = {"count": "count", "time": "week", "by": "area"}
NUMBERS = ["expected", "upperbound", "score", "p_value", "dispersion", "trend_coefficient"]


def slow_fit(counts, now, *, years, half, levels, excluded, threshold):
    """The same regression by a general optimiser on a dense design, with trend, twice."""
    week, level = [], []
    later = now
    for year in range(1, years + 1):
        middle = now - 52 * year
        for w in range(middle - half, middle + half + 1):
            week.append(w)
            level.append(levels - 1)
        between = list(range(middle + half + 1, later - half))
        for block, part in enumerate(np.array_split(between, levels - 1) if levels > 1 else []):
            week.extend(part)
            level.extend([block] * len(part))
        later = middle
    week, level = np.array(week), np.array(level)
    use = week < now - excluded
    week, level = week[use], level[use]
    y, t = counts[week].astype(float), (week - now) / 52
    x = np.column_stack([level == g for g in range(levels)] + [t]).astype(float)
    weight = np.ones(len(y))
    for last in (False, True):

        def unlikeliness(b, weight=weight):
            return np.sum(weight * (np.exp(x @ b) - y * (x @ b)))

        def gradient(b, weight=weight):
            return x.T @ (weight * (np.exp(x @ b) - y))

        start = np.append(np.full(levels, np.log(y.mean() + 0.1)), 0)
        b = optimize.minimize(unlikeliness, start, jac=gradient, method="BFGS", options={"gtol": 1e-9}).x
        mu = np.exp(x @ b)
        information = x.T @ (x * (weight * mu)[:, None])
        inverse = np.linalg.inv(information)
        phi = max(1, np.sum(weight * (y - mu) ** 2 / mu) / (len(y) - levels - 1))
        if not last:
            h = weight * mu * np.einsum("ij,jk,ik->i", x, inverse, x)
            s = 1.5 * (y ** (2 / 3) * mu ** (-1 / 6) - np.sqrt(mu)) / np.sqrt(phi * (1 - h))
            weight = np.where(s > threshold, 1 / np.maximum(s, 1e-9) ** 2, 1)
            weight *= len(y) / weight.sum()
    return np.exp(b[levels - 1]), phi, b[-1] / 52, inverse[levels - 1, levels - 1] * phi


@pytest.mark.parametrize(("levels", "excluded"), [(1, 3), (10, 26)])
def test_the_regression_is_the_one_a_general_optimiser_finds(levels, excluded):
    counts = weekly(2, series=1, dispersion=1.0)["count"].to_numpy().copy()
    counts[150:153] += 40
    found = clusters.farrington_flexible(
        pl.DataFrame({"week": range(330), "count": counts}), count="count", time="week", newest=1, periods=levels,
        weeks_excluded=excluded, extrapolate=True, threshold_method="delta", alpha=0.025,
    )  # fmt: skip
    expected, phi, slope, variance = slow_fit(
        counts, 329, years=5, half=3, levels=levels, excluded=excluded, threshold=2.58
    )
    assert found["expected"][0] == pytest.approx(expected, rel=1e-6)
    assert found["dispersion"][0] == pytest.approx(phi, rel=1e-6)
    assert found["trend_coefficient"][0] == pytest.approx(slope, rel=1e-4, abs=1e-8)
    scale = 2 / 3 * expected ** (-1 / 3) * np.sqrt(phi * expected + expected**2 * variance)
    assert found["upperbound"][0] == pytest.approx((expected ** (2 / 3) + 1.959963985 * scale) ** 1.5, rel=1e-6)


@given(st.integers(0, 2**20))
@settings(max_examples=5, deadline=None)
def test_neither_the_order_of_rows_nor_other_series_matter(seed):
    table = weekly(seed, weeks=290)
    whole = clusters.farrington_flexible(table, **COLUMNS)
    assert whole.select(table.columns).equals(table)
    mixed = clusters.farrington_flexible(table.sample(fraction=1, shuffle=True, seed=seed), **COLUMNS)
    assert_frame_equal(mixed.sort("area", "week"), whole.sort("area", "week"))
    alone = table.filter(pl.col("area") == "area 1")
    assert_frame_equal(
        clusters.farrington_flexible(alone, **COLUMNS), whole.filter(pl.col("area") == "area 1"), check_exact=True
    )


def test_weeks_after_do_not_matter():
    table = weekly(3)
    early = clusters.farrington_flexible(table.filter(pl.col("week") < 300), **COLUMNS)
    whole = clusters.farrington_flexible(table, **COLUMNS).filter(pl.col("week") < 300)
    assert_frame_equal(early, whole, check_exact=True)


@given(st.floats(0.1, 1e5), st.booleans())
@settings(max_examples=10, deadline=None)
def test_the_unit_of_the_population_does_not_matter(unit, reweight):
    table = weekly(4, series=1).with_columns(people=1000.0 + 3 * pl.col("week"))
    options = {**COLUMNS, "population": "people", "newest": 5, "reweight": reweight}
    once = clusters.farrington_flexible(table, **options)
    again = clusters.farrington_flexible(table.with_columns(pl.col("people") * unit), **options)
    for name in NUMBERS:
        np.testing.assert_allclose(once[name].cast(float), again[name].cast(float), rtol=1e-7)


def test_a_constant_population_is_no_population():
    table = weekly(5, series=1)
    without = clusters.farrington_flexible(table, **COLUMNS, newest=5)
    with_it = clusters.farrington_flexible(table.with_columns(people=500), **COLUMNS, newest=5, population="people")
    for name in NUMBERS:
        np.testing.assert_allclose(without[name].cast(float), with_it[name].cast(float), rtol=1e-9)


@pytest.mark.parametrize("method", ["delta", "nbPlugin", "muan"])
def test_the_bound_parts_alarms_from_the_rest(method):
    table = weekly(6, series=1)
    options = {**COLUMNS, "newest": 1, "threshold_method": method}
    bound = np.floor(clusters.farrington_flexible(table, **options)["upperbound"][0])
    for more, alarm in ((0, False), (1, True)):
        last = pl.when(pl.col("week") == 329).then(bound + more).otherwise(pl.col("count"))
        found = clusters.farrington_flexible(table.with_columns(count=last), **options)
        assert found["alarm"][0] is alarm
        assert (found["score"][0] > 1) is alarm
        assert (found["p_value"][0] < 0.01) or not alarm


def test_a_negative_binomial_bound_is_the_quantile():
    found = clusters.farrington_flexible(weekly(7, dispersion=2.0), **COLUMNS, newest=20, alpha=0.01)
    mean, phi = found["mu0"].to_numpy(), found["dispersion"].to_numpy()
    upper = found["upperbound"].to_numpy()
    size, chance = mean / (phi - 1), 1 / phi
    assert np.all(special.betainc(size, upper + 1, chance) >= 0.99)
    assert np.all(special.betainc(size, upper, chance) < 0.99)


def test_an_outbreak_is_an_alarm_and_a_past_one_does_not_hide_it():
    counts = weekly(8, series=1)["count"].to_numpy().copy()
    counts[329] += 25
    past = counts.copy()
    past[329 - 104 : 329 - 101] += 60
    for values, reweight in ((counts, True), (past, True)):
        table = pl.DataFrame({"week": range(330), "count": values})
        found = clusters.farrington_flexible(table, count="count", time="week", newest=1, reweight=reweight)
        assert found["alarm"][0]


@pytest.mark.parametrize("dispersion", [0.0, 1.5])
def test_false_alarms_are_about_as_many_as_promised(dispersion):
    table = weekly(9, series=150, weeks=330, level=15, dispersion=dispersion)
    found = clusters.farrington_flexible(table, **COLUMNS, newest=20, alpha=0.05)
    # 3000 tests; a discrete bound alarms less often than its level, weighing down past counts a little more.
    assert 0.025 < found["alarm"].mean() < 0.075
    # The original weighs down so many counts that it alarms more often than its 2.5% (Noufaily et al. 2013).
    assert 0.015 < clusters.farrington(table, **COLUMNS, newest=20, alpha=0.05)["alarm"].mean() < 0.08


def test_series_without_a_case():
    table = pl.DataFrame({"week": range(330), "count": [0] * 330})
    for found in (
        clusters.farrington_flexible(table, count="count", time="week", newest=1),
        clusters.farrington_flexible(table, count="count", time="week", newest=1, threshold_method="muan"),
        clusters.farrington(table, count="count", time="week", newest=1),
    ):
        assert found["expected"][0] == 0
        assert found["alarm"][0] is False
        assert "fewer than 5 cases" in found["reason"][0]


def test_little_history_is_said():
    table = weekly(10, series=1, weeks=270)
    found = clusters.farrington_flexible(table, **COLUMNS)
    short = found.filter(pl.col("week") < 263)
    assert short["expected"].is_null().all()
    assert short["alarm"].is_null().all()
    assert (short["reason"] == "fewer than 5 years and 3 time points of history").all()
    assert found.filter(pl.col("week") >= 263)["alarm"].is_not_null().all()


def test_missing_counts_are_left_out_and_said():
    table = weekly(11, series=1)
    gaps = pl.when(pl.col("week").is_in([100, 200, 329])).then(None).otherwise(pl.col("count"))
    found = clusters.farrington_flexible(table.with_columns(count=gaps), **COLUMNS, newest=2)
    assert found["reason"].to_list() == ["", "the count is missing"]
    assert found["alarm"].to_list()[1] is None
    assert found["expected"].is_not_null().all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 0}, "'alpha' lies between 0 and 1"),
        ({"years": 0}, "'years' is 1 or more"),
        ({"periods": 60}, "60 levels are too many: only 45 time points"),
        ({"threshold_method": "best"}, "'threshold_method' is one of delta, nbPlugin, muan; 'best' is not"),
        ({"power": "3"}, "'power' is one of"),
        ({"newest": 0}, "'newest' is how many"),
        ({"weeks_excluded": -1}, "'weeks_excluded' is 0 or more"),
    ],
)
def test_a_wrong_option_is_refused(options, message):
    with pytest.raises(Exception, match=message) as refused:
        clusters.farrington_flexible(weekly(1, weeks=300), **COLUMNS, **options)
    assert type(refused.value).__name__ == "ColumnError"
