"""Links that do one thing without a sign-in: a GET changes nothing, and each is good for that thing alone."""

from datetime import timedelta

import pytest

from reading_groups import actions, links
from reading_groups.models import Attendance, Enrolment, Presentation, PresentingInvitation
from tests.clients import client_of
from tests.factories import (
    EnrolmentFactory,
    MemberFactory,
    PresentationFactory,
    PresentationFileFactory,
    PresentingSwapFactory,
    ReadingGroupFactory,
    SessionFactory,
    SitInFactory,
)

pytestmark = pytest.mark.django_db
State = Enrolment.State
HOUR = timedelta(hours=1)


@pytest.fixture
def group():
    return ReadingGroupFactory(slug="attention", capacity=4)


@pytest.fixture
def at(time_machine, now):
    """Sets the clock that views read."""

    def move(moment):
        time_machine.move_to(moment, tick=False)

    move(now)
    return move


def session_of(group, now, hours):
    return SessionFactory(group=group, starts_at=now + hours * HOUR, title="Attention")


# Check in ------------------------------------------------------------------------------------------------------------


def test_one_checks_in_by_link_around_the_time_of_the_session_only(client, group, now, at):
    session = session_of(group, now, 1)
    member = EnrolmentFactory(group=group).member
    path = links.check_in_path(session, member.pk)
    for moment, told in (
        (session.starts_at - timedelta(minutes=11), "from ten minutes before the start"),
        (session.ends_at, "This session is over"),
    ):
        at(moment)
        assert told in client.get(path).text
        assert "I am here" not in client.get(path).text
        assert client.post(path).status_code == 422
        assert not Attendance.objects.exists()
    at(session.starts_at - timedelta(minutes=10))
    assert "I am here" in client.get(path).text
    assert not Attendance.objects.exists(), "a GET changes nothing"
    for _ in range(2):
        assert "You are checked in" in client.post(path).text
    row = Attendance.objects.get()
    assert (row.member, row.how, row.recorded_by) == (member, Attendance.How.CHECKED_IN, member)


def test_whoever_sits_in_checks_in_and_whoever_left_does_not(client, group, now, at):
    session = session_of(group, now, 0)
    visitor, leaving = SitInFactory(session=session).member, EnrolmentFactory(group=group).member
    paths = {member: links.check_in_path(session, member.pk) for member in (visitor, leaving)}
    actions.leave_group(actor=leaving, group_id=group.pk, now=now - HOUR)
    assert client.post(paths[visitor]).status_code == 200
    assert "You need a place" in client.post(paths[leaving]).text
    visitor.is_active = False
    visitor.save()
    assert client.get(paths[visitor]).status_code == 404
    assert [row.member for row in Attendance.objects.all()] == [visitor]


# A held place --------------------------------------------------------------------------------------------------------


@pytest.fixture
def held(group, now):
    return EnrolmentFactory(group=group, state=State.HELD, held_until=now + 2 * HOUR)


def test_a_held_place_is_taken_by_link(client, held, at):
    path = links.place_path(held)
    assert "Take the place" in client.get(path).text
    held.refresh_from_db()
    assert held.state == State.HELD, "a GET changes nothing"
    for _ in range(2):
        assert "You have a place" in client.post(path, {"answer": "yes"}).text
    held.refresh_from_db()
    assert (held.state, held.held_until) == (State.ENROLLED, None)
    assert client.post(path, {"answer": "no"}).status_code == 409, "the link does not give up a place"
    held.refresh_from_db()
    assert held.state == State.ENROLLED


def test_a_held_place_is_let_go_by_link_and_passes_on(client, group, held, now, at):
    others = [EnrolmentFactory(group=group).member for _ in range(3)]
    waiting = MemberFactory()
    actions.join_group(actor=waiting, group_id=group.pk, now=now)
    path = links.place_path(held)
    for _ in range(2):
        assert "gone to the next" in client.post(path, {"answer": "no"}).text
    assert group.enrolments.get(member=waiting).state == State.HELD
    assert group.enrolments.enrolled().count() == len(others)
    assert client.post(path, {"answer": "yes"}).status_code == 409


def test_a_hold_that_ran_out_or_was_followed_by_another_has_another_link(client, held, now, at):
    path = links.place_path(held)
    at(now + 2 * HOUR)
    assert "Take the place" not in client.get(path).text
    assert client.post(path).status_code == 409
    held.refresh_from_db()
    assert held.state == State.HELD, "the tick passes it on"
    held.held_until = now + 9 * HOUR
    held.save()
    assert client.post(path).status_code == 409
    assert client.post(links.place_path(held)).status_code == 200


# Handing over --------------------------------------------------------------------------------------------------------


@pytest.fixture
def part(group, now):
    presenter = EnrolmentFactory(group=group, member__name="Member B").member
    session = session_of(group, now, 48)
    return PresentationFactory(session=session, member=presenter, part="Section 3", slides_url="https://example.org/s")


def ask(client, part, member):
    return client.post(links.hand_over_path(part, "attention"), {"member": member.pk})


def test_a_part_goes_to_whoever_accepts_with_all_that_hangs_on_it(client, part, group, now, at):
    other = EnrolmentFactory(group=group, member__name="Member C").member
    file = PresentationFileFactory(presentation=part)
    swap = PresentingSwapFactory(offered=part)
    path = links.hand_over_path(part, "attention")
    assert "Member C" in client.get(path).text
    assert not PresentingInvitation.objects.exists(), "a GET changes nothing"
    for _ in range(2):
        assert "Member C is asked by email" in ask(client, part, other).text or _ == 1
    invitation = PresentingInvitation.objects.get()
    assert (invitation.member, invitation.invited_by, invitation.is_hand_over) == (other, part.member, True)
    assert Presentation.objects.get(pk=part.pk).member == part.member, "until somebody accepts, they present"
    answer = links.invitation_path("attention", invitation.pk)
    assert "asks you to take over" in client.get(answer).text
    for _ in range(2):
        assert "You present" in client.post(answer, {"answer": "yes"}).text
    now_theirs = Presentation.objects.get(session=part.session)
    assert (now_theirs.pk, now_theirs.member, now_theirs.part) == (part.pk, other, "Section 3")
    assert list(now_theirs.files.all()) == [file]
    swap.refresh_from_db()
    assert swap.state == "lapsed"
    assert client.get(path).status_code == 404, "it is not theirs to hand over any more"


def test_a_no_leaves_the_part_where_it_is(client, part, group, at):
    other = EnrolmentFactory(group=group).member
    ask(client, part, other)
    client.post(links.invitation_path("attention", PresentingInvitation.objects.get().pk), {"answer": "no"})
    assert Presentation.objects.get().member == part.member
    assert ask(client, part, other).status_code == 422, "a no is final"


def test_who_was_asked_to_present_beside_them_can_be_asked_to_take_over(client, part, group, now, at):
    other = EnrolmentFactory(group=group).member
    actions.invite_to_present(actor=part.member, session_id=part.session_id, member_id=other.pk, now=now)
    assert ask(client, part, other).status_code == 200
    assert [row.is_hand_over for row in PresentingInvitation.objects.waiting()] == [True]
    actions.offer_to_present(actor=other, session_id=part.session_id, now=now)
    assert [row.member for row in Presentation.objects.all()] == [other], "offering accepts what one is asked"


def test_a_part_that_was_withdrawn_meanwhile_is_presented_anyway(part, group, now):
    other = EnrolmentFactory(group=group).member
    about = {"session_id": part.session_id, "now": now}
    invitation = actions.ask_to_take_over(actor=part.member, member_id=other.pk, **about)
    actions.withdraw_from_presenting(actor=part.member, **about)
    own = actions.accept_invitation(actor=other, invitation_id=invitation.pk, now=now)
    assert (own.member, own.part) == (other, "")


def test_nothing_is_handed_over_once_the_session_has_started_or_to_those_outside(client, part, group, now, at):
    other, stranger = EnrolmentFactory(group=group).member, MemberFactory()
    assert ask(client, part, stranger).status_code == 422
    at(part.session.starts_at)
    response = ask(client, part, other)
    assert "has started" in response.text
    assert not PresentingInvitation.objects.exists()


def test_only_a_presenter_hands_over(part, group, now):
    with pytest.raises(actions.NotPresenting):
        actions.ask_to_take_over(
            actor=EnrolmentFactory(group=group).member,
            session_id=part.session_id,
            member_id=part.member_id,
            now=now,
        )


def test_whoever_leaves_the_group_or_is_signed_in_as_another_hands_nothing_over(client, part, group, now, at):
    other, path = EnrolmentFactory(group=group).member, links.hand_over_path(part, "attention")
    assert client_of(other).post(path, {"member": other.pk}).status_code == 403
    actions.leave_group(actor=part.member, group_id=group.pk, now=now)
    assert client.post(path, {"member": other.pk}).status_code == 404
    assert not PresentingInvitation.objects.exists()


def test_a_presenter_hands_over_on_the_page_of_presenters(part, group, at):
    other = EnrolmentFactory(group=group, member__name="Member C").member
    client, here = client_of(part.member), f"/groups/attention/sessions/{part.session_id}/presenters/"
    assert 'id="hand-over"' in client.get(here).text
    assert client.post(f"{here}hand-over/", {"member": ""}).status_code == 422
    client.post(f"{here}hand-over/", {"member": other.pk})
    assert PresentingInvitation.objects.get().is_hand_over
    assert "Member B has asked Member C to take over" in client.get(here).text
    assert 'id="hand-over"' not in client_of(other).get(here).text


# All of them ---------------------------------------------------------------------------------------------------------


def test_the_token_of_one_action_is_refused_by_every_other(client, part, held, group, now, at):
    member, session = part.member, session_of(group, now, 0)
    own = {
        "check-in": (links.check_in_path(session, member.pk), f"/groups/attention/sessions/{session.pk}/check-in/"),
        "rsvp": (links.rsvp_path(session, member.pk), f"/groups/attention/sessions/{session.pk}/rsvp/"),
        "place": (links.place_path(held), "/groups/attention/place/"),
        "hand-over": (links.hand_over_path(part, "attention"), "/groups/attention/hand-over/"),
        "asked": (links.invitation_path("attention", 1), "/groups/attention/asked-to-present/"),
    }
    for name, (path, start) in own.items():
        token = path.removeprefix(start)
        assert token != path
        if name != "asked":
            assert client.get(path).status_code == 200
        for other, (_path, address) in own.items():
            if other != name:
                assert client.get(address + token).status_code == 404, (name, other)
                assert client.post(address + token).status_code == 404, (name, other)
    assert not Attendance.objects.exists()
    assert client.get(own["place"][0].replace("/attention/", "/another/")).status_code == 404
