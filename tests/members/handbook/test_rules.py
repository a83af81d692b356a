"""Who may do what in the handbook: one table, and the lists that must agree with it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from members.actions import end_role, grant_role
from members.handbook.models import Page, Suggestion
from members.models import Role
from tests.factories import CollectiveFactory, MemberFactory, OrganizerFactory, PageFactory, SuggestionFactory

pytestmark = pytest.mark.django_db


def with_role(**fields):
    member = MemberFactory()
    return grant_role(actor=None, member=member, now=timezone.now(), **{"kind": Role.Kind.ORGANIZER, **fields}).member


def former_organizer():
    role = OrganizerFactory().roles.get()
    return end_role(actor=None, role_id=role.pk, now=timezone.now()).member


ROLES = {
    "visitor": AnonymousUser,
    "member": MemberFactory,
    "organizer": OrganizerFactory,
    "organizer of a part": lambda: with_role(scope=CollectiveFactory().key),
    "mentoring organizer": lambda: with_role(kind=Role.Kind.MENTORING_ORGANIZER),
    "former organizer": former_organizer,
    "organizer to be": lambda: with_role(starts_on=timezone.now().date() + timedelta(days=2)),
    "closed account": lambda: OrganizerFactory(is_active=False),
    "staff": lambda: MemberFactory(is_staff=True),
    "admin": lambda: MemberFactory(is_superuser=True),
}
ORGANIZE = {"organizer", "admin"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_removed", [False, True])
def test_what_one_may_read_is_what_the_list_shows(role, is_removed):
    viewer, page = ROLES[role](), PageFactory(is_removed=is_removed)
    expected = not is_removed or role in ORGANIZE
    assert viewer.has_perm("handbook.view_page", page) == expected
    assert (page in Page.objects.visible_to(viewer)) == expected


@pytest.mark.parametrize("role", ROLES)
def test_suggestions_are_seen_by_organizers_alone_and_answered_by_them(role):
    viewer, suggestion = ROLES[role](), SuggestionFactory()
    expected = role in ORGANIZE
    assert viewer.has_perm("handbook.view_suggestion", suggestion) == expected
    assert (suggestion in Suggestion.objects.visible_to(viewer)) == expected
    assert viewer.has_perm("handbook.decide_suggestion", suggestion) == expected
    assert viewer.has_perm("handbook.edit_page", suggestion.page) == expected


@pytest.mark.parametrize("role", [role for role in ROLES if role != "visitor"])
def test_ones_own_suggestion_is_seen_as_long_as_one_may_sign_in(role):
    viewer = ROLES[role]()
    suggestion = SuggestionFactory(actor=viewer)
    expected = role != "closed account"
    assert viewer.has_perm("handbook.view_suggestion", suggestion) == expected
    assert (suggestion in Suggestion.objects.visible_to(viewer)) == expected


@pytest.mark.parametrize("role", ROLES)
def test_members_suggest_edits_of_what_is_in_the_handbook(role):
    viewer = ROLES[role]()
    assert viewer.has_perm("handbook.suggest_edit", PageFactory()) == (role not in {"visitor", "closed account"})
    assert viewer.has_perm("handbook.suggest_edit", PageFactory(is_removed=True)) == (role == "admin")


def test_reading_the_handbook_is_no_right_to_use_its_admin():
    assert not MemberFactory(is_staff=True).has_perm("handbook.view_page")
    assert not MemberFactory(is_staff=True).has_perm("handbook.view_suggestion")
