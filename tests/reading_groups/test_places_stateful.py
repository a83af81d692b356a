"""Any sequence of joining, leaving, waiting and changing the group keeps what is promised about places."""

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
from reading_groups.actions.groups import NEXT_STATES
from reading_groups.models import Enrolment, ReadingGroup
from tests.factories import MemberFactory, ReadingGroupFactory, SessionFactory

State, GroupState = Enrolment.State, ReadingGroup.State
ENDED = (GroupState.COMPLETED, GroupState.ARCHIVED)
PEOPLE = 8
MOST_OFF = timedelta(seconds=90)
somebody = st.integers(0, PEOPLE - 1)


class Places(RuleBasedStateMachine):
    """One group at a time, eight people, and a clock that moves on by the hour."""

    members: list[Member]

    def __init__(self):
        super().__init__()
        self.now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    @initialize(capacity=st.integers(1, 4), hold_hours=st.sampled_from([48, 0, 1]), people=st.integers(2, PEOPLE))
    def start_group(self, capacity, hold_hours, people):
        self.group = ReadingGroupFactory(capacity=capacity, hold_hours=hold_hours)
        for member in self.members[:people]:
            actions.join_group(actor=member, group_id=self.group.pk, now=self.now)
        self.group.refresh_from_db()
        self.before, self.line_before = self.rows()

    def rows(self):
        """The live enrolments by member, and the members in line."""
        rows = list(self.group.enrolments.live().order_by("id"))
        by_member = {row.member_id: row for row in rows}
        assert len(by_member) == len(rows)
        return by_member, list(self.group.enrolments.in_line().values_list("member", flat=True))

    def check(self, actor=None):
        """Compare with what was before: who may lose or get a place, and in which order."""
        self.group.refresh_from_db()
        after, line = self.rows()
        new_places = {
            member
            for member, row in after.items()
            if row.state in Enrolment.TAKES_PLACE
            and (member not in self.before or self.before[member].state == State.WAITLISTED)
        }
        if new_places:
            assert self.group.places_taken <= self.group.capacity
        next_session = self.group.sessions.filter(starts_at__gt=self.now + MOST_OFF).order_by("starts_at").first()
        if next_session:
            held = [after[member] for member in new_places if after[member].state == State.HELD]
            assert all(row.held_until <= next_session.starts_at for row in held)
        # Those who were in line and gave it up apart, places went to the first, and the others keep their order.
        stayed = [member for member in self.line_before if member in after]
        promoted = [member for member in stayed if member in new_places]
        if self.group.state not in ENDED:
            assert promoted == stayed[: len(promoted)]
            assert set(self.line_before) - set(stayed) <= {actor}
            lost = {member for member, row in self.before.items() if row.state == State.ENROLLED} - set(after)
            assert lost <= {actor}
        still_waiting = [member for member in stayed if member not in new_places]
        assert line[: len(still_waiting)] == still_waiting
        self.before, self.line_before = after, line

    @rule(who=somebody, off=st.timedeltas(-MOST_OFF, MOST_OFF))
    def join(self, who, off):
        """By a machine whose clock may be off by a little."""
        member, now = self.members[who], self.now + off
        if self.group.is_listed:
            enrolment = actions.join_group(actor=member, group_id=self.group.pk, now=now)
            assert enrolment.state in {State.WAITLISTED, State.ENROLLED}
        else:
            with pytest.raises(actions.GroupIsClosed):
                actions.join_group(actor=member, group_id=self.group.pk, now=now)
        self.check(actor=member.pk)

    @precondition(lambda self: self.before)
    @rule(data=st.data())
    def leave(self, data):
        member = data.draw(st.sampled_from([member for member in self.members if member.pk in self.before]))
        actions.leave_group(actor=member, group_id=self.group.pk, now=self.now)
        with pytest.raises(actions.NotInGroup):
            actions.leave_group(actor=member, group_id=self.group.pk, now=self.now)
        self.check(actor=member.pk)
        assert member.pk not in self.before

    @rule(hours=st.sampled_from([1, 12, 47, 72]), ticks=st.booleans())
    def wait(self, hours, ticks):
        self.now += timedelta(hours=hours)
        if ticks:
            actions.pass_on_holds(group_id=self.group.pk, now=self.now)
            assert not self.group.enrolments.run_out(self.now).exists()
        self.check()

    @rule(capacity=st.integers(1, 6))
    def change_capacity(self, capacity):
        actions.set_capacity(group_id=self.group.pk, capacity=capacity, now=self.now)
        self.check()
        assert self.group.capacity == capacity

    @rule(capacity=st.integers(1, 6), hold_hours=st.sampled_from([0, 1, 48]))
    def save(self, capacity, hold_hours):
        self.group.capacity, self.group.hold_hours = capacity, hold_hours
        actions.save_group(group=self.group, now=self.now)
        self.check()
        assert (self.group.capacity, self.group.hold_hours) == (capacity, hold_hours)

    @rule(hours=st.integers(1, 100))
    def plan_a_session(self, hours):
        starts_at = self.now + timedelta(hours=hours)
        if not self.group.sessions.filter(starts_at=starts_at).exists():
            SessionFactory(group=self.group, starts_at=starts_at)

    @rule(data=st.data())
    def change_state(self, data):
        choices = sorted(NEXT_STATES[GroupState(self.group.state)] - set(ENDED))
        if choices:
            actions.set_state(group_id=self.group.pk, state=data.draw(st.sampled_from(choices)), now=self.now)
            self.check()

    @precondition(lambda self: len(self.before) > PEOPLE // 2)
    @rule(state=st.sampled_from(ENDED))
    def end(self, state):
        """And the next group begins with everybody in it or in line."""
        if state in NEXT_STATES[GroupState(self.group.state)]:
            had_places = {member for member, row in self.before.items() if row.state == State.ENROLLED}
            has_run = self.group.state == GroupState.RUNNING or self.group.sessions.past(self.now).exists()
            actions.set_state(group_id=self.group.pk, state=state, now=self.now)
            self.check()
            assert (self.group.places_taken, self.group.places_limit) == (0, self.group.capacity)
            assert not self.before
            completed = self.group.enrolments.filter(state=State.COMPLETED)
            expected = had_places if state == GroupState.COMPLETED and has_run else set()
            assert set(completed.values_list("member", flat=True)) == expected
            self.start_group(self.group.capacity, self.group.hold_hours, PEOPLE)

    @invariant()
    def the_books_are_right(self):
        holders = [row for row in self.before.values() if row.state in Enrolment.TAKES_PLACE]
        assert self.group.places_taken == len(holders)
        assert self.group.places_limit == max(self.group.capacity, self.group.places_taken)

    @invariant()
    def nobody_waits_while_a_place_is_free(self):
        if self.group.is_listed and self.line_before:
            assert self.group.is_full

    @invariant()
    def a_place_is_held_for_48_hours_at_most(self):
        ends = [row.held_until for row in self.before.values() if row.state == State.HELD]
        assert all(end <= self.now + MOST_OFF + timedelta(hours=48) for end in ends)


@pytest.mark.django_db
def test_any_sequence_keeps_what_is_promised():
    Places.members = [MemberFactory() for _ in range(PEOPLE)]
    run_state_machine_as_test(
        Places, settings=settings(max_examples=25, stateful_step_count=25, deadline=None, database=None)
    )
