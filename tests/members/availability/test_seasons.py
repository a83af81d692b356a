"""Weeks that hold from a later Monday, and the question whether the present one is still true."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from collaborative.home.kinds import BY_KEY, KINDS, frame
from members.availability import actions
from members.availability.marks import EMPTY
from members.availability.models import TypicalWeek
from members.availability.overlap import weeks_of
from members.availability.weeks.links import still_true_path
from members.availability.weeks.reminders import EVERY, MOST
from notifications.actions import send_due, write_obligations
from notifications.models import Delivery
from tests.factories import AwayFactory, MemberFactory, TypicalWeekFactory
from tests.factories.availability import marks
from tests.members.availability.test_views import BACKEND, PAGE, grid_in, lines_in, sent

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
JANUARY = date(2027, 1, 4)


@pytest.fixture(autouse=True)
def in_november():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def member(client):
    member = MemberFactory(name="Member A", time_zone="Asia/Kolkata")
    client.force_login(member, backend=BACKEND)
    return member


@pytest.fixture
def week(member):
    return TypicalWeekFactory(
        member=member, valid_from=date(2026, 9, 7), marks=marks(tue="18-21:3"), confirmed_at=NOW - timedelta(days=9)
    )


def stored(member) -> dict[str, str]:
    return {str(week.valid_from): week.marks for week in TypicalWeek.objects.of(member)}


def test_a_week_for_another_season_leaves_the_present_one(client, member, week):
    page = client.post(PAGE, sent("Sat 9-12 rather", week.marks, "lines", holds_from="2027-01-04"), follow=True)
    assert stored(member) == {"2026-09-07": week.marks, "2027-01-04": marks(sat="9-12:3")}
    assert lines_in(page) == "Sat 09:00-12:00 rather"
    assert "This is your week from Mon 4 Jan 2027 on" in page.content.decode()
    now = client.get(PAGE)
    assert lines_in(now) == "Tue 18:00-21:00 rather"
    assert "From Mon 4 Jan 2027" in now.content.decode()


def test_a_later_week_is_changed_by_its_own_page(client, member, week):
    TypicalWeekFactory(member=member, valid_from=JANUARY, marks=marks(sat="9-12:3"))
    page = client.get(f"{PAGE}?holds_from=2027-01-04")
    assert grid_in(page) == marks(sat="9-12:3")
    client.post(PAGE, sent("Sat 09:00-12:00 rather", marks(sun="9-12:2"), "grid", holds_from="2027-01-04"))
    assert stored(member) == {"2026-09-07": week.marks, "2027-01-04": marks(sun="9-12:2")}
    client.post(PAGE, sent("", marks(sun="9-12:2"), "lines", holds_from="2027-01-04"))
    assert stored(member) == {"2026-09-07": week.marks}


def test_a_later_week_is_deleted_once_and_a_present_one_is_not(client, member, week):
    later = TypicalWeekFactory(member=member, valid_from=JANUARY)
    for _time in range(2):
        client.post(f"{PAGE}later/{later.pk}/drop/")
        client.post(f"{PAGE}later/{week.pk}/drop/")
    assert stored(member) == {"2026-09-07": week.marks}


def test_the_later_week_of_somebody_else_stays(client, member):
    theirs = TypicalWeekFactory(valid_from=JANUARY)
    assert client.post(f"{PAGE}later/{theirs.pk}/drop/").status_code == 302
    assert TypicalWeek.objects.filter(pk=theirs.pk).exists()


def test_a_first_week_that_is_for_later_does_not_hold_before(client, member):
    client.post(PAGE, sent("Sat 9-12 rather", EMPTY, "lines", holds_from="2027-01-04"))
    assert stored(member) == {"2026-11-23": EMPTY, "2027-01-04": marks(sat="9-12:3")}
    per_week = weeks_of([member.pk], first_week=date(2026, 12, 14), weeks=5).astype(bool).sum(axis=2)
    assert per_week.tolist() == [[0, 0, 0, 12, 12]]
    later = TypicalWeek.objects.get(member=member, valid_from=JANUARY)
    client.post(f"{PAGE}later/{later.pk}/drop/")
    assert stored(member) == {}


def test_this_monday_is_now(client, member, week):
    client.post(PAGE, sent("Sat 9-12 rather", week.marks, "lines", holds_from="2026-11-23"))
    assert stored(member) == {"2026-09-07": marks(sat="9-12:3")}


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2027-01-06", "2027-01-06 is a Wednesday. Weeks begin on a Monday: 2027-01-04 or 2027-01-11."),
        ("2026-11-16", "This is past. Leave it empty for your week now."),
        ("2028-01-03", "At most a year ahead."),
        ("soon", "Enter a valid date."),
        ("2027-02-30", "Enter a valid date."),
    ],
)
def test_a_day_that_no_week_begins_on_comes_back_with_what_was_typed(client, member, week, day, told):
    page = client.post(PAGE, sent("Sat 9-12 rather", week.marks, "lines", holds_from=day))
    assert page.status_code == 422
    assert told in page.content.decode()
    assert lines_in(page) == "Sat 9-12 rather"
    assert stored(member) == {"2026-09-07": week.marks}


def test_moving_to_another_zone_moves_the_weeks_to_come_too(member, week):
    TypicalWeekFactory(member=member, valid_from=date(2026, 8, 3))
    TypicalWeekFactory(member=member, valid_from=JANUARY)
    actions.move_week(actor=member, zone="Europe/Berlin", now=NOW)
    zones = TypicalWeek.objects.of(member).order_by("valid_from").values_list("zone", flat=True)
    assert list(zones) == ["Asia/Kolkata", "Europe/Berlin", "Europe/Berlin"]


# Still true? ---------------------------------------------------------------------------------------------------------


def tick(now) -> list:
    mail.outbox.clear()
    write_obligations(kinds=KINDS, now=now)
    send_due(kinds=BY_KEY, frame=frame(), clock=lambda: now)
    return mail.outbox


def asked(member) -> int:
    return Delivery.objects.filter(member=member, kind="week_still_true").count()


def test_after_three_months_one_is_asked_and_says_yes_by_one_button(member, week):
    due = week.confirmed_at + EVERY
    assert tick(due - timedelta(hours=1)) == []
    [message] = tick(due)
    assert message.subject == "Is your typical week still true?"
    assert "You last looked at it on Sun 15 Nov" in message.body
    path = still_true_path(member.pk)
    assert path in message.body
    assert tick(due + timedelta(hours=1)) == []
    reader = Client()
    page = reader.get(path)
    assert (page.status_code, "Tue" in page.content.decode(), "18:00" in page.content.decode()) == (200, False, False)
    week.refresh_from_db()
    assert week.confirmed_at == NOW - timedelta(days=9)
    assert "Noted: your week is still true" in reader.post(path).content.decode()
    week.refresh_from_db()
    assert week.confirmed_at == NOW


def test_who_looks_at_it_meanwhile_is_not_asked(member, week):
    due = week.confirmed_at + EVERY
    write_obligations(kinds=KINDS, now=due - timedelta(hours=20))
    assert asked(member) == 1
    actions.save_week(actor=member, marks=marks(wed="9-10:1"), now=due - timedelta(hours=3))
    assert tick(due) == []


def test_who_never_answers_is_asked_four_times(member, week):
    sent_at = [n for n in range(1, MOST + 3) if tick(week.confirmed_at + n * EVERY)]
    assert sent_at == [1, 2, 3, 4]


def test_who_is_away_is_asked_on_the_day_on_which_they_are_back(member, week):
    due = week.confirmed_at + EVERY
    first = due.date() - timedelta(days=2)
    AwayFactory(member=member, starts_on=first, ends_on=first + timedelta(days=9))
    assert tick(due) == []
    back = datetime.combine(first + timedelta(days=10), datetime.min.time(), tzinfo=UTC) + timedelta(
        hours=3, minutes=30
    )
    assert tick(back - timedelta(minutes=1)) == []
    assert [message.subject for message in tick(back)] == ["Is your typical week still true?"]
    assert tick(back + timedelta(days=1)) == []


def test_who_is_asked_on_the_morning_of_coming_back_is_asked_once(member, week):
    # At 3:30 on their clock, of the day on which they are back.
    TypicalWeek.objects.filter(pk=week.pk).update(confirmed_at=datetime(2026, 11, 14, 22, tzinfo=UTC))
    due = datetime(2026, 11, 14, 22, tzinfo=UTC) + EVERY
    AwayFactory(member=member, starts_on=due.date() - timedelta(days=3), ends_on=due.date())
    sent_at = [hours for hours in range(24) if tick(due + timedelta(hours=hours))]
    assert sent_at == [0]


def test_who_is_back_earlier_than_noted_is_asked_then(member, week):
    due = week.confirmed_at + EVERY
    away = AwayFactory(member=member, starts_on=due.date(), ends_on=due.date() + timedelta(days=9))
    assert tick(due) == []
    actions.end_away(actor=member, away_id=away.pk, now=due + timedelta(hours=1))
    assert [message.subject for message in tick(due + timedelta(hours=1))] == ["Is your typical week still true?"]


def test_who_was_away_for_long_is_asked_once_when_back(member, week):
    first = (week.confirmed_at + EVERY).date() - timedelta(days=2)
    AwayFactory(member=member, starts_on=first, ends_on=first + timedelta(weeks=20))
    # Two questions fall due meanwhile.
    morning = datetime.combine(first, datetime.min.time(), tzinfo=UTC) + timedelta(hours=3, minutes=30)
    days = [*range(-2, 140, 7), 140, 141, 142]
    assert [n for n in days if tick(morning + timedelta(days=n))] == [141]


def test_who_was_away_when_asked_for_the_last_time_is_asked_when_back(member, week):
    for n in range(1, MOST):
        assert len(tick(week.confirmed_at + n * EVERY)) == 1
    last = week.confirmed_at + MOST * EVERY
    AwayFactory(member=member, starts_on=last.date(), ends_on=last.date() + timedelta(days=200))
    assert tick(last) == []
    assert len(tick(last + timedelta(days=202))) == 1


def test_who_notes_days_away_once_asked_is_not_asked_again(member, week):
    due = week.confirmed_at + EVERY
    assert len(tick(due)) == 1
    AwayFactory(member=member, starts_on=due.date(), ends_on=due.date() + timedelta(days=3))
    assert [n for n in range(10) if tick(due + timedelta(days=n))] == []


def test_after_an_outage_of_the_clock_who_is_back_meanwhile_is_asked(member, week):
    due = week.confirmed_at + EVERY
    AwayFactory(member=member, starts_on=due.date(), ends_on=due.date() + timedelta(days=3))
    assert len(tick(due + timedelta(days=10))) == 1


def test_a_week_without_marks_and_one_that_is_replaced_are_not_asked_about(member, week):
    TypicalWeekFactory(member=member, valid_from=JANUARY, confirmed_at=NOW)
    TypicalWeekFactory(marks=EMPTY, confirmed_at=week.confirmed_at)
    assert tick(week.confirmed_at + EVERY) == []


def test_the_page_asks_as_well_and_one_button_answers(client, member, week, in_november):
    assert "Is your week still true?" not in client.get(PAGE).content.decode()
    in_november.move_to(week.confirmed_at + EVERY)
    client.force_login(member, backend=BACKEND)
    assert "Is your week still true?" in client.get(PAGE).content.decode()
    page = client.post(PAGE, {"from": "true"}, follow=True)
    assert "Noted: your week is still true." in page.content.decode()
    assert page.content.decode().count("Is your week still true?") == 0


def test_a_link_of_somebody_who_left_or_that_is_not_ours_leads_nowhere(client, member):
    path = still_true_path(member.pk)
    assert "You have no typical week now" in client.post(path).content.decode()
    member.is_active = False
    member.save()
    assert Client().get(path).status_code == 404
    assert Client().get(f"{PAGE}still-true/{member.pk}.forged/").status_code == 404
