"""The handbook, as a member on a phone and an organizer at a desk go through it."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from collaborative.models import Site
from members.handbook.starter import load_starter_handbook
from tests.browser.test_newcomer import WIDTHS, nothing_found, sign_in
from tests.factories import MemberFactory, OrganizerFactory


@pytest.fixture
def handbook(transactional_db):
    Site.objects.create(pk=1, name="A Research Collaborative", zone="Europe/Berlin", contact_email="hello@example.org")
    load_starter_handbook(actor=None, now=timezone.now())
    MemberFactory(name="Member A", email="a@example.org")
    OrganizerFactory(name="Member C", email="c@example.org")


def opened(browser: Browser, width: str, theme: str, script: bool) -> Page:
    context = browser.new_context(
        viewport=WIDTHS[width], color_scheme=theme, java_script_enabled=script, timezone_id="Asia/Calcutta"
    )
    return context.new_page()


@pytest.mark.parametrize(
    ("width", "theme", "script"),
    [
        ("phone", "light", True),
        ("wide", "dark", True),
        ("phone", "light", False),
    ],
)
def test_a_member_reads_ticks_and_suggests_and_an_organizer_answers(browser, site, handbook, width, theme, script):
    check = nothing_found if script else lambda page: None
    page = opened(browser, width, theme, script)

    # A visitor finds the handbook and reads.
    page.goto(site)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Handbook").click()
    check(page)
    page.get_by_role("link", name="How reading groups work").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How reading groups work")
    check(page)

    # A member ticks the first step where they read it, and sees how far they are.
    sign_in(page, site, "a@example.org")
    page.goto(f"{site}/handbook/welcome/")
    page.get_by_label("Read the welcome page").check()
    page.get_by_role("button", name="Save checklist").click()
    expect(page.get_by_label("Read the welcome page")).to_be_checked()
    check(page)
    page.goto(f"{site}/handbook/checklist/")
    # The first step is known to be done: they have a name and a zone.
    expect(page.get_by_text("2 of 6 done").first).to_be_visible()
    check(page)

    # They suggest a change, in the text itself.
    page.goto(f"{site}/handbook/welcome/")
    page.get_by_text("Suggest an edit", exact=True).click()
    check(page)
    page.get_by_role("link", name="Change the text itself").click()
    page.get_by_label("What should change?").fill("Say that the camera may stay off.")
    text = page.get_by_label("The text as it should be")
    text.fill(text.input_value().replace("in a second language", "").replace("in calls of", "in video calls of"))
    check(page)
    page.get_by_role("button", name="Send suggestion").click()
    expect(page.get_by_role("status")).to_contain_text("with the organizers")

    # An organizer reads what would change, accepts, and the page says so.
    desk = opened(browser, width, theme, script)
    sign_in(desk, site, "c@example.org")
    desk.goto(f"{site}/handbook/suggestions/")
    check(desk)
    desk.get_by_role("link", name="Welcome").click()
    expect(desk.locator("ins")).to_contain_text(["video"])
    check(desk)
    desk.get_by_role("textbox", name="Your answer").fill("Good point.")
    desk.get_by_role("button", name="Accept and change the page").click()
    expect(desk.get_by_text("in video calls of about an hour")).to_be_visible()
    desk.get_by_role("link", name="Earlier versions").click()
    check(desk)
    desk.get_by_role("link", name="See what changed").first.click()
    check(desk)

    # Two organizers edit at once; the second sees both texts.
    for window in (desk, page):
        if window is page:
            page.context.clear_cookies()
            sign_in(page, site, "c@example.org")
        window.goto(f"{site}/handbook/code-of-conduct/edit/")
        check(window)
    desk.get_by_label("Text", exact=True).fill("Be kind.")
    desk.get_by_role("button", name="Save the page").click()
    page.get_by_label("Text", exact=True).fill("Be honest.")
    page.get_by_role("button", name="Save the page").click()
    expect(page.get_by_role("alert")).to_contain_text("saved this page in the meantime")
    expect(page.get_by_label("As it is now")).to_have_value("Be kind.")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Be honest.")
    check(page)
    page.get_by_label("Text", exact=True).fill("Be kind and honest.")
    page.get_by_role("button", name="Save the page").click()
    expect(page.get_by_text("Be kind and honest.")).to_be_visible()

    # A new page.
    page.goto(f"{site}/handbook/new/")
    check(page)
    page.get_by_role("button", name="Add the page").click()
