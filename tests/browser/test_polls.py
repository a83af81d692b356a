"""A poll answered by keyboard alone and without JavaScript, on a phone and a wide screen, by members and guests."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from members.availability.models import Ballot, Poll
from members.availability.polls.times import Slot
from members.models import Member
from tests.browser.test_availability import context_of
from tests.browser.test_newcomer import WIDTHS, nothing_found
from tests.factories import BallotFactory, MemberFactory, PollFactory, TypicalWeekFactory
from tests.factories.availability import marks

TARGET = 44


@pytest.fixture
def member(term) -> Member:
    return MemberFactory(name="Member A", time_zone="Asia/Kolkata")


def weekly(member: Member, **fields) -> Poll:
    """Tuesday and Thursday at 18:00 in Berlin, which is in the evening in Kolkata."""
    slots = [Slot(weekday=1, at=time(18)), Slot(weekday=3, at=time(18))]
    poll = PollFactory(title="When do we talk?", slots=slots, is_weekly=True, zone="Europe/Berlin", **fields)
    BallotFactory(poll=poll, member=member)
    return poll


def free(member: Member) -> Poll:
    """Two days from 18:00 to 20:00 in Kolkata."""
    first = (timezone.now() + timedelta(days=3)).replace(hour=12, minute=30, second=0, microsecond=0)
    starts = [first + timedelta(days=day, minutes=30 * n) for day in range(2) for n in range(4)]
    poll = PollFactory(slots=[Slot(starts_at=start) for start in starts], is_free=True, zone="Asia/Kolkata")
    BallotFactory(poll=poll, member=member)
    return poll


def press_until_focused(page: Page, locator, key: str = "Tab") -> None:
    """Move by keyboard until the control has the focus."""
    for _step in range(80):
        if locator.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError("the keyboard does not reach it")


def answer_of(member: Member) -> str:
    return Ballot.objects.get(member=member).marks


@pytest.mark.parametrize("script", [True, False])
def test_a_poll_is_answered_by_keyboard_on_a_phone(browser: Browser, site, member, script):
    poll = weekly(member)
    context = context_of(browser, site, member, viewport=WIDTHS["phone"], java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{site}/polls/{poll.pk}/")
    first = page.get_by_role("radiogroup").first
    press_until_focused(page, first.get_by_role("radio", checked=True))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    second = page.get_by_role("radiogroup").nth(1)
    # Each day is a fold of its own, which the keyboard passes.
    press_until_focused(page, second.get_by_role("radio", checked=True))
    page.keyboard.press("ArrowLeft")
    press_until_focused(page, page.get_by_role("button", name="Save my answer"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your answer is saved.")
    assert answer_of(member) == "21"
    context.close()


def test_a_poll_is_answered_by_finger_without_a_script(browser: Browser, site, member):
    poll = weekly(member)
    context = context_of(
        browser, site, member, viewport=WIDTHS["phone"], java_script_enabled=False, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"{site}/polls/{poll.pk}/")
    targets = page.locator(".answers .segments label")
    assert targets.count() == 6
    for n in range(6):
        box = targets.nth(n).bounding_box()
        assert min(box["height"], box["width"]) >= TARGET
    targets.nth(0).tap()
    targets.nth(4).tap()
    page.get_by_role("button", name="Save my answer").tap()
    expect(page.get_by_role("status")).to_contain_text("Your answer is saved.")
    assert answer_of(member) == "21"
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_half_hours_are_marked_freely_without_a_script(browser: Browser, site, member, width):
    poll = free(member)
    context = context_of(browser, site, member, viewport=WIDTHS[width], java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/polls/{poll.pk}/")
    cells = page.locator(".paint tbody td")
    if width == "phone":
        # One day at a time.
        expect(cells.nth(0)).to_be_visible()
        expect(cells.nth(1)).to_be_hidden()
        box = cells.nth(0).bounding_box()
        assert min(box["height"], box["width"]) >= TARGET
    cells.nth(0).click()
    page.get_by_role("radio", name="if needed", exact=True).check()
    cells.nth(2).click()
    page.get_by_role("button", name="Save my answer").click()
    expect(page.get_by_role("status")).to_contain_text("Your answer is saved.")
    assert answer_of(member) == "21000000"
    context.close()


def test_an_answer_starts_from_the_week_and_is_saved_by_one_button(browser: Browser, site, member):
    poll = weekly(member)
    TypicalWeekFactory(member=member, marks=marks(tue="21-24:3", thu="21-24:1"), zone="Asia/Kolkata")
    context = context_of(browser, site, member, viewport=WIDTHS["phone"])
    page = context.new_page()
    page.goto(f"{site}/polls/{poll.pk}/")
    expect(page.get_by_text("Not saved yet: this is what your usual week says.")).to_be_visible()
    assert answer_of(member) == ""
    page.get_by_role("button", name="Save my answer").click()
    expect(page.get_by_role("status")).to_contain_text("Your answer is saved.")
    assert answer_of(member) == "21"
    context.close()


def test_a_guest_answers_without_a_script_and_comes_back_by_the_link(browser: Browser, site, member):
    poll = weekly(member, guest_token="a-link", guests_limit=3, shows_names=True)
    context = browser.new_context(viewport=WIDTHS["phone"], java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/polls/by-link/a-link/")
    expect(page.get_by_text("This poll shows who answered what").first).to_be_visible()
    page.get_by_label("Your name").fill("Some guest")
    page.locator(".answers .segments label").nth(0).click()
    page.get_by_role("button", name="Save my answer").click()
    expect(page.get_by_role("status")).to_contain_text("Your answer is saved.")
    own = page.url
    page.goto(f"{site}/polls/by-link/a-link/")
    expect(page.get_by_role("status")).to_contain_text("You have answered by this link already.")
    assert page.url == own
    assert [ballot.marks for ballot in poll.ballots.filter(is_guest=True)] == ["20"]
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_the_pages_of_polls(browser: Browser, site, term, member, width, theme):
    asked, grid = weekly(member), free(member)
    for poll, length in ((asked, 2), (grid, 8)):
        for _n in range(3):
            BallotFactory(poll=poll, marks="2" * length)
    closed = weekly(member, closes_at=datetime.now(UTC) - timedelta(hours=1), guest_token="a-link", guests_limit=3)
    own = PollFactory(title="Mine", organizers=[member])
    for _n in range(3):
        BallotFactory(poll=own, marks="21")
    group = term["attention"]
    group.organizers.add(member)
    of_group = weekly(member, about=group.key)
    for _n in range(3):
        BallotFactory(poll=of_group, marks="21")
    Ballot.objects.filter(poll=grid, member=member).update(marks="2" * 8, answered_at=timezone.now())
    context = context_of(browser, site, member, viewport=WIDTHS[width], color_scheme=theme)
    page = context.new_page()
    paths = ["/polls/", "/polls/open/", *(f"/polls/{poll.pk}/" for poll in (asked, grid, closed, own))]
    paths += [f"{group.get_absolute_url()}polls/{rest}" for rest in ("", "open/", f"{of_group.pk}/")]
    for path in paths:
        page.goto(site + path)
        nothing_found(page)
    page.goto(f"{site}/polls/open/")
    page.get_by_role("button", name="Open the poll").click()
    nothing_found(page)
    context.close()
    visitor = browser.new_context(viewport=WIDTHS[width], color_scheme=theme).new_page()
    visitor.goto(f"{site}/polls/by-link/a-link/")
    nothing_found(visitor)
