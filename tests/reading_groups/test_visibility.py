"""Who sees a group, and that nobody's name is read by visitors who did not choose it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import IntegrityError
from django.test import Client

from collaborative.home.kinds import BY_KEY
from notifications.actions import send_due
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import Enrolment, GroupInvitation, Idea, ReadingGroup
from reading_groups.search import groups_for, papers_for
from tests.clients import client_of
from tests.factories import (
    AnswerFactory,
    CertificateFactory,
    EnrolmentFactory,
    GroupInvitationFactory,
    HandFactory,
    IdeaFactory,
    InvitationLinkFactory,
    MemberFactory,
    NoteFactory,
    OrganizerFactory,
    PaperFactory,
    PresentationFactory,
    ProjectFactory,
    ProposalFactory,
    QuestionFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)
from tests.pages import fields_of
from tests.pages import send as send_form
from tests.queries import exactly

pytestmark = pytest.mark.django_db
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}
State, Place = ReadingGroup.State, Enrolment.State


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False):
        yield


def send(now):
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now)
    return mail.outbox


def group_of(visibility, **fields):
    group = ReadingGroupFactory(visibility=visibility, title=f"Quokkas, {visibility}", slug=f"g-{visibility}", **fields)
    session = SessionFactory(group=group)
    ReadingFactory(group=group, session=session, paper=PaperFactory(title=f"On {visibility} quokkas"))
    actions.index_groups(group_ids=[group.pk])
    return group


# By whom it is seen, everywhere


@pytest.mark.parametrize(
    ("role", "seen"),
    [("visitor", {"public"}), ("member", {"public", "internal"}), ("invited", {"public", "internal", "invited"})],
)
def test_search_lists_papers_api_and_front_page_show_what_is_for_the_reader(role, seen, now):
    groups = {name: group_of(name) for name in ("public", "internal", "invited")}
    viewer = AnonymousUser() if role == "visitor" else MemberFactory()
    client = Client() if role == "visitor" else client_of(viewer)
    if role == "invited":
        GroupInvitationFactory(group=groups["invited"], member=viewer)
    found = {group.visibility for group in groups_for(viewer, "quokkas")}
    papers = {paper.title.split()[1] for paper in papers_for(viewer, "quokkas")}
    assert (found, papers) == (seen, seen)
    for path in ("/", "/groups/", "/search/?q=quokkas"):
        page = client.get(path).text
        assert {name for name in groups if f"Quokkas, {name}" in page or f"On {name}" in page} == seen, path
    for name, group in groups.items():
        session, paper = group.sessions.get(), group.readings.get().paper
        for path in (f"/groups/g-{name}/", f"/groups/g-{name}/sessions/{session.pk}/", f"/groups/g-{name}/pool/"):
            assert (client.get(path).status_code == 200) == (name in seen), path
        assert (client.get(paper.get_absolute_url()).status_code == 200) == (name in seen)
    if role != "visitor":
        listed = client.get("/api/v1/groups/").json()["results"]
        assert {row["visibility"] for row in listed} == seen
        assert {name for name in groups if client.get(f"/api/v1/groups/g-{name}/").status_code == 200} == seen
        assert {name for name in groups if client.post(f"/api/v1/groups/g-{name}/join/").status_code == 200} == seen


def test_there_is_no_other_visibility():
    with pytest.raises(IntegrityError, match="group_is_seen_by_somebody"):
        ReadingGroupFactory(visibility="nobody")


def test_it_is_asked_for_in_proposing_and_in_the_settings_and_goes_into_the_next_term(now):
    proposer = MemberFactory(time_zone="Europe/London")
    client = client_of(proposer)
    typed = fields_of(client.get("/groups/propose/"), "proposal") | {
        "title": "Quietly",
        "description": "Only us.",
        "how": "later",
        "visibility": "invited",
    }
    assert client.post("/groups/propose/", typed).status_code == 302
    group = ReadingGroup.objects.get(title="Quietly")
    assert group.visibility == "invited"
    actions.open_proposal(actor=OrganizerFactory(), group_id=group.pk, now=now)
    # Whoever proposed it sees it and no other member does.
    assert client.get("/groups/quietly/").status_code == 200
    assert client_of(MemberFactory()).get("/groups/quietly/").status_code == 404
    send_form(client, "/groups/quietly/settings/", "group", visibility="internal")
    group.refresh_from_db()
    assert (group.visibility, client_of(MemberFactory()).get("/groups/quietly/").status_code) == ("internal", 200)
    copied = actions.copy_group(
        actor=proposer, group_id=group.pk, title="Again", first_on=now.date(), with_sessions=False,
        head_start_days=0, now=now,
    )  # fmt: skip
    assert copied.visibility == "internal"
    wrong = client.post("/groups/quietly/settings/", typed | {"visibility": "everybody"})
    assert wrong.status_code == 422


# The invited


def test_whoever_was_in_it_once_sees_it_and_only_until_it_is_put_away():
    group = group_of("invited")
    left, waiting = EnrolmentFactory(group=group, state=Place.LEFT).member, EnrolmentFactory(group=group).member
    assert [client_of(member).get("/groups/g-invited/").status_code for member in (left, waiting)] == [200, 200]
    ReadingGroup.objects.update(state=State.ARCHIVED)
    assert client_of(left).get("/groups/g-invited/").status_code == 404


def test_a_link_shows_an_invited_group_and_a_closed_one_shows_nothing_of_it(now):
    group = group_of("invited", description="Of small wallabies.")
    link = InvitationLinkFactory(group=group, token="come-in")
    member = MemberFactory()
    for client in (Client(), client_of(member)):
        assert "Quokkas, invited" in client.get("/groups/invited/come-in/").text
    actions.revoke_link(link_id=link.pk, now=now)
    for client in (Client(), client_of(member)):
        page = client.get("/groups/invited/come-in/").text
        assert ("Quokkas" in page, "wallabies" in page, "revoked" in page) == (False, False, True)
        assert '"/groups/g-invited/"' not in page
    GroupInvitationFactory(group=group, member=member)
    assert "Quokkas, invited" in client_of(member).get("/groups/invited/come-in/").text


def test_whoever_comes_by_a_link_sees_the_group_from_then_on():
    group = group_of("invited")
    InvitationLinkFactory(group=group, token="come-in")
    client = client_of(MemberFactory())
    assert client.post("/groups/invited/come-in/").url == "/groups/g-invited/"
    assert client.get("/groups/g-invited/").status_code == 200
    client.post("/groups/g-invited/leave/")
    assert client.get("/groups/g-invited/").status_code == 200


def test_those_of_the_term_before_are_invited_with_their_head_start(now):
    before = ReadingGroupFactory(state=State.COMPLETED)
    first, second = (EnrolmentFactory(group=before, state=Place.COMPLETED).member for _n in range(2))
    group = ReadingGroupFactory(
        slug="again", visibility="invited", state=State.DRAFT, copied_from=before, head_start_days=7, capacity=1
    )
    assert client_of(second).get("/groups/again/").status_code == 404
    actions.set_state(group_id=group.pk, state=State.OPEN, now=now)
    # A place is held for one of them; the other may join the line, and sees the group for that.
    assert [client_of(member).get("/groups/again/").status_code for member in (first, second)] == [200, 200]
    actions.set_state(group_id=group.pk, state=State.PAUSED, now=now)
    assert group.invitations.count() == 2


def test_an_organizer_invites_by_name_and_takes_it_back(now):
    organizer, invited = MemberFactory(name="Member O"), MemberFactory(name="Zoë Member")
    group_of("invited", organizers=[organizer])
    client = client_of(organizer)
    assert client.get("/groups/g-invited/invite/").url == "/groups/g-invited/links/"
    told = client.post("/groups/g-invited/invite/", {"name": "  zoe   member "}, follow=True)
    assert [str(message) for message in told.context["messages"]][-1] == "Zoë Member is invited, and told by email."
    assert client_of(invited).get("/groups/g-invited/").status_code == 200
    (message,) = send(now)
    assert (message.to, message.subject) == ([invited.email], "You are invited to “Quokkas, invited”")
    assert "Member O would like to have you" in message.body
    assert "/groups/g-invited/" in message.body
    # Twice is once.
    client.post("/groups/g-invited/invite/", {"name": "Zoë Member"})
    assert (GroupInvitation.objects.count(), Delivery.objects.count()) == (1, 1)
    client.post(f"/groups/g-invited/invite/{GroupInvitation.objects.get().pk}/")
    assert client_of(invited).get("/groups/g-invited/").status_code == 404


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "Type the name of a member."),
        ("Nobody", "No member has this name."),
        ("Member Twin", "Several members have this name."),
        ("one@example.org", "No member has this name."),
        ("Member Gone", "No member has this name."),
    ],
)
def test_whom_one_cannot_invite_is_said_and_what_was_typed_stays(name, told):
    organizer = MemberFactory()
    group_of("invited", organizers=[organizer])
    for _twin in range(2):
        MemberFactory(name="Member Twin")
    MemberFactory(name="Member One", email="one@example.org")
    MemberFactory(name="Member Gone", is_active=False)
    page = client_of(organizer).post("/groups/g-invited/invite/", {"name": name})
    assert page.status_code == 422
    assert told in page.text
    assert f'value="{name}"' in page.text or not name


def test_nobody_is_invited_before_a_group_opens_and_nobody_mailed_who_is_in_it(now):
    organizer, member = MemberFactory(), MemberFactory(name="Member A")
    group = group_of("invited", organizers=[organizer], state=State.DRAFT)
    page = client_of(organizer).post("/groups/g-invited/invite/", {"name": "Member A"})
    assert (page.status_code, "it has to be open first" in page.text) == (422, True)
    actions.set_state(group_id=group.pk, state=State.OPEN, now=now)
    actions.invite_member(actor=organizer, group_id=group.pk, member=member, now=now)
    actions.join_group(actor=member, group_id=group.pk, now=now)
    assert [message.subject.startswith("You have a place") for message in send(now)] == [True]


def test_a_project_does_not_name_a_group_that_its_reader_does_not_see():
    group = group_of("invited")
    idea = IdeaFactory(group=group, state=Idea.State.ADOPTED, adopted_at=group.created_at)
    project = ProjectFactory(proposal=ProposalFactory(idea=idea, state="accepted"), is_public=True)
    path = project.get_absolute_url()
    assert "Quokkas" not in client_of(MemberFactory()).get(path).text
    assert "Quokkas" in client_of(EnrolmentFactory(group=group).member).get(path).text


# Names


def everything_said(now):
    """A public group that is over, with something by somebody else in every place; the names all begin alike."""
    people = [MemberFactory(name=f"Vespasian {n}") for n in range(9)]
    group = ReadingGroupFactory(slug="open", title="Open", state=State.RUNNING, organizers=people[:1])
    for member in people:
        EnrolmentFactory(group=group, member=member)
    past, coming = (SessionFactory(group=group, starts_at=now + timedelta(days=days)) for days in (-7, 7))
    reading = ReadingFactory(group=group, session=past)
    pooled = ReadingFactory(group=group, proposed_by=people[1], proposed_at=now)
    for session in (past, coming):
        PresentationFactory(session=session, member=people[2], slides_url="https://example.org/vespasian")
        AnswerFactory(question=QuestionFactory(session=session, member=people[3]), member=people[4])
    NoteFactory(reading=reading, member=people[5])
    HandFactory(idea=IdeaFactory(group=group, paper=reading.paper, member=people[6]), member=people[7])
    return group, people, [past, coming], [reading.paper, pooled.paper]


def pages_for_visitors(group, sessions, papers):
    yield from ("/", "/groups/", "/search/?q=open", "/search/?q=vespasian", group.get_absolute_url())
    yield from (f"/groups/{group.slug}/pool/", f"/groups/{group.slug}/results/")
    for row in (*sessions, *papers):
        yield row.get_absolute_url()


@pytest.mark.parametrize("state", [State.RUNNING, State.COMPLETED])
def test_a_visitor_reads_no_name_that_its_owner_did_not_show(state, now):
    group, _people, sessions, papers = everything_said(now)
    if state == State.COMPLETED:
        actions.set_state(group_id=group.pk, state=state, now=now)
    client, named = Client(), []
    for path in pages_for_visitors(group, sessions, papers):
        page = client.get(path)
        if page.status_code == 200 and "Vespasian " in page.text:
            named.append(path)
    assert named == []
    page = client.get("/groups/open/results/")
    assert page.status_code == (200 if state == State.COMPLETED else 404)


def test_those_who_choose_it_are_named_where_they_convene_or_present(now):
    group, people, sessions, papers = everything_said(now)
    for member in people:
        member.shows_name_publicly = True
        member.save()
    actions.set_state(group_id=group.pk, state=State.COMPLETED, now=now)
    seen = {}
    for path in pages_for_visitors(group, sessions, papers):
        page = Client().get(path).text
        seen[path] = [n for n in range(len(people)) if f"Vespasian {n}" in page]
    by_session = {session.get_absolute_url(): [2] for session in sessions}
    assert {path: numbers for path, numbers in seen.items() if numbers} == {
        "/groups/open/": [0],
        "/groups/open/results/": [0, 2],
        **by_session,
    }
    # Not those who have gone, nor where only members see the group.
    people[2].is_active = False
    people[2].save()
    assert "Vespasian 2" not in Client().get(sessions[0].get_absolute_url()).text
    ReadingGroup.objects.update(visibility="internal")
    outside = client_of(MemberFactory()).get(sessions[0].get_absolute_url())
    assert (outside.status_code, "Vespasian" in outside.text) == (200, False)


def test_the_profile_asks_plainly_and_at_first_says_no():
    member = MemberFactory(name="Member A", time_zone="Europe/London")
    client = client_of(member)
    page = client.get("/me/profile/")
    assert "Visitors may read my name" in page.text
    data = fields_of_profile(page)
    assert "shows_name_publicly" not in data
    for typed, stored in (("on", True), (None, False)):
        client.post("/me/profile/", data | ({"shows_name_publicly": typed} if typed else {}))
        member.refresh_from_db()
        assert member.shows_name_publicly is stored


def fields_of_profile(page):
    form = page.context["form"]
    topics = page.context["topics"].management_form
    sent = {name: form.initial.get(name) or "" for name in form.fields if name != "shows_name_publicly"}
    return sent | {f"topics-{name}": value for name, value in topics.initial.items()}


def test_the_results_cost_the_same_at_any_length(now):
    group, _people, _sessions, _papers = everything_said(now)
    actions.set_state(group_id=group.pk, state=State.COMPLETED, now=now)
    client, member = Client(), client_of(MemberFactory())
    for more in (0, 30):
        for n in range(more):
            session = SessionFactory(group=group, starts_at=now - timedelta(days=8 + n))
            PresentationFactory(session=session, member=_people[2])
            NoteFactory(reading=ReadingFactory(group=group, session=session))
        # The site, the group with its numbers, the count, the sessions, readings, presentations, organizers, projects.
        with exactly(8):
            client.get("/groups/open/results/")
        # And whether they are an organizer, who sees all projects.
        with exactly(9, signed_in=True):
            member.get("/groups/open/results/")


def test_certificates_of_a_group_for_the_invited_do_not_lead_visitors_there():
    certificate = CertificateFactory(group__visibility="invited", group__slug="quiet", group__title="Quietly")
    page = Client().get(certificate.get_absolute_url()).text
    assert ("Quietly" in page, "/groups/quiet/" in page) == (True, False)
