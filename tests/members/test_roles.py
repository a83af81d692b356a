"""Roles are held for a term, once at a time, and their history is kept."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from members.actions import AlreadyHasRole, end_role, grant_role, set_last_day
from members.models import Role
from members.rules import holds_role, is_organizer
from tests.factories import CollectiveFactory, MemberFactory

pytestmark = pytest.mark.django_db
Kind = Role.Kind


@pytest.fixture
def admin():
    return MemberFactory(is_superuser=True)


def grant(member, now, **fields):
    return grant_role(actor=None, member=member, now=now, **{"kind": Kind.ORGANIZER, **fields})


def organizes(member, day):
    with time_machine.travel(f"{day}T12:00:00+00:00", tick=False):
        return is_organizer(member)


def test_a_role_is_held_from_its_first_to_its_last_day(now):
    member = MemberFactory()
    grant(member, now, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31))
    days = ["2026-11-30", "2026-12-01", "2026-12-31", "2027-01-01"]
    assert [organizes(member, day) for day in days] == [False, True, True, False]


def test_without_days_it_begins_today_and_has_no_end(now):
    member = MemberFactory()
    grant(member, now)
    assert [organizes(member, day) for day in ("2026-11-23", "2026-11-24", "2036-11-24")] == [False, True, True]


def test_a_role_that_is_held_or_planned_is_not_given_twice(now):
    member = MemberFactory()
    grant(member, now, starts_on=now.date() + timedelta(days=30))
    with pytest.raises(AlreadyHasRole):
        grant(member, now)
    assert Role.objects.count() == 1


def test_after_its_end_it_can_be_given_again_and_the_first_term_stays(now, admin):
    member = MemberFactory()
    first = grant(member, now - timedelta(days=100), ends_on=now.date() - timedelta(days=1))
    second = grant_role(actor=admin, member=member, kind=Kind.ORGANIZER, now=now)
    first.refresh_from_db()
    assert (first.closed_at, first.closed_by, second.granted_by) == (now, admin, admin)
    assert list(Role.objects.live(now.date())) == [second]


def test_a_role_that_is_taken_back_ends_at_once_and_only_once(now, admin):
    member = MemberFactory()
    role = grant(member, now)
    end_role(actor=admin, role_id=role.pk, now=now)
    later = end_role(actor=None, role_id=role.pk, now=now + timedelta(days=1))
    assert (later.closed_at, later.closed_by) == (now, admin)
    assert not organizes(member, "2026-11-24")
    grant(member, now)
    assert organizes(member, "2026-11-24")


def test_a_last_day_can_be_planned_and_planned_anew(now):
    member = MemberFactory()
    role = grant(member, now, ends_on=date(2026, 12, 31))
    set_last_day(role_id=role.pk, ends_on=date(2027, 1, 31))
    assert organizes(member, "2027-01-15")
    end_role(actor=None, role_id=role.pk, now=now)
    assert set_last_day(role_id=role.pk, ends_on=None).ends_on == date(2027, 1, 31)


def test_the_same_role_is_held_in_different_scopes_and_by_different_people(now):
    member, collective = MemberFactory(), CollectiveFactory()
    grant(member, now, kind=Kind.LEAD, scope=collective.key)
    grant(member, now, kind=Kind.LEAD, scope="members.collective:0")
    grant(MemberFactory(), now, kind=Kind.LEAD, scope=collective.key)
    with time_machine.travel(now, tick=False):
        assert holds_role(member, Kind.LEAD, scope=collective.key)
        assert not holds_role(member, Kind.LEAD)
        assert not is_organizer(member)


def test_the_database_itself_refuses_two_live_roles_and_an_end_before_the_start(now):
    member = MemberFactory()
    role = grant(member, now)
    fields = {"member": member, "kind": role.kind, "starts_on": now.date()}
    with pytest.raises(IntegrityError, match="one_live_role"), transaction.atomic():
        Role.objects.create(**fields)
    with pytest.raises(IntegrityError, match="role_ends_after_start"), transaction.atomic():
        Role.objects.create(**fields | {"kind": Kind.LEAD, "ends_on": now.date() - timedelta(days=1)})


def test_admins_organize_and_visitors_and_closed_accounts_do_not(now, admin):
    closed = MemberFactory(is_active=False)
    grant(closed, now)
    with time_machine.travel(now, tick=False):
        assert is_organizer(admin)
        assert [is_organizer(viewer) for viewer in (AnonymousUser(), MemberFactory(), closed)] == [False] * 3


def test_every_step_of_a_role_is_in_its_history(now, admin):
    role = grant(MemberFactory(), now)
    set_last_day(role_id=role.pk, ends_on=date(2027, 1, 31))
    end_role(actor=admin, role_id=role.pk, now=now)
    events = role.events.order_by("pgh_id").values_list("ends_on", "closed_at", "closed_by")
    end = date(2027, 1, 31)
    assert list(events) == [(None, None, None), (end, None, None), (end, now, admin.pk)]
