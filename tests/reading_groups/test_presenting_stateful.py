"""Any sequence of offering, asking, answering, swapping, withdrawing and leaving keeps what is promised."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from members.models import Member
from reading_groups import actions
from reading_groups.models import Enrolment, Presentation, PresentingInvitation, PresentingSwap
from tests.factories import MemberFactory, ReadingGroupFactory, SessionFactory

PEOPLE, SESSIONS = 5, 4
somebody, some_session = st.integers(0, PEOPLE - 1), st.integers(0, SESSIONS - 1)
usually = st.sampled_from([True, True, True, False])
REFUSALS = (
    actions.NotInGroup,
    actions.HasNoPlace,
    actions.SessionHasStarted,
    actions.SessionIsCancelled,
    actions.NotPresenting,
    actions.CannotAsk,
    actions.PresentsAlready,
    actions.AskedAlready,
    actions.HasDeclined,
    actions.NotAsked,
    actions.NoLongerAsked,
    Presentation.DoesNotExist,
)


class Presenting(RuleBasedStateMachine):
    """One group, five people, four sessions two days apart, and a clock that moves on."""

    members: list[Member]
    happened: Counter[str]

    @initialize(offers=st.sets(st.tuples(somebody, some_session), min_size=3, max_size=8))
    def start_group(self, offers):
        self.now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
        self.group = ReadingGroupFactory(hold_hours=0)
        self.sessions = [
            SessionFactory(group=self.group, starts_at=self.now + timedelta(days=1 + 2 * number))
            for number in range(SESSIONS)
        ]
        for member in self.members:
            actions.join_group(actor=member, group_id=self.group.pk, now=self.now)
        for who, which in sorted(offers):
            self.offer_or_withdraw(who, which)
        for offered in self.parts():
            for wanted in self.parts():
                self.ask(offered, wanted)

    @rule(who=somebody)
    def leave_or_come_back(self, who):
        about = {"actor": self.members[who], "group_id": self.group.pk, "now": self.now}
        if not self.group.enrolments.live().filter(member=self.members[who]).exists():
            actions.join_group(**about)
            return
        actions.leave_group(**about)
        asked = PresentingInvitation.objects.waiting().filter(session__group=self.group)
        assert not asked.of(self.members[who].pk).exists()

    @rule(who=somebody, which=some_session)
    def offer_or_withdraw(self, who, which):
        member, session = self.members[who], self.sessions[which]
        presents = session.presentations.filter(member=member).exists()
        act = actions.withdraw_from_presenting if presents else actions.offer_to_present
        with suppress(*REFUSALS):
            act(actor=member, session_id=session.pk, now=self.now)
            self.happened[act.__name__] += 1

    @rule(who=somebody, further=st.integers(1, PEOPLE - 1), which=some_session)
    def invite(self, who, further, which):
        asked = self.members[(who + further) % PEOPLE]
        with suppress(*REFUSALS):
            actions.invite_to_present(
                actor=self.members[who], session_id=self.sessions[which].pk, member_id=asked.pk, now=self.now
            )
            self.happened["invite"] += 1

    @precondition(lambda self: len(self.parts()) > 1)
    @rule(data=st.data())
    def ask_to_swap(self, data):
        self.ask(*(data.draw(st.sampled_from(self.parts())) for _side in range(2)))

    def ask(self, offered, wanted):
        about = {"session_id": offered.session_id, "presentation_id": wanted.pk, "now": self.now}
        with suppress(*REFUSALS):
            actions.ask_to_swap(actor=offered.member, **about)
            self.happened["ask_to_swap"] += 1

    @precondition(lambda self: self.asked())
    @rule(data=st.data(), by=somebody, is_asked=usually, says_yes=usually)
    def answer(self, data, by, is_asked, says_yes):
        asked = data.draw(st.sampled_from(self.asked()))
        is_swap = isinstance(asked, PresentingSwap)
        if is_swap:
            act, about = actions.accept_swap if says_yes else actions.decline_swap, {"swap_id": asked.pk}
        else:
            act = actions.accept_invitation if says_yes else actions.decline_invitation
            about = {"invitation_id": asked.pk}
        before, allowed = self.presenters(), Member.objects.get(pk=asked.asked_id)
        actor = allowed if is_asked else self.members[by]
        with suppress(*REFUSALS):
            act(actor=actor, **about, now=self.now)
            assert actor == allowed
            self.happened[act.__name__] += 1
        if is_swap:
            # Both or none: the same people as often as before, and as many at each session.
            after = self.presenters()
            for side in range(2):
                assert sorted(pair[side] for pair in before) == sorted(pair[side] for pair in after)

    @rule(which=some_session)
    def call_off_or_on(self, which):
        session = self.sessions[which]
        session.refresh_from_db()
        change = actions.bring_back_session if session.is_cancelled else actions.cancel_session
        with suppress(actions.SessionHasStarted):
            change(actor=self.members[0], session_id=session.pk, now=self.now)

    @rule(hours=st.sampled_from([1, 10, 20]))
    def wait(self, hours):
        self.now += timedelta(hours=hours)

    def parts(self):
        rows = Presentation.objects.filter(session__group=self.group)
        return list(rows.select_related("member").order_by("id"))

    def presenters(self):
        return [(part.session_id, part.member_id) for part in self.parts()]

    def asked(self):
        """What waits for an answer, else what has one."""
        invitations = PresentingInvitation.objects.filter(session__group=self.group).order_by("id")
        swaps = PresentingSwap.objects.filter(wanted__session__group=self.group).select_related("wanted").order_by("id")
        return [*swaps.waiting(), *invitations.waiting()] or [*swaps, *invitations]

    @invariant()
    def presenters_of_sessions_to_come_have_places(self):
        places = set(Enrolment.objects.enrolled().filter(group=self.group).values_list("member", flat=True))
        coming = Presentation.objects.not_started(self.now).filter(session__group=self.group)
        assert set(coming.values_list("member", flat=True)) <= places

    @invariant()
    def no_one_presents_a_session_twice(self):
        assert len(self.presenters()) == len(set(self.presenters()))

    @invariant()
    def one_question_waits_each_and_can_be_answered(self):
        invitations = PresentingInvitation.objects.waiting().filter(session__group=self.group)
        pairs = list(invitations.values_list("session", "member"))
        assert len(pairs) == len(set(pairs))
        assert not set(pairs) & set(self.presenters())
        places = set(Enrolment.objects.enrolled().filter(group=self.group).values_list("member", flat=True))
        assert {member for row in invitations for member in (row.member_id, row.invited_by_id)} <= places
        swaps = PresentingSwap.objects.waiting().filter(wanted__session__group=self.group)
        offered = list(swaps.values_list("offered", flat=True))
        assert len(offered) == len(set(offered))


@pytest.mark.django_db
def test_any_sequence_keeps_what_is_promised():
    Presenting.members, Presenting.happened = [MemberFactory() for _ in range(PEOPLE)], Counter()
    run_state_machine_as_test(
        Presenting, settings=settings(max_examples=25, stateful_step_count=25, deadline=None, database=None)
    )
    # Enough of it was no refusal.
    happens = {"withdraw_from_presenting", "invite", "accept_invitation", "ask_to_swap", "accept_swap"}
    assert happens <= Presenting.happened.keys()
