"""Saying whether one comes, on the page or by the link in a reminder; checking in; taking attendance."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from collaborative.home.kinds import BY_KEY
from notifications.actions import send_due, write_obligations
from reading_groups import actions
from reading_groups.links import rsvp_path
from reading_groups.models import Attendance, Enrolment, Rsvp, Session
from reading_groups.reminders import SESSION_TOMORROW
from tests.factories import (
    AttendanceFactory,
    EnrolmentFactory,
    MemberFactory,
    ReadingGroupFactory,
    RsvpFactory,
    SessionFactory,
    SitInFactory,
)
from tests.pages import fields_of
from tests.queries import exactly

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def group():
    return ReadingGroupFactory(slug="graphs", title="Graphs", capacity=40, organizers=[MemberFactory(name="Member O")])


@pytest.fixture
def session(group):
    """On Tuesday 1 December at 15:00 in London."""
    return SessionFactory(group=group, title="Edges", starts_at=datetime(2026, 12, 1, 15, 0, tzinfo=UTC))


@pytest.fixture
def member(client, group):
    member = EnrolmentFactory(group=group, member__name="Member A").member
    client.force_login(member, backend=BACKEND)
    return member


def page(session, rest=""):
    return f"/groups/{session.group.slug}/sessions/{session.pk}/{rest}"


def said(response):
    return [str(message) for message in response.context["messages"]]


def as_organizer(client, group):
    client.force_login(group.organizers.get(), backend=BACKEND)


# Whether one comes


def test_the_last_answer_counts_and_the_group_sees_who_comes(client, session, member):
    for answer, told in (("yes", "You come."), ("yes", "You come."), ("maybe", "You may come."), ("no", "You do not")):
        response = client.post(page(session, "rsvp/"), {"answer": answer, "from": "group"}, follow=True)
        assert said(response)[0].startswith(told)
        assert response.request["PATH_INFO"] == "/groups/graphs/"
    assert Rsvp.objects.get().answer == "no"
    RsvpFactory(session=session, member=EnrolmentFactory(group=session.group, member__name="Member B").member)
    text = client.get(page(session)).text
    assert "1 comes, 1 does not." in " ".join(text.split())
    assert "Member B" in text[text.index('id="coming"') :]
    group_page = client.get("/groups/graphs/").text
    assert ("1 comes, 1 does not." in " ".join(group_page.split()), 'value="no" aria-pressed="true"' in group_page) == (
        True,
        True,
    )


def test_outside_nobody_sees_who_comes_or_answers(client, session):
    RsvpFactory(session=session)
    for viewer in (None, MemberFactory()):
        if viewer:
            client.force_login(viewer, backend=BACKEND)
        for url in ("/groups/graphs/", page(session)):
            assert "1 comes" not in client.get(url).text
    assert client.post(page(session, "rsvp/"), {"answer": "yes"}).status_code == 403


@pytest.mark.parametrize("answer", ["", "perhaps", "YES", "yes\x00"])
def test_an_answer_is_one_of_three(client, session, member, answer):
    assert said(client.post(page(session, "rsvp/"), {"answer": answer}, follow=True)) == ["Choose yes, maybe or no."]
    assert not Rsvp.objects.exists()


def test_there_is_nothing_to_answer_once_it_is_off_or_over(client, session, member, noon, now):
    actions.cancel_session(actor=MemberFactory(), session_id=session.pk, now=now)
    assert said(client.post(page(session, "rsvp/"), {"answer": "yes"}, follow=True)) == [
        "This session does not take place."
    ]
    Session.objects.update(is_cancelled=False)
    noon.move_to(session.ends_at - timedelta(minutes=1))
    assert said(client.post(page(session, "rsvp/"), {"answer": "yes"}, follow=True)) == ["You come. The group sees it."]
    noon.move_to(session.ends_at)
    assert said(client.post(page(session, "rsvp/"), {"answer": "no"}, follow=True)) == ["This session is over."]
    assert Rsvp.objects.get().answer == "yes"


def test_leaving_takes_answers_to_sessions_to_come(session, member, now):
    past = SessionFactory(group=session.group, starts_at=now - timedelta(days=7))
    other = RsvpFactory(member=member)
    for one in (session, past):
        RsvpFactory(session=one, member=member)
    RsvpFactory(session=session)
    actions.leave_group(actor=member, group_id=session.group_id, now=now)
    assert set(member.rsvps.values_list("session", flat=True)) == {past.pk, other.session_id}
    assert session.rsvps.count() == 1


# By the link in the reminder


@pytest.fixture
def address(session, member):
    """As the reminder gives it."""
    at = session.starts_at - timedelta(hours=24)
    write_obligations(kinds=[SESSION_TOMORROW], now=at)
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: at)
    # Whoever organizes it is reminded as well, and is not asked.
    [message] = [message for message in mail.outbox if message.to == [member.email]]
    html = message.alternatives[0].content
    found = re.search(r"http://[^/]+(/groups/graphs/sessions/\S+/rsvp/\S+)", message.body).group(1)
    assert all(f"{found}?answer={answer}" in html for answer in ("yes", "maybe", "no"))
    return found


def test_one_post_from_the_reminder_answers_without_a_sign_in(session, member, address):
    assert address == rsvp_path(session, member.pk)
    anybody = Client()
    for _look in range(2):
        looked = anybody.get(f"{address}?answer=maybe")
    assert not Rsvp.objects.exists()
    assert (looked.status_code, looked.context["asked"]) == (200, "maybe")
    assert 'name="referrer" content="same-origin"' in looked.text
    assert "no-store" in looked.headers["Cache-Control"]
    for _click in range(2):
        answered = anybody.post(address, {"answer": "maybe"})
        assert "You may come. The group sees it." in answered.text
    assert [(row.member, row.session, row.answer) for row in Rsvp.objects.all()] == [(member, session, "maybe")]
    assert "You come." in anybody.post(address, {"answer": "yes"}).text
    assert Rsvp.objects.get().answer == "yes"
    # It signs nobody in.
    assert "_auth_user_id" not in anybody.session
    assert anybody.get(page(session, "edit/")).status_code == 302


def test_the_link_works_until_the_session_is_over(session, member, address, noon, now):
    noon.move_to(session.ends_at - timedelta(minutes=1))
    assert "You come." in Client().post(address, {"answer": "yes"}).text
    noon.move_to(session.ends_at)
    over = Client().post(address, {"answer": "no"})
    assert (over.status_code, "This session is over." in over.text) == (422, True)
    assert 'name="answer"' not in Client().get(address).text
    assert Rsvp.objects.get().answer == "yes"


def test_the_link_says_what_has_become_of_the_session_and_of_the_place(session, member, address, now):
    actions.cancel_session(actor=MemberFactory(), session_id=session.pk, now=now)
    assert "This session does not take place." in Client().post(address, {"answer": "yes"}).text
    assert "Called off" in Client().get(address).text
    actions.bring_back_session(actor=MemberFactory(), session_id=session.pk, now=now)
    actions.leave_group(actor=member, group_id=session.group_id, now=now)
    assert "You have no place in this group at present" in Client().get(address).text
    assert "You need a place in this group for that." in Client().post(address, {"answer": "yes"}).text
    assert not Rsvp.objects.exists()


def test_a_link_is_good_for_its_own_session_and_member_alone(session, member, address):
    other = SessionFactory(group=session.group, starts_at=session.starts_at + timedelta(days=7))
    token = address.rstrip("/").rpartition("/")[2]
    for wrong in (
        page(other, f"rsvp/{token}/"),
        page(session, "rsvp/1-1.nonsense/"),
        page(session, f"rsvp/{session.pk}-{member.pk}/"),
        page(session, "rsvp/" + token.replace(f"-{member.pk}.", f"-{member.pk + 1}.") + "/"),
    ):
        assert Client().get(wrong).status_code == 404
        assert Client().post(wrong, {"answer": "yes"}).status_code == 404
    member.is_active = False
    member.save()
    assert Client().post(address, {"answer": "yes"}).status_code == 404
    assert not Rsvp.objects.exists()


# Checking in


@pytest.mark.parametrize("who", ["place", "sits in"])
def test_people_check_in_from_ten_minutes_before_until_the_end(client, session, noon, who):
    comes = EnrolmentFactory(group=session.group) if who == "place" else SitInFactory(session=session)
    member = comes.member
    client.force_login(member, backend=BACKEND)
    post = {"from": "group"}
    noon.move_to(session.starts_at - timedelta(minutes=11))
    assert "I am here" not in client.get("/groups/graphs/").text
    assert said(client.post(page(session, "check-in/"), post, follow=True)) == [
        "You can check in from ten minutes before the start."
    ]
    noon.move_to(session.starts_at - timedelta(minutes=10))
    assert "I am here" in client.get("/groups/graphs/").text
    for _click in range(2):
        response = client.post(page(session, "check-in/"), post, follow=True)
        assert said(response) == ["You are checked in."]
    assert "You are checked in" in client.get("/groups/graphs/").text
    row = Attendance.objects.get()
    assert (row.member, row.how, row.recorded_by) == (member, "checked_in", member)
    row.delete()
    noon.move_to(session.ends_at)
    assert said(client.post(page(session, "check-in/"), post, follow=True)) == [
        "This session is over. Ask an organizer to note that you came."
    ]


def test_nobody_else_checks_in(client, session, member, noon, now):
    noon.move_to(session.starts_at)
    for stranger in (MemberFactory(), SitInFactory().member):
        with pytest.raises(actions.NotInGroup):
            actions.check_in(actor=stranger, session_id=session.pk, now=session.starts_at)
        client.force_login(stranger, backend=BACKEND)
        assert client.post(page(session, "check-in/")).status_code == 403
    as_organizer(client, session.group)
    assert said(client.post(page(session, "check-in/"), follow=True)) == ["You need a place in this group to check in."]
    Session.objects.update(is_cancelled=True)
    with pytest.raises(actions.SessionIsCancelled):
        actions.check_in(actor=member, session_id=session.pk, now=session.starts_at)


# Taking attendance


def take(client, session, tick=(), untick=()):
    """The screen as a browser sends it, with these boxes changed."""
    fields = fields_of(client.get(page(session, "attendance/")), "attendance")
    came = {*fields.get("came", []), *(str(member.pk) for member in tick)} - {str(member.pk) for member in untick}
    return client.post(page(session, "attendance/"), fields | {"came": sorted(came)}, follow=True)


def who(session):
    return set(session.attendances.values_list("member__name", flat=True))


@pytest.fixture
def people(group, session):
    members = [EnrolmentFactory(group=group, member__name=f"Member {letter}").member for letter in "ABC"]
    return [*members, SitInFactory(session=session, member__name="Member V").member]


def test_attendance_is_taken_on_one_screen(client, group, session, people, noon):
    as_organizer(client, group)
    assert said(client.get(page(session, "attendance/"), follow=True)) == [
        "Attendance can be taken from ten minutes before a session that takes place."
    ]
    noon.move_to(session.starts_at)
    actions.check_in(actor=people[0], session_id=session.pk, now=session.starts_at)
    text = client.get(page(session, "attendance/")).text
    assert [name in text for name in ("Member A", "Member B", "Member C", "Member V")] == [True] * 4
    assert (text.count(" checked>"), "checked in" in text, "sits in" in text) == (1, True, True)
    assert said(take(client, session, tick=[people[1], people[3]])) == ["Who came is saved."]
    assert who(session) == {"Member A", "Member B", "Member V"}
    before = list(Attendance.objects.order_by("pk").values())
    taken_at = Session.objects.get().attendance_taken_at
    noon.move_to(session.ends_at)
    take(client, session)
    assert (list(Attendance.objects.order_by("pk").values()), Session.objects.get().attendance_taken_at) == (
        before,
        taken_at,
    )
    # Whoever checked in stays unless unticked; and the page tells the group who came.
    take(client, session, tick=[people[2]], untick=[people[0]])
    assert who(session) == {"Member B", "Member C", "Member V"}
    client.force_login(people[0], backend=BACKEND)
    text = client.get(page(session)).text
    assert "Member B, Member C, Member V" in " ".join(text[text.index('id="coming"') :].split())


def test_two_screens_and_a_check_in_undo_nothing_of_each_other(client, group, session, people, noon):
    as_organizer(client, group)
    noon.move_to(session.starts_at)
    shown = [fields_of(client.get(page(session, "attendance/")), "attendance") for _screen in range(2)]
    actions.check_in(actor=people[2], session_id=session.pk, now=session.starts_at)
    for fields, member in zip(shown, people, strict=False):
        client.post(page(session, "attendance/"), fields | {"came": [str(member.pk)]})
    assert who(session) == {"Member A", "Member B", "Member C"}


def test_whether_attendance_is_known_differs_from_whether_anybody_came(client, group, session, people, noon):
    other = SessionFactory(group=group, starts_at=session.starts_at + timedelta(days=7))
    noon.move_to(session.ends_at)
    known = Session.objects.with_attendance_known()
    assert list(known) == []
    as_organizer(client, group)
    assert "Nobody has noted who came." in client.get(page(session)).text
    take(client, session)
    assert list(known.all()) == [session]
    assert "Nobody came." in client.get(page(session)).text
    AttendanceFactory(session=other)
    assert set(known.all()) == {session, other}


def test_who_left_since_is_on_the_screen_and_who_came_later_may_be_ticked(client, group, session, people, noon):
    as_organizer(client, group)
    noon.move_to(session.ends_at)
    actions.leave_group(actor=people[0], group_id=group.pk, now=session.ends_at)
    actions.leave_group(actor=people[1], group_id=group.pk, now=session.starts_at - timedelta(days=1))
    text = client.get(page(session, "attendance/")).text
    assert [name in text for name in ("Member A", "Member B", "Member C")] == [True, False, True]
    take(client, session, tick=[people[0]])
    assert who(session) == {"Member A"}


def test_somebody_who_cannot_have_come_is_refused_and_nothing_is_saved(client, group, session, people, noon):
    as_organizer(client, group)
    noon.move_to(session.ends_at)
    waiting = EnrolmentFactory(group=group, state=Enrolment.State.WAITLISTED).member
    for stranger in (waiting, MemberFactory()):
        data = {"came": [str(people[0].pk), str(stranger.pk), "x", "9" * 40]}
        response = client.post(page(session, "attendance/"), data, follow=True)
        assert "Nothing was saved." in said(response)[0]
    assert not Attendance.objects.exists()
    assert Session.objects.get().attendance_taken_at is None


def test_only_its_organizers_take_attendance(client, session, member, noon):
    noon.move_to(session.ends_at)
    assert client.get(page(session, "attendance/")).status_code == 403
    assert client.post(page(session, "attendance/"), {"came": [member.pk]}).status_code == 403
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("size", [2, 30])
def test_the_screen_costs_the_same_for_any_number_of_people(client, group, session, noon, size):
    for _person in range(size):
        SitInFactory(session=session)
    for _person in range(size // 2):
        EnrolmentFactory(group=group)
        AttendanceFactory(session=session)
    as_organizer(client, group)
    noon.move_to(session.ends_at)
    # Site; group with the viewer's standing; session; its readings; who came; places; visits.
    with exactly(7, signed_in=True):
        assert client.get(page(session, "attendance/")).status_code == 200
