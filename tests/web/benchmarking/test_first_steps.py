"""A workspace without figures: every page says what to do first, and nothing fails."""

import pytest

PAGES = ["/benchmarks/", "/benchmarks/together/", "/benchmarks/learn/", "/benchmarks/areas/E06000006/"]
DOWNLOADS = ["/benchmarks/overview.png", "/benchmarks/areas/E06000006/profile.pptx", "/benchmarks/together/chart.csv"]


@pytest.mark.parametrize("address", PAGES)
def test_a_newcomer_is_told_what_to_do(client, db, own_workspace, address):
    response = client.get(address)
    assert response.status_code == 200
    text = response.content.decode()
    assert "No figures are held for the areas of Cheshire and Merseyside" in text
    assert "commonweal data load FILE" in text
    assert "commonweal administrator EMAIL" in text


@pytest.mark.parametrize("address", DOWNLOADS)
def test_there_is_nothing_to_download(client, db, own_workspace, address):
    response = client.get(address)
    assert response.status_code == 404
    assert "nothing to download" in response.content.decode()


def test_the_data_page_says_who_can_load(client, db, own_workspace):
    assert "Nothing has been loaded yet" in client.get("/data/").content.decode()
