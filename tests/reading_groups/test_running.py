"""What organizers do with their group: settings, dates, states with their consequences, chapters."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from collaborative.home.kinds import BY_KEY
from notifications.actions import send_due, write_obligations
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.agenda import items_for
from reading_groups.models import Enrolment, Paper, ReadingGroup
from reading_groups.reminders import KINDS
from tests.factories import (
    EnrolmentFactory,
    MemberFactory,
    OrganizerFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
    TopicFactory,
)
from tests.pages import fields_of
from tests.pages import send as send_form
from tests.queries import exactly

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}
State, Place = ReadingGroup.State, Enrolment.State
PAGE = "/groups/graphs/"


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def organizer(client):
    member = MemberFactory(name="Member O", time_zone="Europe/London")
    client.force_login(member, backend=BACKEND)
    return member


@pytest.fixture
def group(organizer):
    return ReadingGroupFactory(slug="graphs", title="Graphs", description="Slowly.", organizers=[organizer], capacity=3)


def send(now):
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now)
    return mail.outbox


def said(response):
    return [str(message) for message in response.context["messages"]]


def local(group):
    return [str(day) for day in group.sessions.order_by("starts_at").values_list("held_on", flat=True)]


# Settings


def test_settings_are_changed_and_found_by(client, group, now):
    topic = TopicFactory(name="Graph learning")
    changes = {
        "title": "Graphs, gladly",
        "language": "Français",
        "topic_1": topic.pk,
        "call_url": "https://meet.example.org/graphs",
        "hands_needed": 5,
        "allows_sitting_in": None,
    }
    response = send_form(client, f"{PAGE}settings/", "group", **changes)
    assert response.headers["Location"] == PAGE
    group.refresh_from_db()
    assert (group.title, group.language, group.hands_needed) == ("Graphs, gladly", "Français", 5)
    assert (group.call_url, group.allows_sitting_in) == ("https://meet.example.org/graphs", False)
    assert list(ReadingGroup.objects.matching("gladly learning")) == [group]


def test_a_capacity_below_enrolment_is_allowed_and_said_clearly(client, group, now):
    for _ in range(3):
        EnrolmentFactory(group=group)
    assert client.get(f"{PAGE}settings/").status_code == 200
    data = fields_of(client.get(f"{PAGE}settings/"), "group")
    response = client.post(f"{PAGE}settings/", data | {"capacity": "1"}, follow=True)
    assert said(response) == [
        "The settings are saved.",
        "2 people more than that have a place or a held one. Nobody loses it; places go as people leave.",
    ]
    group.refresh_from_db()
    assert (group.capacity, group.places_taken, group.places_limit) == (1, 3, 3)


def test_more_places_are_offered_to_those_who_wait(client, group):
    group.capacity = group.places_limit = 1
    group.save()
    EnrolmentFactory(group=group)
    waiting = EnrolmentFactory(group=group, state=Place.WAITLISTED)
    send_form(client, f"{PAGE}settings/", "group", capacity=2)
    waiting.refresh_from_db()
    assert waiting.state == Place.HELD


def test_settings_keep_what_happened_meanwhile(now):
    """The form was loaded before somebody joined and another organizer paused the group."""
    group = ReadingGroupFactory(capacity=2)
    stale = ReadingGroup.objects.get(pk=group.pk)
    actions.join_group(actor=MemberFactory(), group_id=group.pk, now=now)
    actions.set_state(group_id=group.pk, state=State.PAUSED, now=now)
    stale.title = "A better title"
    actions.change_settings(actor=MemberFactory(), group=stale, topics=[], now=now)
    group.refresh_from_db()
    assert (group.title, group.state, group.places_taken) == ("A better title", State.PAUSED, 1)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("title", "\u200b", "Give it a title that others can say."),
        ("call_url", "javascript:alert(1)", "Paste the whole address"),
        ("capacity", "many", "Enter a whole number."),
        ("duration_minutes", "5", "greater than or equal to 15"),
        ("hands_needed", "0", "greater than or equal to 1"),
    ],
)
def test_nonsense_in_the_settings_is_told_and_comes_back(client, group, field, value, told):
    response = send_form(client, f"{PAGE}settings/", "group", **{field: value})
    assert response.status_code == 422
    assert told in str(response.context["form"].errors[field])
    # The page is still about the group as it is.
    assert response.context["group"].title == "Graphs"
    if field != "title":
        assert fields_of(response, "group")[field] == [value]


# Dates


def test_sessions_are_planned_by_a_rule_and_those_that_stand_stay(client, group):
    SessionFactory(group=group, starts_at=datetime(2026, 12, 8, 15, 0, tzinfo=UTC))
    data = {"how": "rule", "weekday": "1", "at": "15:00", "every_weeks": "1"}
    data |= {"first_on": "2026-12-01", "last_on": "2026-12-15"}
    response = client.post(f"{PAGE}plan/", data, follow=True)
    assert said(response) == ["2 sessions are added. 1 stood already and is kept."]
    assert local(group) == ["2026-12-01", "2026-12-08", "2026-12-15"]


def test_a_rule_that_is_neither_weekly_nor_fortnightly_stays_a_choice(client, group):
    ReadingGroup.objects.update(every_weeks=4)
    data = fields_of(client.get(f"{PAGE}plan/"), "group")
    assert data["every_weeks"] == ["4"]
    client.post(f"{PAGE}plan/", data | {"first_on": "2026-12-01", "last_on": "2027-01-31"})
    assert local(group) == ["2026-12-01", "2026-12-29", "2027-01-26"]
    group.refresh_from_db()
    assert group.every_weeks == 4


def test_single_dates_are_added_and_keep_the_rule(client, group):
    client.post(f"{PAGE}plan/", {"how": "dates", "dates": "2027-03-30 15:00\n2027-03-23 15:00"})
    starts = [session.starts_at for session in group.sessions.order_by("starts_at")]
    # London's clocks change in between.
    assert starts == [datetime(2027, 3, 23, 15, 0, tzinfo=UTC), datetime(2027, 3, 30, 14, 0, tzinfo=UTC)]
    group.refresh_from_db()
    assert group.weekday == ReadingGroup.Weekday.TUESDAY


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ("2026-12-08 15:00", "“2026-12-08 15:00”: the group has a session at that time."),
        ("2027-03-28 01:15", "On Sun 28 Mar 2027 clocks in London skip 01:15. Choose another."),
        ("2027-10-31 01:15", "On Sun 31 Oct 2027 clocks in London show 01:15 twice."),
    ],
)
def test_a_date_that_cannot_be_is_told_and_comes_back(client, group, dates, told):
    SessionFactory(group=group, starts_at=datetime(2026, 12, 8, 15, 0, tzinfo=UTC))
    response = client.post(f"{PAGE}plan/", {"how": "dates", "dates": dates})
    assert (response.status_code, told in response.text) == (422, True)
    assert fields_of(response, "group")["dates"] == [dates]
    assert group.sessions.count() == 1


# States


def step(client, to, follow=True):
    return client.post(f"{PAGE}state/", {"to": to}, follow=follow)


def test_a_pause_keeps_places_and_goes_on_where_it_was(client, group, now):
    people = [EnrolmentFactory(group=group) for _ in range(2)]
    held = EnrolmentFactory(group=group, state=Place.HELD)
    waiting = EnrolmentFactory(group=group, state=Place.WAITLISTED)
    session = SessionFactory(group=group, starts_at=now + timedelta(hours=30))
    text = client.get(f"{PAGE}state/?to=paused").text
    assert "3 people with a place keep it" in text.replace("The ", "")
    assert group.enrolments.filter(state=Place.HELD).exists()
    assert said(step(client, "paused")) == ["The group pauses. Those with a place are told by email."]
    held.refresh_from_db()
    group.refresh_from_db()
    assert (group.state, held.state, group.places_taken) == (State.PAUSED, Place.WAITLISTED, 2)
    assert list(group.enrolments.in_line()) == [held, waiting]
    assert {message.subject for message in send(now)} == {"“Graphs” pauses"}
    assert len(mail.outbox) == 3
    # Nothing stands in anybody's week, nobody is reminded, nobody can join.
    member = people[0].member
    assert items_for(member, now, now + timedelta(days=7)) == []
    assert write_obligations(kinds=KINDS, now=now) == 0
    with pytest.raises(actions.GroupIsClosed):
        actions.join_group(actor=MemberFactory(), group_id=group.pk, now=now)
    page = client.get(PAGE).text
    assert "What is planned is kept" in page
    assert 'id="next"' not in page
    # It goes on: the first in line is offered the place anew, and the session is announced anew.
    client.post(f"{PAGE}state/", {"to": "running"})
    held.refresh_from_db()
    session.refresh_from_db()
    assert (held.state, session.revision) == (Place.HELD, 1)
    assert len(items_for(member, now, now + timedelta(days=7))) == 1
    # For each of the two and their organizer, a day before it and an hour before it.
    assert write_obligations(kinds=KINDS, now=now) == 3 * 2
    subjects = [message.subject for message in send(now)[3:]]
    assert subjects.count("“Graphs” goes on") == 2
    assert len(subjects) == 3  # and the place that is offered


def test_a_reminder_of_a_group_that_pauses_is_not_sent(client, group, now):
    EnrolmentFactory(group=group)
    SessionFactory(group=group, starts_at=now + timedelta(hours=30))
    # For the member and the organizer, a day before it and an hour before it.
    assert write_obligations(kinds=KINDS, now=now) == 2 * 2
    step(client, "paused")
    send(now + timedelta(hours=7))
    assert [message.subject for message in mail.outbox] == ["“Graphs” pauses"]
    # It goes on in time: then they are reminded after all.
    with time_machine.travel(now + timedelta(hours=8), tick=False):
        step(client, "running")
    later = now + timedelta(hours=8)
    assert write_obligations(kinds=KINDS, now=later) == 2 * 2
    assert len(send(later)) == 4


def test_completing_says_what_becomes_of_people_and_is_for_good(client, group, now):
    place = EnrolmentFactory(group=group)
    EnrolmentFactory(group=group, state=Place.WAITLISTED)
    assert "The group has not met, so nobody has completed it." in client.get(f"{PAGE}state/?to=completed").text
    assert "for that, complete the group first" in client.get(f"{PAGE}state/?to=archived").text
    SessionFactory(group=group, starts_at=now - timedelta(days=2))
    text = client.get(f"{PAGE}state/?to=completed").text
    assert "The one person with a place has completed the group." in text
    assert "The one person who waits leaves the line." in text
    assert "This is for good" in text
    step(client, "completed")
    place.refresh_from_db()
    assert place.state == Place.COMPLETED
    assert said(step(client, "open")) == ["From where this group is now, that is not possible."]
    assert step(client, "archived").status_code == 200
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("to", ["", "nonsense", "draft", "proposed"])
def test_what_is_no_step_changes_nothing(client, group, to):
    assert said(client.get(f"{PAGE}state/?to={to}", follow=True)) == [
        "From where this group is now, that is not possible."
    ]
    step(client, to)
    group.refresh_from_db()
    assert group.state == State.OPEN


def test_organizers_of_the_collaborative_run_any_group_but_see_nothing_inside(group):
    EnrolmentFactory(group=group, member=MemberFactory(name="Member W"))
    client = Client()
    client.force_login(OrganizerFactory(), backend=BACKEND)
    page = client.get(PAGE).text
    assert ("Pause" in page, "Member W" in page, "Settings" in page) == (True, False, False)
    client.post(f"{PAGE}state/", {"to": "paused"})
    group.refresh_from_db()
    assert group.state == State.PAUSED


# Chapters


def chapters(**changes):
    return {
        "title": "A Book of Graphs",
        "authors": "A. Author, B. Author",
        "year": "2021",
        "url": "https://example.org/book",
        "chapters": "1 Nodes\n\n 2  Edges\n3 Walks\n1 Nodes",
        "spreads": "on",
    } | changes


def test_the_chapters_of_a_textbook_are_its_readings(client, group, now):
    ReadingGroup.objects.update(format="textbook")
    first, second = (SessionFactory(group=group, starts_at=now + timedelta(days=days)) for days in (1, 8))
    ReadingFactory(group=group, session=first, paper=PaperFactory())
    client.post(f"{PAGE}chapters/", chapters())
    book = Paper.objects.get(title="A Book of Graphs")
    assert (book.authors, book.year, book.url) == (["A. Author", "B. Author"], 2021, "https://example.org/book")
    rows = list(group.readings.filter(paper=book).order_by("position").values_list("part", "session"))
    assert rows == [("1 Nodes", second.pk), ("2 Edges", None), ("3 Walks", None)]
    # Again, with one more: the book is the same, and what stands there stays.
    client.post(f"{PAGE}chapters/", chapters(chapters="1 Nodes\n4 Trees", spreads=""))
    assert Paper.objects.filter(title="A Book of Graphs").count() == 1
    assert list(group.readings.filter(paper=book).order_by("position").values_list("part", flat=True)) == [
        "1 Nodes",
        "2 Edges",
        "3 Walks",
        "4 Trees",
    ]
    assert "Chapter by chapter." in client.get(PAGE).text
    assert list(ReadingGroup.objects.matching("book")) == [group]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"chapters": " \n "}, "chapters"),
        ({"chapters": "x" * 201}, "chapters"),
        ({"chapters": "\n".join(f"Chapter {n}" for n in range(101))}, "chapters"),
        ({"authors": "x" * 201}, "authors"),
        ({"year": "99999"}, "year"),
        ({"url": "javascript:alert(1)"}, "url"),
    ],
)
def test_chapters_that_cannot_be_are_told_and_come_back(client, group, changes, field):
    ReadingGroup.objects.update(format="textbook")
    response = client.post(f"{PAGE}chapters/", chapters(**changes))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Paper.objects.exists()


def test_a_group_that_reads_papers_has_no_chapters(client, group):
    assert client.get(f"{PAGE}chapters/").status_code == 404


@pytest.mark.parametrize("topics", [1, 12])
def test_the_settings_cost_the_same_at_any_length(client, group, topics):
    for _ in range(topics):
        group.topics.add(TopicFactory())
    # Site; group with the viewer's standing; collectives; all topics, and its own.
    with exactly(5, signed_in=True):
        client.get(f"{PAGE}settings/")


def test_dates_shown_are_those_of_the_group(client, group):
    assert date(2026, 12, 1).weekday() == group.weekday
    assert fields_of(client.get(f"{PAGE}plan/"), "group")["weekday"] == ["1"]
