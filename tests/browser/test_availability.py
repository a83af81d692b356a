"""A typical week by keyboard, by finger, and without JavaScript, at a phone's width and a wide one."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from members.availability.marks import monday_of
from members.availability.models import Away, TypicalWeek
from members.models import Member
from tests.browser.test_newcomer import WALKS, WIDTHS, nothing_found
from tests.factories import AwayFactory, MeetingFactory, MemberFactory, TypicalWeekFactory
from tests.factories.availability import marks

PATH = "/me/availability/"


def context_of(browser: Browser, site: str, member: Member, **options) -> BrowserContext:
    """A browser in which the member is signed in."""
    client = Client()
    client.force_login(member)
    context = browser.new_context(**options)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
    return context


@pytest.fixture
def member(term) -> Member:
    return MemberFactory(name="Member A", time_zone="Asia/Kolkata")


def marked(member: Member) -> str:
    return TypicalWeek.objects.get(member=member).marks


@pytest.mark.parametrize("width", WIDTHS)
def test_a_week_is_marked_without_a_script(browser: Browser, site, member, width):
    context = context_of(browser, site, member, viewport=WIDTHS[width], java_script_enabled=False)
    page = context.new_page()
    page.goto(site + PATH)
    if width == "phone":
        page.get_by_role("radio", name="Wednesday").check()
    # The evening is open already; a tap in a half hour gives it the mark that is chosen above.
    page.get_by_label("Wed 18:00, rather").click()
    page.get_by_role("radio", name="if needed", exact=True).check()
    page.get_by_label("Wed 18:30, if needed").click()
    page.get_by_role("radio", name="clear", exact=True).check()
    page.get_by_label("Wed 18:00, not").click()
    page.get_by_role("button", name="Save the grid").click()
    expect(page.get_by_role("status")).to_contain_text("Your week is saved: 0.5 hours marked.")
    expect(page.get_by_label("One line for each stretch")).to_have_value("Wed 18:30-19:00 if needed")
    assert marked(member) == marks(wed="18.5-19:1")
    if width == "phone":
        expect(page.get_by_role("radio", name="Wednesday")).to_be_checked()
        target = page.get_by_label("Wed 19:00, rather").bounding_box()
        assert min(target["height"], target["width"]) >= 44
        expect(page.get_by_label("Thu 19:00, rather")).to_be_hidden()
    context.close()


def test_a_week_is_written_by_keyboard_alone(browser: Browser, site, member):
    context = context_of(browser, site, member, viewport=WIDTHS["wide"])
    page = context.new_page()
    page.goto(site + PATH)
    for _press in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "lines":
            break
    page.keyboard.type("Tue 18:00-21:00 rather\nSat 21-18")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".error").first).to_contain_text("Line 2, “Sat 21-18”: 18:00 is not after 21:00.")
    lines = page.get_by_label("One line for each stretch")
    expect(lines).to_have_value("Tue 18:00-21:00 rather\nSat 21-18")
    nothing_found(page)
    lines.focus()
    page.keyboard.press("Control+End")
    for _letter in range(len("21-18")):
        page.keyboard.press("Backspace")
    page.keyboard.type("10-12")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your week is saved")
    assert marked(member) == marks(tue="18-21:3", sat="10-12:2")
    context.close()


@pytest.mark.parametrize(("script", "width", "theme"), [walk for walk in WALKS if "no-script" not in walk.id])
def test_the_pages_hold_for_everybody(browser: Browser, site, member, script, width, theme):
    today = timezone.localdate()
    TypicalWeekFactory(
        member=member,
        zone="Europe/Berlin",
        valid_from=monday_of(today),
        marks=marks(mon="2-3:1", tue="18-19:2 19-21:3", sat="14-18:1 18-22:2"),
    )
    AwayFactory(member=member, starts_on=today + timedelta(days=3), ends_on=today + timedelta(days=9))
    start = (timezone.now() + timedelta(days=4)).replace(minute=0, second=0, microsecond=0)
    meeting = MeetingFactory(
        title="First meeting",
        starts_at=start,
        participants=[member, MemberFactory(name="Member B")],
        call_url="https://meet.example.org/room",
    )
    context = context_of(browser, site, member, viewport=WIDTHS[width], color_scheme=theme)
    page = context.new_page()
    page.goto(site + PATH)
    expect(page.get_by_role("heading", name="Your hours are in Berlin time. Move them to Kolkata?")).to_be_visible()
    nothing_found(page)
    page.get_by_role("button", name="Move them to Kolkata").click()
    expect(page.get_by_role("status")).to_contain_text("Your hours are now in Kolkata time.")
    for fold in page.locator("details.fold").all():
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()
    nothing_found(page)
    page.get_by_role("button", name="I will be there").click()
    expect(page.get_by_role("status")).to_contain_text("Noted")
    assert not Away.objects.exists()
    page.goto(site + meeting.get_absolute_url())
    page.get_by_text("Move the meeting").click()
    nothing_found(page)
    assert_moved(page)
    context.close()


def assert_moved(page: Page) -> None:
    page.get_by_label("From").fill("07:30")
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_role("status")).to_contain_text("The meeting is moved.")
    expect(page.locator(".hour")).to_have_text("07:30")
