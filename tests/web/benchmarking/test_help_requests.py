"""Asking another area for help."""

import pytest

from commonweal.web.benchmarking.models import HelpRequest

ASK = "/benchmarks/indicators/qof.hyp008/ask/"
DATA = {"from_area": "X06000004", "to_area": "X06000007", "message": "How did you do it?"}


def test_a_request_is_recorded_with_what_the_figures_said(client_as):
    response = client_as("Analyst").post(ASK, DATA, follow=True)
    assert "Dunmere asks Garstone for help" in response.content.decode()
    found = HelpRequest.objects.get()
    assert found.finding.startswith("Dunmere: ")
    assert "more people treated to target" in found.finding
    assert found.data_version >= 0
    assert found.asked_by.email == "analyst@example.org"


def test_the_link_of_a_lesson_fills_the_form(client_as):
    page = client_as("Analyst").get(f"{ASK}?from=X06000004&to=X06000007").content.decode()
    assert '<option value="X06000004" selected>' in page
    assert '<option value="X06000007" selected>' in page


def test_an_area_cannot_ask_itself(client_as):
    response = client_as("Analyst").post(ASK, DATA | {"to_area": "X06000004"})
    assert response.status_code == 422
    assert "An area cannot ask itself" in response.content.decode()


def test_the_same_request_is_made_once(client_as):
    client = client_as("Analyst")
    client.post(ASK, DATA)
    response = client.post(ASK, DATA)
    assert response.status_code == 422
    assert "already been asked" in response.content.decode()
    assert HelpRequest.objects.count() == 1


def test_a_request_can_be_withdrawn_by_who_made_it_only(client_as, client, person):
    client_as("Analyst").post(ASK, DATA)
    found = HelpRequest.objects.get()
    client.force_login(person("ProgrammeLead"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/benchmarks/asks/{found.pk}/withdraw/").status_code == 404
    client.force_login(found.asked_by, backend="django.contrib.auth.backends.ModelBackend")
    client.post(f"/benchmarks/asks/{found.pk}/withdraw/")
    found.refresh_from_db()
    assert found.status == HelpRequest.Status.WITHDRAWN
    assert client.post(ASK, DATA).status_code == 302


@pytest.mark.parametrize("role", ["nobody", "PublicReader"])
def test_a_reader_cannot_ask(client_as, db, role):
    assert client_as(role).post(ASK, DATA).status_code in (302, 403)
    assert not HelpRequest.objects.exists()


OWN, OTHER = "X06000004", "X06000005"


@pytest.mark.parametrize("asking", [OWN, OTHER])
@pytest.mark.parametrize("area", ["", OWN])
@pytest.mark.parametrize("role", ["PublicReader", "Analyst", "ProgrammeLead", "Administrator"])
def test_every_role_asks_for_its_own_area_only(client, person, role, area, asking):
    client.force_login(person(role, area_code=area), backend="django.contrib.auth.backends.ModelBackend")
    response = client.post(ASK, DATA | {"from_area": asking})
    may = role == "Administrator" or (role != "PublicReader" and area in ("", asking))
    assert HelpRequest.objects.count() == (1 if may else 0)
    assert response.status_code == (302 if may else 403 if role == "PublicReader" else 422)


def test_the_form_offers_ones_own_area_only(client, person):
    client.force_login(person("Analyst", area_code=OWN), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(ASK).content.decode()
    asking = page.split('name="from_area"')[1].split("</select>")[0]
    assert OWN in asking
    assert OTHER not in asking


def test_whoever_has_an_area_outside_the_collaborative_is_told(client, person):
    client.force_login(person("Analyst", area_code="E06000001"), backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(ASK)
    assert response.status_code == 403
    assert "on behalf of your own area" in response.content.decode()
