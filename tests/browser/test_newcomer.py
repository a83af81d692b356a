"""A newcomer's first hour, as a person goes through it: find a group, join, take a place, leave it again."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.factories import AdminFactory
from tests.factories.members import PASSWORD

WIDTHS = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
WALKS = [
    pytest.param(script, width, theme, id=f"{'script' if script else 'no-script'}-{width}-{theme}")
    for script in (True, False)
    for width in WIDTHS
    for theme in ("light", "dark")
    if script or theme == "light"
]


def nothing_found(page: Page) -> None:
    """axe finds nothing, and nothing reaches beyond the side of the page.

    A click waits until the next page has begun, not until it is there: that is waited for here.
    """
    page.wait_for_load_state()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{site}/me/")


@pytest.mark.parametrize(("script", "width", "theme"), WALKS)
def test_a_newcomer_finds_a_group_and_takes_a_place(browser: Browser, site, term, script, width, theme):
    context = browser.new_context(
        viewport=WIDTHS[width], color_scheme=theme, java_script_enabled=script, timezone_id="Asia/Calcutta"
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    check = nothing_found if script else lambda page: None

    # The public pages.
    page.goto(site)
    check(page)
    page.get_by_role("link", name="Find a reading group").click()
    expect(page).to_have_url(f"{site}/groups/")
    expect(page.get_by_role("status").first).to_contain_text("3 groups")
    check(page)

    # Search, and a topic with what is below it.
    page.get_by_label("Search groups and papers", exact=True).fill("attention")
    page.get_by_role("button", name="Show groups").click()
    expect(page).to_have_url(re.compile(r"[?&]q=attention"))
    expect(page.get_by_role("status").first).to_contain_text("1 group")
    check(page)
    page.goto(f"{site}/groups/?topic=statistics")
    expect(page.get_by_role("heading", level=2)).to_have_text(["Statistics, slowly", "One long book"])

    # A group's page, and the way to a place.
    page.goto(f"{site}/groups/attention/")
    check(page)
    page.get_by_role("link", name="Take a place").click()
    expect(page).to_have_url(re.compile("/accounts/signup/"))
    check(page)
    page.fill("input[name=email]", "newcomer@example.org")
    page.fill("input[name=password1]", PASSWORD)
    page.locator("main form[method=post] button").first.click()
    check(page)

    # The mail is kept here, on the page that the banner names.
    page.get_by_role("link", name="Read the mails").click()
    check(page)
    page.locator("main ul.entries a").first.click()
    check(page)
    page.locator("main a[href*='confirm-email']").click()
    check(page)
    page.locator("main form[method=post] button").first.click()

    # Name and zone. The browser's old name for the zone is understood; without a script it is asked for.
    expect(page).to_have_url(re.compile("/me/profile/"))
    check(page)
    page.get_by_label("Name", exact=True).fill("Member N")
    if script:
        expect(page.locator("select[name=time_zone] option:checked")).to_have_text(re.compile("Kolkata|Calcutta"))
    else:
        page.get_by_role("button", name="Save profile").click()
        expect(page.get_by_label("Name", exact=True)).to_have_value("Member N")
        page.select_option("select[name=time_zone]", "Asia/Kolkata")
    page.get_by_label("Institution").fill("University of Nairobi")
    page.get_by_role("button", name="Save profile").click()

    # The group that they came for, and their place.
    expect(page).to_have_url(f"{site}/groups/attention/")
    page.get_by_role("button", name="Take a place").click()
    expect(page.get_by_text("You have a place", exact=True)).to_be_visible()
    expect(page.get_by_text("Kolkata, UTC+5:30")).to_be_visible()
    check(page)

    # A full group's line, and out of it again.
    page.goto(f"{site}/groups/slowly/")
    page.get_by_role("button", name="Join the waitlist").click()
    expect(page.get_by_text("You are number 2 on the waitlist")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Leave the waitlist").click()
    expect(page.get_by_role("button", name="Join the waitlist")).to_be_visible()

    # Their week; then the place is given up.
    page.goto(f"{site}/me/")
    expect(page.get_by_role("heading", name="Paper 4 of Attention, from the beginning")).to_be_visible()
    check(page)
    page.goto(f"{site}/groups/attention/")
    page.get_by_text("Leave this group").click()
    page.get_by_role("button", name="Give up my place").click()
    expect(page.get_by_text("You have left this group.")).to_be_visible()
    assert term["attention"].enrolments.get(member__name="Member N").state == "left"
    assert problems == []
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_organizer_and_admin_find_what_is_theirs(browser: Browser, site, term, width, theme):
    AdminFactory(name="Member Z", email="admin@example.org")
    context = browser.new_context(viewport=WIDTHS[width], color_scheme=theme)
    page = context.new_page()
    sign_in(page, site, "organizer@example.org")
    nothing_found(page)
    page.goto(f"{site}/groups/attention/")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    nothing_found(page)
    context.clear_cookies()
    sign_in(page, site, "admin@example.org")
    page.goto(f"{site}/admin/")
    expect(page.get_by_role("link", name="Reading groups").first).to_be_visible()
    context.close()
