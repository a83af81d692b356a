"""Days away: dates without a reason, one record for days that touch."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.availability import actions
from members.availability.models import Away
from tests.factories import AdminFactory, AwayFactory, MemberFactory

pytestmark = pytest.mark.django_db
FIRST = date(2026, 12, 1)


def days(first: int, last: int) -> dict[str, date]:
    return {"starts_on": FIRST + timedelta(days=first), "ends_on": FIRST + timedelta(days=last)}


def noted(member) -> list[tuple[int, int]]:
    rows = Away.objects.of(member).order_by("starts_on").values_list("starts_on", "ends_on")
    return [((first - FIRST).days, (last - FIRST).days) for first, last in rows]


@pytest.mark.parametrize(
    ("before", "added", "after"),
    [
        ([], (2, 4), [(2, 4)]),
        ([(2, 4)], (2, 4), [(2, 4)]),
        ([(2, 4)], (4, 6), [(2, 6)]),
        ([(2, 4)], (5, 6), [(2, 4), (5, 6)]),
        ([(0, 1), (3, 5), (9, 9)], (1, 4), [(0, 5), (9, 9)]),
        ([(3, 3)], (0, 9), [(0, 9)]),
    ],
)
def test_days_that_touch_become_one_record(before, added, after):
    member = MemberFactory()
    for first, last in before:
        AwayFactory(member=member, **days(first, last))
    stored = actions.add_away(actor=member, **days(*added))
    assert noted(member) == after
    assert ((stored.starts_on - FIRST).days, (stored.ends_on - FIRST).days) in after


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6)), max_size=8))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_however_days_are_added_each_is_away_once(stretches):
    member = MemberFactory()
    for first, length in stretches:
        actions.add_away(actor=member, **days(first, first + length))
    expected = {day for first, length in stretches for day in range(first, first + length + 1)}
    found = [day for first, last in noted(member) for day in range(first, last + 1)]
    assert sorted(found) == sorted(expected)
    for day in range(28):
        assert Away.objects.is_away(member, FIRST + timedelta(days=day)) == (day in expected)


@pytest.mark.parametrize(
    ("today", "left"), [(0, []), (2, []), (3, [(2, 2)]), (5, [(2, 4)]), (6, [(2, 5)]), (7, [(2, 5)])]
)
def test_coming_back_drops_the_days_from_today_on(now, today, left):
    """The days are 2 to 5; the member is where it is five and a half hours later."""
    away = AwayFactory(member=MemberFactory(time_zone="Asia/Kolkata"), **days(2, 5))
    at = now.replace(day=30, hour=20) + timedelta(days=today)
    actions.end_away(actor=away.member, away_id=away.pk, now=at)
    actions.end_away(actor=away.member, away_id=away.pk, now=at)
    assert noted(away.member) == left


def test_the_database_refuses_reversed_and_doubled_days():
    away = AwayFactory(**days(2, 5))
    with pytest.raises(IntegrityError, match="away_once_a_day"):
        AwayFactory(member=away.member, **days(5, 9))


def test_the_database_refuses_days_that_end_before_they_begin():
    with pytest.raises(IntegrityError):
        AwayFactory(**days(5, 2))


def test_two_members_may_be_away_on_the_same_days():
    AwayFactory(**days(2, 5))
    AwayFactory(**days(2, 5))
    assert Away.objects.on(FIRST + timedelta(days=3)).count() == 2


def test_members_see_dates_and_visitors_none():
    away = AwayFactory()
    viewers = [away.member, MemberFactory(), AdminFactory(), AnonymousUser()]
    for viewer, sees in zip(viewers, (True, True, True, False), strict=True):
        assert Away.objects.visible_to(viewer).filter(pk=away.pk).exists() is sees
        assert viewer.has_perm("availability.view_away", away) is sees
