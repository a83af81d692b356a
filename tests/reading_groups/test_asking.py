"""Presenters ask each other to present and to swap: only whoever is asked answers, and what cannot hold lapses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from reading_groups import actions
from reading_groups.asked import asked_of
from reading_groups.models import PresentingInvitation, PresentingSwap
from tests.factories import (
    EnrolmentFactory,
    MemberFactory,
    PresentationFactory,
    PresentationFileFactory,
    PresentingInvitationFactory,
    PresentingSwapFactory,
    ReadingGroupFactory,
    SessionFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
State = PresentingInvitation.State


@pytest.fixture
def group():
    return ReadingGroupFactory(slug="attention")


@pytest.fixture
def session(now, group):
    return SessionFactory(group=group, starts_at=now + timedelta(days=5), title="Attention")


@pytest.fixture
def later(now, group):
    return SessionFactory(group=group, starts_at=now + timedelta(days=12), title="Transformers")


def somebody(group):
    return EnrolmentFactory(group=group).member


def presents(session):
    return set(session.presentations.values_list("member", flat=True))


def ask(invitation_or_swap, answer, actor, now):
    if isinstance(invitation_or_swap, PresentingSwap):
        act = actions.accept_swap if answer == "yes" else actions.decline_swap
        return act(actor=actor, swap_id=invitation_or_swap.pk, now=now)
    act = actions.accept_invitation if answer == "yes" else actions.decline_invitation
    return act(actor=actor, invitation_id=invitation_or_swap.pk, now=now)


# Inviting


def test_whoever_is_asked_accepts_and_presents(now, group, session):
    asker, asked = somebody(group), somebody(group)
    about = {"session_id": session.pk, "member_id": asked.pk, "now": now}
    invitation = actions.invite_to_present(actor=asker, **about)
    assert actions.invite_to_present(actor=asker, **about) == invitation
    assert [(question.by, question.is_swap) for question in asked_of(asked, now)] == [(str(asker), False)]
    for _twice in range(2):
        ask(invitation, "yes", asked, now)
    assert presents(session) == {asked.pk}
    assert (PresentingInvitation.objects.get().state, asked_of(asked, now)) == (State.ACCEPTED, [])


def test_a_no_needs_no_reason_and_is_final(now, group, session):
    asker, asked = somebody(group), somebody(group)
    invitation = actions.invite_to_present(actor=asker, session_id=session.pk, member_id=asked.pk, now=now)
    for _twice in range(2):
        ask(invitation, "no", asked, now)
    with pytest.raises(actions.NoLongerAsked):
        ask(invitation, "yes", asked, now)
    with pytest.raises(actions.HasDeclined):
        actions.invite_to_present(actor=somebody(group), session_id=session.pk, member_id=asked.pk, now=now)
    # They may still offer by themselves.
    actions.offer_to_present(actor=asked, session_id=session.pk, now=now)
    assert presents(session) == {asked.pk}


def test_only_people_with_a_place_ask_and_are_asked(now, group, session):
    asker, outside = somebody(group), MemberFactory()
    for actor, member, refusal in (
        (outside, asker, actions.NotInGroup),
        (asker, outside, actions.HasNoPlace),
        (asker, asker, actions.CannotAsk),
        (asker, PresentationFactory(session=session).member, actions.PresentsAlready),
    ):
        with pytest.raises(refusal):
            actions.invite_to_present(actor=actor, session_id=session.pk, member_id=member.pk, now=now)
    other = PresentingInvitationFactory(session=session)
    with pytest.raises(actions.AskedAlready):
        actions.invite_to_present(actor=asker, session_id=session.pk, member_id=other.member_id, now=now)


def test_somebody_who_is_not_asked_does_not_answer(now, group, session, later):
    invitation = PresentingInvitationFactory(session=session)
    swap = PresentingSwapFactory(offered__session=session)
    for other in (somebody(group), invitation.invited_by, swap.offered.member):
        for asked in (invitation, swap):
            for answer in ("yes", "no"):
                with pytest.raises(actions.NotAsked):
                    ask(asked, answer, other, now)
    assert presents(session) == {swap.offered.member_id}


def test_offering_by_oneself_accepts(now, session):
    invitation = PresentingInvitationFactory(session=session)
    actions.offer_to_present(actor=invitation.member, session_id=session.pk, now=now)
    invitation.refresh_from_db()
    assert invitation.state == State.ACCEPTED


@pytest.mark.parametrize("who", ["asker", "asked"])
def test_it_lapses_when_either_leaves(now, group, session, later, who):
    invitation = PresentingInvitationFactory(session=session)
    swap = PresentingSwapFactory(offered=PresentationFactory(session=session))
    leaving = (
        (invitation.invited_by, swap.offered.member) if who == "asker" else (invitation.member, swap.wanted.member)
    )
    for member in leaving:
        actions.leave_group(actor=member, group_id=group.pk, now=now)
    invitation.refresh_from_db()
    assert (invitation.state, PresentingSwap.objects.count()) == (State.LAPSED, 0)
    with pytest.raises(actions.NoLongerAsked):
        ask(invitation, "yes", invitation.member, now)


def test_it_lapses_when_the_session_starts_or_is_off(now, session):
    invitation = PresentingInvitationFactory(session=session)
    with pytest.raises(actions.SessionHasStarted):
        ask(invitation, "yes", invitation.member, session.starts_at)
    assert asked_of(invitation.member, session.starts_at) == []
    actions.cancel_session(actor=MemberFactory(), session_id=session.pk, now=now)
    with pytest.raises(actions.SessionIsCancelled):
        ask(invitation, "yes", invitation.member, now)
    assert asked_of(invitation.member, now) == []


def test_it_is_taken_back_by_whoever_asked(now, session):
    invitation, swap = PresentingInvitationFactory(session=session), PresentingSwapFactory(offered__session=session)
    for other in (invitation.member, swap.wanted.member):
        with pytest.raises(PresentingInvitation.DoesNotExist):
            actions.take_back_invitation(actor=other, invitation_id=invitation.pk, now=now)
        with pytest.raises(PresentingSwap.DoesNotExist):
            actions.take_back_swap(actor=other, swap_id=swap.pk, now=now)
    actions.take_back_invitation(actor=invitation.invited_by, invitation_id=invitation.pk, now=now)
    actions.take_back_swap(actor=swap.offered.member, swap_id=swap.pk, now=now)
    for asked, member in ((invitation, invitation.member), (swap, swap.wanted.member)):
        with pytest.raises(actions.NoLongerAsked):
            ask(asked, "yes", member, now)
    again = actions.invite_to_present(
        actor=invitation.invited_by, session_id=session.pk, member_id=invitation.member_id, now=now
    )
    assert again != invitation


def test_what_waits_costs_one_query_and_one_for_titles(now, group, session):
    member = somebody(group)
    with exactly(1):
        assert asked_of(member, now) == []
    for days in (6, 7):
        other = SessionFactory(group=group, starts_at=now + timedelta(days=days))
        PresentingInvitationFactory(session=other, member=member)
    with exactly(2):
        assert len(asked_of(member, now)) == 2


# Swapping


def test_a_swap_exchanges_both_sessions_and_keeps_what_each_made(now, session, later):
    offered = PresentationFactory(session=session, part="The proofs", slides_url="https://example.org/a")
    wanted = PresentationFactory(session=later)
    mine = PresentationFileFactory(presentation=offered)
    swap = actions.ask_to_swap(actor=offered.member, session_id=session.pk, presentation_id=wanted.pk, now=now)
    assert [question.is_swap for question in asked_of(wanted.member, now)] == [True]
    for _twice in range(2):
        ask(swap, "yes", wanted.member, now)
    assert (presents(session), presents(later)) == ({wanted.member_id}, {offered.member_id})
    offered.refresh_from_db()
    assert (offered.part, offered.slides_url, list(offered.files.all())) == ("", "https://example.org/a", [mine])


def test_other_swaps_of_the_two_lapse(now, group, session, later):
    swap = PresentingSwapFactory(offered__session=session)
    others = [PresentingSwapFactory(offered__session=session, wanted=swap.wanted) for _ in range(2)]
    ask(swap, "yes", swap.wanted.member, now)
    for other in others:
        other.refresh_from_db()
        assert other.state == State.LAPSED
        with pytest.raises(actions.NoLongerAsked):
            ask(other, "yes", swap.wanted.member, now)


def test_withdrawing_lets_a_swap_lapse(now, session):
    for side in ("offered", "wanted"):
        swap = PresentingSwapFactory(offered__session=session)
        part = getattr(swap, side)
        actions.withdraw_from_presenting(actor=part.member, session_id=part.session_id, now=now)
        with pytest.raises(PresentingSwap.DoesNotExist):
            ask(swap, "yes", swap.wanted.member, now)


def test_sessions_are_swapped_between_two_presenters_of_two_sessions_of_one_group(now, group, session, later):
    own = PresentationFactory(session=session)
    beside, elsewhere = PresentationFactory(session=session), PresentationFactory()
    both = PresentationFactory(session=later)
    PresentationFactory(session=session, member=both.member)
    about = {"session_id": session.pk, "now": now}
    for actor, wanted, refusal in (
        (own.member, own, actions.CannotAsk),
        (own.member, beside, actions.CannotAsk),
        (own.member, elsewhere, actions.CannotAsk),
        (own.member, both, actions.PresentsAlready),
        (somebody(group), both, actions.NotPresenting),
    ):
        with pytest.raises(refusal):
            actions.ask_to_swap(actor=actor, presentation_id=wanted.pk, **about)
    assert not PresentingSwap.objects.exists()


def test_one_swap_waits_for_each_part_and_a_no_is_final(now, session, later):
    own = PresentationFactory(session=session)
    first, second = PresentationFactory(session=later), PresentationFactory(session=later)
    about = {"actor": own.member, "session_id": session.pk, "now": now}
    swap = actions.ask_to_swap(presentation_id=first.pk, **about)
    assert actions.ask_to_swap(presentation_id=first.pk, **about) == swap
    with pytest.raises(actions.AskedAlready):
        actions.ask_to_swap(presentation_id=second.pk, **about)
    ask(swap, "no", first.member, now)
    with pytest.raises(actions.HasDeclined):
        actions.ask_to_swap(presentation_id=first.pk, **about)
    actions.ask_to_swap(presentation_id=second.pk, **about)


def test_nothing_is_swapped_once_one_of_the_two_has_started_or_is_off(now, session, later):
    swap = PresentingSwapFactory(offered__session=session)
    with pytest.raises(actions.SessionHasStarted):
        ask(swap, "yes", swap.wanted.member, session.starts_at)
    actions.cancel_session(actor=MemberFactory(), session_id=session.pk, now=now)
    with pytest.raises(actions.SessionIsCancelled):
        ask(swap, "yes", swap.wanted.member, now)


@pytest.mark.parametrize("state", ["completed", "archived"])
def test_what_waits_in_a_group_that_ends_lapses(now, group, session, state):
    SessionFactory(group=group, starts_at=now - timedelta(days=7))
    invitation, swap = PresentingInvitationFactory(session=session), PresentingSwapFactory(offered__session=session)
    actions.set_state(group_id=group.pk, state=state, now=now)
    assert not PresentingInvitation.objects.waiting().exists()
    assert not PresentingSwap.objects.waiting().exists()
    assert asked_of(invitation.member, now) == []
    assert swap.pk


# What the database keeps


def test_the_database_keeps_one_waiting_question_each(session):
    invitation = PresentingInvitationFactory(session=session)
    swap = PresentingSwapFactory(offered__session=session)
    for make, name in (
        (lambda: PresentingInvitationFactory(session=session, member=invitation.member), "asked_to_present_once"),
        (lambda: PresentingSwapFactory(offered=swap.offered), "swap_asked_once"),
        (
            lambda: PresentingInvitationFactory(
                session=session, member=invitation.invited_by, invited_by=invitation.invited_by
            ),
            "asked_to_present_by_another",
        ),
        (lambda: PresentingInvitationFactory(session=session, state="declined"), "asked_to_present_until_answered"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            make()
