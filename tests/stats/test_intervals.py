"""What must hold for any interval, and figures from papers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.errors import CommonwealError
from commonweal.stats import confidence, intervals

COUNTS = st.integers(0, 10**6)
LEVELS = st.floats(0.5, 0.999)


@st.composite
def proportions(draw):
    n = draw(st.integers(1, 10**7))
    return draw(st.integers(0, n)), n


@pytest.mark.parametrize(
    ("count", "n", "lower", "upper"),
    [
        # Newcombe RG (1998), Statistics in Medicine 17:857-872, table I, method 3 (score, no continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(count, n, lower, upper):
    found = intervals.wilson(count, n)
    assert [round(float(end), 4) for end in found] == [lower, upper]


@pytest.mark.parametrize(
    ("count", "lower", "upper"),
    [
        # Garwood F (1936), Biometrika 28:437-442; the table as reprinted for 95% limits of a Poisson count.
        (0, 0.0, 3.689),
        (1, 0.0253, 5.572),
        (5, 1.6235, 11.668),
        (10, 4.7954, 18.390),
    ],
)
def test_exact_poisson_as_published(count, lower, upper):
    found = intervals.poisson_exact(count)
    assert float(found[0]) == pytest.approx(lower, abs=5e-5)
    assert float(found[1]) == pytest.approx(upper, abs=5e-4)


@given(proportions(), LEVELS)
def test_wilson_holds_the_proportion_and_stays_within_all_and_nothing(given, level):
    count, n = given
    lower, upper = intervals.wilson(count, n, level)
    assert 0 <= lower <= count / n + 1e-12
    assert count / n - 1e-12 <= upper <= 1


@given(proportions(), LEVELS)
def test_wilson_of_those_without_mirrors_those_with(given, level):
    count, n = given
    lower, upper = intervals.wilson(count, n, level)
    mirrored = intervals.wilson(n - count, n, level)
    assert mirrored == (pytest.approx(1 - upper, abs=1e-9), pytest.approx(1 - lower, abs=1e-9))


@given(COUNTS, LEVELS)
def test_poisson_holds_the_count_and_widens_with_confidence(count, level):
    lower, upper = intervals.poisson(count, level)
    wider_lower, wider_upper = intervals.poisson(count, level + (1 - level) / 2)
    assert wider_lower <= lower <= count <= upper <= wider_upper


@given(st.integers(10, 10**6))
def test_byar_is_close_to_exact(count):
    for byar, exact in zip(intervals.byar(count), intervals.poisson_exact(count), strict=True):
        assert byar == pytest.approx(exact, rel=0.003)


def test_limits_are_exact_below_ten_and_byar_from_ten():
    for method, count in ((intervals.poisson_exact, 9), (intervals.byar, 10)):
        assert intervals.poisson(count) == method(count)


def test_nobody_at_risk_has_no_limits():
    lower, upper = intervals.wilson([0], [0])
    assert np.isnan([*lower, *upper]).all()


@pytest.mark.parametrize("level", [0, 1, 100, 5, 0.05, -0.1, float("nan"), "high"])
def test_what_is_no_confidence_level_is_refused(level):
    with pytest.raises(CommonwealError, match="is neither"):
        intervals.wilson(1, 2, level)


@pytest.mark.parametrize(("percentage", "fraction"), [(95, 0.95), (99.8, 0.998), (50, 0.5), (99.99, 0.9999)])
def test_a_percentage_is_the_same_level(percentage, fraction):
    assert confidence.level(percentage) == fraction
    assert confidence.suffix(confidence.level(percentage)) == f"{percentage:g}".replace(".", "_")


def test_a_count_above_its_denominator_is_refused():
    with pytest.raises(CommonwealError, match="above its denominator"):
        intervals.wilson(3, 2)
    with pytest.raises(CommonwealError, match="negative"):
        intervals.poisson(-1)
