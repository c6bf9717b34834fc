"""The pages in a real browser: axe finds nothing, the console is silent, no other host, everything by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from commonweal.web.accounts.services import DEMONSTRATION_PASSWORD, make_demonstration_users

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = pytest.mark.parametrize("browser_page", [1280, 375], indirect=True)
PUBLIC = [
    "/benchmarks/",
    "/benchmarks/?show=worse&method=two+levels",
    "/benchmarks/?method=quintiles",
    "/benchmarks/indicators/qof.hyp008/",
    "/benchmarks/indicators/qof.hyp008/?among=all",
    "/benchmarks/indicators/qof.hyp008/trend/",
    "/benchmarks/indicators/qof.hyp008/map/",
    "/benchmarks/indicators/qof.hyp008/inequalities/",
    "/benchmarks/indicators/qof.hyp008/data/",
    "/benchmarks/indicators/qof.hyp008/about/",
    "/benchmarks/areas/X06000004/",
    "/benchmarks/together/",
    "/benchmarks/learn/?area=X06000004",
    "/data/",
    "/data/history/",
    "/account/login/",
    "/account/password/reset/",
    "/accessibility/",
    "/privacy/",
]
SIGNED_IN = [
    "/benchmarks/indicators/qof.hyp008/ask/",
    "/benchmarks/asks/",
    "/data/load/",
    "/people/",
    "/people/add/",
    "/people/me/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/logout/",
]


def sign_in(page, who="administrator"):
    make_demonstration_users()
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill(f"{who}@demo.example")
    page.get_by_label("Password", exact=True).fill(DEMONSTRATION_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Sign out")).to_be_visible()


def examine(page, address):
    response = page.goto(address)
    assert response.status == 200
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    assert found.violations_count == 0, found.generate_report()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{address} scrolls sideways by {overflow} pixels"


@WIDTHS
def test_public_pages(browser_page):
    for address in PUBLIC:
        examine(browser_page, address)


@WIDTHS
def test_pages_for_people_signed_in(browser_page):
    sign_in(browser_page)
    for address in SIGNED_IN:
        examine(browser_page, address)


def test_a_page_that_is_not_there(browser_page):
    browser_page.expected_faults.append("404")
    assert browser_page.goto("/nowhere/").status == 404
    expect(browser_page.get_by_role("heading", name="There is no such page")).to_be_visible()


def press(page, key, until, most=200):
    """Press a key until the focus is where it should be."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate(until):
            return
    raise AssertionError(f"{key} never reached {until}")


def follow(page, address):
    """Press Enter and wait for the page it leads to."""
    with page.expect_navigation(url=address):
        page.keyboard.press("Enter")


def test_everything_is_done_by_keyboard(browser_page):
    page = browser_page
    make_demonstration_users()
    page.goto("/benchmarks/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("nhsuk-skip-link")
    page.keyboard.press("Enter")
    press(page, "Tab", "document.activeElement.id === 'show'")
    page.keyboard.press("ArrowDown")
    press(page, "Tab", "document.activeElement.innerText === 'Show'")
    follow(page, "**/benchmarks/?*show=worse*")
    press(page, "Tab", "document.activeElement.closest('td') !== null")
    follow(page, "**/indicators/**")
    press(page, "Tab", "document.activeElement.innerText === 'Trend'")
    follow(page, "**/trend/**")
    page.goto("/benchmarks/learn/?area=X06000004")
    press(page, "Tab", "document.activeElement.innerText.startsWith('Ask ')", 400)
    follow(page, "**/account/login/**")
    press(page, "Tab", "document.activeElement.type === 'email'")
    page.keyboard.type("analyst@demo.example")
    page.keyboard.press("Tab")
    page.keyboard.type(DEMONSTRATION_PASSWORD)
    follow(page, "**/ask/**")
    press(page, "Tab", "document.activeElement.tagName === 'TEXTAREA'")
    page.keyboard.type("How did you do it?")
    press(page, "Tab", "document.activeElement.innerText === 'Record the request'")
    follow(page, "**/asks/")
    expect(page.get_by_text("Recorded: Dunmere asks")).to_be_visible()


def test_the_focus_can_be_seen(browser_page):
    page = browser_page
    page.goto("/benchmarks/")
    for _ in range(25):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            "return s.outlineStyle !== 'none' || s.boxShadow !== 'none' })()"
        )
        assert seen, page.evaluate("document.activeElement.outerHTML")


def test_wide_tables_scroll_by_keyboard_on_a_phone(chromium, live_server):
    page = chromium.new_page(viewport={"width": 375, "height": 800}, base_url=live_server.url)
    page.goto("/benchmarks/")
    region = page.locator(".table-scroll").first
    region.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    assert region.evaluate("e => e.scrollLeft") > 0
    first = page.locator(".data-table tbody th[scope=row]").first
    assert first.evaluate("e => e.getBoundingClientRect().left") < 40
    page.close()
