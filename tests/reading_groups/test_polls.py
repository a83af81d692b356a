"""A group asks when it can meet, and makes the best time a session or its own."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from members.availability.models import Poll
from members.availability.polls.times import Slot
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import Session
from tests.clients import client_of
from tests.factories import (
    BallotFactory,
    EnrolmentFactory,
    MemberFactory,
    PollFactory,
    ReadingGroupFactory,
    SessionFactory,
)
from tests.queries import exactly
from tests.races import race

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def organizer():
    return MemberFactory()


@pytest.fixture
def group(organizer):
    return ReadingGroupFactory(slug="open", organizers=[organizer], zone="Europe/Berlin", weekday=None, every_weeks=1)


def poll_of(group, **fields):
    """Tuesdays at 18:00 or 19:30 in Berlin; everybody likes the second."""
    plain = {"slots": [Slot(weekday=1, at=time(18)), Slot(weekday=1, at=time(19, 30))], "is_weekly": True}
    poll = PollFactory(about=group.key, zone="Europe/Berlin", minutes=75, **plain | fields)
    for _n in range(3):
        BallotFactory(poll=poll, marks="12")
    return poll


def test_a_group_asks_everybody_with_a_place(group, organizer):
    member = EnrolmentFactory(group=group).member
    EnrolmentFactory(group=group, state="waitlisted")
    words = {
        "title": "When do we meet?",
        "minutes": "75",
        "time_zone": "Europe/Berlin",
        "how": "weekdays",
        "times": "Tue 18:00\nThu 18:00",
        "closes_on": "2026-11-30",
        "closes_time": "18:00",
    }
    client = client_of(organizer)
    assert "Asks 2 people, once by mail." in client.get("/groups/open/polls/open/").content.decode()
    client.post("/groups/open/polls/open/", words)
    poll = Poll.objects.get()
    assert set(poll.ballots.values_list("member", flat=True)) == {member.pk, organizer.pk}
    assert (poll.about, poll.about_title, poll.about_path) == (group.key, group.title, "/groups/open/polls/")
    assert Delivery.objects.filter(kind="poll_opened").count() == 1
    later = EnrolmentFactory(group=group).member
    client.post(f"/groups/open/polls/{poll.pk}/ask/")
    assert poll.ballots.filter(member=later).exists()


def test_the_best_time_becomes_that_of_a_group_without_sessions(group, organizer):
    poll, client = poll_of(group), client_of(organizer)
    page = client.get(f"/groups/open/polls/{poll.pk}/").content.decode()
    assert "the next 8 sessions are planned" in page
    for _twice in range(2):
        response = client.post(f"/groups/open/polls/{poll.pk}/", {"position": "1", "make": "time"})
        assert response.headers["Location"] == "/groups/open/#schedule"
    group.refresh_from_db()
    assert (group.weekday, group.starts_at_time, group.duration_minutes) == (1, time(19, 30), 75)
    # Today, since it is Tuesday noon.
    starts = list(group.sessions.order_by("starts_at").values_list("starts_at", flat=True))
    assert (len(starts), starts[0]) == (8, datetime(2026, 11, 24, 18, 30, tzinfo=UTC))
    response = client.post(f"/groups/open/polls/{poll.pk}/", {"position": "0", "make": "time"})
    assert (response.status_code, "at another time" in response.content.decode()) == (409, True)


def test_coming_sessions_move_to_the_time_of_their_own_week(group, organizer):
    # Mondays at 17:00 in Berlin; this week's was yesterday.
    for week in range(3):
        SessionFactory(group=group, starts_at=datetime(2026, 11, 23, 16, tzinfo=UTC) + timedelta(weeks=week))
    poll = poll_of(group)
    actions.make_time_of_group(actor=organizer, group_id=group.pk, poll_id=poll.pk, position=1, now=NOW)
    starts = list(group.sessions.order_by("starts_at").values_list("starts_at", flat=True))
    assert starts == [
        datetime(2026, 11, 23, 16, tzinfo=UTC),
        datetime(2026, 12, 1, 18, 30, tzinfo=UTC),
        datetime(2026, 12, 8, 18, 30, tzinfo=UTC),
    ]


def test_a_date_becomes_one_session(group, organizer):
    slots = [Slot(starts_at=NOW + timedelta(days=n)) for n in (2, 3)]
    poll, client = poll_of(group, slots=slots, is_weekly=False), client_of(organizer)
    for _twice in range(2):
        response = client.post(f"/groups/open/polls/{poll.pk}/", {"position": "1", "make": "session"})
        assert response.headers["Location"] == group.sessions.get().get_absolute_url()
    session = group.sessions.get()
    assert (session.starts_at, session.ends_at - session.starts_at) == (slots[1].starts_at, timedelta(minutes=75))
    poll.refresh_from_db()
    assert (poll.settled_position, poll.is_open(NOW)) == (1, False)


def test_a_taken_time_and_a_past_one_are_told(group, organizer):
    slots = [Slot(starts_at=NOW + timedelta(days=2)), Slot(starts_at=NOW - timedelta(days=2))]
    poll, client = poll_of(group, slots=slots, is_weekly=False), client_of(organizer)
    SessionFactory(group=group, starts_at=slots[0].starts_at)
    for position, told in ((0, "another session at that time"), (1, "This time has passed."), (9, "does not offer")):
        response = client.post(f"/groups/open/polls/{poll.pk}/", {"position": position, "make": "session"})
        assert (response.status_code, told in response.content.decode()) == (409, True)
    assert group.sessions.count() == 1
    assert not Poll.objects.get().is_settled


def test_a_poll_of_something_else_is_nothing_of_the_groups(group, organizer):
    poll = poll_of(ReadingGroupFactory())
    assert client_of(organizer).get(f"/groups/open/polls/{poll.pk}/").status_code == 404
    with pytest.raises(actions.NotAboutThisGroup):
        actions.make_time_of_group(actor=organizer, group_id=group.pk, poll_id=poll.pk, position=1, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_session(group, organizer):
    poll = poll_of(group)
    work = {"actor": organizer, "group_id": group.pk, "poll_id": poll.pk, "position": 0, "now": NOW}
    assert len(set(race(*[lambda: actions.make_session_of_poll(**work)] * 3))) == 1
    assert Session.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_costs_the_same_at_any_length(group, organizer, rows):
    client = client_of(organizer)
    for _n in range(rows):
        poll_of(group)
    # The site; the group; how many; the polls.
    with exactly(4, signed_in=True):
        client.get("/groups/open/polls/")
