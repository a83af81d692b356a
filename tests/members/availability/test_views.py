"""The page of a typical week and of days away, as members use it."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from members.availability import grid
from members.availability.marks import EMPTY, monday_of
from members.availability.models import Away, TypicalWeek
from tests.factories import AwayFactory, MemberFactory, TypicalWeekFactory
from tests.factories.availability import marks
from tests.queries import exactly

pytestmark = pytest.mark.django_db
PAGE = "/me/availability/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def today() -> date:
    """Where the member is, it is tomorrow already in the evening."""
    return timezone.localdate(timezone=ZoneInfo("Asia/Kolkata"))


@pytest.fixture
def member(client):
    member = MemberFactory(name="Member A", time_zone="Asia/Kolkata")
    client.force_login(member, backend=BACKEND)
    return member


@pytest.fixture
def week(member):
    return TypicalWeekFactory(member=member, valid_from=monday_of(date(2026, 9, 7)), marks=marks(tue="18-21:3"))


def painted(typical: str) -> dict[str, str]:
    """The radio buttons of the grid, as a browser sends them."""
    return {f"s{n // 48}-{n % 48}": mark for n, mark in enumerate(typical)}


def sent(lines: str, typical: str, source: str, **more: str) -> dict[str, str]:
    return {"lines": lines, **painted(typical), "mark": "3", "day": "1", "from": source, **more}


def lines_in(response) -> str:
    return re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", response.content.decode(), re.S)[1]


def grid_in(response) -> str:
    """The marks that the page's checked radio buttons stand for."""
    checked = dict(re.findall(r'name="(s\d-\d+)" value="(\d)"[^>]* checked', response.content.decode()))
    return grid.read(checked)


def test_the_page_holds_what_is_saved_in_both_ways(client, week):
    response = client.get(PAGE)
    assert lines_in(response) == "Tue 18:00-21:00 rather"
    assert grid_in(response) == week.marks


@pytest.mark.parametrize("rows", [1, 9])
def test_the_page_costs_the_same_for_any_number_of_days_away(client, member, week, rows):
    for n in range(rows):
        AwayFactory(
            member=member,
            starts_on=today() + timedelta(days=2 * n),
            ends_on=today() + timedelta(days=2 * n),
        )
    # The site; the weeks, those who see them, whom one meets, and whose week one sees; the days away; whether one is an
    # organizer.
    with exactly(7, signed_in=True):
        response = client.get(PAGE)
    assert response.content.count(b"/end/") == rows


def test_lines_are_saved_and_redraw_the_grid(client, member):
    response = client.post(PAGE, sent("Tue 18-19, 19-21 rather\nweekends 10-14 if needed", EMPTY, "lines"), follow=True)
    expected = marks(tue="18-21:3", sat="10-14:1", sun="10-14:1")
    assert TypicalWeek.objects.get(member=member).marks == expected
    assert grid_in(response) == expected
    assert "Your week is saved: 11 hours marked." in response.content.decode()


def test_the_grid_is_saved_and_rewrites_the_lines(client, week):
    typical = marks(mon="9-9.5:1", tue="18-21:3")
    response = client.post(PAGE, sent("Tue 18:00-21:00 rather", typical, "grid"), follow=True)
    week.refresh_from_db()
    assert week.marks == typical
    assert lines_in(response) == "Mon 09:00-09:30 if needed\nTue 18:00-21:00 rather"


def test_an_empty_field_clears_the_week(client, week):
    response = client.post(PAGE, sent("", week.marks, "lines"), follow=True)
    assert "Your week is cleared." in response.content.decode()
    assert not TypicalWeek.objects.exists()


def test_a_post_that_comes_twice_does_nothing_twice(client, member):
    for _time in range(2):
        client.post(PAGE, sent("Tue 18-21 rather", EMPTY, "lines"))
    assert TypicalWeek.objects.get(member=member).marks == marks(tue="18-21:3")


def test_the_day_that_was_shown_is_shown_again(client, week):
    response = client.post(PAGE, sent("Wed 18-21 rather", week.marks, "lines", day="5"), follow=True)
    assert 'id="d5" value="5" aria-label="Saturday" checked' in response.content.decode()
    assert 'id="d2" value="2" aria-label="Wednesday" checked' in client.get(PAGE).content.decode()


@pytest.mark.parametrize("lines", ["Tue 21-18 rather", "Tue 18-20 could\nTue 19-21 rather", "hello", "Tue 18:10-19:00"])
def test_lines_that_cannot_be_read_come_back_with_their_reason(client, week, lines):
    response = client.post(PAGE, sent(lines, week.marks, "lines"))
    page = response.content.decode()
    assert response.status_code == 422
    assert lines_in(response) == lines
    assert f"Line {lines.count(chr(10)) + 1}, “{lines.splitlines()[-1]}”:" in page
    assert 'aria-invalid="true"' in page
    week.refresh_from_db()
    assert week.marks == marks(tue="18-21:3")


def test_too_long_a_text_comes_back_whole(client, week):
    text = "Tue 18:00-21:00 rather\n" * 200
    response = client.post(PAGE, sent(text, week.marks, "lines"))
    assert response.status_code == 422
    assert lines_in(response).strip() == text.strip()


@pytest.mark.parametrize("wrong", [{"s3-7": "4"}, {"s3-7": ""}, {"s3-7": "rather"}])
def test_a_grid_that_came_back_broken_changes_nothing(client, week, wrong):
    response = client.post(PAGE, sent("Tue 18:00-21:00 rather", EMPTY, "grid", **wrong))
    assert response.status_code == 422
    week.refresh_from_db()
    assert week.marks == marks(tue="18-21:3")


@pytest.mark.parametrize("source", ["lines", "grid"])
def test_where_both_ways_were_changed_nothing_is_lost(client, week, source):
    lines, typical = "Wed 18:00-21:00 rather", marks(thu="18-21:3")
    response = client.post(PAGE, sent(lines, typical, source))
    assert response.status_code == 422
    assert "The lines and the grid differ." in response.content.decode()
    assert (lines_in(response), grid_in(response)) == (lines, typical)
    assert 'name="is_sure" value="1"' in response.content.decode()
    client.post(PAGE, sent(lines, typical, source, is_sure="1"))
    week.refresh_from_db()
    assert week.marks == {"lines": marks(wed="18-21:3"), "grid": typical}[source]


def test_lines_that_cannot_be_read_are_not_lost_to_the_grid(client, week):
    response = client.post(PAGE, sent("Wed at noon", marks(thu="18-21:3"), "grid"))
    assert response.status_code == 422
    assert lines_in(response) == "Wed at noon"


def test_both_ways_changed_alike_are_saved(client, week):
    client.post(PAGE, sent("Wed 18-21 rather", marks(wed="18-21:3"), "grid"))
    week.refresh_from_db()
    assert week.marks == marks(wed="18-21:3")


def test_a_post_without_the_field_clears_nothing(client, week):
    response = client.post(PAGE, {"from": "lines"})
    assert response.status_code == 422
    assert "The lines did not arrive." in response.content.decode()
    week.refresh_from_db()
    assert week.marks == marks(tue="18-21:3")


def test_what_was_typed_waits_while_somebody_signs_in(client):
    typical = marks(wed="18-21:3")
    response = client.post(PAGE, sent("Tue 18:00-21:00 rather", typical, "lines"))
    assert response.headers["Location"].startswith("/accounts/login/")
    client.force_login(MemberFactory(), backend=BACKEND)
    page = client.get("/resume/").content.decode()
    assert "Tue 18:00-21:00 rather" in page
    sent_again = dict(re.findall(r'name="(s\d-\d+)" value="(\d)"', page))
    assert grid.read(sent_again) == typical


def test_a_ready_week_fills_both_ways_and_saves_nothing(client, week):
    response = client.post(PAGE, sent("Tue 18:00-21:00 rather", week.marks, "pattern", start="weekends"))
    expected = marks(sat="10-18:2", sun="10-18:2")
    assert (response.status_code, lines_in(response), grid_in(response)) == (
        200,
        "weekends 10:00-18:00 could",
        expected,
    )
    assert "not saved yet" in response.content.decode()
    week.refresh_from_db()
    assert week.marks == marks(tue="18-21:3")
    client.post(PAGE, sent(lines_in(response), expected, "lines"))
    week.refresh_from_db()
    assert week.marks == expected


def test_who_moved_is_asked_whether_the_hours_move_along(client, member, week):
    assert "Move them to" not in client.get(PAGE).content.decode()
    client.post("/zone/", {"time_zone": "Europe/Berlin"})
    page = client.get(PAGE).content.decode()
    assert "Your hours are in Kolkata time. Move them to Berlin?" in page
    client.post(PAGE, sent("Wed 18-21 rather", week.marks, "lines"))
    week.refresh_from_db()
    assert (week.zone, week.marks) == ("Asia/Kolkata", marks(wed="18-21:3"))
    client.post(PAGE, {"from": "zone"})
    week.refresh_from_db()
    assert (week.zone, week.marks) == ("Europe/Berlin", marks(wed="18-21:3"))
    assert "Move them to" not in client.get(PAGE).content.decode()


def test_the_page_keeps_the_links_of_the_site(client, member):
    footer = client.get(PAGE).content.decode().split("<footer")[1]
    assert 'href="/handbook/"' in footer


def test_parts_of_the_day_are_open_where_something_is_marked(client, member):
    def opened():
        page = client.get(PAGE).content.decode()
        return re.findall(r'<details class="disclose fold" open><summary[^>]*>(\w+)', page)

    assert opened() == ["Evening"]
    TypicalWeekFactory(member=member, valid_from=date(2026, 9, 7), marks=marks(sun="3-3.5:1 13-14:2"))
    assert opened() == ["Night", "Afternoon"]


def test_nobody_sees_the_week_of_somebody_else(client, member):
    TypicalWeekFactory(marks="3" * 336, valid_from=date(2026, 9, 7))
    response = client.get(PAGE)
    assert (lines_in(response), grid_in(response)) == ("", EMPTY)


def test_a_new_member_is_asked_for_name_and_zone_first(client):
    client.force_login(MemberFactory(name="", time_zone=""), backend=BACKEND)
    assert client.get(PAGE).headers["Location"] == "/me/profile/?next=%2Fme%2Favailability%2F"


def test_days_away_are_noted_listed_and_ended(client, member):
    form = {"away-starts_on": today(), "away-ends_on": today() + timedelta(days=4)}
    for _time in range(2):
        response = client.post(PAGE + "away/", form, follow=True)
    away = Away.objects.get()
    assert (away.member, (away.ends_on - away.starts_on).days) == (member, 4)
    assert "I am back" in response.content.decode()
    for _time in range(2):
        response = client.post(f"{PAGE}away/{away.pk}/end/", follow=True)
        assert response.status_code == 200
    assert not Away.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (5, 4, "This is before the first day."),
        (-9, -1, "This is over already."),
        (0, 400, "At most a year at once."),
        (None, 3, "This field is required."),
    ],
)
def test_days_that_make_no_sense_come_back_with_their_reason(client, member, first, last, reason):
    day = {
        name: "" if n is None else str(today() + timedelta(days=n)) for name, n in (("first", first), ("last", last))
    }
    response = client.post(PAGE + "away/", {"away-starts_on": day["first"], "away-ends_on": day["last"]})
    page = response.content.decode()
    assert response.status_code == 422
    assert reason in page
    assert f'value="{day["last"]}"' in page
    assert not Away.objects.exists()


def test_others_may_not_end_days_away(client, member):
    away = AwayFactory()
    assert client.post(f"{PAGE}away/{away.pk}/end/").status_code == 403
    assert Away.objects.get() == away


@pytest.mark.parametrize("path", ["away/", "away/1/end/"])
def test_a_get_changes_nothing_and_leads_to_the_page(client, member, path):
    assert client.get(PAGE + path).headers["Location"] == PAGE
