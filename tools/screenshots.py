"""Photograph every page of a demonstration that is being served, at the width of a desk and of a telephone.

    make demo PORT=8111                                    # in another terminal
    .venv/bin/python tools/screenshots.py http://127.0.0.1:8111
    .venv/bin/python tools/screenshots.py http://127.0.0.1:8111 --overview docs/images/overview.png

The pictures are for looking at and go to `screenshots/`, which git ignores; the one in the README is made by the second
command.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from chromium import find  # noqa: E402

WIDTHS = (1280, 375)
PASSWORD = "learn-from-neighbours"  # which the demonstration prints
TREATED = "/benchmarks/indicators/cvdprevent.007hyp"
PAGES = {
    "overview": "/benchmarks/",
    "overview-worsening": "/benchmarks/?show=worse-and-worsening",
    "overview-two-levels": "/benchmarks/?method=two+levels&programme=pack%3Ablood_pressure",
    "overview-fifths-sorted": "/benchmarks/?method=quintiles&sort=X06000004",
    "overview-absent": "/benchmarks/?show=absent",
    "indicator": f"{TREATED}/?area=X06000004",
    "indicator-all-areas": f"{TREATED}/?area=X06000004&among=all",
    "indicator-trend": f"{TREATED}/trend/?area=X06000004",
    "indicator-map": f"{TREATED}/map/?area=X06000004",
    "indicator-inequalities": f"{TREATED}/inequalities/?area=X06000004",
    "indicator-data": f"{TREATED}/data/?area=X06000004",
    "indicator-about": f"{TREATED}/about/?area=X06000004",
    "profile": "/benchmarks/areas/X06000004/",
    "association": "/benchmarks/together/",
    "learn": "/benchmarks/learn/?area=X06000004",
    "data": "/data/",
    "history": "/data/history/",
    "sign-in": "/account/login/",
    "password": "/account/password/reset/",
    "accessibility": "/accessibility/",
    "privacy": "/privacy/",
    "not-found": "/nowhere/",
}
SIGNED_IN = {
    "ask": f"{TREATED}/ask/?from=X06000004&to=X06000007",
    "asks": "/benchmarks/asks/",
    "load": "/data/load/",
    "people": "/people/",
    "add-person": "/people/add/",
    "me": "/people/me/",
    "change-password": "/account/password/change/",
    "second-step": "/account/2fa/",
    "sign-out": "/account/logout/",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", help="address of the demonstration, such as http://127.0.0.1:8111")
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    parser.add_argument("--folder", type=Path, default=ROOT / "screenshots")
    parser.add_argument("--overview", type=Path, help="make only the picture of the README, here")
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        if arguments.overview:
            overview(browser, arguments.site, arguments.overview)
        else:
            arguments.folder.mkdir(exist_ok=True)
            for width in WIDTHS:
                photograph(browser, arguments.site, width, arguments.only, arguments.folder)
        browser.close()


def photograph(browser: Browser, site: str, width: int, only: str, folder: Path) -> None:
    """Every page at one width; those for people signed in as the administrator of the demonstration."""
    page = browser.new_page(viewport={"width": width, "height": 900}, base_url=site)
    chosen = {name: address for name, address in SIGNED_IN.items() if only in name}
    for name, address in PAGES.items():
        if only in name:
            take(page, name, address, width, folder)
    if chosen:
        sign_in(page)
    for name, address in chosen.items():
        take(page, name, address, width, folder)
    page.close()


def take(page: Page, name: str, address: str, width: int, folder: Path) -> None:
    page.goto(address)
    page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    if over := page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"):
        print(f"{name} at {width}: {over} pixels too wide")


def sign_in(page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill("administrator@demo.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/benchmarks/"))


def overview(browser: Browser, site: str, path: Path) -> None:
    """What a visitor sees first, as the README shows it."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000}, base_url=site)
    page.goto("/benchmarks/")
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    page.close()


if __name__ == "__main__":
    main()
