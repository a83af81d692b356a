"""One's own typical week and days away, for programs."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from members.availability.marks import EMPTY, monday_of
from members.availability.models import Away, TypicalWeek
from tests.api.problems import problem_of
from tests.factories import AwayFactory, MemberFactory, TypicalWeekFactory
from tests.factories.availability import marks
from tests.queries import exactly

pytestmark = pytest.mark.django_db
WEEK, AWAY = "/api/v1/me/week/", "/api/v1/me/away/"


@pytest.fixture
def member():
    return MemberFactory(time_zone="Asia/Kolkata")


@pytest.fixture
def monday() -> date:
    return monday_of(timezone.localdate() + timedelta(days=60))


def put(program, **sent):
    return program.put(WEEK, sent, content_type="application/json")


def test_a_week_is_written_as_lines_or_marks_and_read_back(program, member):
    assert program.get(WEEK).json() == []
    told = put(program, lines="Tue 18:00-21:00 rather").json()
    week = TypicalWeek.objects.get(member=member)
    assert told == [
        {
            "zone": "Asia/Kolkata",
            "holds_from": str(week.valid_from),
            "marks": marks(tue="18-21:3"),
            "lines": "Tue 18:00-21:00 rather",
            "confirmed_at": told[0]["confirmed_at"],
        }
    ]
    assert told[0]["confirmed_at"].endswith("Z")
    assert put(program, marks=marks(sat="9-12:1")).json()[0]["lines"] == "Sat 09:00-12:00 if needed"
    assert TypicalWeek.objects.get().pk == week.pk
    assert put(program, marks=EMPTY).json() == []
    assert not TypicalWeek.objects.exists()


def test_a_week_that_holds_later_comes_after_the_present_one(program, member, monday):
    put(program, lines="Tue 18-21 rather")
    told = put(program, lines="Sat 9-12", holds_from=str(monday)).json()
    assert [(week["lines"], week["holds_from"] == str(monday)) for week in told] == [
        ("Tue 18:00-21:00 rather", False),
        ("Sat 09:00-12:00 could", True),
    ]
    assert len(put(program, lines="", holds_from=str(monday)).json()) == 1


@pytest.mark.parametrize(
    ("sent", "field", "told"),
    [
        ({}, "marks", "Send either marks or lines."),
        ({"marks": EMPTY, "lines": ""}, "marks", "Send either marks or lines."),
        ({"marks": "3" * 335}, "marks", "This value does not match the required pattern."),
        ({"marks": "4" * 336}, "marks", "This value does not match the required pattern."),
        ({"lines": "Sat 21-18"}, "lines", "Line 1, “Sat 21-18”: 18:00 is not after 21:00."),
        ({"lines": "Tue 18-20 could\nTue 19-21 rather"}, "lines", "Line 2, “Tue 19-21 rather”: Tue 19:00 is “could”"),
        ({"lines": "x" * 4001}, "lines", "Ensure this field has no more than 4000 characters."),
        ({"lines": "Tue 18-21", "holds_from": "2027-01-06"}, "holds_from", "Weeks begin on a Monday"),
        ({"lines": "Tue 18-21", "holds_from": "2001-01-01"}, "holds_from", "This is past."),
        ({"lines": "Tue 18-21", "holds_from": "soon"}, "holds_from", "Date has wrong format."),
    ],
)
def test_what_cannot_be_used_is_told_by_its_field_and_changes_nothing(program, member, sent, field, told):
    week = TypicalWeekFactory(member=member)
    response = put(program, **sent)
    assert problem_of(response) == (400, "invalid")
    assert told in response.json()["errors"][field][0]
    assert TypicalWeek.objects.get().marks == week.marks


def test_nobody_gets_the_week_of_somebody_else(program, client):
    TypicalWeekFactory(marks="3" * 336)
    assert program.get(WEEK).json() == []
    assert client.get(WEEK).status_code == 401


def test_a_week_costs_two_queries(program, member):
    TypicalWeekFactory(member=member, valid_from=date(2026, 9, 7))
    # The token, which finds its member; the present week; those to come.
    with exactly(3):
        program.get(WEEK)


def test_days_away_are_noted_joined_and_ended(program, member):
    first = timezone.localdate() + timedelta(days=5)
    days = [str(first + timedelta(days=n)) for n in range(9)]
    made = program.post(AWAY, {"starts_on": days[0], "ends_on": days[3]}, content_type="application/json")
    assert made.status_code == 201
    joined = program.post(AWAY, {"starts_on": days[2], "ends_on": days[8]}, content_type="application/json").json()
    assert joined == {"id": made.json()["id"], "starts_on": days[0], "ends_on": days[8]}
    assert program.get(AWAY).json()["results"] == [joined]
    assert program.delete(f"{AWAY}{joined['id']}/").status_code == 204
    assert problem_of(program.delete(f"{AWAY}{joined['id']}/")) == (404, "unknown")
    assert not Away.objects.exists()


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "told"),
    [(5, 3, "This is before the first day."), (-9, -3, "This is over already."), (1, 900, "At most a year at once.")],
)
def test_days_that_cannot_be_are_told(program, starts_in, ends_in, told):
    today = timezone.localdate()
    days = {"starts_on": str(today + timedelta(days=starts_in)), "ends_on": str(today + timedelta(days=ends_in))}
    response = program.post(AWAY, days, content_type="application/json")
    assert problem_of(response) == (400, "invalid")
    assert response.json()["errors"] == {"ends_on": [told]}


def test_the_days_of_somebody_else_are_not_there(program):
    theirs = AwayFactory(starts_on=timezone.localdate(), ends_on=timezone.localdate() + timedelta(days=9))
    assert program.get(AWAY).json()["results"] == []
    assert problem_of(program.delete(f"{AWAY}{theirs.pk}/")) == (404, "unknown")
    assert Away.objects.exists()
