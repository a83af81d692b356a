"""Who may do what to a group: one table of roles and states, and the list that must agree with it."""

import pytest
from django.contrib.auth.models import AnonymousUser

from reading_groups.models import Enrolment, ReadingGroup
from tests.factories import EnrolmentFactory, MemberFactory, ReadingGroupFactory

pytestmark = pytest.mark.django_db

State, GroupState = Enrolment.State, ReadingGroup.State


def organizer(group):
    member = MemberFactory()
    group.organizers.add(member)
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
    "organizer": organizer,
    "staff": lambda group: MemberFactory(is_staff=True),
    "superuser": lambda group: MemberFactory(is_superuser=True),
}
EVERYBODY = set(ROLES)
SIGNED_IN = EVERYBODY - {"visitor"}
BELONGING = {"waiting", "held", "enrolled", "completed", "organizer", "superuser"}
SEES = {
    "draft": BELONGING,
    "open": EVERYBODY,
    "running": EVERYBODY,
    "completed": EVERYBODY,
    "archived": BELONGING,
}
JOINS = {
    # Superusers have every permission; the action still refuses a closed group.
    "draft": {"superuser"},
    "open": SIGNED_IN,
    "running": SIGNED_IN,
    "completed": {"superuser"},
    "archived": {"superuser"},
}
SEES_INSIDE = {"enrolled", "completed", "organizer", "superuser"}
EDITS = {"organizer", "superuser"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", GroupState)
def test_what_one_may_see_is_what_the_list_shows(role, state):
    group = ReadingGroupFactory(state=state)
    other = ReadingGroupFactory(state=state)
    EnrolmentFactory(group=other)
    viewer = ROLES[role](group)
    assert viewer.has_perm("reading_groups.view_group", group) == (role in SEES[state])
    assert (group in ReadingGroup.objects.visible_to(viewer)) == (role in SEES[state])
    # Belonging to one group shows no other.
    in_other = role if role in {"visitor", "member", "staff", "superuser"} else "member"
    assert viewer.has_perm("reading_groups.view_group", other) == (in_other in SEES[state])
    assert (other in ReadingGroup.objects.visible_to(viewer)) == (in_other in SEES[state])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", GroupState)
def test_what_one_may_do(role, state):
    group = ReadingGroupFactory(state=state)
    viewer = ROLES[role](group)
    assert viewer.has_perm("reading_groups.join_group", group) == (role in JOINS[state])
    assert viewer.has_perm("reading_groups.see_inside", group) == (role in SEES_INSIDE)
    assert viewer.has_perm("reading_groups.edit_group", group) == (role in EDITS)


def test_somebody_who_left_and_came_back_belongs_again():
    group = ReadingGroupFactory(state=GroupState.ARCHIVED)
    member = EnrolmentFactory(group=group, state=State.LEFT).member
    assert not member.has_perm("reading_groups.view_group", group)
    EnrolmentFactory(group=group, member=member, state=State.COMPLETED)
    assert member.has_perm("reading_groups.view_group", group)
    assert list(ReadingGroup.objects.visible_to(member)) == [group]
