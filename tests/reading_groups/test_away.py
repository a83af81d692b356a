"""Who is away counts as somebody who does not come, is not reminded, and those who count on them are told."""

from datetime import date, timedelta

import pytest

from collaborative.home.kinds import BY_KEY
from members.availability import actions as availability_actions
from notifications.actions import send_due, write_obligations
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import Rsvp
from reading_groups.reminders import (
    PRESENTER_AWAY,
    PRESENTER_WANTED,
    PRESENTING_NEXT_WEEK,
    SESSION_SOON,
    SESSION_TOMORROW,
)
from tests.clients import client_of
from tests.factories import (
    AwayFactory,
    EnrolmentFactory,
    MemberFactory,
    PresentationFactory,
    ReadingGroupFactory,
    RsvpFactory,
    SessionFactory,
    SitInFactory,
)
from tests.smtp import mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}


@pytest.fixture
def group():
    return ReadingGroupFactory(slug="attention", title="Attention group", presenters_wanted=2)


def scan(now, *kinds):
    write_obligations(kinds=kinds, now=now)


def send(mail_server, now):
    before = len(mail_server.messages)
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now)
    return [(message["To"], message["Subject"]) for message in mail_server.messages[before:]]


def enrolled(group, name, **fields):
    return EnrolmentFactory(group=group, member__name=name, **fields).member


def away(member, first, last):
    return AwayFactory(member=member, starts_on=first, ends_on=last)


# Answers -------------------------------------------------------------------------------------------------------------


def test_the_day_away_is_that_of_the_members_own_clock(group, now, time_machine):
    """23:30 in London on the 30th is already December in Auckland, and still afternoon in New York."""
    time_machine.move_to(now, tick=False)
    session = SessionFactory(group=group, starts_at=now.replace(day=30, hour=23, minute=30))
    zones = {"Member A": "Pacific/Auckland", "Member B": "Europe/London", "Member C": "America/New_York"}
    for name, zone in zones.items():
        away(enrolled(group, name, member__time_zone=zone), date(2026, 12, 1), date(2026, 12, 3))
    viewer = enrolled(group, "Member D")
    page = client_of(viewer).get(session.get_absolute_url()).text
    assert "1 does not" in page
    assert "<dt>Away</dt><dd>Member A</dd>" in page


def test_ones_own_answer_counts_before_days_away(group, now, time_machine):
    time_machine.move_to(now, tick=False)
    session = SessionFactory(group=group, starts_at=now + DAY)
    members = {name: enrolled(group, f"Member {name.upper()}") for name in ("yes", "no", "silent")}
    for answer, member in members.items():
        away(member, now.date(), now.date() + 2 * DAY)
        if answer != "silent":
            RsvpFactory(session=session, member=member, answer=answer)
    page = " ".join(client_of(members["silent"]).get(session.get_absolute_url()).text.split())
    assert "1 comes" in page
    assert "2 do not" in page
    assert "You are away then" in page
    listed = client_of(members["yes"]).get("/api/v1/groups/attention/sessions/").json()
    [row] = listed.get("results", listed)
    assert (row["yes_count"], row["no_count"], row["own_answer"]) == (1, 2, "yes")
    assert not Rsvp.objects.filter(member=members["silent"]).exists(), "nothing of it is stored"


# Reminders -----------------------------------------------------------------------------------------------------------


def test_whoever_is_away_on_the_day_is_reminded_only_where_they_say_that_they_come(group, now, mail_server):
    session = SessionFactory(group=group, starts_at=now + DAY)
    gone, comes = enrolled(group, "Member A"), enrolled(group, "Member B")
    for member in (gone, comes):
        away(member, session.held_on, session.held_on)
    RsvpFactory(session=session, member=comes, answer="yes")
    scan(now, SESSION_TOMORROW)
    assert [to for to, _subject in send(mail_server, now)] == [comes.email]
    assert Delivery.objects.get(member=gone).reason == "no longer wanted"


def test_a_reminder_waits_until_they_are_back_unless_it_is_too_late(group, now, mail_server):
    """Back on the morning of the session, at their own midnight; and back once it is over."""
    SessionFactory(group=group, starts_at=now + DAY)
    back, gone = (
        enrolled(group, "Member A", member__time_zone="Europe/London"),
        enrolled(group, "Member B", member__time_zone="Asia/Kathmandu"),
    )
    away(back, now.date() - DAY, now.date())
    other = SessionFactory(group=ReadingGroupFactory(), starts_at=now + HOUR)
    EnrolmentFactory(group=other.group, member=gone)
    RsvpFactory(session=other, member=gone, answer="maybe")
    away(gone, now.date(), now.date() + 4 * DAY)
    scan(now, SESSION_TOMORROW, SESSION_SOON)
    assert send(mail_server, now) == []
    waiting = Delivery.objects.get(member=back, kind="session_tomorrow")
    midnight = now.replace(hour=0) + DAY
    assert (waiting.state, waiting.reason, waiting.lease_until, waiting.attempts) == ("due", "away", midnight, 0)
    assert (
        Delivery.objects.get(member=gone, kind="session_soon", object_key=other.key).reason
        == "away until it was too late"
    )
    assert [to for to, _subject in send(mail_server, midnight)] == [back.email]


def test_whoever_comes_back_earlier_gets_what_waited(group, now, mail_server):
    SessionFactory(group=group, starts_at=now + DAY)
    member = enrolled(group, "Member A", member__time_zone="Europe/London")
    row = away(member, now.date() - DAY, now.date())
    scan(now, SESSION_TOMORROW)
    assert send(mail_server, now) == []
    availability_actions.end_away(actor=member, away_id=row.pk, now=now)
    assert [to for to, _subject in send(mail_server, now)] == [member.email]


def test_nobody_is_asked_to_present_while_they_are_away(group, now):
    session = SessionFactory(group=group, starts_at=now + 7 * DAY)
    gone, there = enrolled(group, "Member A"), enrolled(group, "Member B")
    away(gone, session.held_on, session.held_on)
    scan(now, PRESENTER_WANTED)
    assert [row.member for row in Delivery.objects.all()] == [there]


def test_an_hour_before_those_are_told_whom_it_concerns(group, now, mail_server):
    session = SessionFactory(group=group, starts_at=now + HOUR)
    organizer, both = MemberFactory(), enrolled(group, "Member B")
    group.organizers.set([organizer, both])
    visitor, declines, maybe = (
        SitInFactory(session=session).member,
        enrolled(group, "Member C"),
        enrolled(group, "Member D"),
    )
    RsvpFactory(session=session, member=declines, answer="no")
    RsvpFactory(session=session, member=maybe, answer="maybe")
    scan(now, SESSION_SOON)
    told = send(mail_server, now)
    assert {to for to, _subject in told} == {person.email for person in (organizer, both, visitor, maybe)}
    assert len(told) == 4
    assert Delivery.objects.get(member=maybe).expires_at == session.ends_at


def test_organizers_without_a_place_are_reminded_a_day_before(group, now, mail_server):
    organizer = MemberFactory()
    group.organizers.set([organizer])
    SessionFactory(group=group, starts_at=now + DAY)
    SessionFactory(group=ReadingGroupFactory(state="draft", organizers=[organizer]), starts_at=now + DAY)
    scan(now, SESSION_TOMORROW)
    [(to, _subject)] = send(mail_server, now)
    assert to == organizer.email
    assert "because you organize" in mail_server.messages[-1].get_body(("plain",)).get_content()


# Presenting ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shared(group, now):
    """A session that two present, one of whom is away from before it until long after."""
    session = SessionFactory(group=group, starts_at=now + 10 * DAY, title="Attention")
    gone, other = enrolled(group, "Member A"), enrolled(group, "Member B")
    for member in (gone, other):
        PresentationFactory(session=session, member=member)
    away(gone, session.held_on - 3 * DAY, session.held_on + 40 * DAY)
    return session, gone, other


def test_those_who_count_on_a_presenter_are_told_once_and_only_of_that_day(group, now, shared, mail_server):
    session, _gone, other = shared
    organizer = MemberFactory()
    group.organizers.set([organizer])
    for _ in range(2):
        scan(now, PRESENTER_AWAY)
    told = send(mail_server, now)
    assert {to for to, _subject in told} == {other.email, organizer.email}
    assert {subject for _to, subject in told} == {"Member A is away on Fri 4 Dec: Attention"}
    for message in mail_server.messages:
        for part in (message.get_body(("plain",)), message.get_body(("html",))):
            assert "Jan" not in part.get_content()
            assert " 1 Dec" not in part.get_content()
    actions.move_session(
        actor=organizer,
        session_id=session.pk,
        moment=actions.Moment(held_on=session.held_on + DAY, at=session.starts_at.time(), minutes=60),
        now=now,
    )
    Delivery.objects.filter(kind="session_changed").delete()
    scan(now, PRESENTER_AWAY)
    assert len(send(mail_server, now)) == 2, "the session has another day"


def test_organizers_are_not_told_where_enough_are_left(group, now, shared, mail_server):
    _session, _gone, other = shared
    group.presenters_wanted = 1
    group.save()
    group.organizers.set([MemberFactory()])
    scan(now, PRESENTER_AWAY)
    assert [to for to, _subject in send(mail_server, now)] == [other.email]


@pytest.mark.parametrize("what", ["back", "withdrew", "comes anyway", "handed over"])
def test_nobody_is_told_of_what_is_settled(group, now, shared, mail_server, what):
    session, gone, _other = shared
    scan(now, PRESENTER_AWAY)
    if what == "back":
        availability_actions.end_away(actor=gone, away_id=gone.aways.get().pk, now=now)
    elif what == "withdrew":
        actions.withdraw_from_presenting(actor=gone, session_id=session.pk, now=now)
    elif what == "comes anyway":
        actions.answer_rsvp(actor=gone, session_id=session.pk, answer="yes", now=now)
    else:
        third = enrolled(group, "Member C")
        asked = actions.ask_to_take_over(actor=gone, session_id=session.pk, member_id=third.pk, now=now)
        actions.accept_invitation(actor=third, invitation_id=asked.pk, now=now)
        Delivery.objects.exclude(kind="presenter_away").delete()
    assert send(mail_server, now) == []


def test_the_page_of_days_away_offers_to_hand_over(now, shared, time_machine):
    time_machine.move_to(now, tick=False)
    session, gone, other = shared
    client = client_of(gone)
    assert "I am away" in client.get("/me/").text
    page = client.get("/me/away/").text
    assert f"/groups/attention/sessions/{session.pk}/presenters/#hand-over" in page
    assert "1 session of your groups falls on them" in page
    assert "#hand-over" not in client_of(other).get("/me/away/").text
    dates = {"away-starts_on": "2026-12-03", "away-ends_on": "2026-12-04"}
    for address in ("/me/away/", "/me/availability/away/"):
        response = client_of(other).post(address, dates, follow=True)
        assert response.redirect_chain == [("/me/away/", 302)]
        assert "#hand-over" in response.text
    wrong = client_of(other).post("/me/away/", dates | {"away-ends_on": "2026-12-01"})
    assert (wrong.status_code, "2026-12-01" in wrong.text) == (422, True)


# The standing call ---------------------------------------------------------------------------------------------------


def test_another_standing_call_reaches_those_with_a_session_within_two_days(group, now):
    organizer, member = MemberFactory(), enrolled(group, "Member B")
    group.organizers.set([organizer])
    soon = SessionFactory(group=group, starts_at=now + 47 * HOUR)
    SessionFactory(group=group, starts_at=now + 20 * HOUR, call_url="https://meet.example.org/own")
    SessionFactory(group=group, starts_at=now + 49 * HOUR)
    group.call_url = "https://meet.example.org/new"
    for _ in range(2):
        actions.change_settings(actor=organizer, group=group, topics=[], now=now)
    told = Delivery.objects.get()
    assert (told.kind, told.object_key, told.member) == ("session_changed", soon.key, member)
    assert told.occurrence.startswith("revision 0 call")


def test_whoever_presents_is_told_a_week_before_unless_they_offered_later(group, now):
    session = SessionFactory(group=group, starts_at=now + 7 * DAY)
    early = PresentationFactory(session=session, offered_at=now - DAY).member
    PresentationFactory(session=session, offered_at=now + HOUR)
    scan(now + 2 * HOUR, PRESENTING_NEXT_WEEK)
    assert [row.member for row in Delivery.objects.all()] == [early]
