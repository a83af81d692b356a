"""The next term of a group: what comes along, on which days, and who is invited first."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail

from collaborative.home.kinds import BY_KEY
from notifications.actions import send_due
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import Enrolment, ReadingGroup
from tests.factories import (
    EnrolmentFactory,
    MemberFactory,
    NoteFactory,
    PaperFactory,
    PresentationFactory,
    QuestionFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
    TopicFactory,
)
from tests.races import race

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}
State, Place = ReadingGroup.State, Enrolment.State


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def organizer():
    return MemberFactory(name="Member O")


@pytest.fixture
def group(organizer):
    return ReadingGroupFactory(
        slug="graphs",
        title="Graphs",
        description="Slowly.",
        zone="Europe/Berlin",
        starts_at_time=time(18, 0),
        organizers=[organizer],
        capacity=3,
        call_url="https://meet.example.org/graphs",
        language="English",
        topics=[TopicFactory()],
    )


def copy(group, actor, now, **changes):
    what = {"title": "Graphs, again", "first_on": date(2027, 3, 17), "with_sessions": True, "head_start_days": 7}
    return actions.copy_group(actor=actor, group_id=group.pk, **what | changes, now=now)


def shape(group):
    """Its sessions in order, each with what it reads, and then the pool."""
    sessions = group.sessions.order_by("held_on")
    rows = [(str(row.held_on), [r.name for r in row.readings.in_order()]) for row in sessions]
    return [*rows, ("pool", [reading.name for reading in group.readings.in_pool().in_order()])]


def fill(group):
    """Three Tuesdays across the change of the clocks, one of them called off, and what was said about the first."""
    papers = [PaperFactory(title=title) for title in ("One", "Two", "Three")]
    first = datetime(2026, 10, 20, 16, 0, tzinfo=UTC)
    for n, days in enumerate((0, 7, 14)):
        hours = 1 if n else 0
        session = SessionFactory(
            group=group, starts_at=first + timedelta(days=days, hours=hours), is_cancelled=n == 1, presenters_wanted=n
        )
        ReadingFactory(group=group, session=session, paper=papers[n], position=n)
        if n == 0:
            NoteFactory(reading=session.readings.get())
            QuestionFactory(session=session)
            PresentationFactory(session=session)
    ReadingFactory(group=group, paper=PaperFactory(title="Four"), part="Chapter 2", position=9)
    return group


def test_what_it_reads_comes_along_on_new_days_at_the_same_hour(group, organizer, now):
    fill(group)
    again = copy(group, organizer, now)
    again.refresh_from_db()
    assert (again.state, again.slug, again.copied_from, again.head_start_days) == (
        State.DRAFT,
        "graphs-again",
        group,
        7,
    )
    for name in ("description", "zone", "weekday", "starts_at_time", "call_url", "language", "capacity"):
        assert getattr(again, name) == getattr(group, name), name
    assert (list(again.topics.all()), list(again.organizers.all())) == (list(group.topics.all()), [organizer])
    # From the first Tuesday after that Wednesday; what was called off waits in the pool.
    assert shape(again) == [
        ("2027-03-23", ["One"]),
        ("2027-04-06", ["Three"]),
        ("pool", ["Two", "Four, Chapter 2"]),
    ]
    # Six in the evening in Berlin: an hour earlier in UTC once clocks are put forward.
    assert [session.starts_at.hour for session in again.sessions.order_by("held_on")] == [17, 16]
    assert not again.enrolments.exists()
    for session in again.sessions.all():
        assert not session.presentations.exists()
        assert not session.questions.exists()
    assert not Delivery.objects.exists()
    # The old term is as it was.
    assert shape(group)[0] == ("2026-10-20", ["One"])


def test_single_dates_move_by_as_many_days(group, organizer, now):
    ReadingGroup.objects.update(weekday=None, starts_at_time=None)
    for days in (0, 9, 11):
        SessionFactory(group=group, starts_at=datetime(2026, 11, 3, 17, 0, tzinfo=UTC) + timedelta(days=days))
    SessionFactory(group=group, starts_at=None, ends_at=None, held_on=date(2026, 11, 5))
    again = copy(group, organizer, now, first_on=date(2027, 1, 6))
    assert [day for day, _papers in shape(again)] == ["2027-01-06", "2027-01-08", "2027-01-15", "2027-01-17", "pool"]


def test_without_sessions_everything_is_in_the_pool_once(group, organizer, now):
    fill(group)
    # The one that is set for a session stands in the pool as well.
    ReadingFactory(group=group, paper=group.readings.get(paper__title="Three").paper, position=20)
    again = copy(group, organizer, now, with_sessions=False)
    assert shape(again) == [("pool", ["One", "Two", "Three", "Four, Chapter 2"])]


def test_a_list_of_many_years_is_no_term(group, organizer, now):
    for year in (2010, 2026):
        SessionFactory(group=group, starts_at=datetime(year, 11, 3, 17, 0, tzinfo=UTC))
    with pytest.raises(actions.TermIsTooLong):
        copy(group, organizer, now)
    assert ReadingGroup.objects.count() == 1
    assert shape(copy(group, organizer, now, with_sessions=False)) == [("pool", [])]


def test_the_same_draft_twice_is_one(group, organizer, now):
    first, second = (copy(group, organizer, now) for _click in range(2))
    assert first == second
    assert ReadingGroup.objects.count() == 2


def test_it_is_made_on_its_page(client, group, organizer, now):
    fill(group)
    client.force_login(organizer, backend=BACKEND)
    page = "/groups/graphs/next-term/"
    sent = {"title": "Graphs", "first_on": "2027-03-17", "readings": "sessions", "head_start_days": "14"}
    for changes, field in (
        ({"title": ""}, "title"),
        ({"first_on": "2026-11-01"}, "first_on"),
        ({"first_on": "2099-11-01"}, "first_on"),
        ({"head_start_days": "29"}, "head_start_days"),
        ({"readings": "some"}, "readings"),
    ):
        response = client.post(page, sent | changes)
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    response = client.post(page, sent)
    again = ReadingGroup.objects.get(copied_from=group)
    assert (response.headers["Location"], again.head_start_days) == ("/groups/graphs-2/", 14)
    SessionFactory(group=group, starts_at=datetime(2010, 11, 3, 17, 0, tzinfo=UTC))
    response = client.post(page, sent | {"title": "Graphs for ever"})
    assert "These sessions go over more than a year." in response.text


# Who is invited first


def invited(group):
    """Who is held a place for, and who is told."""
    held = group.enrolments.filter(state=Place.HELD).order_by("joined_at", "id")
    told = Delivery.objects.filter(kind="next_term").order_by("id")
    return [row.member for row in held], [(row.member, row.occurrence) for row in told]


def test_places_are_held_for_those_who_were_in_it_once_it_opens(group, organizer, now):
    people = [
        EnrolmentFactory(group=group, state=Place.COMPLETED, joined_at=now - timedelta(days=9 - n)).member
        for n in range(4)
    ]
    EnrolmentFactory(group=group, state=Place.LEFT)
    EnrolmentFactory(group=group, state=Place.COMPLETED, member=MemberFactory(is_active=False))
    again = copy(group, organizer, now)
    assert invited(again) == ([], [])
    actions.set_state(group_id=again.pk, state=State.OPEN, now=now)
    # Three places: whoever was in it longest comes first.
    assert invited(again) == (
        people[:3],
        [(people[0], "held"), (people[1], "held"), (people[2], "held"), (people[3], "invited")],
    )
    again.refresh_from_db()
    assert (again.places_taken, again.invited_at) == (3, now)
    ends = set(again.enrolments.values_list("held_until", flat=True))
    assert ends == {now + timedelta(days=7)}
    # Somebody else gets in line, and comes in as one of them lets it go or forgets it.
    other = MemberFactory()
    assert actions.join_group(actor=other, group_id=again.pk, now=now).state == Place.WAITLISTED
    actions.join_group(actor=people[0], group_id=again.pk, now=now)
    actions.leave_group(actor=people[1], group_id=again.pk, now=now)
    assert again.enrolments.live().get(member=other).state == Place.HELD
    actions.pass_on_holds(group_id=again.pk, now=now + timedelta(days=7))
    assert again.enrolments.filter(member=people[2]).get().state == Place.LEFT
    # Closed and opened again it asks nobody twice.
    actions.set_state(group_id=again.pk, state=State.DRAFT, now=now + timedelta(days=8))
    actions.set_state(group_id=again.pk, state=State.OPEN, now=now + timedelta(days=8))
    assert len(invited(again)[1]) == 4


def test_they_are_told_by_email_what_is_true_when_it_is_sent(group, organizer, now):
    first, second, third, late = (
        EnrolmentFactory(group=group, state=Place.COMPLETED, joined_at=now - timedelta(days=9 - n)).member
        for n in range(4)
    )
    again = copy(group, organizer, now)
    SessionFactory(group=again, starts_at=now + timedelta(days=30))
    actions.set_state(group_id=again.pk, state=State.OPEN, now=now)
    actions.leave_group(actor=third, group_id=again.pk, now=now)
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now)
    assert {(message.to[0], message.subject) for message in mail.outbox} == {
        (first.email, "“Graphs, again” begins again: a place is held for you"),
        (second.email, "“Graphs, again” begins again: a place is held for you"),
        (late.email, "“Graphs, again” begins again"),
    }
    assert all("The next session" in message.body for message in mail.outbox)
    assert all("/groups/graphs-again/" in message.body for message in mail.outbox)


def test_without_a_head_start_nobody_is_asked_first(group, organizer, now):
    EnrolmentFactory(group=group, state=Place.COMPLETED)
    again = copy(group, organizer, now, head_start_days=0)
    actions.set_state(group_id=again.pk, state=State.OPEN, now=now)
    assert invited(again) == ([], [])


def test_the_page_of_the_step_says_how_many_are_invited(client, group, organizer, now):
    client.force_login(organizer, backend=BACKEND)
    for _ in range(2):
        EnrolmentFactory(group=group)
    copy(group, organizer, now)
    assert "2 people of the term before are told by email" in client.get("/groups/graphs-again/state/?to=open").text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", range(3))
def test_opening_while_others_join_never_overbooks_and_asks_each_once(now, run):
    group = ReadingGroupFactory(capacity=8)
    before = {EnrolmentFactory(group=group).member for _ in range(5)}
    again = copy(group, MemberFactory(), now)
    others = [MemberFactory() for _ in range(12)]

    def join(member):
        try:
            return actions.join_group(actor=member, group_id=again.pk, now=now).state
        except actions.GroupIsClosed:
            return "closed"

    def open_it():
        return actions.set_state(group_id=again.pk, state=State.OPEN, now=now).state

    joins = [lambda member=member: join(member) for member in [*others, *list(before)[:2]]]
    race(*joins[:7], open_it, open_it, *joins[7:])
    again.refresh_from_db()
    taking = again.enrolments.filter(state__in=Enrolment.TAKES_PLACE)
    assert again.places_taken == taking.count() <= 8
    # Nobody is in line while there is a place, and each of the term before has one: they came first.
    assert before <= {row.member for row in taking.select_related("member")}
    assert Delivery.objects.filter(kind="next_term").count() == 5
