"""The funnel tab: what it says, whom it names, and why it is not there."""

import csv
import io
import re

from commonweal.benchmarking import funnel
from commonweal.web.benchmarking.boards import board

DUNMERE = "X06000004"
TREATED = "/benchmarks/indicators/cvdprevent.007hyp"


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, response.content[:500]
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_title_says_where_the_area_lies(client):
    found = funnel(board(), "cvdprevent.007hyp", period="2024/25")
    place = found.points.filter(area_code=DUNMERE)["significance"].item()
    text = page(client, f"{TREATED}/funnel/?area={DUNMERE}")
    assert f"Dunmere lies {place}: lower than chance alone explains" in text
    assert f"Of all 150 areas {found.beyond.height} lie outside the 99.8% limits" in text
    assert "areas truly differ" in text
    assert text.count('<tr class="chosen">') == 1


def test_an_area_within_the_limits(client):
    found = funnel(board(), "22303", period=board().latest_periods.filter(indicator="22303")["period"].item())
    ours = found.points.filter(found.points["area_code"].is_in(board().areas))
    within = ours.filter(significance="within the limits")["area_code"][0]
    text = page(client, f"/benchmarks/indicators/22303/funnel/?area={within}")
    assert "is within the limits: no different from the average beyond chance" in text


def test_why_there_is_no_funnel(client):
    text = page(client, "/benchmarks/indicators/outreach.community-checks/funnel/")
    assert "A funnel is for proportions, rates and ratios of counts. This indicator is a count" in text
    assert "<figure" not in text
    assert client.get("/benchmarks/indicators/outreach.community-checks/funnel.png").status_code == 200


def test_rounded_counts_are_no_hindrance(client):
    assert "<figure" in page(client, "/benchmarks/indicators/cyp.admissions/funnel/")


def test_the_download_has_every_point(client):
    answer = client.get(f"{TREATED}/funnel.csv?area={DUNMERE}")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 150
    assert {"significance", "average", "funnel_denominator"} <= set(rows[0])
    for kind in ("xlsx", "png", "svg", "pptx"):
        assert client.get(f"{TREATED}/funnel.{kind}?area={DUNMERE}").status_code == 200


def test_choices_of_other_tabs_are_not_lost(client):
    text = page(client, f"{TREATED}/funnel/?area={DUNMERE}&method=quintiles")
    assert '<input type="hidden" name="method" value="quintiles">' in text
