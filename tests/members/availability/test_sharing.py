"""A week that its member shares with a person, and with nobody else."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from members.availability.sharing.models import WeekShare
from members.availability.sharing.people import met_by, seen_by, who_see
from members.availability.weeks.elsewhere import on_clocks_of
from tests.factories import AdminFactory, MeetingFactory, MemberFactory, OrganizerFactory, TypicalWeekFactory
from tests.factories.availability import marks
from tests.members.availability.test_views import BACKEND, PAGE
from tests.queries import exactly

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    member = MemberFactory(name="Member A", time_zone="Asia/Kolkata")
    TypicalWeekFactory(member=member, valid_from=date(2026, 9, 7), marks=marks(tue="18-21:3"))
    return member


@pytest.fixture
def other():
    return MemberFactory(name="Member B", time_zone="Africa/Nairobi")


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def test_whom_one_meets_can_be_chosen_and_sees_the_week_until_it_is_taken_back(owner, other):
    MeetingFactory(participants=[owner, other])
    theirs, ours = f"{PAGE}of/{owner.pk}/", signed_in(owner)
    assert signed_in(other).get(theirs).status_code == 404
    assert f'<option value="{other.pk}">Member B</option>' in ours.get(PAGE).content.decode()
    for _time in range(2):
        page = ours.post(f"{PAGE}shared/", {"person": other.pk}, follow=True)
    assert "Member B can see your typical week now." in page.content.decode()
    assert list(who_see(owner)) == [other]
    assert list(seen_by(other)) == [owner]
    shown = signed_in(other).get(theirs).content.decode()
    assert "Tue 18:00-21:00 rather" in shown
    # 18:00 in Kolkata is 15:30 in Nairobi.
    assert "Tue 15:30-18:30 rather" in shown
    assert "Weeks shared with you" in signed_in(other).get(PAGE).content.decode()
    for _time in range(2):
        ours.post(f"{PAGE}shared/{other.pk}/end/")
    assert signed_in(other).get(theirs).status_code == 404
    assert not WeekShare.objects.exists()


def test_nobody_else_sees_it_not_even_who_runs_the_site(owner, other):
    WeekShare.objects.create(owner=owner, viewer=other, since=timezone.now())
    for person in (MemberFactory(), OrganizerFactory(), AdminFactory()):
        assert signed_in(person).get(f"{PAGE}of/{owner.pk}/").status_code == 404
    # Nor does it go both ways.
    assert signed_in(owner).get(f"{PAGE}of/{other.pk}/").status_code == 404


@pytest.mark.parametrize("person", ["", "0", "nobody", "999999999999999999999", "٣", "-1"])
def test_it_is_shared_with_somebody_else_who_is_a_member(owner, person):
    page = signed_in(owner).post(f"{PAGE}shared/", {"person": person}, follow=True)
    assert "Choose somebody else, who is a member." in page.content.decode()
    signed_in(owner).post(f"{PAGE}shared/", {"person": owner.pk})
    signed_in(owner).post(f"{PAGE}shared/", {"person": MemberFactory(is_active=False).pk})
    assert not WeekShare.objects.exists()


def test_who_only_was_in_a_cancelled_meeting_is_not_offered(owner, other):
    MeetingFactory(participants=[owner, other], is_cancelled=True)
    assert list(met_by(owner)) == []


@pytest.mark.parametrize("rows", [1, 5])
def test_the_page_costs_the_same_for_any_number_of_people(owner, rows):
    for _n in range(rows):
        MeetingFactory(participants=[owner, MemberFactory()])
        WeekShare.objects.create(owner=owner, viewer=MemberFactory(), since=timezone.now())
        WeekShare.objects.create(owner=MemberFactory(), viewer=owner, since=timezone.now())
    client = signed_in(owner)
    # The site; the weeks, those who see them, whom one meets, and whose week one sees; the days away; whether one is an
    # organizer.
    with exactly(7, signed_in=True):
        page = client.get(PAGE)
    assert page.content.count(b"/me/availability/shared/") == rows + 1


def test_a_shared_week_costs_two_queries_beyond_the_site(owner, other):
    WeekShare.objects.create(owner=owner, viewer=other, since=timezone.now())
    client = signed_in(other)
    # The site; the person, where they share it; their week.
    with exactly(3, signed_in=True):
        client.get(f"{PAGE}of/{owner.pk}/")


def test_the_database_refuses_to_share_twice_or_with_oneself(owner, other):
    fields = {"owner": owner, "since": timezone.now()}
    WeekShare.objects.create(viewer=other, **fields)
    for viewer in (other, owner):
        with pytest.raises(IntegrityError), transaction.atomic():
            WeekShare.objects.create(viewer=viewer, **fields)


@pytest.mark.parametrize(
    ("zone", "week_of", "expected"),
    [
        ("Asia/Kolkata", date(2026, 10, 19), marks(tue="21.5-23.5:3")),
        ("Asia/Kolkata", date(2026, 10, 26), marks(tue="22.5-24:3", wed="0-0.5:3")),
        # Half hours there begin at a quarter past: only those count that lie within.
        ("Asia/Kathmandu", date(2026, 10, 19), marks(tue="22-23.5:3")),
        ("America/New_York", date(2026, 10, 19), marks(tue="12-14:3")),
        ("America/New_York", date(2026, 10, 26), marks(tue="13-15:3")),
    ],
)
def test_a_week_is_shown_by_the_clocks_of_another_place(zone, week_of, expected):
    assert on_clocks_of(zone, marks=marks(tue="18-20:3"), zone="Europe/Berlin", week_of=week_of) == expected
