"""The control chart tab: variation, assurance, phases in the address, and why it is not there."""

import csv
import datetime as dt
import io
import re

import pytest

from commonweal.benchmarking import variation
from commonweal.datasets.indicator import Goal, Indicator
from commonweal.web.benchmarking.boards import board
from commonweal.web.benchmarking.control_tab import ASSURANCES, CAUSES, NATURES
from commonweal.web.benchmarking.targets import target_of

DUNMERE = "X06000004"
CHECKS = "/benchmarks/indicators/91112"
TREATED = "/benchmarks/indicators/cvdprevent.007hyp"


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, response.content[:500]
    return re.sub(r"\s+", " ", response.content.decode()).replace("&#x27;", "'")


def test_variation_and_assurance_are_said_and_drawn(client):
    target = target_of(board().indicators["cvdprevent.007hyp"], dt.date(2025, 3, 31))
    last = variation(board(), "cvdprevent.007hyp", DUNMERE, target=target.value).last
    text = page(client, f"{TREATED}/control/?area={DUNMERE}")
    assert last["variation"] == "improving high"
    assert f"Dunmere is improving: {CAUSES[last['special_cause']]}" in text
    assert "Variation: Improving, higher values" in text
    assert f"Assurance: {ASSURANCES[last['assurance']][0]}" in text
    assert f"Target for December 2029: {target.value:.1f}%" in text
    assert "The limits are on trial" in text
    assert text.count('class="spc-icon ') == 2


def test_every_word_of_the_statistics_has_words_on_the_page():
    from commonweal.stats import control_charts

    assert set(control_charts.CAUSES.values()) == set(CAUSES)
    assert set(control_charts.NATURES) == set(NATURES)
    assert set(control_charts.ASSURANCE) < set(ASSURANCES)


def test_enough_periods_are_not_on_trial(client):
    assert "The limits are on trial" not in page(client, f"{CHECKS}/control/?area={DUNMERE}")


def test_phases_are_the_readers_and_stand_in_the_address(client):
    text = page(client, f"{CHECKS}/control/?area={DUNMERE}&rebase=2021/22 Q1&rebase_too=2023/24 Q1")
    assert "<strong>2021/22 Q1</strong>" in text
    assert "<strong>2023/24 Q1</strong>" in text
    assert '<input type="hidden" name="rebase" value="2021/22 Q1,2023/24 Q1">' in text
    assert f"{CHECKS}/control/?area={DUNMERE}&amp;rebase=2023%2F24+Q1" in text  # the first taken away
    answer = client.get(f"{CHECKS}/control.csv?area={DUNMERE}&rebase=2021/22 Q1,2023/24 Q1")
    phases = {row["phase"] for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))}
    assert phases == {"1", "2", "3"}


def test_a_break_in_the_series_is_pointed_out_and_begins_no_phase_by_itself(client):
    text = page(client, "/benchmarks/indicators/90813/control/")
    link = re.search(r'<a href="([^"]+)">Begin new limits from 2023/24</a>', text)
    assert link
    assert "New limits begin from" not in text
    assert "New limits begin from <strong>2023/24</strong>" in page(client, link[1].replace("&amp;", "&"))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/benchmarks/indicators/41001/control/", "The periods overlap"),
        ("/benchmarks/indicators/94111/control/", "needs at least 4 periods with a value"),
    ],
)
def test_why_there_is_no_chart(client, address, words):
    text = page(client, address)
    assert words in text
    assert "<figure" not in text


@pytest.mark.parametrize("choice", ["chart=pie", "chart=u_prime", "baseline=1", "rebase=1066", "rebase_too=%3Cb%3E"])
def test_choices_that_there_are_not(client, choice):
    page(client, f"{TREATED}/control/?{choice}", 404)


@pytest.mark.parametrize("choice", ["chart=p_prime", "baseline=6", "people=Female|18%2B yrs"])
def test_every_choice_is_drawn(client, choice):
    assert "<figure" in page(client, f"{TREATED}/control/?{choice}")


@pytest.mark.parametrize(
    ("goal", "polarity", "value"),
    [
        (Goal(lower=80.0), "high is good", 80.0),
        (Goal(lower=80.0, upper=90.0), "high is good", 90.0),
        (Goal(lower=80.0, upper=90.0), "low is good", 80.0),
    ],
)
def test_the_target_is_what_is_to_be_reached(goal, polarity, value):
    assert target_of(Indicator(id="x", name="X", goal=goal, polarity=polarity), dt.date.today()).value == value


def test_no_target():
    assert target_of(Indicator(id="x", name="X"), dt.date.today()) is None
