"""The admin: meetings and days away by the same actions, and of a typical week only that there is one."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from members.availability.models import Away, Meeting
from notifications.models import Delivery
from tests.factories import AdminFactory, AwayFactory, MeetingFactory, MemberFactory, TypicalWeekFactory

pytestmark = pytest.mark.django_db
WEEKS, AWAYS, MEETINGS = (f"/admin/availability/{model}/" for model in ("typicalweek", "away", "meeting"))


@pytest.fixture
def superuser():
    return AdminFactory(name="Member Z")


@pytest.fixture
def client(superuser):
    client = Client()
    client.force_login(superuser)
    return client


@pytest.fixture
def staff():
    """A client of somebody with rights on all three models, one by one."""
    member, client = MemberFactory(is_staff=True), Client()
    member.user_permissions.set(Permission.objects.filter(content_type__app_label="availability"))
    client.force_login(member)
    return client


def form(**fields) -> dict:
    day = timezone.localdate() + timedelta(days=9)
    return {
        "title": "Office hours",
        "about": "cohorts.cohort:3",
        "zone": "Europe/Berlin",
        "day": day.isoformat(),
        "time_of_day": "18:00",
        "minutes": "60",
        "call_url": "",
        "participants": [],
    } | fields


def test_of_a_typical_week_it_says_only_that_there_is_one(client):
    week = TypicalWeekFactory(member=MemberFactory(name="Member R"), marks="3" * 336)
    for page in (WEEKS, f"{WEEKS}{week.pk}/change/"):
        text = client.get(page).content.decode()
        assert "Member R" in text
        assert "333" not in text
        assert "Kolkata" not in text.split("<main")[-1]
    assert client.post(f"{WEEKS}{week.pk}/delete/").status_code == 403


def test_planning_a_meeting_mails_those_who_take_part(client):
    people = [MemberFactory(), MemberFactory()]
    response = client.post(f"{MEETINGS}add/", form(participants=[person.pk for person in people]))
    assert response.status_code == 302, response.context["adminform"].form.errors
    meeting = Meeting.objects.get()
    local = meeting.starts_at.astimezone(ZoneInfo("Europe/Berlin"))
    assert (local.hour, meeting.ends_at - meeting.starts_at) == (18, timedelta(hours=1))
    assert set(meeting.participants.all()) == set(people)
    assert Delivery.objects.filter(kind="meeting_changed").count() == 2


def test_moving_and_renaming_a_meeting(client):
    person = MemberFactory()
    start = (timezone.now() + timedelta(days=3)).replace(hour=15, minute=0, second=0, microsecond=0)
    meeting = MeetingFactory(starts_at=start, participants=[person])
    page = f"{MEETINGS}{meeting.pk}/change/"
    kept = {"zone": "Europe/London", "participants": [person.pk], "title": "A new name"}
    local = start.astimezone(ZoneInfo("Europe/London"))
    same = {"day": local.date().isoformat(), "time_of_day": f"{local:%H:%M}"}
    assert client.post(page, form(**kept, **same)).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title, meeting.revision, Delivery.objects.count()) == ("A new name", 0, 0)
    assert client.post(page, form(**kept, **(same | {"time_of_day": "09:30"}))).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.revision, Delivery.objects.count()) == (1, 1)
    assert list(meeting.participants.all()) == [person]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"day": "2020-01-01"}, "This is over already."),
        ({"minutes": "5"}, "greater than or equal to 15"),
        ({"title": "\u200b"}, "Type something that can be seen."),
        ({"zone": "Mars/Olympus"}, "There is no time zone called"),
    ],
)
def test_a_meeting_that_makes_no_sense_is_not_planned(client, wrong, reason):
    response = client.post(f"{MEETINGS}add/", form(participants=[MemberFactory().pk]) | wrong)
    assert reason in response.content.decode()
    assert not Meeting.objects.exists()


def test_one_thing_has_one_meeting_at_a_time(client):
    data = form(participants=[MemberFactory().pk])
    assert client.post(f"{MEETINGS}add/", data).status_code == 302
    assert "It has a meeting at that time." in client.post(f"{MEETINGS}add/", data).content.decode()


def test_cancelling_from_the_list_mails_those_who_take_part(client):
    coming = MeetingFactory(starts_at=timezone.now() + timedelta(days=3), participants=[MemberFactory()])
    past = MeetingFactory(starts_at=timezone.now() - timedelta(days=3), participants=[MemberFactory()])
    data = {"action": "cancel_meetings", "_selected_action": [coming.pk, past.pk]}
    page = client.post(MEETINGS, data, follow=True).content.decode()
    assert "1 meeting is cancelled." in page
    assert list(Meeting.objects.filter(is_cancelled=True)) == [coming]
    assert Delivery.objects.count() == 1


def test_what_is_over_or_cancelled_is_only_looked_at_and_nothing_is_deleted(client):
    cancelled = MeetingFactory(starts_at=timezone.now() + timedelta(days=3), is_cancelled=True)
    past = MeetingFactory(starts_at=timezone.now() - timedelta(days=3))
    for meeting in (cancelled, past):
        page = f"{MEETINGS}{meeting.pk}"
        assert client.get(f"{page}/change/").status_code == 200
        assert client.post(f"{page}/change/", form()).status_code == 403
        assert client.post(f"{page}/delete/").status_code == 403


def test_days_away_that_touch_are_joined(client):
    away = AwayFactory(starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 5))
    data = {"member": away.member_id, "starts_on": "2026-12-04", "ends_on": "2026-12-09"}
    assert client.post(f"{AWAYS}add/", data).status_code == 302
    assert [(row.starts_on.day, row.ends_on.day) for row in Away.objects.all()] == [(1, 9)]
    page = client.post(f"{AWAYS}add/", data | {"ends_on": "2026-12-01"}).content.decode()
    assert "This is before the first day." in page
    assert client.post(f"{AWAYS}{Away.objects.get().pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Away.objects.exists()


def test_staff_with_rights_one_by_one_may_do_the_same(staff):
    meeting = MeetingFactory(starts_at=datetime(2030, 1, 1, 12, tzinfo=UTC), participants=[MemberFactory()])
    for page in (WEEKS, AWAYS, MEETINGS, f"{AWAYS}add/", f"{MEETINGS}{meeting.pk}/change/"):
        assert staff.get(page).status_code == 200, page


def test_staff_without_rights_find_nothing_here():
    client = Client()
    client.force_login(MemberFactory(is_staff=True))
    for page in (WEEKS, AWAYS, MEETINGS, f"{AWAYS}add/"):
        assert client.get(page).status_code == 403, page
