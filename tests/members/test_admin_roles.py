"""Roles in the admin: given and taken back by the same actions as everywhere."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from members.actions import grant_role
from members.models import Role
from tests.factories import AdminFactory, CollectiveFactory, MemberFactory, OrganizerFactory

pytestmark = pytest.mark.django_db
ADD = "/admin/members/role/add/"
EVENTS = {"events-TOTAL_FORMS": 0, "events-INITIAL_FORMS": 0}


@pytest.fixture
def admin(client):
    admin = AdminFactory()
    client.force_login(admin)
    return admin


def typed(member, **fields):
    return {"member": member.pk, "kind": "organizer", "scope": "", "starts_on": "2026-11-24", "ends_on": "", **fields}


def test_a_role_is_given_for_a_term(client, admin):
    member, collective = MemberFactory(), CollectiveFactory()
    client.post(ADD, typed(member, kind="lead", scope=collective.key, ends_on="2027-06-30"))
    role = Role.objects.get()
    assert (role.member, role.kind, role.scope, role.granted_by) == (member, "lead", collective.key, admin)
    assert (role.starts_on, role.ends_on) == (date(2026, 11, 24), date(2027, 6, 30))
    assert collective.name in client.get("/admin/members/role/").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ends_on": "2026-11-23"}, "This is before the first day."),
        ({"kind": "emperor"}, "Select a valid choice"),
        ({"scope": "members.collective:999"}, "Select a valid choice"),
        ({"starts_on": "tomorrow"}, "Enter a valid date"),
    ],
)
def test_what_cannot_be_is_said_on_its_field(client, admin, fields, words):
    assert words in client.post(ADD, typed(MemberFactory(), **fields)).content.decode()
    assert not Role.objects.exists()


def test_a_role_that_somebody_has_is_not_given_twice(client, admin):
    assert "They have this role" in client.post(ADD, typed(OrganizerFactory())).content.decode()
    assert Role.objects.count() == 1


def test_a_role_that_is_over_is_given_again(client, admin):
    member, now = MemberFactory(), timezone.now()
    earlier = now - timedelta(days=90)
    grant_role(actor=None, member=member, kind="organizer", now=earlier, ends_on=(now - timedelta(days=1)).date())
    client.post(ADD, typed(member))
    assert member.roles.live(now.date()).count() == 1


def test_of_a_role_that_was_given_only_the_last_day_is_changed(client, admin):
    role = OrganizerFactory().roles.get()
    fields = typed(MemberFactory(), kind="sponsor", ends_on="2027-01-31") | EVENTS
    client.post(f"/admin/members/role/{role.pk}/change/", fields)
    changed = Role.objects.get()
    assert (changed.member, changed.kind, changed.ends_on) == (role.member, "organizer", date(2027, 1, 31))


def test_roles_are_taken_back_together_or_one_by_one(client, admin):
    first, second = OrganizerFactory().roles.get(), OrganizerFactory().roles.get()
    client.post("/admin/members/role/", {"action": "take_back", "_selected_action": [first.pk]})
    client.post(f"/admin/members/role/{second.pk}/take-back/", {"_form_submitted": "1"})
    assert list(Role.objects.exclude(closed_at=None).values_list("closed_by", flat=True)) == [admin.pk] * 2
    page = client.get(f"/admin/members/role/{first.pk}/change/")
    assert page.status_code == 200
    assert "take-back" not in page.content.decode()


def test_somebodys_roles_are_on_their_page(client, admin):
    role = OrganizerFactory().roles.get()
    page = client.get(f"/admin/members/member/{role.member_id}/change/").content.decode()
    assert f"/admin/members/role/{role.pk}/change/" in page


def test_staff_who_may_see_roles_take_none_back(client):
    staff = MemberFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename="view_role"))
    client.force_login(staff)
    role = OrganizerFactory().roles.get()
    assert client.get("/admin/members/role/").status_code == 200
    assert client.post(f"/admin/members/role/{role.pk}/take-back/", {"_form_submitted": "1"}).status_code == 403
    client.post("/admin/members/role/", {"action": "take_back", "_selected_action": [role.pk]})
    assert Role.objects.filter(closed_at=None).count() == 1
