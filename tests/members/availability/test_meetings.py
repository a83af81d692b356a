"""Meetings: planned once, moved and cancelled with a raised revision, seen by those who take part."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from django.utils import timezone

from members.availability import actions
from members.availability.agenda import items_for
from members.availability.models import Meeting
from notifications.models import Delivery
from tests.factories import AdminFactory, AwayFactory, MeetingFactory, MemberFactory
from tests.queries import exactly
from tests.races import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    return [MemberFactory(name="Member A", time_zone="Asia/Kolkata"), MemberFactory(name="Member B")]


@pytest.fixture
def plan(pair, now):
    """Plans a meeting of the pair two days from now."""

    def make(**fields):
        defaults = {
            "actor": pair[0],
            "title": "First meeting",
            "starts_at": now + timedelta(days=2),
            "ends_at": now + timedelta(days=2, hours=1),
            "zone": "Europe/London",
            "participants": pair,
            "about": "mentorship.mentorship:12",
            "now": now,
        }
        return actions.plan_meeting(**(defaults | fields))

    return make


def told() -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(kind="meeting_changed").order_by("id")
    return [(delivery.member.name, delivery.occurrence) for delivery in rows.select_related("member")]


def test_planning_tells_the_others_once(plan, pair, now):
    meeting = plan(title="  First\u202e   meeting ")
    assert (meeting.title, meeting.revision, meeting.changed_at) == ("First meeting", 0, now)
    assert set(meeting.participants.all()) == set(pair)
    assert told() == [("Member B", "2026-11-26T12:00Z revision 0")]


def test_planning_the_same_again_returns_the_same_meeting(plan):
    assert plan() == plan()
    assert (Meeting.objects.count(), len(told())) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_planning_the_same_at_once_plans_one(plan):
    assert len(set(race(*[plan] * 4))) == 1
    assert (Meeting.objects.count(), len(told())) == (1, 1)


def test_meetings_of_nothing_in_particular_may_be_at_the_same_time(plan):
    assert plan(about="") != plan(about="")


@pytest.mark.parametrize(("start", "end"), [(2, 1), (2, 2), (-3, -2), (-1, 0)])
def test_no_meeting_ends_before_it_starts_or_in_the_past(plan, now, start, end):
    with pytest.raises(actions.NotATime):
        plan(starts_at=now + timedelta(hours=start), ends_at=now + timedelta(hours=end))


def test_moving_raises_the_revision_and_tells_the_others(plan, pair, now):
    meeting = plan()
    times = {"starts_at": now + timedelta(days=3), "ends_at": now + timedelta(days=3, hours=1)}
    for _time in range(2):
        meeting = actions.move_meeting(actor=pair[1], meeting_id=meeting.pk, now=now, **times)
    assert (meeting.revision, meeting.starts_at, meeting.zone) == (1, times["starts_at"], "Europe/London")
    assert told()[1:] == [("Member A", "2026-11-27T12:00Z revision 1")]


def test_what_is_over_cancelled_or_taken_does_not_move(plan, pair, now):
    first, second = plan(), plan(starts_at=now + timedelta(days=5), ends_at=now + timedelta(days=5, hours=1))
    times = {"starts_at": second.starts_at, "ends_at": second.ends_at, "actor": pair[0], "meeting_id": first.pk}
    with pytest.raises(actions.AlreadyAMeetingThen):
        actions.move_meeting(**times, now=now)
    with pytest.raises(actions.MeetingIsOver):
        actions.move_meeting(**times, now=now + timedelta(days=4))
    with pytest.raises(actions.NotATime):
        actions.move_meeting(**times | {"ends_at": second.starts_at}, now=now)
    actions.cancel_meeting(actor=pair[0], meeting_id=first.pk, now=now)
    with pytest.raises(actions.MeetingIsCancelled):
        actions.move_meeting(**times, now=now)


def test_cancelling_raises_the_revision_once(plan, pair, now):
    meeting = plan()
    for _time in range(2):
        meeting = actions.cancel_meeting(actor=pair[0], meeting_id=meeting.pk, now=now)
    assert (meeting.is_cancelled, meeting.revision, len(told())) == (True, 1, 2)
    with pytest.raises(actions.MeetingIsOver):
        actions.cancel_meeting(actor=pair[0], meeting_id=plan().pk, now=now + timedelta(days=4))


def test_the_time_of_a_cancelled_meeting_is_free_again(plan, pair, now):
    cancelled = actions.cancel_meeting(actor=pair[0], meeting_id=plan().pk, now=now)
    assert plan() != cancelled


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"ends_at": datetime(2026, 11, 26, 15, 0, tzinfo=UTC)}, "meeting_ends_after_start"),
        ({"about": "projects.project:3"}, "meeting_once_at_a_time"),
    ],
)
def test_the_database_refuses_what_no_action_does(fields, constraint):
    MeetingFactory(about="projects.project:3")
    with pytest.raises(IntegrityError, match=constraint):
        MeetingFactory(**fields)


def test_a_meeting_is_seen_by_those_who_take_part_and_by_admins(plan, pair):
    meeting = plan()
    viewers = [*pair, MemberFactory(), AdminFactory(), AnonymousUser()]
    for viewer, sees in zip(viewers, (True, True, False, True, False), strict=True):
        assert Meeting.objects.visible_to(viewer).filter(pk=meeting.pk).exists() is sees
        assert viewer.has_perm("availability.view_meeting", meeting) is sees


# The agenda ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 12])
def test_the_agenda_costs_two_queries_at_any_length(pair, now, rows):
    for n in range(rows):
        MeetingFactory(starts_at=now + timedelta(hours=n), participants=[*pair, MemberFactory(name="Member C")])
    MeetingFactory(starts_at=now, participants=[pair[1]])
    with exactly(2):
        items = items_for(pair[0], now, now + timedelta(days=7))
    assert len(items) == rows
    assert {item.context for item in items} == {"With Member B and 1 other"}


def test_an_item_says_what_calendars_need(plan, pair, now):
    meeting = plan(call_url="https://meet.example.org/room")
    [item] = items_for(pair[0], now, now + timedelta(days=7))
    assert (item.uid, item.kind, item.title, item.context) == (meeting.key, "meeting", "First meeting", "With Member B")
    assert (item.url, item.call_url, item.zone) == (
        f"/me/availability/meetings/{meeting.pk}/",
        meeting.call_url,
        "Europe/London",
    )
    actions.cancel_meeting(actor=pair[0], meeting_id=meeting.pk, now=now)
    assert items_for(pair[0], now, now + timedelta(days=7)) == []
    [item] = items_for(pair[0], now, now + timedelta(days=7), include_cancelled=True)
    assert (item.is_cancelled, item.revision) == (True, 1)


def test_a_meeting_alone_is_called_by_its_title(now):
    meeting = MeetingFactory(participants=[member := MemberFactory()], title="Office hours")
    [item] = items_for(member, meeting.starts_at, meeting.ends_at)
    assert item.context == "Office hours"


# The page ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def meeting(pair):
    """A meeting of the pair in three days, seen by the first of them."""
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    return MeetingFactory(starts_at=start, participants=pair, call_url="https://meet.example.org/room")


@pytest.mark.parametrize("people", [2, 12])
def test_the_page_costs_the_same_for_any_number_of_people(client, pair, meeting, people):
    day = meeting.starts_at.astimezone(ZoneInfo(pair[0].time_zone)).date()
    for _person in range(people):
        meeting.participants.add(AwayFactory(starts_on=day, ends_on=day).member)
    client.force_login(pair[0])
    # The site; the meeting and its people; who of them is away.
    with exactly(4, signed_in=True):
        page = client.get(meeting.get_absolute_url()).content.decode()
    assert page.count("Away from") == people
    assert "https://meet.example.org/room" in page


def test_moving_on_the_page_goes_by_the_viewers_clock(client, pair, meeting):
    client.force_login(pair[0])
    day = (meeting.starts_at + timedelta(days=2)).date()
    form = {"day": day, "time": "18:30", "minutes": 45}
    response = client.post(meeting.get_absolute_url() + "move/", form, follow=True)
    assert "The meeting is moved." in response.content.decode()
    meeting.refresh_from_db()
    assert meeting.starts_at == datetime(day.year, day.month, day.day, 13, 0, tzinfo=UTC)
    assert (meeting.ends_at - meeting.starts_at, meeting.revision) == (timedelta(minutes=45), 1)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"day": "2020-01-01"}, "This is over already."),
        ({"minutes": "0"}, "Ensure this value is greater than or equal to 15."),
        ({"minutes": "999"}, "Ensure this value is less than or equal to 480."),
        ({"time": "quarter past"}, "Enter a valid time."),
        ({"day": ""}, "This field is required."),
    ],
)
def test_a_time_that_makes_no_sense_comes_back_with_its_reason(client, pair, meeting, wrong, reason):
    client.force_login(pair[0])
    form = {"day": meeting.starts_at.date(), "time": "18:30", "minutes": 45} | wrong
    response = client.post(meeting.get_absolute_url() + "move/", form)
    assert response.status_code == 422
    assert reason in response.content.decode()


def test_a_time_that_the_clocks_skip_is_refused(client, pair, meeting):
    pair[0].time_zone = "Europe/Berlin"
    pair[0].save()
    client.force_login(pair[0])
    form = {"day": "2027-03-28", "time": "02:30", "minutes": 60}
    response = client.post(meeting.get_absolute_url() + "move/", form)
    assert "Clocks in Berlin skip this time on that day." in response.content.decode()


def test_cancelling_on_the_page(client, pair, meeting):
    client.force_login(pair[0])
    for _time in range(2):
        page = client.post(meeting.get_absolute_url() + "cancel/", follow=True).content.decode()
    assert "Cancelled" in page
    assert "Move the meeting" not in page
    meeting.refresh_from_db()
    assert (meeting.is_cancelled, meeting.revision) == (True, 1)
    response = client.post(
        meeting.get_absolute_url() + "move/", {"day": "2030-01-01", "time": "18:30", "minutes": 45}, follow=True
    )
    assert "cancelled meanwhile" in response.content.decode()


def test_a_meeting_that_is_over_stays_as_it_was(client, pair):
    past = MeetingFactory(starts_at=timezone.now() - timedelta(days=1), participants=pair)
    client.force_login(pair[0])
    assert "Move the meeting" not in client.get(past.get_absolute_url()).content.decode()
    assert "This meeting is over." in client.post(past.get_absolute_url() + "cancel/", follow=True).content.decode()


@pytest.mark.parametrize("path", ["", "move/", "cancel/"])
def test_others_find_no_such_meeting(client, meeting, path):
    client.force_login(MemberFactory())
    assert client.get(meeting.get_absolute_url() + path).status_code == 404
    if path:
        assert client.post(meeting.get_absolute_url() + path).status_code == 404
