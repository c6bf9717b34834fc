"""What the store lets in: protected as the indicator asks, whatever is loaded later."""

import datetime as dt

import polars as pl
import pytest
from made_up_store import observations

from commonweal.datasets.admission import admit
from commonweal.datasets.disclosure import IN_ITS_STEAD
from commonweal.datasets.indicator import Indicator

CITY_REGION = "E47000004"
HALTON, KNOWSLEY, LIVERPOOL, ST_HELENS, SEFTON, WIRRAL = (
    "E06000006",
    "E08000011",
    "E08000012",
    "E08000013",
    "E08000014",
    "E08000015",
)
PERCENTAGES = {HALTON: 0.03, KNOWSLEY: 0.4, LIVERPOOL: 2.0, ST_HELENS: 0.3, SEFTON: 0.9, WIRRAL: 1.0}
"""Of ten thousand people each: Halton's count is 3."""


@pytest.fixture
def protected_workspace(workspace):
    workspace.store.save_indicators(
        [
            Indicator(id="seen", name="Seen", value_type="proportion", per=100, disclosure="counts 1 to 7 suppressed"),
            Indicator(id="open", name="Open", value_type="proportion", per=100),
        ]
    )
    return workspace


def load(workspace, percentages, indicator="seen"):
    return admit(workspace, observations(indicator, percentages), {"load": "1", "source": "test"})


def withheld(workspace):
    held = workspace.store.read("seen").filter(pl.col("status") == "suppressed")
    return dict(held.select("area_code", "note").iter_rows())


def test_a_small_count_never_reaches_the_store(protected_workspace):
    change = load(protected_workspace, PERCENTAGES)
    assert change.added == 6
    assert list(withheld(protected_workspace)) == [HALTON]
    assert protected_workspace.store.read("seen")["count"].to_list().count(None) == 1


def test_a_total_that_comes_later_hides_another_area(protected_workspace):
    load(protected_workspace, PERCENTAGES)
    change = load(protected_workspace, {CITY_REGION: 4.63})
    assert (change.added, change.updated) == (1, 1)
    found = withheld(protected_workspace)
    assert set(found) == {HALTON, ST_HELENS}
    assert found[ST_HELENS] == IN_ITS_STEAD


def test_the_same_load_twice_changes_nothing(protected_workspace):
    load(protected_workspace, {**PERCENTAGES, CITY_REGION: 4.63})
    version = protected_workspace.store.version
    change = load(protected_workspace, {**PERCENTAGES, CITY_REGION: 4.63})
    assert (change.added, change.updated, change.version) == (0, 0, version)


def test_a_newer_figure_that_is_kept_stays_protected(protected_workspace):
    newer = observations("seen", PERCENTAGES).with_columns(extracted=pl.lit(dt.date(2025, 6, 1)))
    admit(protected_workspace, newer, {"load": "1", "source": "test"})
    older = observations("seen", {HALTON: 5.0, CITY_REGION: 4.63}).with_columns(extracted=pl.lit(dt.date(2025, 1, 1)))
    change = admit(protected_workspace, older, {"load": "2", "source": "test"}, keep_newer=True)
    assert (change.added, change.updated) == (1, 1)
    assert set(withheld(protected_workspace)) == {HALTON, ST_HELENS}


def test_an_indicator_without_a_rule_is_stored_as_it_came(protected_workspace):
    load(protected_workspace, PERCENTAGES, "open")
    assert protected_workspace.store.read("open")["count"].sort().to_list() == [3, 30, 40, 90, 100, 200]
