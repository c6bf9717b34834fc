"""A cell says by colour, by symbol and in words."""

import pytest

from commonweal.web.benchmarking.cells import cell


def row(**changes):
    return {
        "value": 63.2,
        "benchmark_value": 67.4,
        "status": "published",
        "comparison": "worse",
        "polarity": "high is good",
        "trend": None,
    } | changes


@pytest.mark.parametrize(
    ("changes", "style", "symbol", "words"),
    [
        ({}, "worse", "▼", "worse than England (below)"),
        ({"comparison": "similar"}, "similar", "●", "similar to England"),
        ({"comparison": "better", "value": 70.0}, "better", "▲", "better than England (above)"),
        ({"comparison": "worst"}, "worst", "▼", "much worse than England (99.8% confident, below)"),
        ({"comparison": "higher", "value": 70, "polarity": ""}, "higher", "▲", "higher than England (above)"),
        ({"comparison": "quintile 5"}, "quintile-5", "5", "in the worst fifth of areas"),
        ({"comparison": "fifth 5", "polarity": "no judgement"}, "fifth-5", "5", "in the highest fifth of areas"),
        ({"comparison": "met"}, "met", "✓", "goal met"),
        ({"comparison": "not met"}, "not-met", "✗", "goal not met"),
        ({"comparison": "not compared"}, "not-compared", "", "not compared"),
    ],
)  # fmt: skip
def test_comparison(changes, style, symbol, words):
    found = cell(row(**changes), benchmark="England", decimals=1)
    assert (found.style, found.symbol, found.words) == (style, symbol, words)


@pytest.mark.parametrize(
    ("trend", "arrow"),
    [
        ("increasing and getting better", "↗"),
        ("decreasing", "↘"),
        ("no significant change", "→"),
        ("cannot be calculated", ""),
        (None, ""),
    ],
)
def test_trend(trend, arrow):
    found = cell(row(trend=trend), benchmark="England", decimals=1)
    assert found.arrow == arrow
    assert (str(trend) in found.words) == bool(arrow)


@pytest.mark.parametrize(
    ("status", "text", "words"),
    [
        ("suppressed", "supp.", "suppressed to protect people"),
        ("missing", "n/a", "the source gives no value"),
        ("empty", "–", "no figure is held for this period"),
    ],
)
def test_the_three_kinds_of_absence_differ(status, text, words):
    found = cell(row(value=None, status=status, comparison="not compared"), benchmark="England", decimals=1)
    assert (found.text, found.style, found.words, found.symbol) == (text, status, words, "")


def test_figures_are_printed_with_their_decimals():
    assert cell(row(value=1240.04), benchmark="England", decimals=1).text == "1,240.0"
