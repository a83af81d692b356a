"""Mails about one session carry it for calendar programs: the same entry as in the calendars, put in or taken out."""

from datetime import time, timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.core import mail
from django.test import Client
from icalendar import Calendar

from collaborative.home.actions import give_calendar_address
from collaborative.home.kinds import BY_KEY
from members.availability.actions import cancel_meeting, leave_meetings, move_meeting, plan_meeting
from notifications.actions import send_due, write_obligations
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import ReadingGroup, Session
from tests.factories import (
    EnrolmentFactory,
    MeetingFactory,
    MemberFactory,
    PresentationFactory,
    ReadingGroupFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
FRAME = {"site_name": "Reading, Together", "contact_email": "", "week_path": "/me/", "mails_path": "/me/mails/"}
CALL = "https://call.example.org/x"


@pytest.fixture
def group():
    return ReadingGroupFactory(slug="graphs", title="Graphs", zone="Europe/Berlin", call_url=CALL)


@pytest.fixture
def member(group):
    return EnrolmentFactory(group=group, member=MemberFactory(name="Member A", email="a@example.org")).member


@pytest.fixture
def session(group, now):
    return SessionFactory(group=group, title="Edges", starts_at=now + timedelta(days=3))


@pytest.fixture
def organizer(group):
    other = MemberFactory(name="Member O", email="o@example.org")
    group.organizers.add(other)
    return other


def sent(at, kind: str = "") -> list:
    """What goes out at a moment, and nothing else."""
    mail.outbox.clear()
    with time_machine.travel(at, tick=False):
        write_obligations(kinds=list(BY_KEY.values()), now=at)
        send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: at)
    kinds = dict(Delivery.objects.filter(state="sent").values_list("message_id", "kind"))
    return [message for message in mail.outbox if kind in {"", kinds[message.extra_headers["Message-ID"]]}]


def part_of(message) -> tuple[Calendar, dict] | None:
    """The part for calendar programs, as a mail program finds it in what goes over the wire."""
    wire = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    assert wire.get_content_type() == "multipart/alternative"
    types = [part.get_content_type() for part in wire.iter_parts()]
    if "text/calendar" not in types:
        assert types == ["text/plain", "text/html"]
        return None
    assert types == ["text/plain", "text/html", "text/calendar"]
    part = list(wire.iter_parts())[-1]
    calendar = Calendar.from_ical(part.get_content())
    assert part.get_content_charset() == "utf-8"
    assert part["Content-Type"].params["method"] == calendar["METHOD"]
    [event] = calendar.walk("VEVENT")
    return calendar, event


def feed_of(member, now) -> dict[str, dict]:
    token = give_calendar_address(actor=member, now=now).token
    with time_machine.travel(now, tick=False):
        body = Client().get(f"/calendar/{token}.ics").content
    return {str(event["UID"]): event for event in Calendar.from_ical(body).walk("VEVENT")}


def move(session, now, *, days: int = 1, at: time | None = time(15, 0)):
    actor = MemberFactory()
    moment = actions.Moment(held_on=session.held_on + timedelta(days=days), at=at)
    return actions.move_session(actor=actor, session_id=session.pk, moment=moment, now=now)


def same(event, other) -> bool:
    names = ("UID", "SEQUENCE", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY", "STATUS")
    return [event[name].to_ical() if hasattr(event[name], "to_ical") else event[name] for name in names] == [
        other[name].to_ical() if hasattr(other[name], "to_ical") else other[name] for name in names
    ]


def test_the_reminder_asks_the_reader_in_with_the_entry_of_their_calendar(member, session, now):
    at = session.starts_at - timedelta(hours=24)
    [message] = sent(at, "session_tomorrow")
    calendar, event = part_of(message)
    assert str(calendar["METHOD"]) == "REQUEST"
    assert same(event, feed_of(member, at)[str(event["UID"])])
    assert event["DTSTAMP"].dt == at
    assert str(event["LOCATION"]) == CALL
    assert str(event["ATTENDEE"]) == "mailto:a@example.org"
    assert message.from_email.endswith(f"<{str(event['ORGANIZER']).removeprefix('mailto:')}>")
    assert event["ORGANIZER"].params["CN"] == "Reading, Together"
    text = calendar.to_ical().decode()
    assert ("Member A" in text, text.count("ATTENDEE"), text.count("BEGIN:VEVENT")) == (False, 1, 1)


def test_what_moves_is_the_same_entry_again_and_what_is_off_is_taken_out(member, session, now):
    found = []
    for hours, change in enumerate(
        (
            lambda at: move(session, at),
            lambda at: actions.cancel_session(actor=MemberFactory(), session_id=session.pk, now=at),
            lambda at: actions.bring_back_session(actor=MemberFactory(), session_id=session.pk, now=at),
        )
    ):
        at = now + timedelta(hours=hours)
        change(at)
        [message] = sent(at, "session_changed")
        calendar, event = part_of(message)
        assert same(event, feed_of(member, at)[str(event["UID"])])
        found.append((str(calendar["METHOD"]), str(event["STATUS"]), event["SEQUENCE"], str(event["UID"])))
    uid = f"{session.key}@localhost"
    assert found == [
        ("REQUEST", "CONFIRMED", 1, uid),
        ("CANCEL", "CANCELLED", 2, uid),
        ("REQUEST", "CONFIRMED", 3, uid),
    ]


def test_a_session_whose_time_is_not_known_any_more_is_taken_out(member, session, now):
    move(session, now, at=None)
    [message] = sent(now, "session_changed")
    calendar, event = part_of(message)
    assert (str(calendar["METHOD"]), event["SEQUENCE"]) == ("CANCEL", 1)
    assert event["DTSTART"].dt.date() == session.held_on + timedelta(days=1)
    assert "LOCATION" not in event


def test_a_new_call_is_told_with_the_same_revision(member, session, now):
    Session.objects.update(starts_at=now + timedelta(hours=20), ends_at=now + timedelta(hours=21))
    actions.describe_session(
        actor=MemberFactory(),
        session_id=session.pk,
        title="Edges",
        call_url="https://call.example.org/new",
        presenters_wanted=None,
        recording_url="",
        now=now,
    )
    [message] = sent(now, "session_changed")
    _calendar, event = part_of(message)
    assert (event["SEQUENCE"], event["LAST-MODIFIED"].dt) == (0, now)
    assert str(event["LOCATION"]) == "https://call.example.org/new"


def test_presenters_and_those_who_sit_in_are_told_so_as_in_their_calendar(member, session, group, now):
    PresentationFactory(session=session, member=member)
    guest = MemberFactory(email="guest@example.org")
    actions.sit_in(actor=guest, group_id=group.pk, now=now)
    [message] = sent(now, "sit_in")
    _calendar, event = part_of(message)
    assert str(event["SUMMARY"]) == "You sit in: Edges"
    assert same(event, feed_of(guest, now)[str(event["UID"])])
    at = session.starts_at - timedelta(hours=48)
    [message] = sent(at, "presenting_soon")
    _calendar, event = part_of(message)
    assert str(event["SUMMARY"]) == "You present: Edges"
    assert same(event, feed_of(member, at)[str(event["UID"])])
    # Whoever sat in and cannot come is told when it is off, like everybody else.
    actions.cancel_session(actor=MemberFactory(), session_id=session.pk, now=at)
    methods = {message.to[0]: str(part_of(message)[0]["METHOD"]) for message in sent(at, "session_changed")}
    assert methods == {"a@example.org": "CANCEL", "guest@example.org": "CANCEL"}


@pytest.mark.parametrize("hours", [0, 48])
def test_a_place_that_is_given_has_the_next_session_with_it(group, session, now, hours):
    ReadingGroup.objects.update(capacity=1, places_limit=1, places_taken=0, hold_hours=hours)
    first, waiting = MemberFactory(), MemberFactory(email="w@example.org")
    for person in (first, waiting):
        actions.join_group(actor=person, group_id=group.pk, now=now)
    actions.leave_group(actor=first, group_id=group.pk, now=now)
    [message] = sent(now, "place_offered")
    if hours:
        assert part_of(message) is None  # it is not theirs yet
    else:
        calendar, event = part_of(message)
        assert str(calendar["METHOD"]) == "REQUEST"
        assert same(event, feed_of(waiting, now)[str(event["UID"])])


def test_other_mails_carry_nothing(group, member, organizer, session, now):
    ReadingGroup.objects.update(state="running")
    actions.set_state(group_id=group.pk, state="paused", now=now)
    [message] = sent(now, "group_paused")
    assert part_of(message) is None


def test_whatever_a_title_holds_it_stays_one_entry(member, session, now):
    Session.objects.update(title="Ends\r\nEND:VEVENT\r\nATTENDEE:mailto:x@example.org; ż😀, " + "ż" * 200)
    [message] = sent(session.starts_at - timedelta(hours=24), "session_tomorrow")
    _calendar, event = part_of(message)
    assert str(event["SUMMARY"]).startswith("Ends END:VEVENT ATTENDEE:mailto:x@example.org; ż😀, ż")


def test_meetings_are_told_of_in_the_same_way(now):
    pair = [MemberFactory(name="Member B"), MemberFactory(name="Member C", email="c@example.org")]
    start = now + timedelta(days=3)
    meeting = plan_meeting(
        actor=pair[0],
        title="How it goes",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        zone="Asia/Kathmandu",
        participants=pair,
        now=now,
        call_url=CALL,
    )
    found = []
    [message] = sent(now, "meeting_changed")
    found.append(part_of(message))
    later = start + timedelta(days=1)
    move_meeting(actor=pair[0], meeting_id=meeting.pk, starts_at=later, ends_at=later + timedelta(hours=1), now=now)
    [message] = sent(now, "meeting_changed")
    found.append(part_of(message))
    assert same(found[-1][1], feed_of(pair[1], now)[f"{meeting.key}@localhost"])
    at = later - timedelta(hours=24)
    found += [part_of(message) for message in sent(at, "meeting_tomorrow") if message.to == ["c@example.org"]]
    cancel_meeting(actor=pair[0], meeting_id=meeting.pk, now=at)
    [message] = sent(at, "meeting_changed")
    found.append(part_of(message))
    assert [(str(calendar["METHOD"]), event["SEQUENCE"]) for calendar, event in found] == [
        ("REQUEST", 0),
        ("REQUEST", 1),
        ("REQUEST", 1),
        ("CANCEL", 2),
    ]
    assert all(event["UID"] == f"{meeting.key}@localhost" for _calendar, event in found)
    text = found[0][0].to_ical().decode()
    assert ("Member B" in text, "Member C" in text, str(found[0][1]["LOCATION"])) == (False, False, CALL)


def test_whoever_leaves_a_meeting_is_not_written_to_and_the_other_has_it_taken_out(now):
    stays, leaves = MemberFactory(), MemberFactory()
    MeetingFactory(starts_at=now + timedelta(days=2), participants=[stays, leaves])
    leave_meetings(actor=leaves, now=now)
    [message] = sent(now, "meeting_changed")
    assert (message.to, str(part_of(message)[0]["METHOD"])) == ([stays.email], "CANCEL")
