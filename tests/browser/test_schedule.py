"""A session moved, called off and brought back by an organizer; answers, a check-in and attendance, by hand and eye."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from reading_groups.models import Session
from tests.browser.test_newcomer import WIDTHS, nothing_found, sign_in
from tests.factories import EnrolmentFactory, RsvpFactory, SitInFactory


@pytest.fixture
def group(term):
    group = term["attention"]
    for letter in "ABDE":
        EnrolmentFactory(group=group, member__name=f"Member {letter}", member__email=f"{letter.lower()}@example.org")
    return group


def test_an_organizer_moves_calls_off_and_takes_attendance_on_a_phone_without_javascript(browser: Browser, site, group):
    context = browser.new_context(viewport=WIDTHS["phone"], java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, "organizer@example.org")
    session = group.sessions.coming(timezone.now()).first()
    address = f"{site}{session.get_absolute_url()}"
    page.goto(address)
    page.get_by_text("For organizers").click()
    page.get_by_role("link", name="Move it").click()
    day = session.held_on + timedelta(days=2)
    page.get_by_label("Day", exact=True).fill(day.isoformat())
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_text("The session has moved.")).to_be_visible()
    assert Session.objects.get(pk=session.pk).held_on == day

    page.get_by_text("For organizers").click()
    page.get_by_role("link", name="Call it off").click()
    page.get_by_role("button", name="Call it off").click()
    expect(page.get_by_text("Called off", exact=True)).to_be_visible()
    page.get_by_text("For organizers").click()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_text("The session takes place after all.")).to_be_visible()

    page.get_by_text("Copy as message").click()
    message = page.get_by_label("To paste where your group writes to each other").input_value()
    assert "in Berlin (UTC" in message
    assert "https://meet.example.org/attention" in message

    past = group.sessions.past(timezone.now()).first()
    page.goto(f"{site}{past.get_absolute_url()}")
    expect(page.get_by_text("Nobody has noted who came.")).to_be_visible()
    page.get_by_text("For organizers").click()
    page.get_by_role("link", name="Take attendance").click()
    page.get_by_label("Member B").check()
    page.get_by_label("Member E").check()
    page.get_by_role("button", name="Save who came").click()
    expect(page.get_by_text("Member B, Member E")).to_be_visible()
    context.close()


def test_a_member_says_whether_they_come_and_checks_in(browser: Browser, site, group):
    context = browser.new_context(viewport=WIDTHS["phone"], permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    session = group.sessions.coming(timezone.now()).first()
    Session.objects.filter(pk=session.pk).update(
        starts_at=timezone.now() - timedelta(minutes=5), ends_at=timezone.now() + timedelta(hours=1)
    )
    sign_in(page, site, "a@example.org")
    page.goto(f"{site}/groups/attention/")
    page.get_by_role("button", name="Maybe").click()
    expect(page.get_by_role("button", name="Maybe")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="I am here").click()
    expect(page.get_by_text("You are checked in", exact=True)).to_be_visible()
    page.get_by_role("link", name="Who is coming").click()
    page.get_by_text("Copy as message").click()
    page.get_by_role("button", name="Copy the message").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("To paste where").input_value()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_a_session_read_well(browser: Browser, site, group, width, theme):
    context = browser.new_context(viewport=WIDTHS[width], color_scheme=theme, timezone_id="Asia/Calcutta")
    page = context.new_page()
    sign_in(page, site, "organizer@example.org")
    coming, past = group.sessions.coming(timezone.now()).first(), group.sessions.past(timezone.now()).first()
    for number, place in enumerate(group.enrolments.enrolled()):
        RsvpFactory(session=coming, member=place.member, answer=("yes", "maybe", "no")[number % 3])
    SitInFactory(session=past, member__name="Member V")
    for session, rest in (
        (coming, ""),
        (coming, "move/"),
        (coming, "cancel/"),
        (coming, "edit/"),
        (past, ""),
        (past, "edit/"),
        (past, "attendance/"),
    ):
        page.goto(f"{site}{session.get_absolute_url()}{rest}")
        for summary in page.locator("main details > summary:visible").all():
            summary.click()
        nothing_found(page)
    page.goto(f"{site}{coming.get_absolute_url()}move/")
    page.get_by_label("Day", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_role("alert")).to_contain_text("This day has passed.")
    nothing_found(page)
    page.goto(f"{site}/groups/attention/sessions/add/")
    nothing_found(page)
    context.close()
