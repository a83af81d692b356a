"""The grid of a typical week with its script: dragging, keys, copying a day, undoing; and from a calendar file."""

import pytest
from playwright.sync_api import Browser, Page, expect

from members.availability.marks import EMPTY
from members.availability.models import TypicalWeek
from members.models import Member
from tests.browser.test_availability import PATH, context_of
from tests.browser.test_newcomer import WIDTHS, nothing_found
from tests.factories import MemberFactory
from tests.factories.availability import marks

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


@pytest.fixture
def member(term) -> Member:
    return MemberFactory(name="Member A", time_zone="Asia/Kolkata")


@pytest.fixture
def page(browser: Browser, site, member):
    context = context_of(browser, site, member, viewport=WIDTHS["wide"])
    page = context.new_page()
    page.goto(site + PATH)
    yield page
    context.close()


def painted(page: Page) -> str:
    """The marks of the grid as it is in the page."""
    return page.evaluate(
        "Array.from({length: 336}, (_, n) => document.querySelector("
        "`input[name=\"s${Math.floor(n / 48)}-${n % 48}\"]:checked`).value).join('')"
    )


def becomes(page: Page, typical: str) -> None:
    """A tap is drawn once the browser is done with it."""
    page.wait_for_function(
        "typical => Array.from(typical).every((mark, n) => document.querySelector("
        '`input[name="s${Math.floor(n / 48)}-${n % 48}"]:checked`)?.value === mark)',
        arg=typical,
        timeout=5000,
    )


def middle(page: Page, label: str) -> tuple[float, float]:
    page.get_by_label(label, exact=True).scroll_into_view_if_needed()
    box = page.get_by_label(label, exact=True).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: str, end: str) -> None:
    page.get_by_label(start, exact=True).scroll_into_view_if_needed()
    page.mouse.move(*middle(page, start))
    page.mouse.down()
    page.mouse.move(*middle(page, end), steps=8)
    page.mouse.up()


def test_a_drag_marks_a_rectangle_and_undo_takes_it_back(page, member):
    drag(page, "Tue 18:00, rather", "Thu 19:30, rather")
    expected = marks(tue="18-20:3", wed="18-20:3", thu="18-20:3")
    assert painted(page) == expected
    expect(page.locator("summary", has_text="Evening")).to_contain_text("6 hours marked")
    # From what is marked already, a drag clears.
    drag(page, "Wed 18:30, rather", "Wed 19:00, rather")
    assert painted(page) == marks(tue="18-20:3", wed="18-18.5:3 19.5-20:3", thu="18-20:3")
    undo, redo = page.get_by_role("button", name="Undo"), page.get_by_role("button", name="Redo")
    undo.click()
    assert painted(page) == expected
    undo.click()
    assert painted(page) == EMPTY
    expect(undo).to_be_disabled()
    redo.click()
    assert painted(page) == expected
    nothing_found(page)
    page.get_by_role("button", name="Save the grid").click()
    expect(page.get_by_role("status").first).to_contain_text("Your week is saved: 6 hours marked.")
    assert TypicalWeek.objects.get(member=member).marks == expected


def test_a_day_is_copied_to_others(page):
    page.get_by_role("radio", name="could", exact=True).check(force=True)
    drag(page, "Mon 18:00, could", "Mon 19:00, could")
    page.get_by_text("Copy a day").click()
    for day in ("Wednesday", "Friday"):
        page.get_by_role("checkbox", name=day).check()
    nothing_found(page)
    page.get_by_role("button", name="Copy the day").click()
    assert painted(page) == marks(mon="18-19.5:2", wed="18-19.5:2", fri="18-19.5:2")
    page.keyboard.press("Control+z")
    assert painted(page) == marks(mon="18-19.5:2")


def test_the_whole_grid_is_one_tab_stop_and_is_marked_by_keys(page, member):
    stops = page.evaluate("document.querySelectorAll('.paint input:not([tabindex=\"-1\"])').length")
    assert stops == 1
    page.get_by_role("radio", name="rather", exact=True).focus()
    for _press in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('td') !== null"):
            break
    expect(page.get_by_label("Mon 17:00, rather", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert painted(page) == marks(tue="17.5-18:3")
    # Shift takes in more, and a number marks it at once.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    assert painted(page) == marks(tue="17.5-18:3 18-19:1", wed="18-19:1")
    page.keyboard.press("Escape")
    # Into a part of the day that is folded, which opens.
    page.keyboard.press("End")
    for _press in range(10):
        page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Sun 13:30, rather", exact=True)).to_be_focused()
    page.keyboard.press("2")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+y")
    assert painted(page) == marks(tue="17.5-18:3 18-19:1", wed="18-19:1", sun="13.5-14:2")
    nothing_found(page)


def test_a_finger_marks_by_a_tap_and_by_holding_first(browser: Browser, site, member):
    context = context_of(browser, site, member, viewport=WIDTHS["phone"], has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(site + PATH)
    page.get_by_label("Mon 18:00, rather", exact=True).tap()
    becomes(page, marks(mon="18-18.5:3"))
    page.get_by_label("Mon 18:00, rather", exact=True).tap()
    becomes(page, EMPTY)
    target = page.get_by_label("Mon 18:00, rather", exact=True).bounding_box()
    assert min(target["height"], target["width"]) >= 44
    touch = context.new_cdp_session(page)
    x, y = middle(page, "Mon 18:00, rather")
    down = middle(page, "Mon 19:00, rather")[1]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    expect(page.get_by_label("Mon 18:00, rather", exact=True)).to_be_checked()
    for step in range(1, 9):
        point = {"x": x, "y": y + (down - y) * step / 8}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    becomes(page, marks(mon="18-19.5:3"))
    context.close()


def test_a_calendar_file_gives_a_start_that_is_saved_by_its_member(page, member):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-", "BEGIN:VEVENT", "UID:1", "SUMMARY:A lecture"]
    lines += ["DTSTART;TZID=Asia/Kolkata:20250107T100000", "DURATION:PT2H", "RRULE:FREQ=WEEKLY", "END:VEVENT"]
    content = "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()
    page.get_by_text("From a calendar").click()
    page.get_by_label("Calendar file").set_input_files(
        {"name": "a.ics", "mimeType": "text/calendar", "buffer": content}
    )
    nothing_found(page)
    page.get_by_role("button", name="Take out what is taken").click()
    expect(page.get_by_text("Your calendar often fills 2 hours of these")).to_be_visible()
    assert not TypicalWeek.objects.exists()
    days = {day.lower(): "8-22:2" for day in DAYS} | {"tue": "8-10:2 12-22:2"}
    assert painted(page) == marks(**days)
    page.get_by_role("button", name="Save the grid").click()
    expect(page.get_by_text("Your week is saved: 96 hours marked.")).to_be_visible()
    assert TypicalWeek.objects.get(member=member).marks == marks(**days)
