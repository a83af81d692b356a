"""What members say about themselves, and the institutions they name."""

from functools import partial

import pytest

from members.actions import add_to_collective, find_or_create_institution, set_time_zone, update_profile
from members.models import Institution, Member
from tests.factories import CollectiveFactory, InstitutionFactory, MemberFactory, TopicFactory
from tests.races import race


@pytest.mark.django_db
@pytest.mark.parametrize("spelling", ["École A", "  ecole  a ", "ÉCOLE\u00a0A", "E\u0301cole A\u200b"])
def test_an_institution_is_found_in_any_spelling(spelling):
    institution = InstitutionFactory(name="École A", country="FR")
    assert find_or_create_institution(name=spelling) == institution
    assert find_or_create_institution(name=spelling, country="FR") == institution
    assert Institution.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "   ", "\u200b\u202e", "\n"])
def test_no_name_is_no_institution(name):
    assert find_or_create_institution(name=name) is None
    assert not Institution.objects.exists()


@pytest.mark.django_db
def test_a_new_name_makes_an_institution_as_it_was_typed():
    institution = find_or_create_institution(name="  University \n A\u202e ", country="KE")
    assert (institution.name, institution.name_key, institution.country) == ("University A", "university a", "KE")


@pytest.mark.django_db
def test_the_country_decides_between_institutions_of_one_name():
    kenyan = InstitutionFactory(name="Institute of Technology", country="KE")
    indian = InstitutionFactory(name="Institute of Technology", country="IN")
    assert find_or_create_institution(name="institute of technology", country="KE") == kenyan
    assert find_or_create_institution(name="institute of technology", country="IN") == indian
    assert find_or_create_institution(name="institute of technology") == indian
    assert find_or_create_institution(name="institute of technology", country="BR") == indian


@pytest.mark.django_db
def test_a_name_that_folding_makes_longer_than_its_key_is_found_again():
    name = "ﷺ" * 200
    assert find_or_create_institution(name=name) == find_or_create_institution(name=name)


@pytest.mark.django_db(transaction=True)
def test_ten_who_name_a_new_institution_at_once_name_the_same():
    name_it = partial(find_or_create_institution, name="University A", country="KE")
    assert len(set(race(*[name_it] * 10))) == 1
    assert Institution.objects.count() == 1


@pytest.mark.django_db
def test_a_profile_is_saved_as_it_was_typed():
    member, topic = MemberFactory(name="", time_zone="", country="KE"), TopicFactory()
    saved = update_profile(
        actor=member,
        name=" Member\u202e  B ",
        time_zone="Africa/Nairobi",
        institution_name="University B",
        language="fr",
        spoken_languages=["English", "Kiswahili"],
        academic_position="masters",
        citation_count=0,
        bio="<b>Markup</b> and 😀 and مرحبا",
        topics=[(topic, 2, 12)],
    )
    member.refresh_from_db()
    assert saved == member
    assert (member.name, member.name_key, member.time_zone, member.language) == (
        "Member B",
        "member b",
        "Africa/Nairobi",
        "fr",
    )
    assert (member.spoken_languages, member.academic_position, member.citation_count) == (
        ["English", "Kiswahili"],
        "masters",
        0,
    )
    assert (member.institution.name, member.institution.country) == ("University B", "KE")
    assert member.bio == "<b>Markup</b> and 😀 and مرحبا"
    assert list(member.topic_experience.values_list("topic", "level", "months")) == [(topic.pk, 2, 12)]
    assert member.has_profile


@pytest.mark.django_db
def test_what_a_profile_leaves_out_is_emptied():
    member, kept, dropped = MemberFactory(), TopicFactory(), TopicFactory()
    update_profile(
        actor=member,
        name="Member C",
        time_zone="UTC",
        institution_name="University C",
        bio="Something",
        citation_count=3,
        topics=[(kept, 0, 1), (dropped, 1, 2)],
    )
    row = member.topic_experience.get(topic=kept)
    member = update_profile(actor=member, name="Member C", time_zone="UTC", topics=[(kept, 3, 24)])
    assert (member.institution, member.bio, member.citation_count) == (None, "", None)
    assert list(member.topic_experience.values_list("pk", "level", "months")) == [(row.pk, 3, 24)]


@pytest.mark.django_db
def test_a_profile_of_the_greatest_length_is_stored_whole():
    member = update_profile(
        actor=MemberFactory(), name="👩\u200d💻" * 40, time_zone="UTC", bio="ж" * 10_000, institution_name="大学" * 100
    )
    member.refresh_from_db()
    assert (len(member.name), len(member.bio), len(member.institution.name)) == (120, 10_000, 200)


@pytest.mark.django_db
def test_saving_a_profile_changes_nothing_else_of_the_account():
    member = MemberFactory()
    stale = Member.objects.get(pk=member.pk)
    Member.objects.filter(pk=member.pk).update(email="new@example.org", is_staff=True)
    update_profile(actor=stale, name="Member D", time_zone="UTC")
    member.refresh_from_db()
    assert (member.email, member.is_staff, member.name) == ("new@example.org", True, "Member D")


@pytest.mark.django_db
def test_a_zone_changes_alone():
    member, other = MemberFactory(time_zone="UTC"), MemberFactory(time_zone="UTC")
    set_time_zone(actor=member, time_zone="Asia/Kathmandu")
    assert dict(Member.objects.values_list("pk", "time_zone")) == {member.pk: "Asia/Kathmandu", other.pk: "UTC"}


@pytest.mark.django_db
def test_a_member_of_a_collective_can_become_a_lead_and_stop():
    collective, member = CollectiveFactory(), MemberFactory()
    for is_lead in (False, False, True, False):
        add_to_collective(collective=collective, member=member, is_lead=is_lead)
        assert list(collective.memberships.values_list("member", "is_lead")) == [(member.pk, is_lead)]
