"""The admin in a real browser: its theme does all it does under our content policy, and nothing is refused."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from members.models import Institution
from reading_groups.models import Enrolment
from tests.factories import AdminFactory, MemberFactory
from tests.factories.members import PASSWORD


@pytest.fixture
def opened(browser: Browser, site, term):
    """Opens the admin as somebody who signs in on the way; whatever the console reports fails the test."""
    AdminFactory(name="Member A", email="admin@example.org")
    problems: list[str] = []
    contexts = []

    def open_admin(theme: str) -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=theme, base_url=site)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto("/admin/")
        page.fill("input[name=login]", "admin@example.org")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        expect(page).to_have_url(f"{site}/admin/")
        return page

    yield open_admin
    for context in contexts:
        context.close()
    assert problems == []


def search_for(page: Page, field, text: str) -> None:
    """Type into a field that is searched, and take the first answer."""
    field.locator(".select2-selection").click()
    page.locator(".select2-container--open .select2-search__field").last.fill(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def save(page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


# One test writes, as the server keeps the numbers of content types, which the next test's database does not have.
def test_an_admin_works_through_a_morning(opened, term):
    page, group = opened("light"), term["attention"]
    somebody = MemberFactory(name="Member Z")

    # Somebody gets a place; both fields are searched, and so is the filter that finds the group's places.
    page.get_by_role("link", name="Enrolments").first.click()
    expect(page.get_by_role("row")).to_have_count(3)
    page.goto("/admin/reading_groups/enrolment/add/")
    search_for(page, page.locator(".field-group"), "Attention")
    search_for(page, page.locator(".field-member"), "Member Z")
    save(page)
    expect(page.get_by_role("row")).to_have_count(4)
    assert Enrolment.objects.get(member=somebody).group == group
    page.locator(".filter-open-button").click()
    search_for(page, page.locator("select[name=group__id__exact] + .select2-container"), "Attention")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_role("row")).to_have_count(2)

    # A related row is made in a frame on the same page.
    page.goto(f"/admin/members/member/{somebody.pk}/change/")
    page.locator(".field-institution").get_by_text("more_vert").click()
    page.get_by_text("Add another institution").click()
    frame = page.frame_locator("iframe.related-modal-frame")
    frame.locator("#id_name").fill("A new university")
    save(frame)
    expect(page.locator(".field-institution .select2-selection__rendered")).to_contain_text("A new university")
    save(page)
    expect(page).to_have_url(re.compile("/admin/members/member/$"))
    somebody.refresh_from_db()
    assert somebody.institution == Institution.objects.get(name="A new university")

    # Sessions are planned in a dialog, which says what is wrong.
    before = group.sessions.count()
    page.goto(f"/admin/reading_groups/readinggroup/{group.pk}/change/")
    page.get_by_role("link", name="Plan sessions").click()
    dialog = page.locator("#dialog")
    dialog.locator("[name=first_on]").fill("2027-03-01")
    dialog.locator("[name=last_on]").fill("2027-02-01")
    dialog.get_by_role("button", name="Plan sessions").click()
    expect(dialog).to_contain_text("This is before the first day.")
    dialog.locator("[name=last_on]").fill("2027-03-30")
    dialog.get_by_role("button", name="Plan sessions").click()
    expect(page.get_by_text("5 sessions are planned.")).to_be_visible()
    assert group.sessions.count() == before + 5

    # The place is given up again, after a look at what that means.
    page.goto("/admin/reading_groups/enrolment/?q=Member+Z")
    page.locator("input.action-select").check()
    page.select_option("select[name=action]", "give_up")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("A freed place is offered")).to_be_visible()
    page.get_by_role("button", name="Give up the place").click()
    expect(page.get_by_text("1 place given up.")).to_be_visible()
    assert Enrolment.objects.get(member=somebody).state == Enrolment.State.LEFT


def test_the_pages_of_the_admin_work_in_the_dark(opened, term):
    page, group = opened("dark"), term["attention"]
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    page.goto(f"/admin/reading_groups/readinggroup/{group.pk}/change/")
    page.locator("a", has_text=re.compile("^\\s*Sessions\\s*$")).last.click()
    expect(page.locator("#sessions-group")).to_be_visible()
    expect(page.locator("#enrolments-group")).to_be_hidden()
    page.goto("/admin/members/topic/")
    expect(page.get_by_role("link", name="The bootstrap")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("institution")
    expect(page.get_by_role("link", name=re.compile("Institutions . Members"))).to_be_visible()
