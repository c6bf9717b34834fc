"""The sentences that pages begin with, each computed from figures."""

import polars as pl
import pytest

from commonweal.datasets.indicator import Indicator
from commonweal.web.benchmarking.sentences import (
    gap_sentence,
    indicator_sentence,
    overview_sentence,
    profile_sentence,
    ranked_title,
    trend_title,
)

TREATED = Indicator(
    id="treated",
    name="Treated to target, aged under 80",
    unit="%",
    per=100,
    value_type="proportion",
    polarity="high is good",
    people="people treated to target",
)
ADMISSIONS = Indicator(
    id="admissions", name="Admissions", unit="per 100,000", per=100_000, value_type="crude rate", polarity="low is good"
)
NAMES = {"D": "Dunmere", "G": "Garstone", "I": "Ivelmouth"}


def row(**changes):
    return {
        "period": "2024/25",
        "value": 63.2,
        "status": "published",
        "comparison": "worse",
        "benchmark_value": 67.4,
        "trend": "increasing and getting better",
        "gap_rate": 4.2,
        "gap_people": 1240.4,
    } | changes


def latest(*rows):
    columns = ("indicator", "area_code", "comparison", "trend")
    return pl.DataFrame([dict(zip(columns, r, strict=True)) for r in rows], schema=dict.fromkeys(columns, pl.String))


def test_where_an_area_stands():
    assert indicator_sentence(row(), TREATED, "Dunmere", "England") == (
        "Dunmere: 63.2% in 2024/25, worse than England (67.4%), increasing and getting better."
    )


def test_no_trend_is_not_mentioned():
    sentence = indicator_sentence(row(trend="cannot be calculated"), TREATED, "Dunmere", "England")
    assert sentence == "Dunmere: 63.2% in 2024/25, worse than England (67.4%)."


def test_no_significant_change_is_said():
    sentence = indicator_sentence(row(trend="no significant change"), TREATED, "Dunmere", "England")
    assert sentence.endswith("(67.4%), with no significant change in recent years.")


def test_a_fifth_says_on_which_side_of_the_benchmark():
    sentence = indicator_sentence(row(comparison="quintile 5", trend=None), TREATED, "Dunmere", "England")
    assert sentence == "Dunmere: 63.2% in 2024/25, in the worst fifth of areas, below England (67.4%)."


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("suppressed", "suppressed to protect people"),
        ("missing", "the source gives no value"),
        ("empty", "no figure is held for this period"),
    ],
)
def test_an_absent_figure_is_explained(status, words):
    assert indicator_sentence(row(value=None, status=status), TREATED, "Dunmere", "England") == (
        f"Dunmere, 2024/25: {words}."
    )


def test_no_row_at_all():
    assert indicator_sentence(None, TREATED, "Dunmere", "England") == "No figure is held for Dunmere."


def test_gap_in_people():
    assert gap_sentence(row(), TREATED, "England") == "To reach the England rate: 1,240 more people treated to target."


def test_gap_where_low_is_good_is_fewer():
    assert gap_sentence(row(), ADMISSIONS, "England") == "To reach the England rate: 1,240 fewer people."


def test_gap_without_people_is_in_the_unit():
    assert gap_sentence(row(gap_people=None), TREATED, "England") == (
        "To reach England it would have to go up by 4.2 percentage points."
    )


@pytest.mark.parametrize("gap", [0.0, None])
def test_no_gap_says_nothing(gap):
    assert gap_sentence(row(gap_rate=gap), TREATED, "England") == ""


def test_overview():
    frame = latest(
        ("treated", "D", "worse", "increasing and getting better"),
        ("treated", "G", "worse", "increasing and getting better"),
        ("treated", "I", "better", None),
        ("smoking", "D", "worse", None),
        ("smoking", "G", "similar", "decreasing and getting better"),
        ("smoking", "I", "better", None),
    )
    titles = {"treated": "Treated to target", "smoking": "Smoking"}
    assert overview_sentence(frame, NAMES, titles, "England") == (
        "3 comparisons are worse than England and 2 better. Treated to target is where most areas are worse (two of "
        "three). Garstone has the most indicators getting better (two)."
    )


def test_overview_of_nothing():
    assert overview_sentence(latest(), NAMES, {}, "England") == "No figures are held for these areas yet."


def test_profile():
    frame = latest(
        ("a", "D", "worse", "decreasing and getting worse"),
        ("b", "D", "better", None),
        ("c", "D", "similar", None),
        ("d", "D", "not compared", None),
    )
    assert profile_sentence(frame, "Dunmere", "England") == (
        "Dunmere is better than England on 1 of 3 indicators and worse on 1. One is worse and getting worse."
    )


def test_profile_without_comparisons():
    frame = latest(("d", "D", "not compared", None))
    assert profile_sentence(frame, "Dunmere", "England") == "No figure of Dunmere can be compared with England yet."


def test_title_of_the_ranked_chart():
    frame = latest(("t", "D", "worse", None), ("t", "G", "better", None), ("t", "I", "worse", None))
    assert ranked_title(frame, NAMES, "England", "D") == (
        "One area is better than England, two worse: Dunmere is one of them"
    )


def test_title_without_judgement():
    frame = latest(("t", "D", "higher", None), ("t", "G", "lower", None), ("t", "I", "lower", None))
    assert ranked_title(frame, NAMES, "England", "D") == "One area is higher than England, two lower"


def test_title_where_nobody_differs():
    frame = latest(("t", "D", "similar", None), ("t", "G", "similar", None))
    assert ranked_title(frame, NAMES, "England", "D") == "No area differs from England"


def test_title_of_the_trend():
    assert trend_title("decreasing and getting worse", "Dunmere", "2015", "2024") == (
        "Dunmere is getting worse: the figure is falling"
    )
    assert trend_title(None, "Dunmere", "2015", "2024") == "Dunmere, 2015 to 2024"
