"""Every address with every role: who gets in, who is asked to sign in, who is told they may not."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from commonweal.datasets.loading import load_file
from commonweal.web.authorization import ROLES, Permission

PUBLIC = ("nobody", "PublicReader", "Analyst", "ProgrammeLead", "Administrator")
ADDRESSES = {
    "/benchmarks/": PUBLIC,
    "/benchmarks/overview.csv": PUBLIC,
    "/benchmarks/indicators/219/": PUBLIC,
    "/benchmarks/indicators/219/trend/": PUBLIC,
    "/benchmarks/indicators/219/data.csv": PUBLIC,
    "/benchmarks/areas/X06000004/": PUBLIC,
    "/benchmarks/areas/X06000004/profile.csv": PUBLIC,
    "/benchmarks/together/": PUBLIC,
    "/benchmarks/together/chart.csv": PUBLIC,
    "/benchmarks/learn/": PUBLIC,
    "/data/": PUBLIC,
    "/data/history/": PUBLIC,
    "/data/observations.csv?indicator=219": PUBLIC,
    "/benchmarks/indicators/219/ask/": ("Analyst", "ProgrammeLead", "Administrator"),
    "/benchmarks/asks/": ("Analyst", "ProgrammeLead", "Administrator"),
    "/data/load/": ("Analyst", "Administrator"),
    "/people/": ("Administrator",),
    "/people/add/": ("Administrator",),
    "/accessibility/": PUBLIC,
    "/privacy/": PUBLIC,
    "/healthz": PUBLIC,
}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("role", PUBLIC)
def test_address(client_as, db, address, role):
    response = client_as(role).get(address)
    if role in ADDRESSES[address]:
        assert response.status_code == 200
    elif role == "nobody":
        assert response.status_code == 302
        assert response.url.startswith("/account/login/?next=")
    else:
        assert response.status_code == 403
        assert b"This page is for people with the role" in response.content


@pytest.mark.parametrize("address", [a for a in ADDRESSES if a.startswith(("/benchmarks", "/data"))])
def test_public_pages_can_be_switched_off(client, db, private, address):
    response = client.get(address)
    assert response.status_code == 302
    assert response.url.startswith("/account/login/")


def test_switched_off_pages_are_there_for_someone_signed_in(client_as, private):
    assert client_as("PublicReader").get("/data/").status_code == 200


def test_someone_without_a_role_has_the_publics_rights_only(client, person, private):
    user = person("Administrator")
    user.memberships.all().delete()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/data/").status_code == 403


def test_someone_switched_off_has_no_rights(client, person):
    user = person("Administrator")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    user.is_active = False
    user.save()
    assert client.get("/people/").status_code == 302


def test_every_view_of_ours_says_who_may_see_it():
    open_to_all = {"home", "healthz", "accessibility", "privacy", "me"}

    def views(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                if not str(pattern.pattern).startswith("account/"):
                    yield from views(pattern.url_patterns)
            elif isinstance(pattern, URLPattern):
                yield pattern

    unguarded = [p.name for p in views(get_resolver().url_patterns) if not _permission(p.callback)]
    assert set(unguarded) == open_to_all


def _permission(view):
    while view is not None:
        if hasattr(view, "permission"):
            return view.permission
        view = getattr(view, "__wrapped__", None)
    return None


@pytest.mark.parametrize("role", ROLES)
def test_roles_describe_themselves_and_hold_known_permissions(role):
    found = ROLES[role]
    assert found.display_name
    assert found.description.endswith(".")
    assert found.permissions <= set(Permission)


def test_the_administrator_may_do_everything():
    assert ROLES["Administrator"].permissions == set(Permission)


def test_every_permission_is_asked_for_by_a_view():
    def asked(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from asked(pattern.url_patterns)
            else:
                yield _permission(pattern.callback)

    assert set(asked(get_resolver().url_patterns)) >= set(Permission)


def test_who_loaded_is_told_to_those_who_may_load_only(client_as, client, db, own_workspace, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("Indicator,Area code,Period,Value\nSmoking,E08000012,2024,5\n")
    load_file(own_workspace, table, user="Nora Named")
    assert "Nora Named" not in client.get("/data/history/").content.decode()
    assert "Nora Named" not in client_as("PublicReader").get("/data/history/").content.decode()
    assert "Nora Named" in client_as("Analyst").get("/data/history/").content.decode()


def test_a_role_for_every_area_is_not_given_for_one(client_as):
    details = {"email": "new@example.org", "name": "New", "role": "Administrator", "area_code": "X06000004"}
    response = client_as("Administrator").post("/people/add/", details)
    assert response.status_code == 422
    assert "is one for every area" in response.content.decode()
