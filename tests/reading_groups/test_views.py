"""What visitors, members and organizers see of groups, in a fixed number of queries at any length."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from reading_groups.actions import index_groups, join_group
from reading_groups.models import Enrolment, ReadingGroup
from tests.factories import (
    AnswerFactory,
    EnrolmentFactory,
    HandFactory,
    IdeaFactory,
    MemberFactory,
    NoteFactory,
    PaperFactory,
    PresentationFactory,
    QuestionFactory,
    QuestionVoteFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
    TopicFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def member(client):
    member = MemberFactory(name="Member A")
    client.force_login(member, backend=BACKEND)
    return member


def group_with_sessions(sessions: int = 2, **fields) -> ReadingGroup:
    group = ReadingGroupFactory(topics=[TopicFactory(), TopicFactory()], **fields)
    first = timezone.now() + timedelta(days=1)
    for week in range(-sessions, sessions):
        session = SessionFactory(group=group, starts_at=first + timedelta(weeks=week))
        ReadingFactory(group=group, session=session, paper=PaperFactory())
    ReadingFactory(group=group, paper=PaperFactory(title=f"A paper in the pool of {group.title}"))
    return group


@pytest.mark.parametrize("rows", [3, 8])
def test_browsing_costs_the_same_at_any_length(client, rows):
    for _group in range(rows):
        EnrolmentFactory(group=group_with_sessions())
    # The site's name, the count, the page of groups, their topics, the next sessions, their readings, the topic filter.
    with exactly(7):
        response = client.get("/groups/")
    assert response.content.count(b'class="row"') == rows


@pytest.mark.parametrize("rows", [3, 8])
def test_browsing_costs_members_their_typical_week_more(client, member, rows):
    for _group in range(rows):
        group_with_sessions()
    with exactly(8, signed_in=True):
        client.get("/groups/")


def full_group(size: int) -> ReadingGroup:
    """A group with so much of everything."""
    group = group_with_sessions(sessions=size, capacity=40, call_url="https://meet.example.org/room")
    for session in group.sessions.all():
        PresentationFactory(
            session=session, member=EnrolmentFactory(group=group).member if size < 5 else MemberFactory()
        )
        question = QuestionFactory(session=session)
        QuestionVoteFactory(question=question)
        AnswerFactory(question=question)
        for reading in session.readings.all():
            NoteFactory(reading=reading)
            IdeaFactory(group=group, paper=reading.paper)
    for _person in range(size):
        EnrolmentFactory(group=group)
        EnrolmentFactory(group=group, state=Enrolment.State.WAITLISTED)
        HandFactory(idea=group.ideas.first())
    return group


# Site; group with the viewer's standing, those waiting and the past counted; topics; coming, past, readings of both;
# pool; organizers. Inside: presenters, people, top questions, ideas.
@pytest.mark.parametrize("size", [2, 30])
@pytest.mark.parametrize(
    ("role", "count"), [("visitor", 8), ("member", 8), ("enrolled", 12), ("organizer", 12), ("waiting", 9)]
)
def test_a_groups_page_costs_the_same_at_any_length(client, role, count, size):
    group, member = full_group(size), MemberFactory()
    if role in {"enrolled", "waiting"}:
        state = Enrolment.State.ENROLLED if role == "enrolled" else Enrolment.State.WAITLISTED
        EnrolmentFactory(group=group, member=member, state=state)
    if role == "organizer":
        group.organizers.add(member)
    if role != "visitor":
        client.force_login(member, backend=BACKEND)
    with exactly(count, signed_in=role != "visitor"):
        response = client.get(group.get_absolute_url())
    assert response.status_code == 200


def test_there_is_nothing_to_filter_where_there_are_no_groups(client):
    page = client.get("/groups/").content.decode()
    assert ("No groups yet" in page, "Show groups" in page) == (True, False)
    ReadingGroupFactory()
    assert "Show groups" in client.get("/groups/?q=nothing+like+it").content.decode()


def test_visitors_see_no_names_and_no_call_link(client):
    organizer, group = MemberFactory(name="Member Q"), group_with_sessions(call_url="https://meet.example.org/room")
    group.organizers.add(organizer)
    EnrolmentFactory(group=group, member=MemberFactory(name="Member R"))
    page = client.get(group.get_absolute_url()).content.decode()
    assert [text in page for text in ("Member Q", "Member R", "meet.example.org")] == [False, False, False]


def test_members_outside_see_who_convenes_but_not_who_comes(client, member):
    organizer, group = MemberFactory(name="Member Q"), group_with_sessions(call_url="https://meet.example.org/room")
    group.organizers.add(organizer)
    EnrolmentFactory(group=group, member=MemberFactory(name="Member R"))
    page = client.get(group.get_absolute_url()).content.decode()
    assert [text in page for text in ("Member Q", "Member R", "meet.example.org")] == [True, False, False]


def test_people_with_a_place_see_each_other_and_the_call(client, member):
    group = group_with_sessions(call_url="https://meet.example.org/room", capacity=2)
    EnrolmentFactory(group=group, member=member)
    EnrolmentFactory(group=group, member=MemberFactory(name="Member R"))
    EnrolmentFactory(group=group, member=MemberFactory(name="Member W"), state=Enrolment.State.WAITLISTED)
    page = client.get(group.get_absolute_url()).content.decode()
    assert [text in page for text in ("Member R", "Member W", "meet.example.org")] == [True, False, True]


def test_organizers_see_the_line_in_order(client, member, now):
    group = group_with_sessions(capacity=1)
    group.organizers.add(member)
    EnrolmentFactory(group=group)
    for name, minutes in (("Member V", 1), ("Member W", 2)):
        join_group(actor=MemberFactory(name=name), group_id=group.pk, now=now + timedelta(minutes=minutes))
    page = client.get(group.get_absolute_url()).content.decode()
    assert page.index("Waiting, first in line first") < page.index("Member V") < page.index("Member W")


def test_nobody_stands_in_line_who_cannot_sign_in(client, member):
    group = ReadingGroupFactory(organizers=[member])
    for name, is_active in (("Member G", False), ("Member H", True)):
        EnrolmentFactory(group=group, state=Enrolment.State.WAITLISTED, member__name=name, member__is_active=is_active)
    page = client.get(group.get_absolute_url()).text
    assert ("Member G" in page, "Member H" in page) == (False, True)


def test_the_search_finds_paper_titles_and_topics_below(client):
    above = TopicFactory(name="Statistics", slug="statistics")
    below = TopicFactory(name="Bootstrap", slug="bootstrap", parent=above)
    group = ReadingGroupFactory(title="Slowly", topics=[below])
    ReadingGroupFactory(title="Something else")
    ReadingFactory(group=group, paper=PaperFactory(title="Denoising Diffusion Probabilistic Models"))
    index_groups(group_ids=ReadingGroup.objects.values_list("pk", flat=True))
    for query in ("q=diffusion+models", "topic=statistics", "q=%22denoising+diffusion%22&topic=bootstrap"):
        page = client.get(f"/groups/?{query}").content.decode()
        assert ("Slowly" in page, "Something else" in page) == (True, False), query


def test_orders_and_places(client):
    now = timezone.now()
    for title, capacity, days in (("Beta", 3, 5), ("alpha", 9, 9), ("Gamma", 1, 1)):
        group = ReadingGroupFactory(title=title, capacity=capacity)
        SessionFactory(group=group, starts_at=now + timedelta(days=days))
    EnrolmentFactory(group=ReadingGroup.objects.get(title="Gamma"))
    found = {
        query: [group.title for group in client.get(f"/groups/?{query}").context["page"]]
        for query in ("", "order=title", "order=places", "open=1")
    }
    assert found == {
        "": ["Gamma", "Beta", "alpha"],
        "order=title": ["alpha", "Beta", "Gamma"],
        "order=places": ["alpha", "Beta", "Gamma"],
        "open=1": ["Beta", "alpha"],
    }


def test_htmx_narrows_the_response(client):
    ReadingGroupFactory(title="Slowly")
    whole = client.get("/groups/").content.decode()
    part = client.get("/groups/", headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in whole, "<html" in part, "Slowly" in part) == (True, False, True)
    assert part.strip() in whole.replace("\r", "")


def test_times_are_the_viewers_with_the_groups_beside(client):
    group = ReadingGroupFactory(zone="America/Los_Angeles")
    start = timezone.now().replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=2)
    SessionFactory(group=group, starts_at=start)
    client.force_login(MemberFactory(time_zone="Asia/Kathmandu"), backend=BACKEND)
    page = client.get(group.get_absolute_url()).content.decode()
    # 01:00 UTC is 06:45 in Kathmandu, and the evening before in Los Angeles.
    assert "06:45" in page
    assert f"{(start - timedelta(days=1)).strftime('%a %-d %b')}, 1" in page
    assert "in Los Angeles" in page


def test_drafts_and_archived_groups_are_hidden_from_others(client, member):
    for state, status in (("draft", 404), ("archived", 404), ("completed", 200)):
        group = ReadingGroupFactory(state=state)
        assert client.get(group.get_absolute_url()).status_code == status
        group.organizers.add(member)
        assert client.get(group.get_absolute_url()).status_code == 200


def test_completed_groups_are_not_listed(client):
    ReadingGroupFactory(title="Finished", state="completed")
    assert "Finished" not in client.get("/groups/").content.decode()


def test_the_rule_stands_whatever_a_single_session_is_moved_to(client, now):
    group = ReadingGroupFactory(slug="tuesdays", zone="Europe/London")
    SessionFactory(group=group, starts_at=now + timedelta(days=3))
    with time_machine.travel(now, tick=False):
        page = client.get("/groups/tuesdays/").text
    assert "<b>Tuesday, 15:00 " in page
    assert "Friday, 12:00" not in page
