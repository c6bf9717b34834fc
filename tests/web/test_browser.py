"""The pages in a real browser: axe finds nothing, the console is silent, no other host, everything by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from commonweal.web.accounts.services import DEMONSTRATION_PASSWORD, make_demonstration_users
from commonweal.web.datasets.models import Upload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = pytest.mark.parametrize("browser_page", [1280, 375], indirect=True)
TREATED = "/benchmarks/indicators/cvdprevent.007hyp"
PUBLIC = [
    "/benchmarks/",
    "/benchmarks/?show=worse&method=two+levels",
    "/benchmarks/?method=quintiles&sort=X06000004",
    "/benchmarks/?show=absent",
    f"{TREATED}/",
    f"{TREATED}/?among=all",
    f"{TREATED}/trend/",
    f"{TREATED}/map/",
    f"{TREATED}/inequalities/",
    f"{TREATED}/funnel/?area=X06000004",
    f"{TREATED}/control/?area=X06000004",
    f"{TREATED}/data/",
    f"{TREATED}/about/",
    "/benchmarks/indicators/qof.hyp008/inequalities/",
    "/benchmarks/indicators/outreach.community-checks/funnel/",
    "/benchmarks/indicators/91112/control/?rebase=2021/22+Q1",
    "/benchmarks/indicators/41001/control/",
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


def examine(page, address, status=200):
    assert page.goto(address).status == status
    check(page)


def check(page):
    """Axe finds nothing and the page does not scroll sideways."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    assert found.violations_count == 0, found.generate_report()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} scrolls sideways by {overflow} pixels"


@WIDTHS
def test_public_pages(browser_page):
    for address in PUBLIC:
        examine(browser_page, address)


@WIDTHS
def test_pages_for_people_signed_in(browser_page):
    sign_in(browser_page)
    for address in SIGNED_IN:
        examine(browser_page, address)


@WIDTHS
def test_pages_that_refuse(browser_page):
    browser_page.expected_faults += ["404", "403"]
    examine(browser_page, "/nowhere/", 404)
    examine(browser_page, "/benchmarks/indicators/nonsense/", 404)
    sign_in(browser_page, "reader")
    examine(browser_page, "/people/", 403)


@WIDTHS
def test_first_steps(browser_page, own_workspace):
    examine(browser_page, "/benchmarks/")
    examine(browser_page, "/data/")
    expect(browser_page.get_by_text("Nothing has been loaded yet")).to_be_visible()


TIDY = "indicator,area_code,period,value,count,denominator\n"


@WIDTHS
def test_a_file_is_loaded_from_choice_to_history(browser_page, own_workspace, tmp_path):
    page = browser_page
    sign_in(page)
    file = tmp_path / "checks.csv"
    file.write_text("Place,When,How many,Out of,Per cent\nE06000006,2024,50,100,50\nE99,2024,1,2,50\n")
    page.goto("/data/load/")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    page.expected_faults.append("422")
    page.wait_for_url("**/data/load/*/")
    check(page)
    for label, column in (("Area code", "Place"), ("Period", "When"), ("Value", "Per cent")):
        page.get_by_label(label, exact=True).select_option(column)
    page.get_by_role("button", name="Check with these columns").click()
    expect(page.get_by_role("alert")).to_contain_text("give one indicator for every row")
    check(page)
    page.get_by_label("Indicator of every row").fill("Local checks")
    page.get_by_role("button", name="Check with these columns").click()
    expect(page.get_by_role("button", name="Load 1 observation")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Load 1 observation").click()
    expect(page.get_by_text("1 observation added")).to_be_visible()
    check(page)
    examine(page, "/data/history/")
    examine(page, "/benchmarks/")


def test_progress_moves_on_by_itself_and_keeps_the_focus(browser_page, own_workspace, tmp_path):
    page = browser_page
    sign_in(page)
    file = tmp_path / "checks.csv"
    file.write_text(f"{TIDY}checks,E06000006,2024,50,50,100\n")
    page.goto("/data/load/")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    page.wait_for_url("**/data/load/*/")
    Upload.objects.update(status=Upload.Status.LOADING, step="Reading")
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("Being loaded: Reading")
    page.get_by_role("link", name="Look again").focus()
    Upload.objects.update(step="Storing")
    expect(page.get_by_role("status")).to_contain_text("Being loaded: Storing")
    assert page.evaluate("document.activeElement.innerText") == "Look again"
    check(page)
    Upload.objects.update(status=Upload.Status.CHECKED, step="")
    expect(page.get_by_role("button", name="Load 1 observation")).to_be_visible()


def test_the_comparison_chosen_comes_back(browser_page):
    page = browser_page
    page.goto("/benchmarks/")
    page.get_by_label("Method").select_option("quintiles")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/benchmarks/?*method=quintiles*")
    assert "chosen=" not in page.url
    page.get_by_role("link", name="Learn from", exact=True).click()
    page.wait_for_url("**/learn/?*method=quintiles*")
    page.goto("/benchmarks/")  # as from a mail
    assert page.get_by_label("Method").input_value() == "indicator"


def test_new_limits_are_begun_by_keyboard(browser_page):
    page = browser_page
    page.goto("/benchmarks/indicators/91112/control/?area=X06000004")
    press(page, "Tab", "document.activeElement.id === 'rebase_too'")
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("document.activeElement.value")
    press(page, "Tab", "document.activeElement.innerText === 'Show'")
    follow(page, "**/control/?*rebase_too=*")
    expect(page.get_by_text("New limits begin from")).to_contain_text(chosen)
    press(page, "Tab", "document.activeElement.innerText.startsWith('take away')")
    follow(page, "**/control/**")
    expect(page.get_by_text("New limits begin from")).to_have_count(0)


def test_pages_are_read_and_choices_made_without_scripts(chromium, live_server):
    page = chromium.new_context(java_script_enabled=False, base_url=live_server.url).new_page()
    page.goto("/benchmarks/")
    page.get_by_label("Show", exact=True).first.select_option("worse")
    page.get_by_role("button", name="Show").click()
    assert "show=worse" in page.url
    page.get_by_role("link", name="Treated to target, all ages").first.click()
    page.get_by_role("link", name="Control chart").click()
    expect(page.locator("svg.figure__svg--wide")).to_be_visible()
    page.context.close()


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
