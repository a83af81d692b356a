"""Who sees whom, and who counts as a peer."""

import pytest
from django.contrib.auth.models import AnonymousUser

from members.models import Member, Position
from members.rules import is_non_expert
from tests.factories import MemberFactory

VIEWERS = {
    "visitor": AnonymousUser,
    "member": MemberFactory,
    "without a name": lambda: MemberFactory(name=""),
    "staff": lambda: MemberFactory(is_staff=True),
    "superuser": lambda: MemberFactory(is_superuser=True),
    "inactive": lambda: MemberFactory(is_active=False),
    "inactive superuser": lambda: MemberFactory(is_active=False, is_superuser=True),
}
SEEN = {
    "a member": MemberFactory,
    "one without a name": lambda: MemberFactory(name=""),
    "one who left": lambda: MemberFactory(is_active=False),
    "an admin": lambda: MemberFactory(is_superuser=True),
}
EVERYBODY = {"a member", "one without a name", "one who left", "an admin"}
SEES = {
    "visitor": set(),
    "member": {"a member", "an admin"},
    "without a name": {"a member", "an admin"},
    "staff": {"a member", "an admin"},
    "superuser": EVERYBODY,
    "inactive": set(),
    "inactive superuser": EVERYBODY,
}


@pytest.mark.django_db
@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("seen", SEEN)
def test_what_one_may_see_is_what_the_list_shows(viewer, seen):
    viewing, member = VIEWERS[viewer](), SEEN[seen]()
    assert viewing.has_perm("members.view_member", member) == (seen in SEES[viewer])
    assert (member in Member.objects.visible_to(viewing)) == (seen in SEES[viewer])


@pytest.mark.django_db
@pytest.mark.parametrize("viewer", [name for name in VIEWERS if name != "visitor"])
def test_everybody_sees_themselves(viewer):
    viewing = VIEWERS[viewer]()
    assert viewing.has_perm("members.view_member", viewing)
    assert viewing in Member.objects.visible_to(viewing)


@pytest.mark.django_db
def test_a_profile_is_edited_by_its_owner():
    member, other, admin = MemberFactory(), MemberFactory(), MemberFactory(is_superuser=True)
    assert member.has_perm("members.edit_profile", member)
    assert not other.has_perm("members.edit_profile", member)
    assert not AnonymousUser().has_perm("members.edit_profile", member)
    assert admin.has_perm("members.edit_profile", member)


PEERS = [Position.SCHOOL, Position.UNDERGRADUATE, Position.MASTERS, Position.GRADUATE, Position.PHD]


@pytest.mark.parametrize("position", ["", *Position])
def test_a_peer_is_below_the_level_of_a_postdoc(position):
    assert is_non_expert(Member(academic_position=position)) == (position == "" or position in PEERS)


@pytest.mark.parametrize("citations", [None, 0, 1, 999, 1000, 1001, 2_000_000_000])
def test_a_peer_is_not_highly_cited(citations):
    assert is_non_expert(Member(academic_position="phd", citation_count=citations)) == ((citations or 0) <= 1000)


def test_few_citations_do_not_make_a_professor_a_peer_nor_does_a_low_position_the_highly_cited():
    assert not is_non_expert(Member(academic_position="professor", citation_count=0))
    assert not is_non_expert(Member(academic_position="school", citation_count=5000))


@pytest.mark.parametrize("limit", Position)
@pytest.mark.parametrize("position", Position)
def test_a_round_sets_its_own_position(position, limit):
    assert is_non_expert(Member(academic_position=position), below_position=limit) == (position.rank < limit.rank)


@pytest.mark.parametrize(("most", "expected"), [(0, False), (9, False), (10, True), (11, True)])
def test_a_round_sets_its_own_number_of_citations(most, expected):
    assert is_non_expert(Member(citation_count=10), max_citations=most) is expected


def test_the_defaults_come_from_settings(settings):
    settings.NON_EXPERT_BELOW_POSITION, settings.NON_EXPERT_MAX_CITATIONS = "masters", 5
    assert is_non_expert(Member(academic_position="undergraduate", citation_count=5))
    assert not is_non_expert(Member(academic_position="masters"))
    assert not is_non_expert(Member(citation_count=6))


def test_a_position_that_is_unknown_is_told():
    with pytest.raises(ValueError, match="emperor"):
        is_non_expert(Member(), below_position="emperor")
