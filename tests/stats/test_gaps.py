import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal import CommonwealError, stats
from commonweal.stats import Gap, gap_to_benchmark


def test_people_to_reach_the_benchmark():
    # 62% of 31,000 people with hypertension treated to target, England 66%: four in a hundred more of them.
    gap = gap_to_benchmark(62, 66, 31_000, 100, "high is good")
    assert (gap.rate, gap.people) == (4, pytest.approx(1240))


def test_low_is_good_goes_down():
    gap = gap_to_benchmark(250, 200, 1_000_000, 100_000, "low is good")
    assert (gap.rate, gap.people) == (50, pytest.approx(500))


def test_nothing_left_to_do():
    assert gap_to_benchmark(70, 66, 31_000, 100, "high is good") == Gap(0, 0)


@pytest.mark.parametrize("polarity", ["no judgement", "not applicable"])
def test_without_judgement_there_is_no_gap(polarity):
    assert gap_to_benchmark(62, 66, 31_000, 100, polarity) == Gap(None, None)


def test_a_rate_that_cannot_be_people():
    assert gap_to_benchmark(62, 66, None, 100, "high is good") == Gap(4, None)


@given(
    st.floats(0, 100),
    st.floats(0, 100),
    st.floats(1, 1e6),
    st.sampled_from(["high is good", "low is good", "no judgement"]),
)
def test_rows_and_single_values_agree(value, benchmark, denominator, polarity):
    rows = pl.DataFrame({"v": [value], "b": [benchmark], "n": [denominator], "p": [polarity]})
    found = stats.gaps_to_benchmark(rows, value="v", benchmark="b", denominator="n", per=100, polarity="p")
    one = gap_to_benchmark(value, benchmark, denominator, 100, polarity)
    assert found["gap_rate"][0] == one.rate
    assert found["gap_people"][0] == (None if one.people is None else pytest.approx(one.people))


@given(st.floats(0, 99), st.floats(0, 100), st.integers(1, 10**6))
def test_that_many_more_people_do_reach_it(value, benchmark, denominator):
    gap = gap_to_benchmark(value, benchmark, denominator, 100, "high is good")
    reached = (value / 100 * denominator + gap.people) / denominator * 100
    assert reached == pytest.approx(max(value, benchmark))


@pytest.mark.parametrize("per", [0, -1, float("nan")])
def test_a_multiplier_that_is_none_is_refused(per):
    with pytest.raises(CommonwealError, match="multiplier of a value is above 0"):
        gap_to_benchmark(62, 66, 31_000, per, "high is good")


@pytest.mark.parametrize("per", [0, -1])
def test_a_column_of_multipliers_that_are_none_is_refused(per):
    frame = pl.DataFrame({"v": [62.0], "b": [66.0], "n": [31_000.0], "per": [float(per)]})
    with pytest.raises(CommonwealError, match="not above 0 in 1 row, first at row 1"):
        stats.gaps_to_benchmark(frame, value="v", benchmark="b", denominator="n", per="per", polarity="high is good")
