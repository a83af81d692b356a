"""Members and what hangs on them: what the database refuses, whichever way it is written."""

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from members.models import CollectiveMembership, Institution, Member, Position, Topic, TopicExperience
from tests.factories import CollectiveFactory, InstitutionFactory, MemberFactory, TopicFactory
from tests.factories.members import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("again", ["member@example.org", "Member@Example.org", "MEMBER@EXAMPLE.ORG"])
def test_an_address_is_there_once_whatever_its_case(again):
    Member.objects.create_user("member@example.org", PASSWORD)
    with pytest.raises(IntegrityError, match="member_email_once"):
        Member.objects.create_user(again, PASSWORD)


@pytest.mark.parametrize("typed", ["member@example.org", "Member@Example.org", "MEMBER@EXAMPLE.ORG"])
def test_people_are_found_and_sign_in_whatever_the_case_of_the_address(typed):
    member = Member.objects.create_user(" Member@example.org ", PASSWORD)
    assert member.email == "member@example.org"
    assert Member.objects.get_by_natural_key(typed) == member
    assert authenticate(None, email=typed, password=PASSWORD) == member
    assert authenticate(None, email=typed, password="another phrase") is None


def test_an_admin_may_do_everything():
    admin = Member.objects.create_superuser("admin@example.org", PASSWORD)
    assert (admin.is_staff, admin.is_superuser, admin.check_password(PASSWORD)) == (True, True, True)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "+02:00", "x" * 60])
def test_a_member_has_a_zone_that_exists(zone):
    with pytest.raises(ValidationError) as failure:
        Member(email="member@example.org", password="!", time_zone=zone).full_clean()
    assert set(failure.value.message_dict) == {"time_zone"}


@pytest.mark.parametrize(
    ("name", "zone", "has_profile"), [("Member A", "UTC", True), ("", "UTC", False), ("Member A", "", False)]
)
def test_a_profile_is_a_name_and_a_zone(name, zone, has_profile):
    assert Member(name=name, time_zone=zone).has_profile is has_profile


def test_somebody_without_a_name_has_no_address_in_its_place():
    assert str(Member(email="private@example.org")) == "A new member"


def test_positions_are_ranked_in_their_order():
    assert [position.rank for position in Position] == list(range(8))


def test_members_are_listed_by_name_and_active_ones_apart():
    second, first = MemberFactory(name="Éa"), MemberFactory(name="DZ")
    gone = MemberFactory(name="A", is_active=False)
    assert list(Member.objects.by_name()) == [gone, first, second]
    assert list(Member.objects.active().by_name()) == [first, second]


def test_an_institution_is_there_once_per_country():
    InstitutionFactory(name="University A", country="KE")
    InstitutionFactory(name="University A", country="IN")
    with pytest.raises(IntegrityError, match="institution_once_per_country"):
        InstitutionFactory(name="UNIVERSITY  Á", country="KE")


def test_members_outlive_their_institution():
    institution = InstitutionFactory()
    member = MemberFactory(institution=institution)
    institution.delete()
    member.refresh_from_db()
    assert member.institution is None


def test_institutions_say_their_country():
    assert str(Institution(name="University A", country="KE")) == "University A (KE)"
    assert str(Institution(name="University A")) == "University A"


def test_a_collective_is_there_once_whatever_its_spelling():
    CollectiveFactory(name="Éthics")
    with pytest.raises(IntegrityError, match="collective_name_once"):
        CollectiveFactory(name="ethics")


def test_somebody_is_in_a_collective_once():
    collective, member = CollectiveFactory(), MemberFactory()
    CollectiveMembership.objects.create(collective=collective, member=member)
    with pytest.raises(IntegrityError, match="membership_once_per_collective"):
        CollectiveMembership.objects.create(collective=collective, member=member, is_lead=True)


def test_a_code_belongs_to_one_topic_and_none_to_any_number():
    TopicFactory(code="cs.LG")
    TopicFactory(code="")
    TopicFactory(code="")
    with pytest.raises(IntegrityError, match="topic_code_once"):
        TopicFactory(code="cs.LG")


def test_a_topic_has_a_path():
    with pytest.raises(IntegrityError, match="topic_has_path"):
        Topic.objects.create(name="Optics", slug="optics")


def test_experience_is_told_once_per_topic():
    member, topic = MemberFactory(), TopicFactory()
    TopicExperience.objects.create(member=member, topic=topic, level=1)
    with pytest.raises(IntegrityError, match="experience_once_per_topic"):
        TopicExperience.objects.create(member=member, topic=topic, level=2)


@pytest.mark.parametrize("level", [-1, 4])
def test_experience_has_a_level_that_is_known(level):
    with pytest.raises(IntegrityError, match="experience_level_known"):
        TopicExperience.objects.create(member=MemberFactory(), topic=TopicFactory(), level=level)
