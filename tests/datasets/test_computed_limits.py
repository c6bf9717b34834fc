"""Limits are computed where a return gives counts only, said to be, and never in place of published ones."""

import pytest

from commonweal import stats
from commonweal.datasets.indicator import Indicator
from commonweal.datasets.loading import load_file

PROPORTION = Indicator(id="local.p", name="P", unit="%", per=100, value_type="proportion", polarity="high is good")
RATE = Indicator(id="local.r", name="R", unit="per 100,000", per=100_000, value_type="crude rate")
RATIO = Indicator(id="local.q", name="Q", value_type="ratio", method="Byar's method")
BOOTSTRAP = PROPORTION.model_copy(update={"id": "local.b", "method": "Bootstrap of 1,000 samples"})
HEADINGS = "Indicator,Area code,Period,Count,Denominator,Value,Lower,Upper,Note"


@pytest.fixture
def load(workspace, tmp_path):
    workspace.store.save_indicators([PROPORTION, RATE, RATIO, BOOTSTRAP])

    def loader(*lines, headings=HEADINGS):
        path = tmp_path / "return.csv"
        path.write_text("\n".join([headings, *lines]) + "\n")
        report = load_file(workspace, path)
        return report, workspace.store.read().sort("indicator", "area_code").to_dicts()

    return loader


def test_a_proportion_gets_wilson_limits_at_both_levels(load):
    report, (row,) = load("local.p,E08000012,2023/24,415,1000,41.5,,,")
    # By hand: (2 x 415 + z2 -+ z sqrt(z2 + 4 x 415 x 0.585)) / (2 (1000 + z2)), z2 = 3.8415.
    assert (row["lower_95"], row["upper_95"]) == pytest.approx((38.4843, 44.5807), abs=1e-4)
    assert row["lower_99_8"] < row["lower_95"] < 41.5 < row["upper_95"] < row["upper_99_8"]
    assert row["note"] == "limits computed here, Wilson"
    assert any("Limits of 1 row are computed here, Wilson" in notice for notice in report.notices)


@pytest.mark.parametrize("indicator", ["local.r", "local.q"])
def test_a_rate_and_a_ratio_by_its_method_get_poisson_limits(load, indicator):
    per = 100_000 if indicator == "local.r" else 1
    _, (row,) = load(f"{indicator},E08000012,2024,65,100000,{65 / 100_000 * per},,,")
    lower, upper = stats.intervals.poisson([65.0], 0.95)
    assert (row["lower_95"], row["upper_95"]) == pytest.approx((lower[0] * per / 1e5, upper[0] * per / 1e5))
    assert row["note"] == "limits computed here, exact or Byar"


def test_a_value_is_computed_where_the_file_has_no_column_of_values(load):
    report, (row,) = load("local.p,E08000012,2024,415,1000", headings="Indicator,Area code,Period,Count,Denominator")
    assert row["value"] == pytest.approx(41.5)
    assert row["status"] == "published"
    assert row["note"] == "value and limits computed here, Wilson"
    assert any("the value of 1, which had none" in notice for notice in report.notices)


def test_published_limits_are_never_changed(load):
    _, (row,) = load("local.p,E08000012,2024,415,1000,41.5,30,50,as published")
    assert (row["lower_95"], row["upper_95"], row["lower_99_8"], row["note"]) == (30, 50, None, "as published")


def test_a_withheld_value_is_not_worked_out(load):
    _, rows = load(
        "local.p,E08000012,2024,3,1000,*,,,",
        "local.p,E08000013,2024,3,1000,,,,Suppressed",
        "local.p,E08000014,2024,3,1000,,,,Not collected",
    )
    assert [row["value"] for row in rows] == [None] * 3
    assert [row["lower_95"] for row in rows] == [None] * 3


def test_a_value_that_is_not_count_over_denominator_is_told_and_gets_none(load):
    report, rows = load("local.p,E08000012,2024,415,1000,41.5,,,", "local.p,E08000013,2024,300,1000,41.5,,,")
    assert [row["lower_95"] is None for row in rows] == [False, True]
    assert any("not that of its count and denominator" in n and "41.5, where count over" in n for n in report.notices)


def test_rounding_is_no_disagreement(load):
    report, rows = load("local.p,E08000012,2024,1,3,33.3,,,", "local.p,E08000013,2024,2,3,66.7,,,")
    assert all(row["lower_95"] is not None for row in rows)
    assert not any("beyond rounding" in notice for notice in report.notices)


def test_a_stated_method_that_counts_cannot_give_is_left_alone(load):
    _, (row,) = load("local.b,E08000012,2024,415,1000,41.5,,,")
    assert row["lower_95"] is None


def test_counts_of_an_unknown_kind_of_value_are_told(load):
    report, _ = load("Anything,E08000012,2024,5,1000,7,,,")
    assert any("whether they are proportions or rates is not known" in notice for notice in report.notices)


def test_loading_again_changes_nothing(load):
    load("local.p,E08000012,2024,415,1000,41.5,,,")
    report, _ = load("local.p,E08000012,2024,415,1000,41.5,,,")
    assert (report.added, report.updated, report.unchanged) == (0, 0, 1)
