"""Who may do what to a group: one table of roles and states, and the list that must agree with it."""

import pytest
from django.contrib.auth.models import AnonymousUser

from reading_groups.models import Enrolment, ReadingGroup
from tests.factories import (
    EnrolmentFactory,
    GroupInvitationFactory,
    MemberFactory,
    OrganizerFactory,
    ReadingGroupFactory,
)

pytestmark = pytest.mark.django_db

State, GroupState = Enrolment.State, ReadingGroup.State


def organizer(group):
    member = MemberFactory()
    group.organizers.add(member)
    return member


def proposer(group):
    """Somebody without a right of their own where the group was not proposed, or has been opened since."""
    member = MemberFactory()
    ReadingGroup.objects.filter(pk=group.pk).update(proposed_by=member, submitted_at=group.created_at)
    group.refresh_from_db()
    return member


def enrolled_as(state):
    return lambda group: EnrolmentFactory(group=group, state=state).member


ROLES = {
    "visitor": lambda group: AnonymousUser(),
    "member": lambda group: MemberFactory(),
    "waiting": enrolled_as(State.WAITLISTED),
    "held": enrolled_as(State.HELD),
    "enrolled": enrolled_as(State.ENROLLED),
    "completed": enrolled_as(State.COMPLETED),
    "left": enrolled_as(State.LEFT),
    "invited": lambda group: GroupInvitationFactory(group=group).member,
    "organizer": organizer,
    "proposer": proposer,
    "organizer of all": lambda group: OrganizerFactory(),
    "staff": lambda group: MemberFactory(is_staff=True),
    "superuser": lambda group: MemberFactory(is_superuser=True),
}
EVERYBODY = set(ROLES)
SIGNED_IN = EVERYBODY - {"visitor"}
BELONGING = {"waiting", "held", "enrolled", "completed", "organizer", "superuser"}
ON_REVIEW = BELONGING | {"proposer", "organizer of all"}
SEES = {
    "proposed": ON_REVIEW,
    "returned": ON_REVIEW,
    "declined": ON_REVIEW,
    "draft": BELONGING,
    "open": EVERYBODY,
    "running": EVERYBODY,
    "paused": EVERYBODY,
    "completed": EVERYBODY,
    "archived": BELONGING,
}
# Of those who see a group in its state, by its visibility; drafts and what is archived have rules of their own.
SHOWN_TO = {
    "public": EVERYBODY,
    "internal": SIGNED_IN,
    "invited": SIGNED_IN - {"member", "staff"},
}
JOINS = {
    # Superusers have every permission; the action still refuses a closed group.
    **{state: {"superuser"} for state in ReadingGroup.ON_REVIEW},
    "draft": {"superuser"},
    "open": SIGNED_IN,
    "running": SIGNED_IN,
    "paused": {"superuser"},
    "completed": {"superuser"},
    "archived": {"superuser"},
}
SEES_INSIDE = {"enrolled", "completed", "organizer", "superuser"}
EDITS = {"organizer", "superuser"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", GroupState)
def test_what_one_may_see_is_what_the_list_shows(role, state):
    for visibility, shown_to in SHOWN_TO.items():
        group = ReadingGroupFactory(state=state, visibility=visibility)
        other = ReadingGroupFactory(state=state, visibility=visibility)
        EnrolmentFactory(group=other)
        GroupInvitationFactory(group=other)
        viewer = ROLES[role](group)
        sees = SEES[state] & shown_to if state in ReadingGroup.SHOWN else SEES[state]
        assert viewer.has_perm("reading_groups.view_group", group) == (role in sees), visibility
        assert (group in ReadingGroup.objects.visible_to(viewer)) == (role in sees), visibility
        # As the pages load it, too.
        loaded = ReadingGroup.objects.with_standing(viewer).get(pk=group.pk)
        assert viewer.has_perm("reading_groups.view_group", loaded) == (role in sees), visibility
        # Belonging to one group shows no other.
        in_other = role if role in {"visitor", "member", "staff", "superuser", "organizer of all"} else "member"
        assert viewer.has_perm("reading_groups.view_group", other) == (in_other in sees), visibility
        assert (other in ReadingGroup.objects.visible_to(viewer)) == (in_other in sees), visibility


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", GroupState)
def test_what_one_may_do(role, state):
    group = ReadingGroupFactory(state=state)
    viewer = ROLES[role](group)
    assert viewer.has_perm("reading_groups.join_group", group) == (role in JOINS[state])
    assert viewer.has_perm("reading_groups.see_inside", group) == (role in SEES_INSIDE)
    proposes = role == "proposer" and state in ReadingGroup.ON_REVIEW
    assert viewer.has_perm("reading_groups.edit_group", group) == (role in EDITS or proposes)
    runs = role == "organizer of all" and state not in ReadingGroup.ON_REVIEW
    assert viewer.has_perm("reading_groups.run_group", group) == (role in EDITS or runs)
    # Superusers have every permission; the actions still refuse.
    decides = role == "superuser" or (role == "organizer of all" and state in ReadingGroup.ON_REVIEW)
    assert viewer.has_perm("reading_groups.decide_group", group) == decides
    assert viewer.has_perm("reading_groups.sit_in", group) == (role in JOINS[state])


@pytest.mark.parametrize("role", ROLES)
def test_nobody_sits_in_where_organizers_have_turned_it_off(role):
    group = ReadingGroupFactory(allows_sitting_in=False)
    assert ROLES[role](group).has_perm("reading_groups.sit_in", group) == (role == "superuser")


def test_proposals_are_listed_for_whoever_proposed_them_and_for_organizers():
    group, other = ReadingGroupFactory(state=GroupState.RETURNED), ReadingGroupFactory(state=GroupState.PROPOSED)
    ReadingGroupFactory()
    assert list(ReadingGroup.objects.proposed_to(group.proposed_by)) == [group]
    assert list(ReadingGroup.objects.proposed_to(OrganizerFactory()).waiting_first()) == [other, group]
    assert list(ReadingGroup.objects.proposed_to(MemberFactory())) == []


def test_somebody_who_left_and_came_back_belongs_again():
    group = ReadingGroupFactory(state=GroupState.ARCHIVED)
    member = EnrolmentFactory(group=group, state=State.LEFT).member
    assert not member.has_perm("reading_groups.view_group", group)
    EnrolmentFactory(group=group, member=member, state=State.COMPLETED)
    assert member.has_perm("reading_groups.view_group", group)
    assert list(ReadingGroup.objects.visible_to(member)) == [group]
