import pytest
from django.contrib.auth.models import AnonymousUser

from members.search import people_for
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


def test_people_are_found_by_a_part_of_their_name_whatever_its_case_and_accents():
    viewer = MemberFactory(name="Member A")
    [first, second] = [MemberFactory(name="Zoë Ångström"), MemberFactory(name="ANGSTROM, M.")]
    MemberFactory(name="Angstrom, gone", is_active=False)
    MemberFactory(name="Somebody else")
    assert list(people_for(viewer, " ångström ")) == [second, first]
    assert list(people_for(MemberFactory(is_superuser=True), "ANGSTROM")) == [second, first]


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "\u0301"])
def test_signs_find_nobody(text):
    assert list(people_for(MemberFactory(name="Member A"), text)) == []


def test_visitors_find_nobody():
    MemberFactory(name="Member A")
    assert list(people_for(AnonymousUser(), "Member")) == []
