"""Proposing, answering, running and sitting in, by programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reading_groups.models import InvitationLink, ReadingGroup, SitIn
from tests.api.problems import problem_of
from tests.factories import (
    CollectiveFactory,
    EnrolmentFactory,
    InvitationLinkFactory,
    MemberFactory,
    OrganizerFactory,
    ReadingGroupFactory,
    SessionFactory,
    TopicFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
GROUPS = "/api/v1/groups/"
State = ReadingGroup.State


def post(program, path, data=None):
    return program.post(f"{GROUPS}{path}", data or {}, content_type="application/json")


def proposal(**changes):
    day = (timezone.localdate() + timedelta(days=7)).isoformat()
    return {
        "title": "Graphs, slowly",
        "description": "One paper a fortnight.",
        "zone": "Europe/Berlin",
        "how": "dates",
        "dates": [f"{day} 18:00"],
    } | changes


def test_a_group_is_proposed_and_answered(program, program_of, member):
    TopicFactory(slug="graphs")
    CollectiveFactory(slug="statistics")
    made = post(program, "proposals/", proposal(topics=["graphs"], collective="statistics"))
    assert (made.status_code, made.json()["slug"], made.json()["state"]) == (201, "graphs-slowly", "proposed")
    assert post(program, "proposals/", proposal(topics=["graphs"], collective="statistics")).status_code == 201
    assert problem_of(post(program, "proposals/", proposal(capacity=9))) == (409, "group_is_proposed")
    group = ReadingGroup.objects.get()
    assert (group.sessions.count(), group.topics.get().slug, group.collective.slug) == (1, "graphs", "statistics")
    assert [row["slug"] for row in program.get(f"{GROUPS}proposals/").json()] == ["graphs-slowly"]
    assert program_of(MemberFactory()).get(f"{GROUPS}proposals/").json() == []
    assert problem_of(post(program, "graphs-slowly/answer/", {"answer": "open"})) == (403, "permission_denied")
    organizers = program_of(OrganizerFactory())
    assert len(organizers.get(f"{GROUPS}proposals/").json()) == 1
    told = post(organizers, "graphs-slowly/answer/", {"answer": "return"})
    assert (problem_of(told), list(told.json()["errors"])) == ((400, "invalid"), ["reasons"])
    told = post(organizers, "graphs-slowly/answer/", {"answer": "return", "reasons": "Which papers?"}).json()
    assert (told["state"], told["reasons"]) == ("returned", "Which papers?")
    assert problem_of(post(organizers, "graphs-slowly/answer/", {"answer": "open"})) == (409, "already_answered")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"topics": ["nothing"]}, "topics"),
        ({"topics": ["a", "b", "c", "d"]}, "topics"),
        ({"collective": "nothing"}, "collective"),
        ({"capacity": 0}, "capacity"),
        ({"how": "rule"}, "weekday"),
        ({"dates": ["2001-01-01 10:00"]}, "dates"),
        ({"dates": "soon"}, "dates"),
    ],
)
def test_nonsense_is_told_by_the_name_of_its_field(program, changes, field):
    told = post(program, "proposals/", proposal(**changes))
    assert (problem_of(told), field in told.json()["errors"]) == ((400, "invalid"), True)
    assert not ReadingGroup.objects.exists()


@pytest.mark.parametrize("path", ["proposals/", "proposed/answer/", "open/state/", "open/links/"])
@pytest.mark.parametrize("body", ["[]", '"text"', "[1, 2]", "7", "{"])
def test_what_is_no_object_is_told(program_of, path, body):
    ReadingGroupFactory(slug="open")
    ReadingGroupFactory(slug="proposed", state=State.PROPOSED)
    admin = program_of(MemberFactory(is_superuser=True))
    response = admin.post(f"{GROUPS}{path}", body, content_type="application/json")
    assert response.status_code == 400
    assert not InvitationLink.objects.exists()


def test_organizers_bring_a_group_to_another_state(program, member):
    group = ReadingGroupFactory(slug="open", organizers=[member])
    assert post(program, "open/state/", {"state": "paused"}).json() == {"state": "paused"}
    assert problem_of(post(program, "open/state/", {"state": "draft"})) == (409, "state_cannot_be_reached")
    assert problem_of(post(program, "open/state/", {"state": "asleep"})) == (400, "invalid")
    group.refresh_from_db()
    assert group.state == State.PAUSED
    ReadingGroupFactory(slug="other")
    assert problem_of(post(program, "other/state/", {"state": "paused"})) == (403, "permission_denied")


def test_organizers_make_and_revoke_links(program, member):
    group = ReadingGroupFactory(slug="open", organizers=[member])
    made = post(program, "open/links/", {"note": "For the course", "most_uses": 5})
    link = InvitationLink.objects.get()
    assert (made.status_code, made.json()["url"]) == (201, f"http://testserver/groups/invited/{link.token}/")
    assert problem_of(post(program, "open/links/", {"most_uses": 0})) == (400, "invalid")
    assert [row["note"] for row in program.get(f"{GROUPS}open/links/").json()] == ["For the course"]
    for _time in range(2):
        assert post(program, f"open/links/{link.pk}/revoke/").json()["is_open"] is False
    other = InvitationLinkFactory()
    for number in (other.pk, "x", "9" * 40):
        assert post(program, f"open/links/{number}/revoke/").status_code == 404
    assert group.invitation_links.count() == 1


def test_one_sits_in_once(program, member):
    session = SessionFactory(group__slug="open", group__call_url="https://c.example.org/x", starts_at=timezone.now())
    assert problem_of(post(program, "open/sit_in/")) == (409, "no_session_to_come")
    session.starts_at, session.ends_at = (timezone.now() + timedelta(days=days) for days in (2, 3))
    session.save()
    told = post(program, "open/sit_in/").json()
    assert (told["group"], told["call_url"]) == ("open", "https://c.example.org/x")
    assert post(program, "open/sit_in/").json() == told
    SitIn.objects.all().delete()
    ReadingGroup.objects.update(allows_sitting_in=False)
    assert problem_of(post(program, "open/sit_in/")) == (409, "cannot_sit_in")
    ReadingGroup.objects.update(allows_sitting_in=True)
    EnrolmentFactory(group=session.group, member=member)
    assert problem_of(post(program, "open/sit_in/")) == (409, "has_place")


def test_somebody_without_a_profile_fills_it_in_first(program_of):
    SessionFactory(group__slug="open")
    newcomer = program_of(MemberFactory(name="", time_zone=""))
    for path, data in (("open/sit_in/", {}), ("proposals/", proposal())):
        assert problem_of(post(newcomer, path, data)) == (409, "profile_is_incomplete")


@pytest.mark.parametrize("rows", [2, 30])
def test_proposals_and_links_cost_the_same_at_any_length(program, member, rows):
    group = ReadingGroupFactory(slug="open", organizers=[member])
    for _row in range(rows):
        ReadingGroupFactory(state=State.PROPOSED, proposed_by=member)
        InvitationLinkFactory(group=group)
    # The token with its member, the site; and the rows.
    with exactly(3):
        assert len(program.get(f"{GROUPS}proposals/").json()) == rows
    with exactly(4):
        assert len(program.get(f"{GROUPS}open/links/").json()) == rows
