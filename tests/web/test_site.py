"""The site as a whole: headers, settings for production, colours, migrations."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import commonweal
from commonweal.datasets.loading import load_file
from commonweal.figures.palette import COMPARISONS

STATIC = Path(commonweal.__file__).parent / "web/static/commonweal"


def test_pages_forbid_what_they_do_not_need(client, db):
    response = client.get("/benchmarks/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_reading_sets_no_cookie(client, db):
    assert not client.get("/benchmarks/").cookies


@pytest.mark.parametrize(
    "address", ["/benchmarks/", "/benchmarks/indicators/219/", "/benchmarks/areas/X06000001/", "/data/"]
)
def test_no_page_has_inline_style_or_script(client, db, address):
    page = client.get(address).content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]+"', page)


def django(*arguments, **environment):
    # The browser tests of the same process may have set this for Playwright's sake.
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        env={**kept, "DJANGO_SETTINGS_MODULE": "commonweal.web.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_settings_for_production_have_no_warning():
    found = django(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        COMMONWEAL_HTTPS="1",
        COMMONWEAL_SECRET_KEY="x" * 60 + "abcdefgh",
    )
    assert found.returncode == 0, found.stderr


def test_no_migration_is_missing():
    assert django("makemigrations", "--check", "--dry-run").returncode == 0


def test_the_style_sheet_has_the_colours_of_the_palette():
    tokens = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", (STATIC / "tokens.css").read_text()))
    for word in ("better", "similar", "worse", "best", "worst", "higher", "lower", "highest", "lowest", "not compared"):
        name = word.replace(" ", "-")
        assert tokens[f"{name}-ground"] == COMPARISONS[word].ground
        assert tokens[f"{name}-ink"] == COMPARISONS[word].ink


def test_every_comparison_has_a_style():
    css = (STATIC / "comparison.css").read_text()
    for word in COMPARISONS:
        assert f".comparison-{word.replace(' ', '-')}" in css


def test_a_setting_mistyped_while_the_site_runs_keeps_those_before(client, db, own_workspace, caplog):
    path = own_workspace.path / "settings.toml"
    path.write_text("public_pages = false\n")
    assert client.get("/data/").status_code == 302
    path.write_text("public_page = true\n")
    os.utime(path, ns=(1, 1))
    assert client.get("/data/").status_code == 302
    assert "there is no such key" in caplog.text


def test_a_setting_mistyped_from_the_start_opens_nothing_and_breaks_nothing(client, db, own_workspace):
    (own_workspace.path / "settings.toml").write_text("public_page = true\n")
    assert client.get("/data/").status_code == 302
    assert client.get("/accessibility/").status_code == 200


def test_pages_go_on_without_a_list_of_neighbours_that_is_gone(client, db, own_workspace, tmp_path):
    before, _, after = own_workspace.collaborative_path.read_text().partition("[neighbours]")
    listed = '[neighbours]\nmethod = "listed"\nfile = "gone.csv"\n\n'
    own_workspace.collaborative_path.write_text(before + listed + after[after.index("[map.hex]") :])
    table = tmp_path / "table.csv"
    table.write_text("Indicator,Area code,Period,Value\nSmoking,E08000012,2024,5\n")
    load_file(own_workspace, table)
    assert client.get("/benchmarks/learn/").status_code == 200
