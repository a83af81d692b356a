from datetime import timedelta

import pytest
from django.utils import timezone

from reading_groups.models import Enrolment, ReadingGroup
from tests.api.problems import problem_of
from tests.factories import (
    CollectiveFactory,
    EnrolmentFactory,
    MemberFactory,
    ReadingGroupFactory,
    SessionFactory,
    TopicFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
State = Enrolment.State
GROUPS = "/api/v1/groups/"


def slugs(response) -> list[str]:
    assert response.status_code == 200
    return [group["slug"] for group in response.json()["results"]]


def test_a_group_is_told_as_its_card_shows_it(program, member):
    topic = TopicFactory(name="Attention", slug="attention")
    group = ReadingGroupFactory(
        slug="open",
        title="Attention, slowly",
        description="One paper a week.",
        capacity=2,
        topics=[topic],
        zone="Europe/London",
        weekday=1,
        call_url="https://call.example.org/secret",
        organizers=[MemberFactory(name="Member of the organizers")],
    )
    start = timezone.now().replace(microsecond=0) + timedelta(days=3)
    session = SessionFactory(group=group, starts_at=start)
    EnrolmentFactory(group=group, member=MemberFactory(name="Member within"))
    EnrolmentFactory(group=group, member=member, state=State.WAITLISTED)
    response = program.get(f"{GROUPS}open/")
    told = response.json()
    assert told == {
        "slug": "open",
        "url": "http://testserver/groups/open/",
        "title": "Attention, slowly",
        "format": "papers",
        "state": "open",
        "visibility": "public",
        "topics": [{"slug": "attention", "name": "Attention"}],
        "zone": "Europe/London",
        "weekday": 1,
        "starts_at_time": told["starts_at_time"],
        "duration_minutes": 75,
        "every_weeks": 1,
        "capacity": 2,
        "places_left": 1,
        "waiting": 1,
        "next_starts_at": start.isoformat().replace("+00:00", "Z"),
        "next_held_on": str(session.held_on),
        "own_state": "waitlisted",
        "description": "One paper a week.",
        "findings": "",
        "calendar_url": "http://testserver/groups/open/calendar.ics",
    }
    # Neither who is in it nor where it meets.
    for answer in (response, program.get(GROUPS)):
        assert "secret" not in answer.text
        assert "Member " not in answer.text


def test_instants_are_in_utc_whatever_zone_the_member_is_in(client, member):
    client.force_login(member)
    assert member.time_zone == "Asia/Kolkata"
    SessionFactory(group=ReadingGroupFactory(slug="open"), starts_at=timezone.now() + timedelta(days=1))
    assert client.get(f"{GROUPS}open/").json()["next_starts_at"].endswith("Z")


def test_the_list_holds_what_people_can_join_and_is_filtered_as_on_the_site(program):
    ReadingGroupFactory(slug="textbook", title="A textbook", format="textbook")
    ReadingGroupFactory(slug="papers", title="Papers", capacity=1)
    EnrolmentFactory(group=ReadingGroup.objects.get(slug="papers"))
    for state in ("draft", "completed", "archived"):
        ReadingGroupFactory(state=state)
    assert slugs(program.get(GROUPS, {"order": "title"})) == ["textbook", "papers"]
    assert slugs(program.get(GROUPS, {"format": "papers"})) == ["papers"]
    assert slugs(program.get(GROUPS, {"open": "1"})) == ["textbook"]
    first = program.get(GROUPS, {"page_size": 1, "order": "title"}).json()
    assert (first["count"], len(first["results"])) == (2, 1)
    assert slugs(program.get(first["next"])) == ["papers"]


def test_what_a_member_may_not_see_is_not_there(program, member):
    ReadingGroupFactory(slug="draft", state="draft")
    ReadingGroupFactory(slug="own", state="draft", organizers=[member])
    assert problem_of(program.get(f"{GROUPS}draft/")) == (404, "unknown")
    assert problem_of(program.post(f"{GROUPS}draft/join/")) == (404, "unknown")
    assert problem_of(program.post(f"{GROUPS}draft/leave/")) == (404, "unknown")
    assert program.get(f"{GROUPS}own/").status_code == 200


def test_joining_and_leaving(program, program_of, member):
    group = ReadingGroupFactory(slug="open", capacity=1)
    joined = program.post(f"{GROUPS}open/join/")
    assert joined.status_code == 200
    assert {name: joined.json()[name] for name in ("group", "state", "held_until", "left_at")} == {
        "group": "open",
        "state": "enrolled",
        "held_until": None,
        "left_at": None,
    }
    # Twice changes nothing.
    assert program.post(f"{GROUPS}open/join/").json() == joined.json()
    other = program_of(MemberFactory())
    assert other.post(f"{GROUPS}open/join/").json()["state"] == "waitlisted"
    assert program.post(f"{GROUPS}open/leave/").json()["state"] == "left"
    held = other.get(f"{GROUPS}open/").json()
    assert (held["own_state"], held["places_left"]) == ("held", 0)
    assert other.post(f"{GROUPS}open/join/").json()["state"] == "enrolled"
    group.refresh_from_db()
    assert group.places_taken == 1
    assert problem_of(program.post(f"{GROUPS}open/leave/")) == (409, "not_in_group")


def test_a_closed_group_takes_nobody(program):
    ReadingGroupFactory(slug="done", state="completed")
    assert problem_of(program.post(f"{GROUPS}done/join/")) == (409, "group_is_closed")
    assert not Enrolment.objects.exists()


def test_somebody_without_a_profile_fills_it_in_first(program_of):
    ReadingGroupFactory(slug="open")
    newcomer = program_of(MemberFactory(name="", time_zone=""))
    assert problem_of(newcomer.post(f"{GROUPS}open/join/")) == (409, "profile_is_incomplete")
    assert not Enrolment.objects.exists()


def test_the_list_costs_the_same_at_any_length(program):
    def make(count):
        for _ in range(count):
            group = ReadingGroupFactory(topics=[TopicFactory()], collective=CollectiveFactory())
            SessionFactory(group=group, starts_at=timezone.now() + timedelta(days=2))
            EnrolmentFactory(group=group)

    make(3)
    # The token, and: the site, how many there are, the groups, their topics.
    with exactly(1 + 4):
        assert len(slugs(program.get(GROUPS))) == 3
    make(37)
    with exactly(1 + 4):
        assert len(slugs(program.get(GROUPS))) == 40
    slug = ReadingGroup.objects.first().slug
    with exactly(1 + 3):
        assert program.get(f"{GROUPS}{slug}/").status_code == 200
