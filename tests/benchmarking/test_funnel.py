import polars as pl
import pytest
from made_up_store import HALTON, KNOWSLEY, OUTSIDE, WARRINGTON, observations

from commonweal.benchmarking import NoFunnel, funnel
from commonweal.datasets.indicator import Indicator

EVERYONE = dict(zip([HALTON, WARRINGTON, KNOWSLEY, *OUTSIDE], [50.0, 50.6, 52.0, *[50.0] * 6], strict=True))
PROPORTION = {"unit": "%", "per": 100.0, "value_type": "proportion"}


@pytest.fixture
def made(store, make_board):
    """Makes a benchmark that has an indicator with a value for everyone."""

    def add(indicator, *, columns=None, **about):
        rows = observations(indicator, EVERYONE).with_columns(**(columns or {}))
        store.upsert(rows, {"load": indicator, "source": "made up"})
        store.save_indicators([Indicator(id=indicator, name=indicator, **about)])
        return make_board()

    return add


def test_places_are_those_of_the_limits(made):
    board = made("even", polarity="high is good", **PROPORTION)
    found = funnel(board, "even", period="2024")
    # 10,000 people and an average of 50.29%: 95% limits are 0.98 of a point away, 99.8% limits 1.55.
    assert found.baseline == pytest.approx(50.2889, abs=1e-3)
    places = dict(found.points.select("area_code", "significance").iter_rows())
    assert places[HALTON] == "within the limits"
    assert places[WARRINGTON] == "within the limits"
    assert places[KNOWSLEY] == "above the 99.8% limit"
    assert dict(found.points.select("area_code", "comparison").iter_rows())[KNOWSLEY] == "best"
    assert found.beyond["area_code"].to_list() == [KNOWSLEY]
    assert found.is_overdispersed  # one of nine
    assert set(found.limits["limit"]) == {"95%", "99.8%"}


@pytest.mark.parametrize(("polarity", "word"), [("low is good", "worst"), ("no judgement", "highest")])
def test_what_is_beyond_is_judged_by_polarity(made, polarity, word):
    board = made("even", polarity=polarity, **PROPORTION)
    points = funnel(board, "even", period="2024").points
    assert points.filter(area_code=KNOWSLEY)["comparison"].to_list() == [word]


def test_a_rounded_count_is_placed_by_its_value(made):
    board = made("rounded", columns={"count": (pl.col("count") / 5).round() * 5}, **PROPORTION)
    points = funnel(board, "rounded", period="2024").points
    assert points.filter(area_code=WARRINGTON)["y"].item() == pytest.approx(50.6)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"value_type": "life expectancy"}, "This indicator is a life expectancy"),
        ({"value_type": "other"}, "is not known"),
        ({**PROPORTION, "per": 1000.0}, "do not give the values published for 9 of 9 areas"),
        ({**PROPORTION, "columns": {"count": pl.lit(None, dtype=pl.Float64)}}, "they are held for none"),
    ],
)
def test_why_there_is_none(made, settings, words):
    with pytest.raises(NoFunnel, match=words):
        funnel(made("other", **settings), "other", period="2024")


def test_a_directly_standardised_rate_of_few_events_is_not_placed(made):
    few = {"count": pl.when(pl.col("area_code") == HALTON).then(9.0).otherwise("count")}
    board = made("dsr", value_type="directly standardised rate", per=100.0, columns=few)
    found = funnel(board, "dsr", period="2024")
    assert HALTON not in found.points["area_code"]
    assert found.without == 1
