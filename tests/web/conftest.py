import os
from pathlib import Path

import pytest
from chromium import find
from django.conf import settings as site_settings

from commonweal.datasets.workspace import Workspace
from commonweal.web import workspace as site_workspace
from commonweal.web.accounts.services import add_person

# Without xdist Django has read its settings before the demonstration was named.
site_settings.COMMONWEAL_WORKSPACE = Path(os.environ["COMMONWEAL_WORKSPACE"])

ROLES = ("PublicReader", "Analyst", "ProgrammeLead", "Administrator")


@pytest.fixture(autouse=True)
def quick(settings):
    """Passwords hashed fast, tasks run at once, nothing kept between tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def person(db):
    """Makes a person with a role."""

    def make(role="Analyst", **fields):
        details = {"email": f"{role.lower()}@example.org", "name": f"A {role}", "password": "a long enough password"}
        return add_person(role=role, **details | fields)

    return make


@pytest.fixture
def client_as(client, person):
    """A client signed in with a role; "nobody" is not signed in."""

    def sign_in(role):
        if role != "nobody":
            client.force_login(person(role), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def own_workspace(tmp_path, settings):
    """An empty workspace of Cheshire and Merseyside for tests that load data; the site serves it."""
    from commonweal.places import Collaborative

    toml = Collaborative.shipped_toml("cheshire_and_merseyside")
    made = Workspace.create(tmp_path / "workspace", collaborative_toml=toml)
    settings.COMMONWEAL_WORKSPACE = made.path
    yield made
    site_workspace._open.cache_clear()


@pytest.fixture
def private(own_workspace):
    """A workspace whose public pages are switched off."""
    (own_workspace.path / "settings.toml").write_text("public_pages = false\n")
    site_workspace._open.cache_clear()
    return own_workspace


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium; skips, or fails under CI, where there is none."""
    path = find()
    if path is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("No Chromium was found, and under CI the browser tests must run.")
        pytest.skip("no Chromium was found or could be installed")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop running, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium, live_server, request):
    """A page at the width of `request.param` (1280 unless said); a console error or a request to another host fails."""
    width = getattr(request, "param", 1280)
    page = chromium.new_page(viewport={"width": width, "height": 900}, base_url=live_server.url)
    faults = []
    page.on("console", lambda m: faults.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("request", lambda r: None if r.url.startswith((live_server.url, "data:")) else faults.append(r.url))
    page.expected_faults = []
    yield page
    page.close()
    assert [fault for fault in faults if not any(known in fault for known in page.expected_faults)] == []
