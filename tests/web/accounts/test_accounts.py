"""Signing in and looking after people."""

import pytest
from django.core import mail

from commonweal.web.accounts import services
from commonweal.web.accounts.models import User

PASSWORD = "a long enough password"


def sign_in(client, email, password=PASSWORD):
    return client.post("/account/login/", {"login": email, "password": password})


def test_signing_in_and_out(client, person):
    user = person("Analyst")
    assert sign_in(client, user.email.upper()).status_code == 302
    page = client.get("/benchmarks/").content.decode()
    assert "A Analyst" in page
    assert "Sign out" in page
    client.post("/account/logout/")
    assert "Sign in" in client.get("/benchmarks/").content.decode()


def test_a_wrong_password_is_told(client, person):
    response = sign_in(client, person("Analyst").email, "wrong")
    assert "There is a problem" in response.content.decode()


def test_too_many_wrong_passwords_close_the_door(client, person, settings):
    user = person("Analyst")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = sign_in(client, user.email, "wrong")
    assert response.status_code == 429
    assert "Too many wrong passwords" in response.content.decode()
    assert "Too many wrong passwords" in sign_in(client, user.email).content.decode()


def test_nobody_signs_up(client, db):
    assert "closed" in client.get("/account/signup/").content.decode().lower()
    client.post("/account/signup/", {"email": "x@example.org", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


def test_the_sign_in_page_leads_back(client, person):
    address = client.get("/people/").url
    assert address == "/account/login/?next=/people/"
    response = client.post(address, {"login": person("Administrator").email, "password": PASSWORD, "next": "/people/"})
    assert response.url == "/people/"


def test_nobody_is_led_to_another_site(client, person):
    data = {"login": person("Analyst").email, "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/account/login/", data).url == "/"


def test_an_administrator_adds_a_person_who_sets_a_password_by_mail(client_as):
    response = client_as("Administrator").post(
        "/people/add/",
        {"email": "New@Example.org", "name": "New", "role": "Analyst", "area_code": "X06000004"},
        follow=True,
    )
    assert "New is added" in response.content.decode()
    added = User.objects.get(email="new@example.org")
    assert [str(m) for m in added.memberships.all()] == ["Analyst, X06000004"]
    assert not added.has_usable_password()
    assert mail.outbox[0].to == ["new@example.org"]
    assert "/account/password/reset/key/" in mail.outbox[0].body


def test_an_address_is_used_once(client_as):
    response = client_as("Administrator").post(
        "/people/add/", {"email": "ADMINISTRATOR@example.org", "name": "Twin", "role": "Analyst"}
    )
    assert response.status_code == 422
    assert "can already sign in here" in response.content.decode()


def test_a_role_is_changed(client_as, person):
    other = person("Analyst")
    client_as("Administrator").post(
        f"/people/{other.pk}/", {"name": "Renamed", "role": "ProgrammeLead", "is_active": "on"}
    )
    other.refresh_from_db()
    assert (other.name, [m.role for m in other.memberships.all()]) == ("Renamed", ["ProgrammeLead"])


def test_somebody_must_remain_administrator(client_as):
    client = client_as("Administrator")
    user = User.objects.get()
    response = client.post(f"/people/{user.pk}/", {"name": "Me", "role": "Analyst", "is_active": "on"})
    assert response.status_code == 422
    assert "must remain an administrator" in response.content.decode()
    assert services.has_administrator()


def test_an_unknown_role_is_refused(db):
    with pytest.raises(services.PeopleError, match="no role 'Director'"):
        services.add_person(email="x@example.org", name="X", role="Director")


def test_one_person_for_each_role_in_a_demonstration(db):
    assert services.make_demonstration_users() == services.make_demonstration_users()
    assert User.objects.count() == 4


def test_ones_own_account(client_as):
    page = client_as("Analyst").get("/people/me/").content.decode()
    assert "analyst@example.org" in page
    assert "Change your password" in page
