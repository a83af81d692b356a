"""Sitting in at one session without a place: once, with the call link, and the question afterwards."""

import re
from datetime import time, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError
from django.test import Client

from collaborative.home.kinds import BY_KEY
from notifications.actions import send_due, write_obligations
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.agenda import items_for
from reading_groups.links import sat_in_path
from reading_groups.models import Enrolment, ReadingGroup, SitIn
from reading_groups.reminders import KINDS
from tests.factories import EnrolmentFactory, MemberFactory, ReadingGroupFactory, SessionFactory, SitInFactory
from tests.queries import exactly
from tests.races import race

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}
State, Place = ReadingGroup.State, Enrolment.State
CALL = "https://meet.example.org/graphs"


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def group():
    """A group of one place in which nobody presents, so that nobody is asked to."""
    return ReadingGroupFactory(slug="graphs", title="Graphs", capacity=1, call_url=CALL, presenters_wanted=0)


@pytest.fixture
def session(group, now):
    SessionFactory(group=group, starts_at=now - timedelta(days=4))
    SessionFactory(group=group, starts_at=now + timedelta(days=10))
    return SessionFactory(group=group, starts_at=now + timedelta(days=3), title="Edges")


@pytest.fixture
def member(client):
    member = MemberFactory(name="Member A")
    client.force_login(member, backend=BACKEND)
    return member


def sit_in(group, member, now):
    return actions.sit_in(actor=member, group_id=group.pk, now=now)


def send(now):
    write_obligations(kinds=KINDS, now=now)
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now)
    return mail.outbox


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_one_sits_in_at_the_next_session_without_a_place(client, group, session, member, now):
    assert "Sit in at the next session" in client.get("/groups/graphs/").text
    response = client.post("/groups/graphs/sit-in/", follow=True)
    assert said(response) == ["You sit in at the next session. We have emailed you the link to the call."]
    assert "You sit in on Fri 27 Nov" in response.text
    own = SitIn.objects.get()
    assert (own.member, own.session, own.answer) == (member, session, "")
    group.refresh_from_db()
    assert (group.places_taken, group.enrolments.count()) == (0, 0)
    [message] = send(now)
    assert message.to == [member.email]
    assert message.subject.startswith("You sit in at “Graphs”: Fri 27 Nov")
    assert CALL in message.body
    # It stands in their week and its calendar.
    [item] = items_for(member, now, now + timedelta(days=30))
    assert (item.title, item.call_url) == ("You sit in: Edges", CALL)
    # Nothing else of the group is shown.
    page = client.get("/groups/graphs/").text
    assert ("Seen by those in the group." in page, CALL in page) == (False, False)


def test_it_is_once_for_each_group(group, session, member, now):
    first = sit_in(group, member, now)
    assert sit_in(group, member, now) == first
    with pytest.raises(actions.SatInBefore):
        sit_in(group, member, session.starts_at)
    with pytest.raises(IntegrityError, match="sits_in_once"):
        SitInFactory(session=session, member=member)


def test_when_the_session_is_off_one_may_come_to_another(client, group, session, member, now):
    own = sit_in(group, member, now)
    actions.cancel_session(actor=MemberFactory(), session_id=session.pk, now=now)
    assert "Sit in at the next session" in client.get("/groups/graphs/").text
    again = sit_in(group, member, now)
    assert (again.pk, again.session.starts_at) == (own.pk, now + timedelta(days=10))
    assert len(send(now)) == 1


def test_whoever_cannot_come_says_so_and_may_ask_again(client, group, session, member, now):
    client.post("/groups/graphs/sit-in/", follow=True)
    response = client.post("/groups/graphs/sit-in/", {"sit_in": "off"}, follow=True)
    assert said(response) == ["You do not sit in. You may do so another time."]
    assert not SitIn.objects.exists()
    assert send(now) == []
    client.post("/groups/graphs/sit-in/", {"sit_in": "off"})
    sit_in(group, member, now)
    # Not once it has begun.
    actions.call_off_sitting_in(actor=member, group_id=group.pk, now=session.starts_at)
    assert SitIn.objects.exists()


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (Place.ENROLLED, "You have a place in this group, or one is held for you."),
        (Place.HELD, "You have a place in this group, or one is held for you."),
        (Place.WAITLISTED, "You sit in at the next session. We have emailed you the link to the call."),
        (Place.LEFT, "You sit in at the next session. We have emailed you the link to the call."),
    ],
)
def test_those_with_a_place_have_nothing_to_try(client, group, session, member, state, told):
    EnrolmentFactory(group=group, member=member, state=state)
    assert said(client.post("/groups/graphs/sit-in/", follow=True)) == [told]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"allows_sitting_in": False}, "One cannot sit in at this group at present."),
        ({"state": "paused"}, "One cannot sit in at this group at present."),
        ({"state": "completed"}, "One cannot sit in at this group at present."),
    ],
)
def test_organizers_turn_it_off(client, group, session, member, change, told):
    ReadingGroup.objects.update(**change)
    assert "Sit in once" not in client.get("/groups/graphs/").text
    assert said(client.post("/groups/graphs/sit-in/", follow=True)) == [told]
    assert not SitIn.objects.exists()


def test_without_a_session_there_is_nothing_to_sit_in_at(client, group, member, now):
    SessionFactory(group=group, starts_at=None, ends_at=None, held_on=(now + timedelta(days=3)).date())
    assert said(client.post("/groups/graphs/sit-in/", follow=True)) == [
        "No session is planned yet at which you could sit in."
    ]


def test_a_session_that_moves_is_told_anew_a_day_before(group, session, member, now):
    sit_in(group, member, now)
    assert len(send(now)) == 1
    moment = actions.Moment(held_on=session.held_on + timedelta(days=1), at=time(12, 0))
    session = actions.move_session(actor=MemberFactory(), session_id=session.pk, moment=moment, now=now)
    before = session.starts_at - timedelta(hours=24)
    # That it moves is told at once, and where it is, a day before.
    assert send(before - timedelta(minutes=1))[1].subject.startswith("Moved: Edges, Sat 28 Nov")
    assert "Sat 28 Nov" in send(before)[2].subject
    assert len(send(before + timedelta(hours=1))) == 3


def test_one_that_stays_is_told_once(group, session, member, now):
    sit_in(group, member, now)
    for hours in (0, 47, 48, 60):
        assert len(send(now + timedelta(hours=hours))) == 1


def test_whoever_takes_a_place_is_reminded_as_all_are(group, session, member, now):
    sit_in(group, member, now)
    actions.join_group(actor=member, group_id=group.pk, now=now)
    assert [message.subject for message in send(now)] == ["You have a place in “Graphs”"]
    send(session.starts_at - timedelta(hours=24))
    send(session.ends_at + timedelta(minutes=1))
    sent = Delivery.objects.filter(state="sent").order_by("sent_at").values_list("kind", flat=True)
    assert list(sent) == ["sign_up_confirmed", "session_tomorrow"]


# The question afterwards


@pytest.fixture
def sat(group, session, member, now, noon):
    """Somebody who sat in, an hour after the session; with the address that the mail gave them."""
    own = sit_in(group, member, now)
    send(now)
    later = session.ends_at + timedelta(hours=1)
    noon.move_to(later)
    return own


def address_of(message):
    return re.search(r"http://[^/]+(/groups/sat-in/\S+)", message.body).group(1)


def test_the_question_comes_after_the_session_and_one_click_joins(group, session, member, sat):
    assert write_obligations(kinds=KINDS, now=session.ends_at - timedelta(minutes=1)) == 1
    assert len(send(session.ends_at - timedelta(minutes=1))) == 1
    message = send(session.ends_at)[1]
    assert message.subject == "You sat in at “Graphs”: would you like to join?"
    address = address_of(message)
    assert address == sat_in_path(sat.pk)
    anybody = Client()
    page = anybody.get(address)
    assert "Would you like to join?" in page.text
    assert not Enrolment.objects.exists()
    # Neither to others, nor kept, nor told onwards.
    assert 'name="referrer" content="same-origin"' in page.text
    assert "no-store" in page.headers["Cache-Control"]
    for _click in range(2):
        assert "You have a place" in anybody.post(address, {"answer": "yes"}).text
    sat.refresh_from_db()
    assert (sat.answer, group.enrolments.get().member, group.enrolments.get().state) == (
        "joined",
        member,
        Place.ENROLLED,
    )
    # That they have a place, and no second question.
    assert send(session.ends_at + timedelta(hours=2))[2:][0].subject == "You have a place in “Graphs”"
    assert len(mail.outbox) == 3


def test_where_the_group_is_full_joining_means_the_line(group, sat):
    EnrolmentFactory(group=group)
    address = sat_in_path(sat.pk)
    assert "Join the waitlist" in Client().get(address).text
    assert "You are on the waitlist" in Client().post(address, {"answer": "yes"}).text


def test_no_is_an_answer_and_can_be_changed(group, sat, now):
    address = sat_in_path(sat.pk)
    assert "Not this time" in Client().post(address, {"answer": "no"}).text
    sat.refresh_from_db()
    assert sat.answer == "declined"
    assert not group.enrolments.exists()
    assert len(send(sat.session.ends_at)) == 1
    assert "You have a place" in Client().post(address, {"answer": "yes"}).text
    # And a place is given up on the group's page, not here.
    Client().post(address, {"answer": "no"})
    assert group.enrolments.get().state == Place.ENROLLED


def test_whoever_has_joined_is_not_asked(group, session, member, sat):
    actions.join_group(actor=member, group_id=group.pk, now=session.ends_at)
    subjects = [message.subject for message in send(session.ends_at + timedelta(minutes=1))]
    assert subjects[1:] == ["You have a place in “Graphs”"]


@pytest.mark.parametrize("state", ["paused", "completed", "archived"])
def test_a_group_that_takes_nobody_asks_nobody_and_says_so(group, session, sat, state):
    ReadingGroup.objects.update(state=state)
    assert len(send(session.ends_at + timedelta(minutes=1))) == 1
    address = sat_in_path(sat.pk)
    assert "This group takes no members at present" in Client().get(address).text
    assert "This group is not taking members any more." in Client().post(address, {"answer": "yes"}).text
    assert not Enrolment.objects.exists()


def test_a_session_that_is_called_off_asks_nobody(session, sat, now):
    actions.cancel_session(actor=MemberFactory(), session_id=session.pk, now=now)
    assert len(send(session.ends_at + timedelta(minutes=1))) == 1


@pytest.mark.parametrize("token", ["1.nonsense", "nonsense", "1.", "x.y.z"])
def test_an_address_that_is_not_ours_is_a_404(token):
    assert Client().get(f"/groups/sat-in/{token}/").status_code == 404


def test_the_address_of_somebody_whose_account_is_closed_opens_nothing(member, sat):
    member.is_active = False
    member.save()
    assert Client().post(sat_in_path(sat.pk), {"answer": "yes"}).status_code == 404


def test_afterwards_the_groups_page_says_that_one_sat_in(client, member, sat):
    page = client.get("/groups/graphs/").text
    assert ("You sat in on Fri 27 Nov." in page, "Sit in once" in page) == (True, False)
    assert said(client.post("/groups/graphs/sit-in/", follow=True)) == [
        "You have sat in at this group. If you liked it, take a place."
    ]


@pytest.mark.parametrize("people", [2, 30])
def test_the_answers_page_costs_the_same_at_any_length(group, sat, people):
    for _person in range(people):
        EnrolmentFactory(group=group, state=Place.WAITLISTED)
    # Site; the visit with group, session and member; their place; the next session and its readings.
    with exactly(5):
        Client().get(sat_in_path(sat.pk))


def test_the_answer_has_a_time(sat):
    with pytest.raises(IntegrityError, match="sit_in_answer_has_a_time"):
        SitIn.objects.update(answer="joined")


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_are_one_visit_and_one_mail(now):
    session = SessionFactory(starts_at=now + timedelta(days=2))
    member = MemberFactory()
    got = race(*[lambda: actions.sit_in(actor=member, group_id=session.group_id, now=now).pk] * 20)
    assert len(set(got)) == SitIn.objects.count() == Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", range(3))
def test_many_who_answer_at_once_never_overbook(now, run):
    session = SessionFactory(group=ReadingGroupFactory(capacity=3), starts_at=now - timedelta(hours=3))
    visits = [SitInFactory(session=session).pk for _ in range(12)]
    states = race(*[lambda pk=pk: actions.join_after_sitting_in(sit_in_id=pk, now=now).state for pk in visits])
    session.group.refresh_from_db()
    assert (states.count(Place.ENROLLED), session.group.places_taken) == (3, 3)
    assert SitIn.objects.filter(answer="joined").count() == 12
