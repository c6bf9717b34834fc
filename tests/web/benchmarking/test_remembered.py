"""The comparison last chosen comes back on later pages of the session, through the address."""

import pytest

pytestmark = pytest.mark.django_db
FROM_HERE = {"HTTP_REFERER": "http://testserver/benchmarks/"}
REGION = "X12000002"


@pytest.fixture
def walker(client):
    """A reader who has chosen fifths on the overview."""
    answer = client.get("/benchmarks/?chosen=yes&method=quintiles&show=&against=X92000001")
    assert answer.status_code == 302
    assert answer.url == "/benchmarks/?against=X92000001&method=quintiles"
    return client


def test_it_comes_back_on_the_next_page(walker):
    answer = walker.get("/benchmarks/indicators/qof.hyp008/?area=X06000004", **FROM_HERE)
    assert answer.url == "/benchmarks/indicators/qof.hyp008/?area=X06000004&method=quintiles"
    assert walker.get("/benchmarks/areas/X06000004/", **FROM_HERE).url.endswith("?method=quintiles")


def test_the_address_wins(walker):
    answer = walker.get("/benchmarks/?method=two+levels", **FROM_HERE)
    assert answer.status_code == 200
    assert '<option value="two levels" selected>' in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HTTP_REFERER": "https://mail.example/inbox"}])
def test_a_mailed_address_shows_what_its_sender_saw(walker, headers):
    answer = walker.get("/benchmarks/", **headers)
    assert answer.status_code == 200
    assert '<option value="indicator" selected>' in answer.content.decode()


def test_following_a_mailed_address_is_not_choosing(client):
    client.get("/benchmarks/?method=quintiles")
    assert client.get("/benchmarks/", **FROM_HERE).status_code == 200
    assert "sessionid" not in client.cookies


def test_choosing_the_usual_again_forgets(walker):
    walker.get("/benchmarks/?chosen=yes&method=indicator")
    assert walker.get("/benchmarks/", **FROM_HERE).status_code == 200


def test_a_choice_that_is_no_longer_offered_is_not_brought_back(client):
    client.get("/benchmarks/?chosen=yes&against=E99")
    assert client.get("/benchmarks/", **FROM_HERE).status_code == 200


def test_nothing_of_one_reader_reaches_another(walker, django_user_model):
    from django.test import Client

    assert Client().get("/benchmarks/", **FROM_HERE).status_code == 200


def test_downloads_are_as_their_address_says(walker):
    assert walker.get("/benchmarks/overview.csv", **FROM_HERE).status_code == 200
