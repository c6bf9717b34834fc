"""The benchmarking pages on the demonstration: what they say, and what can be downloaded from them."""

import io
import re
from urllib.parse import urlencode

import openpyxl
import polars as pl
import pytest
from pptx import Presentation

from commonweal.web.benchmarking.boards import board
from commonweal.web.benchmarking.indicator_page import TABS

DUNMERE = "X06000004"
INDICATOR = "qof.hyp008"
pytestmark = pytest.mark.django_db


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, response.content[:500]
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_overview_speaks_first_and_has_every_indicator_and_area(client):
    text = page(client, "/benchmarks/")
    assert "How our nine areas compare" in text
    assert re.search(r"\d+ comparisons are worse than England and \d+ better", text)
    assert text.count('scope="row"') == len(board().indicators)
    assert "Demonstration: every place and figure here is synthetic" in text


def test_the_sentence_of_the_overview_counts_what_the_table_shows(client):
    latest = board().latest()
    worse = latest.filter(pl.col("comparison").is_in(["worse", "worst", "not met", "quintile 5"])).height
    assert f"{worse} comparisons are worse than" in page(client, "/benchmarks/")


@pytest.mark.parametrize("show", ["worse", "worse-and-worsening", "better", "improving", "worsening", "absent"])
def test_the_overview_is_filtered(client, show):
    shown = page(client, f"/benchmarks/?show={show}").count('scope="row"')
    assert 0 < shown < len(board().indicators)


def test_the_overview_is_filtered_by_pack_and_by_topic(client):
    pack = page(client, "/benchmarks/?programme=pack:blood_pressure").count('scope="row"')
    topic = page(client, "/benchmarks/?programme=Suicide+prevention").count('scope="row"')
    assert 5 < pack < 30
    assert 5 < topic < 30


def test_the_overview_is_sorted_by_what_is_worst_in_an_area(client):
    text = page(client, f"/benchmarks/?sort={DUNMERE}")
    assert 'aria-sort="descending"' in text
    place = [name for name in board().areas].index(DUNMERE)
    rows = re.findall(r'<tr> <th scope="row">.*?</tr>', text)
    styles = [re.findall(r'comparison-([a-z0-9-]+)"', row)[place] for row in rows]
    assert styles[0] in ("worst", "worse", "not-met", "quintile-5")
    assert styles[-1] in ("higher", "lower", "highest", "lowest", "not-compared", "suppressed", "missing", "empty") or (
        styles[-1].startswith("fifth")
    )


def test_suppressed_missing_and_empty_are_shown_differently(client):
    text = page(client, "/benchmarks/")
    for style, words in (
        ("suppressed", "suppressed to protect people"),
        ("missing", "the source gives no value"),
        ("empty", "no figure is held for this period"),
    ):
        assert f"comparison-{style}" in text
        assert words in text


@pytest.mark.parametrize("method", ["confidence interval 95", "confidence interval 99.8", "two levels", "quintiles"])
def test_every_method_can_be_chosen(client, method):
    text = page(client, f"/benchmarks/?method={method}")
    assert f'<option value="{method}" selected>' in text


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_an_indicator(client, tab):
    address = f"/benchmarks/indicators/{INDICATOR}/" + ("" if tab == "compare" else f"{tab}/")
    text = page(client, f"{address}?area={DUNMERE}")
    assert 'aria-current="page"' in text
    assert "Dunmere: " in text


def test_an_indicator_says_where_the_area_stands(client):
    text = page(client, f"/benchmarks/indicators/{INDICATOR}/?area={DUNMERE}")
    row = board().latest().filter(indicator=INDICATOR, area_code=DUNMERE).row(0, named=True)
    assert f"Dunmere: {row['value']:.1f}% in {row['period']}, worse than England" in text
    assert f"{row['gap_people']:,.0f} more people treated to target" in text
    assert len(re.findall('class="figure__svg( figure__svg--(wide|narrow))?"', text)) == 3


def test_every_indicator_opens(client):
    for identifier in board().indicators:
        page(client, f"/benchmarks/indicators/{identifier}/")


def test_an_earlier_period_can_be_chosen(client):
    text = page(client, f"/benchmarks/indicators/{INDICATOR}/?period=2020/21")
    assert '<option value="2020/21" selected>' in text
    assert " in 2020/21, " in text


def test_a_group_of_people_can_be_chosen(client):
    groups = board().groups.filter(pl.col("indicator") == "41001")
    other = groups.row(1, named=True)
    wanted = f"{other['sex']}|{other['age']}"
    text = page(client, f"/benchmarks/indicators/41001/?{urlencode({'people': wanted})}")
    assert f'<option value="{wanted}" selected>' in text


def test_a_region_can_be_compared_with(client):
    text = page(client, "/benchmarks/")
    region = re.search(r'<option value="(X12\d+)">([^<]+)</option>', text)
    assert f"worse than {region[2]}" in page(client, f"/benchmarks/?against={region[1]}")


def test_the_profile_counts(client):
    text = page(client, f"/benchmarks/areas/{DUNMERE}/")
    assert re.search(r"Dunmere is better than England on \d+ of \d+ indicators and worse on \d+", text)
    assert text.count("spine__dot ") > 50


def test_two_indicators_together_do_not_claim_a_cause(client):
    text = page(client, f"/benchmarks/together/?x={INDICATOR}&y=40401")
    assert re.search(r"Across \d+ areas the two are (strongly|moderately|weakly|hardly) related", text)
    assert "does not show that one causes the other" in text


def test_whom_to_learn_from(client):
    text = page(client, f"/benchmarks/learn/?area={DUNMERE}")
    assert "Dunmere is worse than England on" in text
    assert "Nearest neighbours of Dunmere" in text
    assert re.search(r"significantly better, the (most similar|\d+(st|nd|rd|th) most similar) area", text)


def test_an_improver_is_found(client):
    # The demonstration makes Garstone climb from the worst fifth to the better half.
    text = page(client, "/benchmarks/indicators/cvdprevent.007hyp/?area=X06000002")
    assert "Garstone" in text
    assert "improved from" in text or "significantly better" in text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/benchmarks/indicators/nonsense/", "There is no indicator"),
        (f"/benchmarks/indicators/{INDICATOR}/nonsense/", "An indicator has no page"),
        (f"/benchmarks/indicators/{INDICATOR}/?area=E99", "is not one of the choices for area"),
        (f"/benchmarks/indicators/{INDICATOR}/?period=1066", "is not one of the choices for period"),
        ("/benchmarks/?method=guess", "is not one of the choices for method"),
        ("/benchmarks/areas/E99/", "is not an area of Mereside"),
        ("/nowhere/", "There is no such page"),
    ],
)
def test_what_is_not_there_is_told(client, address, words):
    assert words in page(client, address, 404).replace("&#x27;", "'")


EXPORTS = [
    *(f"/benchmarks/overview.{kind}" for kind in ("csv", "xlsx", "png", "svg", "pptx")),
    *(f"/benchmarks/indicators/cvdprevent.007hyp/{tab}.{kind}" for tab in ("compare", "trend", "map", "inequalities")
      for kind in ("csv", "xlsx", "png", "svg", "pptx")),
    *(f"/benchmarks/indicators/{INDICATOR}/data.{kind}" for kind in ("csv", "xlsx")),
    *(f"/benchmarks/areas/{DUNMERE}/profile.{kind}" for kind in ("csv", "xlsx", "png", "svg", "pptx")),
    *(f"/benchmarks/together/chart.{kind}" for kind in ("csv", "xlsx", "png", "svg", "pptx")),
]  # fmt: skip


@pytest.mark.parametrize("address", EXPORTS)
def test_every_download_opens(client, address):
    response = client.get(address)
    assert response.status_code == 200
    name = re.search(r'filename="([a-z0-9-]+)\.(\w+)"', response["Content-Disposition"])
    body, kind = response.content, name[2]
    if kind == "csv":
        assert pl.read_csv(body, infer_schema_length=None).height > 5
    elif kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(body))
        assert book.sheetnames == ["Figures", "Notes"]
        assert "synthetic" in " ".join(str(cell.value) for cell in book["Notes"]["A"])
    elif kind == "pptx":
        slide = Presentation(io.BytesIO(body)).slides[0]
        assert slide.shapes.title.text
        assert "synthetic" in slide.notes_slide.notes_text_frame.text
    elif kind == "png":
        assert body.startswith(b"\x89PNG")
    else:
        assert body.startswith(b"<svg")


def test_where_no_figures_are_held_there_is_no_picture(client, own_workspace):
    page(client, "/benchmarks/overview.png", 404)


def test_a_page_is_made_once_for_each_version_of_the_data(client, django_assert_max_num_queries, monkeypatch):
    page(client, "/benchmarks/?show=worse")

    def never(*args, **kwargs):
        raise AssertionError("rendered again")

    monkeypatch.setattr("commonweal.web.benchmarking.pages.render_to_string", never)
    with django_assert_max_num_queries(0):
        page(client, "/benchmarks/?show=worse")


def test_nothing_personal_is_kept_with_a_page(client, client_as):
    signed_in = client_as("Analyst")
    assert "A Analyst" in page(signed_in, "/benchmarks/?show=better")
    signed_in.logout()
    assert "A Analyst" not in page(client, "/benchmarks/?show=better")
