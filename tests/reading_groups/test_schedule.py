"""Single sessions: added, moved, called off and brought back, and what stands about them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError

from collaborative.home.kinds import BY_KEY, KINDS
from notifications.actions import send_due, write_obligations
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.agenda import items_for
from reading_groups.models import Enrolment, ReadingGroup, Session
from tests.factories import (
    AttendanceFactory,
    EnrolmentFactory,
    MemberFactory,
    PaperFactory,
    PresentationFactory,
    QuestionFactory,
    ReadingFactory,
    ReadingGroupFactory,
    RsvpFactory,
    SessionFactory,
    SitInFactory,
)
from tests.pages import fields_of

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}
CALL, OWN_CALL, CHAT = (f"https://{name}.example.org/graphs" for name in ("meet", "other", "chat"))


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def organizer(client):
    member = MemberFactory(name="Member O", time_zone="Europe/London")
    client.force_login(member, backend=BACKEND)
    return member


@pytest.fixture
def group(organizer):
    return ReadingGroupFactory(
        slug="graphs", title="Graphs", description="Slowly.", organizers=[organizer], call_url=CALL
    )


@pytest.fixture
def session(group):
    """On Tuesday 1 December at 15:00 in London."""
    return SessionFactory(group=group, title="Edges", starts_at=datetime(2026, 12, 1, 15, 0, tzinfo=UTC))


def page(session, rest=""):
    return f"/groups/{session.group.slug}/sessions/{session.pk}/{rest}"


def said(response):
    return [str(message) for message in response.context["messages"]]


def mails(now):
    write_obligations(kinds=KINDS, now=now)
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now)
    return mail.outbox


def move(session, day, at=time(15, 0), *, now, actor=None, minutes=75):
    moment = actions.Moment(held_on=day, at=at, minutes=minutes)
    actor = actor or session.group.organizers.first() or MemberFactory()
    return actions.move_session(actor=actor, session_id=session.pk, moment=moment, now=now)


# Moving


def test_a_session_that_moves_stays_the_same_one(client, session, now):
    reading, question = ReadingFactory(group=session.group, session=session), QuestionFactory(session=session)
    part, visit = PresentationFactory(session=session), SitInFactory(session=session)
    response = client.post(
        page(session, "move/"), {"held_on": "2026-12-03", "at": "17:30", "minutes": "60"}, follow=True
    )
    assert said(response) == ["The session has moved. Those who would come are told by email."]
    moved = Session.objects.get()
    assert (moved.pk, moved.revision, moved.held_on) == (session.pk, 1, date(2026, 12, 3))
    assert (moved.starts_at, moved.ends_at) == (
        datetime(2026, 12, 3, 17, 30, tzinfo=UTC),
        datetime(2026, 12, 3, 18, 30, tzinfo=UTC),
    )
    for row in (reading, question, part, visit):
        row.refresh_from_db()
        assert row.session == moved


def test_the_page_shows_where_it_is_and_what_moving_means(client, session, now):
    response = client.get(page(session, "move/"))
    shown = fields_of(response, "session")
    assert [shown[name] for name in ("held_on", "at", "minutes")] == [["2026-12-01"], ["15:00"], ["75"]]
    assert "its entry moves by itself" in response.text
    response = client.post(page(session, "move/"), {"held_on": "2026-12-01", "at": "15:00", "minutes": ""}, follow=True)
    assert said(response) == ["The session is at that time already."]
    assert (Session.objects.get().revision, Delivery.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("zone", "typed", "field", "told"),
    [
        (
            "Europe/London",
            {"held_on": "2027-03-28", "at": "01:30"},
            "at",
            "On Sun 28 Mar 2027 clocks in London skip 01:30. Choose another.",
        ),
        (
            "Europe/London",
            {"held_on": "2027-10-31", "at": "01:30"},
            "at",
            "On Sun 31 Oct 2027 clocks in London show 01:30 twice. Choose a time outside that hour.",
        ),
        (
            "Australia/Lord_Howe",  # half an hour
            {"held_on": "2027-10-03", "at": "02:15"},
            "at",
            "On Sun 3 Oct 2027 clocks in Lord Howe skip 02:15. Choose another.",
        ),
        (
            "Europe/London",
            {"held_on": "2026-12-08", "at": "15:30"},
            "at",
            "The group has a session at that time, from 15:00 for 75 minutes. Choose another.",
        ),
        (
            "Europe/London",
            {"held_on": "2026-12-15", "at": "15:00"},
            "at",
            "A session that is called off stands at that time. Bring it back, or choose another.",
        ),
        ("Europe/London", {"held_on": "2026-11-24", "at": "11:59"}, "at", "This time has passed."),
        ("Europe/London", {"held_on": "2026-11-23", "at": "15:00"}, "held_on", "This day has passed."),
        ("Europe/London", {"held_on": "2028-01-01", "at": "15:00"}, "held_on", "This is more than a year away."),
        ("Europe/London", {"held_on": "soon", "at": "15:00"}, "held_on", "Write the day as 2026-12-01."),
        ("Europe/London", {"held_on": "2026-12-02", "at": "quarter past"}, "at", "Write the time as 18:30."),
        (
            "Europe/London",
            {"held_on": "2026-12-02", "at": "15:00", "minutes": "5"},
            "minutes",
            "A session has at least 15 minutes.",
        ),
    ],
)
def test_times_that_cannot_be_are_told_and_come_back_as_typed(client, session, group, noon, zone, typed, field, told):
    if typed["held_on"].startswith("2027"):
        noon.move_to(datetime(2026, 12, 1, 10, 0, tzinfo=UTC))
    ReadingGroup.objects.update(zone=zone)
    SessionFactory(group=group, starts_at=datetime(2026, 12, 8, 15, 0, tzinfo=UTC))
    SessionFactory(group=group, starts_at=datetime(2026, 12, 15, 15, 0, tzinfo=UTC), is_cancelled=True)
    response = client.post(page(session, "move/"), typed)
    assert response.status_code == 422
    assert response.context["form"].errors == {field: [told]}
    assert response.context["form"]["held_on"].value() == typed["held_on"]
    session.refresh_from_db()
    assert (session.starts_at, session.revision) == (datetime(2026, 12, 1, 15, 0, tzinfo=UTC), 0)
    # Adding one there is refused in the same words, but for what only moving forbids.
    if told != "This time has passed.":
        again = client.post("/groups/graphs/sessions/add/", typed)
        assert again.context["form"].errors == {field: [told]}


def test_a_session_may_end_as_another_begins(session, group, now):
    other = SessionFactory(group=group, starts_at=session.ends_at)
    assert move(session, session.held_on, time(15, 0), minutes=75, now=now).revision == 0
    with pytest.raises(actions.SessionIsThere) as refusal:
        move(session, session.held_on, time(15, 0), minutes=76, now=now)
    assert refusal.value.other == other


def test_two_at_one_time_are_refused_by_the_database_as_well(session):
    with pytest.raises(IntegrityError, match="session_once_at_a_time"):
        SessionFactory(group=session.group, starts_at=session.starts_at, is_cancelled=True)


def test_one_that_only_becomes_longer_keeps_its_start_though_clocks_show_it_twice(group, now):
    """Such a session comes of a weekly rule, whose first of the two is meant; here it is the second."""
    session = SessionFactory(group=group, starts_at=datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    moved = move(session, date(2027, 10, 31), time(1, 30), minutes=90, now=now)
    assert (moved.starts_at, moved.ends_at, moved.revision) == (
        session.starts_at,
        datetime(2027, 10, 31, 3, 0, tzinfo=UTC),
        1,
    )


@pytest.mark.parametrize("rest", ["move/", "cancel/"])
def test_what_has_started_or_is_over_stays(client, group, now, rest):
    for starts_at in (now - timedelta(days=9), now - timedelta(minutes=1)):
        session = SessionFactory(group=group, starts_at=starts_at)
        for response in (
            client.get(page(session, rest), follow=True),
            client.post(page(session, rest), {"held_on": "2026-12-03", "at": "15:00"}, follow=True),
        ):
            assert said(response) == ["This session has started or is over, so when it is stays as it is."]
        with pytest.raises(actions.SessionHasStarted):
            move(session, date(2026, 12, 3), now=now)
        session.refresh_from_db()
        assert (session.starts_at, session.is_cancelled) == (starts_at, False)
        assert "Call it off" not in client.get(page(session)).text


def test_a_day_without_a_time_can_get_one_and_lose_it(client, group, now):
    session = SessionFactory(group=group, starts_at=None, ends_at=None, held_on=date(2026, 12, 1))
    assert move(session, date(2026, 12, 1), time(9, 0), now=now).starts_at == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    assert move(session, date(2026, 12, 4), None, now=now).starts_at is None
    session.refresh_from_db()
    assert (session.held_on, session.ends_at, session.revision) == (date(2026, 12, 4), None, 2)
    assert "the time is not set yet" in client.get(page(session)).text


def test_answers_to_the_old_time_go_with_a_move_but_not_when_it_only_becomes_longer(session, now):
    RsvpFactory(session=session)
    AttendanceFactory(session=session)
    move(session, session.held_on, minutes=90, now=now)
    assert (session.rsvps.count(), session.attendances.count()) == (1, 1)
    move(session, session.held_on + timedelta(days=1), now=now)
    assert (session.rsvps.count(), session.attendances.count()) == (0, 0)


# Calling off and bringing back


def test_a_session_is_called_off_with_its_consequences_said_and_brought_back(client, session, now):
    PresentationFactory(session=session, member=EnrolmentFactory(group=session.group, member__name="Member P").member)
    RsvpFactory(session=session)
    text = client.get(page(session, "cancel/")).text
    assert "Down to present: Member P. They stay so, in case it is brought back" in text
    assert "is shown as cancelled" in text
    response = client.post(page(session, "cancel/"), follow=True)
    assert said(response) == ["The session is called off. Those who would come are told by email."]
    assert "Called off" in response.text
    session.refresh_from_db()
    assert (session.is_cancelled, session.revision, session.presentations.count()) == (True, 1, 1)
    # It stays in the schedule until its time has come; the next session is another.
    schedule = client.get("/groups/graphs/").text
    assert ("Called off" in schedule, "Next session" in schedule) == (True, False)
    client.post(page(session, "cancel/"))
    session.refresh_from_db()
    assert session.revision == 1
    response = client.post(page(session, "bring-back/"), follow=True)
    assert said(response) == ["The session takes place after all. Those who would come are told by email."]
    session.refresh_from_db()
    assert (session.is_cancelled, session.revision, session.rsvps.count()) == (False, 2, 1)


def test_what_is_called_off_can_come_back_at_another_time(client, session, group, now):
    actions.cancel_session(actor=MemberFactory(), session_id=session.pk, now=now)
    SessionFactory(group=group, starts_at=session.starts_at + timedelta(minutes=30))
    response = client.post(page(session, "bring-back/"), follow=True)
    assert said(response) == ["The group has another session at that time. Bring this one back at another time."]
    assert response.request["PATH_INFO"] == page(session, "move/")
    response = client.post(page(session, "move/"), {"held_on": "2026-12-01", "at": "15:00"})
    assert "The group has a session at that time" in response.context["form"].errors["at"][0]
    client.post(page(session, "move/"), {"held_on": "2026-12-02", "at": "15:00"})
    session.refresh_from_db()
    assert (session.is_cancelled, session.starts_at) == (False, datetime(2026, 12, 2, 15, 0, tzinfo=UTC))


def test_once_its_time_has_come_it_stays_called_off(client, session, now, noon):
    actions.cancel_session(actor=MemberFactory(), session_id=session.pk, now=now)
    noon.move_to(session.starts_at)
    assert said(client.post(page(session, "bring-back/"), follow=True)) == [
        "The time of this session has come, so it stays called off."
    ]


# Who is told


@pytest.fixture
def people(session):
    """One of each who would come, and others who would not; the organizer, who changes it, beside them."""
    placed = EnrolmentFactory(group=session.group, member__email="placed@example.org").member
    part = PresentationFactory(
        session=session,
        member=EnrolmentFactory(group=session.group, member__email="presents@example.org").member,
    )
    visit = SitInFactory(session=session, member__email="visits@example.org")
    for state in (Enrolment.State.WAITLISTED, Enrolment.State.LEFT):
        EnrolmentFactory(group=session.group, state=state)
    EnrolmentFactory(group=session.group, member__is_active=False)
    return placed, part.member, visit.member


def test_those_who_would_come_are_told_once_and_not_whoever_moved_it(session, people, organizer, now):
    EnrolmentFactory(group=session.group, member=organizer)
    move(session, date(2026, 12, 3), actor=organizer, now=now)
    sent = mails(now)
    assert sorted(message.to[0] for message in sent) == [
        "placed@example.org",
        "presents@example.org",
        "visits@example.org",
    ]
    by = {message.to[0]: message for message in sent}
    for message in sent:
        assert message.subject.startswith("Moved: Edges, Thu 3 Dec")
        assert CALL in message.body
        assert "shows it there within a few hours" in message.body
    assert "You are still down to present it" in by["presents@example.org"].body
    assert ["/rsvp/" in by[to].body for to in sorted(by)] == [True, True, False]
    assert "asked to sit in" in by["visits@example.org"].body
    assert len(mails(now)) == 3


def test_a_second_change_before_the_mail_goes_takes_its_place(session, people, organizer, now):
    move(session, date(2026, 12, 3), now=now)
    actions.cancel_session(actor=organizer, session_id=session.pk, now=now)
    sent = mails(now)
    assert len(sent) == 3
    assert all(message.subject.startswith("Called off: Edges, Thu 3 Dec") for message in sent)
    [to_presenter] = [message for message in sent if message.to == ["presents@example.org"]]
    assert "You stay down to present it, in case it is brought back" in to_presenter.body
    assert "shows it as cancelled" in to_presenter.body
    assert Delivery.objects.filter(kind="session_changed", state="suppressed").count() == 3


def test_another_organizer_without_a_place_is_told(session, organizer, now):
    other = MemberFactory(email="runs@example.org")
    session.group.organizers.add(other)
    move(session, date(2026, 12, 3), actor=organizer, now=now)
    [message] = mails(now)
    assert (message.to, "/rsvp/" in message.body, "or run it" in message.body) == (["runs@example.org"], False, True)


@pytest.mark.parametrize(("hours", "is_woken"), [(3, True), (30, False)])
def test_whoever_would_wait_for_the_old_time_is_woken(group, now, settings, hours, is_woken):
    """At 01:00 in Auckland, of a session at 04:00 there; the morning is soon enough for one on the day after."""
    settings.QUIET_HOURS = (time(22), time(7))
    sleeper = MemberFactory(time_zone="Pacific/Auckland", email="sleeps@example.org")
    session = SessionFactory(group=group, starts_at=now + timedelta(hours=hours))
    EnrolmentFactory(group=group, member=sleeper)
    move(session, date(2026, 12, 3), now=now)
    sent = mails(now)
    assert [message.to for message in sent] == ([["sleeps@example.org"]] if is_woken else [])
    assert len([message for message in mails(now + timedelta(hours=6)) if "Moved" in message.subject]) == 1


@pytest.mark.parametrize("state", ["draft", "paused"])
def test_of_a_group_that_does_not_meet_nobody_is_told(client, session, people, state, now):
    ReadingGroup.objects.update(state=state)
    response = client.post(page(session, "cancel/"), follow=True)
    assert said(response) == [
        "The session is called off. Nobody is told by email, as the group is not open or running."
    ]
    assert mails(now) == []


def test_whoever_leaves_before_the_mail_goes_is_not_told(session, people, now):
    move(session, date(2026, 12, 3), now=now)
    actions.leave_group(actor=people[0], group_id=session.group_id, now=now)
    told = [message.to[0] for message in mails(now) if message.subject.startswith("Moved")]
    assert sorted(told) == ["presents@example.org", "visits@example.org"]


def test_reminders_follow_a_move(session, now):
    """The old day brings no reminder and the new one does, of the session as of presenting it."""
    PresentationFactory(session=session)
    write_obligations(kinds=KINDS, now=session.starts_at - timedelta(hours=30))
    move(session, date(2026, 12, 10), now=now)
    moved = Session.objects.get()
    mails(now)
    mails(session.starts_at - timedelta(hours=1))
    kinds = Delivery.objects.filter(state="sent").values_list("kind", flat=True)
    assert list(kinds) == ["session_changed"]
    mails(moved.starts_at - timedelta(hours=24))
    # Whoever organizes it is reminded as well.
    assert sorted(kinds.all()) == ["presenting_soon", "session_changed", "session_tomorrow", "session_tomorrow"]
    # What was called off after that is no longer reminded of.
    actions.cancel_session(actor=MemberFactory(), session_id=session.pk, now=moved.starts_at - timedelta(hours=30))
    mails(moved.starts_at - timedelta(hours=1))
    assert not Delivery.objects.filter(state="due").exists()
    assert Delivery.objects.filter(kind="session_soon", state="sent").count() == 0


# Adding


def test_one_session_is_added_at_the_wall_time_of_the_group(client, group, now):
    ReadingGroup.objects.update(zone="Asia/Kathmandu")
    response = client.post(
        "/groups/graphs/sessions/add/",
        {"held_on": "2026-12-04", "at": "18:30", "minutes": "", "title": "Nodes"},
        follow=True,
    )
    assert said(response) == ["The session is added. People are reminded a day before."]
    session = Session.objects.get()
    assert (session.title, session.held_on) == ("Nodes", date(2026, 12, 4))
    assert session.starts_at == datetime(2026, 12, 4, 12, 45, tzinfo=UTC)
    assert session.ends_at - session.starts_at == timedelta(minutes=75)
    assert Delivery.objects.count() == 0
    assert response.request["PATH_INFO"] == page(session)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"])
def test_wall_time_holds_on_both_sides_of_the_clocks(group, zone, now):
    ReadingGroup.objects.update(zone=zone)
    for day in (date(2027, 3, 1), date(2027, 4, 20), date(2027, 10, 1), date(2027, 11, 20)):
        session = actions.add_session(group_id=group.pk, moment=actions.Moment(held_on=day, at=time(18, 0)))
        local = actions.sessions.moment_of(session)
        assert (local.held_on, local.at, local.minutes) == (day, time(18, 0), 75)


# What stands about a session


def test_its_own_call_holds_wherever_the_call_stands(client, session, now, noon):
    member = EnrolmentFactory(group=session.group).member
    response = client.post(page(session, "edit/"), {"title": "Edges", "call_url": OWN_CALL, "presenters_wanted": "0"})
    assert response.headers["Location"] == page(session)
    session.refresh_from_db()
    assert (session.call_url, session.presenters_wanted, session.revision) == (OWN_CALL, 0, 0)
    [item] = items_for(member, now, now + timedelta(days=30))
    assert item.call_url == OWN_CALL
    noon.move_to(session.starts_at - timedelta(hours=2))
    client.force_login(member, backend=BACKEND)
    for url in (page(session), "/groups/graphs/", "/me/"):
        assert OWN_CALL in client.get(url).text
    sent = mails(session.starts_at - timedelta(hours=20))
    [reminder] = [message for message in sent if "Are you coming?" in message.body]
    assert (OWN_CALL in reminder.body, CALL in reminder.body) == (True, False)


def test_a_call_that_changes_after_the_reminder_is_told(client, session, people, now, noon):
    noon.move_to(session.starts_at - timedelta(hours=2))
    client.post(page(session, "edit/"), {"title": "Edges", "call_url": OWN_CALL, "presenters_wanted": ""})
    told = [message for message in mails(session.starts_at - timedelta(hours=2)) if "Another link" in message.subject]
    assert len(told) == 3
    assert OWN_CALL in told[0].body
    # The title alone tells nobody anything new.
    client.post(page(session, "edit/"), {"title": "Nodes", "call_url": OWN_CALL, "presenters_wanted": ""})
    assert Delivery.objects.filter(kind="session_changed").count() == 3


def test_a_recording_is_there_once_it_is_over_for_those_inside(client, session, now, noon):
    recording = "https://video.example.org/1"
    assert "recording_url" not in client.get(page(session, "edit/")).context["form"].fields
    with pytest.raises(actions.SessionIsNotOver):
        actions.describe_session(
            actor=MemberFactory(),
            session_id=session.pk,
            title="",
            call_url="",
            presenters_wanted=None,
            recording_url=recording,
            now=now,
        )
    noon.move_to(session.ends_at)
    response = client.post(page(session, "edit/"), {"title": "Edges", "recording_url": "javascript:alert(1)"})
    assert "Paste the whole address" in response.context["form"].errors["recording_url"][0]
    client.post(page(session, "edit/"), {"title": "Edges", "recording_url": recording})
    member, stranger = EnrolmentFactory(group=session.group).member, MemberFactory()
    for viewer, sees in ((member, True), (stranger, False)):
        client.force_login(viewer, backend=BACKEND)
        for url in (page(session), "/groups/graphs/"):
            assert (recording in client.get(url).text) == sees
    client.logout()
    assert recording not in client.get(page(session)).text


def test_the_chat_is_for_those_inside_and_only_over_https(client, group, session):
    assert "Open the chat" not in client.get("/groups/graphs/").text
    data = fields_of(client.get("/groups/graphs/settings/"), "group")
    response = client.post("/groups/graphs/settings/", data | {"chat_url": "http://chat.example.org/graphs"})
    assert "It begins with https://" in str(response.context["form"].errors["chat_url"])
    client.post("/groups/graphs/settings/", data | {"chat_url": CHAT})
    assert CHAT in client.get("/groups/graphs/").text
    client.force_login(MemberFactory(), backend=BACKEND)
    assert [CHAT in client.get(url).text for url in ("/groups/graphs/", page(session))] == [False, False]
    with pytest.raises(IntegrityError, match="group_chat_is_https"):
        ReadingGroup.objects.update(chat_url="ftp://chat.example.org")


# As a message


def test_a_session_as_a_message_is_plain_and_in_the_zone_of_the_group(client, group, now):
    ReadingGroup.objects.update(zone="Asia/Kolkata")
    session = SessionFactory(group=group, starts_at=datetime(2026, 12, 1, 15, 0, tzinfo=UTC))
    paper = PaperFactory(title="On <edges> & nodes", arxiv_id="2001.00001")
    ReadingFactory(group=group, session=session, paper=paper)
    PresentationFactory(session=session, member=EnrolmentFactory(group=group, member__name="Member P").member)
    assert client.get(page(session)).context["message"].splitlines() == [
        "Graphs: On <edges> & nodes",
        "Tuesday 1 December 2026, 20:30 to 21:45 in Kolkata (UTC+5:30)",
        "",
        "To read:",
        "- On <edges> & nodes https://arxiv.org/abs/2001.00001",
        "",
        "Presented by Member P",
        f"Join the call: {CALL}",
        f"http://testserver{page(session)}",
    ]
    actions.cancel_session(actor=MemberFactory(), session_id=session.pk, now=now)
    assert "This session is called off." in client.get(page(session)).context["message"]
    client.force_login(MemberFactory(), backend=BACKEND)
    assert "Copy as message" not in client.get(page(session)).text
