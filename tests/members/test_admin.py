"""People, institutions, topics and collectives in the admin."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.urls import reverse

from members.models import Collective, Institution, Member, Topic
from reading_groups.actions import index_groups
from reading_groups.models import ReadingGroup
from tests.factories import (
    AdminFactory,
    CollectiveFactory,
    InstitutionFactory,
    MemberFactory,
    ReadingGroupFactory,
    TopicFactory,
)
from tests.factories.members import PASSWORD
from tests.pages import send

pytestmark = pytest.mark.django_db

MEMBERS = "/admin/members/member/"


@pytest.fixture
def superuser():
    return AdminFactory(name="Member A")


@pytest.fixture
def client(client, superuser):
    client.force_login(superuser)
    return client


def member_page(member):
    return f"{MEMBERS}{member.pk}/change/"


def errors_of(response):
    assert response.status_code == 200
    return response.context["errors"] and response.context["adminform"].form.errors


def run(client, url, action, *rows):
    return client.post(url, {"action": action, "_selected_action": [row.pk for row in rows]}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


# Finding people


@pytest.mark.parametrize("words", ["jose", "JOSÉ", "lasting@example.net", "josé guzman"])
def test_people_are_found_without_accents_and_by_any_of_their_addresses(client, words):
    found = MemberFactory(name="José Guzmán")
    EmailAddress.objects.create(user=found, email="lasting@example.net", verified=True)
    MemberFactory(name="Josephus")
    MemberFactory(name="Member B")
    response = client.get(MEMBERS, {"q": words})
    assert found in response.context["cl"].queryset
    assert response.context["cl"].queryset.count() == (2 if " " not in words and "@" not in words else 1)


def test_the_page_of_a_member_shows_no_hash(client):
    member = MemberFactory()
    text = client.get(member_page(member)).content.decode()
    assert member.password not in text
    assert "pbkdf2" not in text
    assert reverse("admin:auth_user_password_change", args=[member.pk]) in text


# Adding and changing them


def test_a_member_is_added_by_their_address(client):
    response = client.post(
        f"{MEMBERS}add/",
        {
            "email": "New@Example.org",
            "name": "  Member\nB ",
            "usable_password": "true",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )
    member = Member.objects.get(email__iexact="new@example.org")
    assert response.status_code == 302
    assert (member.name, member.check_password(PASSWORD), member.is_staff) == ("Member B", True, False)
    address = member.emailaddress_set.get()
    assert (address.email, address.primary, address.verified) == ("new@example.org", True, False)


def test_a_member_may_be_added_without_a_password(client):
    client.post(f"{MEMBERS}add/", {"email": "new@example.org", "name": "", "usable_password": "false"})
    assert not Member.objects.get(email="new@example.org").has_usable_password()


@pytest.mark.parametrize("address", ["taken@example.org", "TAKEN@example.org", "second@example.org"])
def test_an_address_that_somebody_has_is_refused_on_its_field(client, address):
    other = MemberFactory(email="taken@example.org")
    EmailAddress.objects.create(user=other, email="second@example.org", verified=True)
    data = {"email": address, "usable_password": "false"}
    assert "email" in errors_of(client.post(f"{MEMBERS}add/", data))
    member = MemberFactory()
    assert "email" in errors_of(send(client, member_page(member), "member_form", email=address))


def test_saving_a_member_unchanged_changes_nothing(client):
    member = MemberFactory(
        spoken_languages=["English", "Hindi"], time_zone="Etc/GMT+5", institution=InstitutionFactory()
    )
    before = Member.objects.filter(pk=member.pk).values().get()
    assert send(client, member_page(member), "member_form").status_code == 302
    assert Member.objects.filter(pk=member.pk).values().get() == before


def test_a_new_login_is_confirmed_at_the_next_sign_in_and_the_old_address_stays(client):
    member = MemberFactory(email="old@example.org")
    assert send(client, member_page(member), "member_form", email="new@example.org").status_code == 302
    member.refresh_from_db()
    assert member.email == "new@example.org"
    rows = list(member.emailaddress_set.order_by("email").values_list("email", "primary", "verified"))
    assert rows == [("new@example.org", True, False), ("old@example.org", False, True)]


def test_an_address_that_a_member_has_confirmed_becomes_their_login_as_it_is(client):
    member = MemberFactory(email="old@example.org")
    EmailAddress.objects.create(user=member, email="lasting@example.net", verified=True)
    send(client, member_page(member), "member_form", email="lasting@example.net")
    rows = list(member.emailaddress_set.order_by("email").values_list("email", "primary", "verified"))
    assert rows == [("lasting@example.net", True, True), ("old@example.org", False, True)]


def test_the_address_of_the_login_cannot_be_deleted(client):
    member = MemberFactory(email="old@example.org")
    response = send(client, member_page(member), "member_form", **{"emailaddress_set-0-DELETE": "on"})
    assert response.status_code == 200
    assert "Save another one for that first" in response.content.decode()
    assert member.emailaddress_set.count() == 1


def test_an_address_cannot_be_turned_into_another_confirmed_one(client):
    member = MemberFactory(email="old@example.org")
    send(client, member_page(member), "member_form", **{"emailaddress_set-0-email": "other@example.org"})
    assert list(member.emailaddress_set.values_list("email", flat=True)) == ["old@example.org"]


def test_an_address_of_somebody_else_cannot_be_confirmed(client):
    MemberFactory(email="other@example.org", verified=False)
    member = MemberFactory()
    added = {
        "emailaddress_set-TOTAL_FORMS": "2",
        "emailaddress_set-1-email": "Other@example.org",
        "emailaddress_set-1-verified": "on",
    }
    response = send(client, member_page(member), "member_form", **added)
    assert response.status_code == 200
    assert "Another member has this address." in response.content.decode()


def test_topics_and_collectives_are_on_the_page_of_the_member(client):
    member, topic, collective = MemberFactory(), TopicFactory(), CollectiveFactory()
    added = {
        "topic_experience-TOTAL_FORMS": "1",
        "topic_experience-0-topic": topic.pk,
        "topic_experience-0-level": "2",
        "topic_experience-0-months": "14",
        "collective_memberships-TOTAL_FORMS": "1",
        "collective_memberships-0-collective": collective.pk,
        "collective_memberships-0-is_lead": "on",
    }
    assert send(client, member_page(member), "member_form", **added).status_code == 302
    assert list(member.topic_experience.values_list("topic", "level", "months")) == [(topic.pk, 2, 14)]
    assert list(member.collective_memberships.values_list("collective", "is_lead")) == [(collective.pk, True)]


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Mars/Olympus"), ("country", "Kenya"), ("country", "12"), ("language", "tlh"), ("email", "nobody")],
)
def test_nonsense_is_told_on_its_field(client, field, value):
    assert field in errors_of(send(client, member_page(MemberFactory()), "member_form", **{field: value}))


def test_a_password_is_set_and_taken_away(client):
    member = MemberFactory()
    url = reverse("admin:auth_user_password_change", args=[member.pk])
    phrase = "another long enough phrase"
    data = {"usable_password": "true", "password1": phrase, "password2": phrase}
    assert client.post(url, data).status_code == 302
    member.refresh_from_db()
    assert member.check_password(phrase)


# Leaving, and what staff may not do


def test_members_are_deactivated_and_never_deleted(client):
    member = MemberFactory()
    assert client.get(f"{MEMBERS}{member.pk}/delete/").status_code == 403
    assert "delete_selected" not in dict(client.get(MEMBERS).context["action_form"].fields["action"].choices)
    assert said(run(client, MEMBERS, "deactivate", member)) == ["1 member deactivated."]
    member.refresh_from_db()
    assert not member.is_active
    assert said(run(client, MEMBERS, "reactivate", member)) == ["1 member reactivated."]
    member.refresh_from_db()
    assert member.is_active


def test_a_deactivated_member_is_signed_out_everywhere(client, django_user_model):
    member = MemberFactory()
    theirs = client.__class__()
    theirs.force_login(member)
    assert theirs.get("/me/profile/").status_code == 200
    run(client, MEMBERS, "deactivate", member)
    assert theirs.get("/me/profile/").status_code == 302


def test_nobody_deactivates_themselves(client, superuser):
    response = run(client, MEMBERS, "deactivate", superuser)
    superuser.refresh_from_db()
    assert superuser.is_active
    assert said(response)[0] == "You cannot deactivate yourself. Ask another admin."


def staff(client, *codenames):
    member = MemberFactory(is_staff=True)
    member.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    theirs = client.__class__()
    theirs.force_login(member)
    return theirs, member


def test_staff_do_not_give_themselves_rights(client):
    theirs, member = staff(client, "view_member", "change_member")
    response = send(theirs, member_page(member), "member_form", is_superuser="on", name="Member S")
    member.refresh_from_db()
    assert (response.status_code, member.name, member.is_superuser) == (302, "Member S", False)


def test_staff_do_not_take_over_other_staff(client, superuser):
    theirs, _member = staff(client, "view_member", "change_member")
    assert theirs.post(member_page(superuser), {"email": "mine@example.org"}).status_code == 403
    assert theirs.get(reverse("admin:auth_user_password_change", args=[superuser.pk])).status_code == 403
    run(theirs, MEMBERS, "deactivate", superuser)
    superuser.refresh_from_db()
    assert superuser.is_active


def test_staff_see_what_they_may(client):
    theirs, _member = staff(client, "view_topic")
    links = [model["object_name"] for app in theirs.get("/admin/").context["app_list"] for model in app["models"]]
    assert links == ["Topic"]
    assert theirs.get("/admin/members/topic/").status_code == 200
    assert theirs.get("/admin/members/topic/add/").status_code == 403
    assert theirs.get(MEMBERS).status_code == 403


def test_staff_who_may_see_members_see_their_pages_and_change_nothing(client):
    theirs, _member = staff(client, "view_member")
    member = MemberFactory(name="Member B")
    assert theirs.get(MEMBERS).status_code == 200
    assert theirs.get(member_page(member)).status_code == 200
    assert theirs.post(member_page(member), {"name": "Member C"}).status_code == 403


# Topics


TOPICS = "/admin/members/topic/"


def test_topics_stand_in_the_order_of_their_tree_and_are_indented(client):
    science = TopicFactory(name="Science", slug="science")
    TopicFactory(name="Art", slug="zz-art")
    TopicFactory(name="Maths", slug="maths", parent=science)
    shown = client.get(TOPICS).context["cl"]
    names = [shown.model_admin.indented_name(topic) for topic in shown.result_list]
    assert names == ["Science", "\u2003Maths", "Art"]


def test_a_topic_takes_those_below_it_along(client):
    science, arts = TopicFactory(slug="science"), TopicFactory(slug="arts")
    maths = TopicFactory(slug="maths", parent=science)
    algebra = TopicFactory(slug="algebra", parent=maths)
    response = client.post(f"{TOPICS}{maths.pk}/change/", {"name": "Maths", "slug": "maths", "parent": arts.pk})
    algebra.refresh_from_db()
    assert (response.status_code, algebra.path) == (302, "arts/maths/algebra/")


def test_a_topic_below_itself_is_an_error_of_the_form(client):
    science = TopicFactory(slug="science")
    maths = TopicFactory(slug="maths", parent=science)
    for parent in (science, maths):
        data = {"name": "Science", "slug": "science", "parent": parent.pk}
        assert "parent" in errors_of(client.post(f"{TOPICS}{science.pk}/change/", data))
    maths.refresh_from_db()
    assert maths.path == "science/maths/"


def test_a_tree_that_is_too_deep_is_an_error_of_the_form(client):
    parent = None
    for n in range(5):
        parent = TopicFactory(slug=f"{n}" + "x" * 70, parent=parent)
    below = TopicFactory(slug="y" * 50)
    TopicFactory(slug="z" * 50, parent=below)
    data = {"name": "Deep", "slug": "w" * 60, "parent": parent.pk}
    assert "parent" in errors_of(client.post(f"{TOPICS}add/", data))
    data = {"name": "Moved", "slug": below.slug, "parent": parent.pk}
    assert "parent" in errors_of(client.post(f"{TOPICS}{below.pk}/change/", data))


def test_a_topic_that_has_others_below_it_is_not_deleted(client):
    science = TopicFactory()
    TopicFactory(parent=science)
    client.post(f"{TOPICS}{science.pk}/delete/", {"post": "yes"})
    assert Topic.objects.filter(pk=science.pk).exists()


def test_groups_are_found_by_the_new_name_of_their_topic(client):
    topic = TopicFactory(name="Phlogiston", slug="heat")
    group = ReadingGroupFactory(topics=[topic])
    index_groups(group_ids=[group.pk])
    client.post(f"{TOPICS}{topic.pk}/change/", {"name": "Thermodynamics", "slug": "heat"})
    assert list(ReadingGroup.objects.matching("thermodynamics")) == [group]
    assert not ReadingGroup.objects.matching("phlogiston")
    client.post(f"{TOPICS}{topic.pk}/delete/", {"post": "yes"})
    assert not ReadingGroup.objects.matching("thermodynamics")


# Institutions and collectives


INSTITUTIONS = "/admin/members/institution/"


def test_an_institution_is_listed_once_per_country(client):
    InstitutionFactory(name="Universität Wien", country="AT")
    data = {"name": "  UNIVERSITAT  wien", "country": "at", "mail_domains": ""}
    assert "name" in errors_of(client.post(f"{INSTITUTIONS}add/", data))
    assert client.post(f"{INSTITUTIONS}add/", data | {"country": "de"}).status_code == 302
    assert Institution.objects.get(country="DE").name == "UNIVERSITAT wien"


def test_mail_domains_are_given_with_commas(client):
    data = {"name": "A university", "country": "", "mail_domains": "example.edu, students.example.edu"}
    client.post(f"{INSTITUTIONS}add/", data)
    assert Institution.objects.get().mail_domains == ["example.edu", "students.example.edu"]


def test_a_collective_and_its_members_are_saved_together(client):
    members = [MemberFactory(), MemberFactory()]
    data = {
        "name": "Language",
        "slug": "language",
        "description": "",
        "memberships-TOTAL_FORMS": "2",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-member": members[0].pk,
        "memberships-0-is_lead": "on",
        "memberships-1-member": members[1].pk,
    }
    assert client.post("/admin/members/collective/add/", data).status_code == 302
    collective = Collective.objects.get()
    assert set(collective.memberships.values_list("member", "is_lead")) == {
        (members[0].pk, True),
        (members[1].pk, False),
    }
    twice = data | {"name": "Vision", "slug": "vision", "memberships-1-member": members[0].pk}
    assert client.post("/admin/members/collective/add/", twice).status_code == 200
    assert "name" in errors_of(client.post("/admin/members/collective/add/", data | {"slug": "another"}))


def test_the_second_page_of_a_collective_is_saved_as_well(client):
    collective = CollectiveFactory()
    for _ in range(23):
        collective.memberships.create(member=MemberFactory())
    url = f"/admin/members/collective/{collective.pk}/change/?memberships-page=2"
    assert send(client, url, "collective_form", **{"memberships-2-is_lead": "on"}).status_code == 302
    assert collective.memberships.filter(is_lead=True).count() == 1
    assert client.get(url.replace("=2", "=²")).status_code == 200
