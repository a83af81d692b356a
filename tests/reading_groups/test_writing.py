"""Organizers write to their people: who gets it and who sees it, ten minutes to undo it, and each mailed once."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction

from collaborative.home.kinds import BY_KEY
from notifications.actions import send_due
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.audiences import audience_of
from reading_groups.models import Enrolment, GroupMessage, MessageRecipient, ReadingGroup
from reading_groups.tasks import send_messages
from tests.clients import browser_of, client_of
from tests.factories import (
    AdminFactory,
    AttendanceFactory,
    EnrolmentFactory,
    GroupMessageFactory,
    MemberFactory,
    MessageRecipientFactory,
    OrganizerFactory,
    PresentationFactory,
    ReadingGroupFactory,
    SessionFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
Audience, State = GroupMessage.Audience, Enrolment.State
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}
TEN_MINUTES, DAY, WEEK = timedelta(minutes=10), timedelta(days=1), timedelta(weeks=1)
WRITE = "/groups/attention/messages/write/"


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def organizer():
    return MemberFactory(name="Member O", time_zone="Europe/London")


@pytest.fixture
def group(organizer):
    return ReadingGroupFactory(slug="attention", title="Attention", organizers=[organizer])


def member_of(group, state=State.ENROLLED, **fields):
    return EnrolmentFactory(group=group, state=state, **fields).member


def write(group, actor, now, *, audience=Audience.ALL, session=None, text="Bring the proofs.", key=None):
    return actions.write_message(
        actor=actor,
        group_id=group.pk,
        audience=audience,
        session_id=session and session.pk,
        subject="Thursday",
        text=text,
        key=key or uuid4(),
        now=now,
    )


def mailed():
    return sorted(Delivery.objects.filter(kind="group_message").values_list("member", flat=True))


# Who belongs to an audience


def audience(group, audience, now, session=None, author=None):
    people = audience_of(
        group_id=group.pk,
        audience=audience,
        session_id=session and session.pk,
        author_id=author and author.pk,
        now=now,
    )
    return set(people)


def test_all_are_those_with_a_place_but_the_author_and_whoever_cannot_sign_in(group, now):
    author, other = member_of(group), member_of(group)
    for state in (State.WAITLISTED, State.HELD, State.LEFT):
        member_of(group, state)
    member_of(group, member__is_active=False)
    member_of(ReadingGroupFactory())
    assert audience(group, Audience.ALL, now, author=author) == {other}


def test_a_group_that_is_over_can_be_thanked(now):
    group = ReadingGroupFactory(state=ReadingGroup.State.COMPLETED)
    member = member_of(group, State.COMPLETED)
    assert audience(group, Audience.ALL, now) == {member}


def test_the_waitlist_are_those_in_line(group, now):
    member_of(group), member_of(group, State.HELD)
    waiting = [member_of(group, State.WAITLISTED) for _ in range(2)]
    assert audience(group, Audience.WAITLIST, now) == set(waiting)


def test_presenters_are_those_of_that_session(group, now):
    session, other = (SessionFactory(group=group, starts_at=now + n * DAY) for n in (1, 2))
    presenter = PresentationFactory(session=session).member
    PresentationFactory(session=other)
    assert audience(group, Audience.PRESENTERS, now, session) == {presenter}
    assert audience(ReadingGroupFactory(), Audience.PRESENTERS, now, session) == set()


def test_absentees_had_their_place_by_then_and_were_not_there(group, now):
    session = SessionFactory(group=group, starts_at=now - DAY)
    there, away = member_of(group), member_of(group)
    member_of(group, joined_at=now - timedelta(hours=2))
    member_of(group, State.LEFT)
    assert audience(group, Audience.ABSENTEES, now, session) == set()
    AttendanceFactory(session=session, member=there)
    assert audience(group, Audience.ABSENTEES, now, session) == {away}


def test_where_attendance_was_taken_and_nobody_was_there_all_were_away(group, organizer, now):
    session = SessionFactory(group=group, starts_at=now - DAY)
    members = {member_of(group), member_of(group)}
    actions.take_attendance(actor=organizer, session_id=session.pk, came=[], now=now)
    assert audience(group, Audience.ABSENTEES, now, session) == members


def test_nobody_has_missed_a_session_that_is_still_on(group, now):
    session = SessionFactory(group=group, starts_at=now - timedelta(minutes=20))
    AttendanceFactory(session=session)
    member_of(group)
    assert audience(group, Audience.ABSENTEES, now, session) == set()


# Held, undone, sent


def test_for_ten_minutes_nobody_gets_it(group, organizer, now, noon):
    member_of(group)
    message = write(group, organizer, now)
    noon.move_to(now + TEN_MINUTES - timedelta(seconds=1))
    assert send_messages() == 0
    message.refresh_from_db()
    assert (Delivery.objects.count(), message.is_held) == (0, True)


def test_then_each_gets_one_mail(group, organizer, now, noon):
    members = [member_of(group) for _ in range(3)]
    message = write(group, organizer, now)
    noon.move_to(now + TEN_MINUTES)
    assert [send_messages(), send_messages()] == [3, 0]
    assert mailed() == sorted(member.pk for member in members)
    assert message.recipients.count() == 3
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now + TEN_MINUTES)
    assert {letter.subject for letter in mail.outbox} == {"Attention: Thursday"}
    assert len(mail.outbox) == 3
    letter = mail.outbox[0]
    assert "Member O writes to people of “Attention”:" in letter.body
    assert "Bring the proofs." in letter.body
    assert f"/groups/attention/messages/{message.pk}/" in letter.body
    assert "Bring the proofs." in letter.alternatives[0].content


def test_undone_in_time_nobody_gets_it(group, organizer, now, noon):
    member_of(group)
    message = write(group, organizer, now)
    other = MemberFactory()
    for actor in (other, organizer):
        undone = actions.undo_message(actor=actor, message_id=message.pk, now=now + timedelta(minutes=9))
    assert undone.undone_by == other
    noon.move_to(now + DAY)
    assert (send_messages(), Delivery.objects.count()) == (0, 0)


@pytest.mark.parametrize("is_sent", [False, True])
def test_after_ten_minutes_it_is_too_late_to_undo(group, organizer, now, is_sent):
    member_of(group)
    message = write(group, organizer, now)
    if is_sent:
        actions.send_message(message_id=message.pk, now=now + TEN_MINUTES)
    with pytest.raises(actions.TooLateToUndo):
        actions.undo_message(actor=organizer, message_id=message.pk, now=now + TEN_MINUTES)


def test_it_reaches_those_who_belong_when_it_goes_out(group, organizer, now):
    leaves, stays = member_of(group), member_of(group)
    message = write(group, organizer, now)
    actions.leave_group(actor=leaves, group_id=group.pk, now=now)
    comes = actions.join_group(actor=MemberFactory(), group_id=group.pk, now=now).member
    assert actions.send_message(message_id=message.pk, now=now + TEN_MINUTES) == 2
    assert mailed() == sorted([stays.pk, comes.pk])


def test_where_all_have_gone_it_goes_to_nobody(group, organizer, now):
    member = member_of(group)
    message = write(group, organizer, now)
    actions.leave_group(actor=member, group_id=group.pk, now=now)
    assert actions.send_message(message_id=message.pk, now=now + TEN_MINUTES) == 0
    message.refresh_from_db()
    assert message.sent_at is not None


def test_who_leaves_before_the_mail_goes_out_does_not_get_it(group, organizer, now):
    leaves, stays = member_of(group), member_of(group)
    message, later = write(group, organizer, now), now + TEN_MINUTES
    actions.send_message(message_id=message.pk, now=later)
    actions.leave_group(actor=leaves, group_id=group.pk, now=later)
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: later)
    assert [letter.to for letter in mail.outbox] == [[stays.email]]


def test_who_gets_a_place_is_not_told_what_was_for_the_waitlist(group, organizer, now):
    group.capacity = group.places_limit = 1
    group.hold_hours = 0
    group.save()
    first, waits = member_of(group), member_of(group, State.WAITLISTED)
    message, later = write(group, organizer, now, audience=Audience.WAITLIST), now + TEN_MINUTES
    assert actions.send_message(message_id=message.pk, now=later) == 1
    actions.leave_group(actor=first, group_id=group.pk, now=later)
    assert group.enrolments.get(member=waits).state == State.ENROLLED
    assert not BY_KEY["group_message"].still_wanted(Delivery.objects.get(kind="group_message"), later)


def test_the_same_preview_or_the_same_words_while_held_are_one_message(group, organizer, now):
    member_of(group)
    key = uuid4()
    first = write(group, organizer, now, key=key)
    assert write(group, organizer, now, key=key, text="Other words") == first
    assert write(group, organizer, now) == first
    actions.send_message(message_id=first.pk, now=now + TEN_MINUTES)
    assert write(group, organizer, now + TEN_MINUTES, key=key) == first
    assert write(group, organizer, now + TEN_MINUTES) != first
    assert write(group, MemberFactory(), now) != first


def test_what_is_undone_can_be_written_again(group, organizer, now):
    member_of(group)
    first = write(group, organizer, now)
    actions.undo_message(actor=organizer, message_id=first.pk, now=now)
    assert write(group, organizer, now).is_held


def test_a_key_is_good_for_one_group(group, organizer, now):
    other = ReadingGroupFactory()
    member_of(group), member_of(other)
    key = uuid4()
    assert write(group, organizer, now, key=key).group_id == group.pk
    assert write(other, organizer, now, key=key).group_id == other.pk


def test_six_messages_are_enough_for_a_day(group, organizer, now):
    member_of(group)
    undone = write(group, organizer, now, text="0")
    actions.undo_message(actor=organizer, message_id=undone.pk, now=now)
    for number in range(6):
        write(group, organizer, now + number * timedelta(hours=1), text=f"{number}.")
    with pytest.raises(actions.TooManyMessages):
        write(group, organizer, now + timedelta(hours=7))
    assert write(group, organizer, now + DAY).is_held


def test_nobody_is_written_to_where_nobody_is(group, organizer, now):
    with pytest.raises(actions.NobodyToWriteTo):
        write(group, organizer, now)
    EnrolmentFactory(group=group, member=organizer)
    with pytest.raises(actions.NobodyToWriteTo):
        write(group, organizer, now)
    session = SessionFactory(group=ReadingGroupFactory(), starts_at=now + DAY)
    with pytest.raises(type(session).DoesNotExist):
        write(group, organizer, now, audience=Audience.PRESENTERS, session=session)


def test_a_thousand_people_are_reached_in_a_few_queries(group, organizer, now, monkeypatch):
    monkeypatch.setattr("reading_groups.actions.writing.BATCH", 4)
    for _ in range(9):
        member_of(group)
    message = write(group, organizer, now)
    # Savepoint in and out; the message; who belongs; for each batch of four its recipients and its mails; the time.
    with exactly(2 + 1 + 1 + 3 * 2 + 1):
        assert actions.send_message(message_id=message.pk, now=now + TEN_MINUTES) == 9
    assert len(mailed()) == 9


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": ""},
        {"text": ""},
        {"audience": "presenters"},
        {"audience": "nobody"},
        {"held_until": None},
        {"undone_at": True},
        {"sent_at": "early"},
        {"undone_at": True, "undone_by": True, "sent_at": True},
    ],
)
def test_the_database_refuses_what_makes_no_sense(group, now, fields):
    values = {True: now + TEN_MINUTES, "early": now, None: now}
    fields = {
        name: MemberFactory() if name == "undone_by" else values.get(value, value) for name, value in fields.items()
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupMessageFactory(group=group, written_at=now, **fields)


def test_a_member_is_noted_once(group):
    recipient = MessageRecipientFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageRecipientFactory(message=recipient.message, member=recipient.member)


# Who sees it


def seen_by(viewer):
    return set(GroupMessage.objects.visible_to(viewer).values_list("subject", flat=True))


def test_who_sees_what(group, organizer, now):
    session = SessionFactory(group=group, starts_at=now - WEEK)
    sent = {"group": group, "written_at": now - DAY, "sent_at": now - DAY + TEN_MINUTES}
    GroupMessageFactory(subject="held", group=group)
    GroupMessageFactory(subject="undone", group=group, undone_at=now, undone_by=organizer)
    GroupMessageFactory(subject="all", **sent)
    GroupMessageFactory(subject="presenters", audience="presenters", session=session, **sent)
    waitlist = GroupMessageFactory(subject="waitlist", audience="waitlist", **sent)
    absentees = GroupMessageFactory(subject="absentees", audience="absentees", session=session, **sent)
    GroupMessageFactory(subject="elsewhere", sent_at=now + DAY)
    waiting, was_away = member_of(group, State.WAITLISTED), member_of(group)
    MessageRecipientFactory(message=waitlist, member=waiting)
    MessageRecipientFactory(message=absentees, member=was_away)
    everything = {"held", "undone", "all", "presenters", "waitlist", "absentees"}
    assert seen_by(organizer) == everything
    assert seen_by(AdminFactory()) == everything | {"elsewhere"}
    assert seen_by(member_of(group)) == {"all", "presenters"}
    assert seen_by(was_away) == {"all", "presenters", "absentees"}
    assert seen_by(waiting) == {"waitlist"}
    assert (
        seen_by(member_of(group, State.WAITLISTED)) == seen_by(MemberFactory()) == seen_by(OrganizerFactory()) == set()
    )
    # The page of a group says the same.
    for viewer, shown in ((organizer, 3), (was_away, 3), (waiting, 1), (MemberFactory(), 0)):
        response = client_of(viewer).get("/groups/attention/")
        assert len(response.context["latest_messages"]) == shown, viewer
    assert client_of(waiting).get(f"/groups/attention/messages/{absentees.pk}/").status_code == 404
    assert client_of(waiting).get(f"/groups/attention/messages/{waitlist.pk}/").status_code == 200


def test_what_was_written_is_on_the_groups_page_newest_first(group, organizer, now):
    for number in range(5):
        written = now - (9 - number) * DAY
        GroupMessageFactory(group=group, subject=f"Letter {number}", written_at=written, sent_at=written + DAY)
    page = client_of(member_of(group)).get("/groups/attention/").text
    assert [n for n in range(5) if f"Letter {n}" in page] == [2, 3, 4]
    assert page.index("Letter 4") < page.index("Letter 2")
    assert "All messages" in page
    assert [n for n in range(5) if f"Letter {n}" in client_of(organizer).get("/groups/attention/messages/").text] == [
        *range(5)
    ]


# Site; group with standing; how many messages there are; the page of them.
@pytest.mark.parametrize("size", [2, 19])
def test_the_list_costs_the_same_at_any_length(group, organizer, size):
    for _row in range(size):
        message = GroupMessageFactory(group=group)
        MessageRecipientFactory(message=message)
    client = client_of(organizer)
    with exactly(4, signed_in=True):
        assert client.get("/groups/attention/messages/").status_code == 200


# By form


def test_an_organizer_writes_looks_and_undoes_by_the_pages(group, organizer, now):
    member_of(group, member__name="Member A")
    browser = browser_of(organizer)
    browser.open("/groups/attention/")
    browser.follow("Write to people")
    browser.press("Look at it first", to="all", subject="Thursday", text="Bring the **proofs** of $n^2$.")
    assert "Emails 1 person, once." in browser.words
    assert "Member A" in browser.words
    assert GroupMessage.objects.count() == 0
    browser.press("Change it")
    browser.press("Look at it first", subject="Friday")
    browser.press("Write to 1 person")
    message = GroupMessage.objects.get()
    assert (message.subject, message.text) == ("Friday", "Bring the **proofs** of $n^2$.")
    assert "It goes out at 12:10. Until then you can undo it." in browser.words
    browser.press("Undo")
    assert "Undone. Nobody gets it." in browser.words
    message.refresh_from_db()
    assert message.undone_by == organizer


def test_a_second_click_writes_once(group, organizer):
    member_of(group)
    client, data = client_of(organizer), {"to": "all", "subject": "Hello", "text": "Hello.", "step": "send"}
    data["key"] = str(client.post(WRITE, data | {"step": ""}).context["key"])
    first, second = client.post(WRITE, data), client.post(WRITE, data)
    assert first.headers["Location"] == second.headers["Location"]
    assert GroupMessage.objects.get().preview_key == UUID(data["key"])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "Choose to whom you write."),
        ({"to": "absentees-1"}, "These people cannot be written to any more."),
        ({"to": "presenters-1"}, "These people cannot be written to any more."),
        ({"to": "waitlist"}, "nobody would get it"),
        ({"to": "all", "subject": "\u200b"}, "Say in a few words what it is about."),
        ({"to": "all", "subject": "x" * 141}, "at most 140 characters"),
        ({"to": "all", "text": "\u200b \n"}, "Type the message."),
        ({"to": "all", "text": "x" * 10_001}, "at most 10000 characters"),
        ({"to": "all", "text": "x" * 1_000_000}, "at most 10000 characters"),
        ({"to": "all", "text": ">" * 60 + " deep"}, "too deep"),
        ({"to": "all", "text": "$\\foo{$"}, "cannot be read"),
    ],
)
@pytest.mark.parametrize("step", ["", "send"])
def test_what_cannot_be_used_comes_back_with_what_was_typed(group, organizer, data, told, step):
    member_of(group)
    typed = {"subject": "A subject", "text": "Some words", "step": step} | data
    response = client_of(organizer).post(WRITE, typed if data else {"step": step})
    assert (response.status_code, told in response.text) == (422, True)
    assert GroupMessage.objects.count() == 0
    if data and "subject" not in data:
        assert "A subject" in response.text


def test_hostile_words_are_shown_and_sent_as_text(group, organizer, now):
    member = member_of(group)
    text = "<script>alert(1)</script> [click](javascript:alert(1)) ![x](https://evil.example/x.png)"
    client = client_of(organizer)
    page = client.post(WRITE, {"to": "all", "subject": "<b>Hi</b>\r\nBcc: x@example.org", "text": text}).text
    assert "&lt;b&gt;Hi&lt;/b&gt; Bcc: x@example.org" in page
    write(group, organizer, now, text=text)
    message = GroupMessage.objects.get()
    actions.send_message(message_id=message.pk, now=now + TEN_MINUTES)
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now + TEN_MINUTES)
    shown = client_of(member).get(message.get_absolute_url()).text
    for html in (page, shown, mail.outbox[0].alternatives[0].content):
        assert "<script>alert" not in html
        assert 'href="javascript' not in html
        assert 'src="https://evil' not in html


def test_too_many_are_told_on_the_page(group, organizer, now):
    member_of(group)
    for number in range(6):
        write(group, organizer, now, text=f"{number}.")
    response = client_of(organizer).post(WRITE, {"to": "all", "subject": "One more", "text": "Hm.", "step": "send"})
    assert (response.status_code, "Write again tomorrow." in response.text) == (422, True)


def test_a_key_that_is_none_is_replaced(group, organizer):
    member_of(group)
    client_of(organizer).post(WRITE, {"to": "all", "subject": "Hi", "text": "Hi.", "step": "send", "key": "no key"})
    assert GroupMessage.objects.count() == 1


def test_sessions_can_be_chosen_by_who_presents_and_who_missed_them(group, organizer, now):
    coming, past = SessionFactory(group=group, starts_at=now + DAY), SessionFactory(group=group, starts_at=now - WEEK)
    PresentationFactory(session=coming)
    AttendanceFactory(session=past)
    away = member_of(group)
    client = client_of(organizer)
    page = client.get(f"{WRITE}?to=absentees-{past.pk}")
    assert page.context["form"].initial["to"] == f"absentees-{past.pk}"
    assert [
        value for value in (f"presenters-{coming.pk}", f"absentees-{past.pk}") if f'"{value}"' not in page.text
    ] == []
    data = {"to": f"absentees-{past.pk}", "subject": "We missed you", "text": "Here are the notes.", "step": "send"}
    client.post(WRITE, data)
    message = GroupMessage.objects.get()
    assert (message.audience, message.session) == (Audience.ABSENTEES, past)
    actions.send_message(message_id=message.pk, now=now + TEN_MINUTES)
    assert away.pk in mailed()


def test_leaving_the_site_undoes_what_nobody_has_got_yet(group, organizer, now):
    member_of(group)
    held = write(group, organizer, now)
    actions.leave_all_groups(actor=organizer, now=now)
    held.refresh_from_db()
    assert held.undone_at == now
    assert MessageRecipient.objects.count() == 0
