"""From a question to a project: proposing, and each answer that organizers give."""

import pytest

from collaborative.home.kinds import BY_KEY
from notifications.models import Delivery
from projects import actions
from projects.models import Membership, Project, Proposal
from tests.factories import CollectiveFactory, HandFactory, IdeaFactory, MemberFactory, ProjectFactory, ProposalFactory

pytestmark = pytest.mark.django_db

State = Proposal.State
WORDS = {
    "title": "Does rollout agree with probing?",
    "question": "Two measures, one model.",
    "why": "Both are used.",
    "first_experiment": "Five seeds.",
    "team_size": 4,
}


def test_a_proposal_goes_from_the_form_to_a_project_with_a_lead(signed_in, organizer):
    author, collective = MemberFactory(), CollectiveFactory()
    response = signed_in(author).post("/projects/propose/", WORDS | {"collective": collective.pk}, follow=True)
    assert "with the organizers" in response.content.decode()
    proposal = Proposal.objects.get()
    assert (proposal.author, proposal.state, proposal.collective) == (author, State.SUBMITTED, collective)
    assert proposal.title in signed_in(organizer).get("/projects/proposals/").content.decode()
    data = {"decision": "accept", "reasons": "Good."}
    response = signed_in(organizer).post(f"{proposal.get_absolute_url()}decide/", data)
    project = Project.objects.get()
    assert response.headers["Location"] == project.get_absolute_url() == "/projects/does-rollout-agree-with-probing/"
    assert (project.proposal, project.collective, project.stage) == (proposal, collective, "active")
    assert [(row.member, row.role) for row in project.memberships.all()] == [(author, Membership.Role.LEAD)]
    assert list(Delivery.objects.order_by("id").values_list("kind", "member")) == [
        ("project_proposed", organizer.pk),
        ("proposal_decided", author.pk),
    ]


def test_accepting_twice_makes_one_project_and_one_mail(organizer, now):
    proposal = ProposalFactory()
    first, second = (actions.accept_proposal(actor=organizer, proposal_id=proposal.pk, now=now) for _click in range(2))
    assert first == second
    assert (Project.objects.count(), Delivery.objects.count()) == (1, 1)


def test_those_who_answer_are_told_until_somebody_has_answered(signed_in, organizer, now):
    author = MemberFactory(name="Member A")
    signed_in(author).post("/projects/propose/", WORDS)
    proposal, kind = Proposal.objects.get(), BY_KEY["project_proposed"]
    told = Delivery.objects.get()
    assert (told.kind, told.member) == ("project_proposed", organizer)
    assert kind.still_wanted(told, now)
    context = kind.context(told, now)
    assert (str(context["proposal"].author), context["path"]) == ("Member A", proposal.get_absolute_url())
    actions.return_proposal(actor=organizer, proposal_id=proposal.pk, reasons="Which seeds?", now=now)
    assert not kind.still_wanted(told, now)
    signed_in(author).post(proposal.get_absolute_url(), WORDS)
    again = Delivery.objects.filter(kind="project_proposed").latest("pk")
    assert (again.member, again == told, kind.still_wanted(again, now), kind.still_wanted(told, now)) == (
        organizer,
        False,
        True,
        False,
    )


def test_nobody_leads_a_project_who_cannot_sign_in(signed_in, organizer, now):
    proposal = ProposalFactory(author__is_active=False)
    with pytest.raises(actions.AuthorHasLeft):
        actions.accept_proposal(actor=organizer, proposal_id=proposal.pk, now=now)
    response = signed_in(organizer).post(f"{proposal.get_absolute_url()}decide/", {"decision": "accept"})
    assert (response.status_code, "nobody would lead it" in response.text) == (422, True)
    assert not Project.objects.exists()


def test_the_same_proposal_sent_twice_is_one_and_another_of_that_title_is_told(signed_in):
    client = signed_in(MemberFactory())
    for _click in range(2):
        assert client.post("/projects/propose/", WORDS).headers["Location"].startswith("/projects/proposals/")
    response = client.post("/projects/propose/", WORDS | {"question": "Something else"})
    assert response.status_code == 422
    assert "Something else" in response.content.decode()
    assert Proposal.objects.count() == 1


def test_a_returned_proposal_has_reasons_and_is_sent_again(signed_in, organizer, now):
    author = MemberFactory()
    proposal = ProposalFactory(author=author)
    decide = f"{proposal.get_absolute_url()}decide/"
    response = signed_in(organizer).post(decide, {"decision": "return", "reasons": "  "})
    assert response.status_code == 422
    with pytest.raises(actions.NeedsReasons):
        actions.return_proposal(actor=organizer, proposal_id=proposal.pk, reasons=" ", now=now)
    signed_in(organizer).post(decide, {"decision": "return", "reasons": "What would count as an answer?"})
    page = signed_in(author).get(proposal.get_absolute_url()).content.decode()
    assert "What would count as an answer?" in page
    signed_in(author).post(proposal.get_absolute_url(), WORDS | {"team_size": 3})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.team_size, proposal.decided_at) == (State.SUBMITTED, 3, None)
    assert proposal.reasons == "What would count as an answer?"


def test_a_parked_proposal_can_be_accepted_and_an_answered_one_not_answered_again(organizer, now):
    proposal = ProposalFactory()
    what = {"actor": organizer, "proposal_id": proposal.pk, "now": now}
    actions.park_proposal(**what)
    actions.park_proposal(**what)
    assert Delivery.objects.count() == 1
    actions.accept_proposal(**what)
    for answer in (actions.park_proposal, lambda **kw: actions.return_proposal(reasons="No", **kw)):
        with pytest.raises(actions.AlreadyDecided):
            answer(**what)
    returned = ProposalFactory(state=State.RETURNED)
    with pytest.raises(actions.AlreadyDecided):
        actions.accept_proposal(actor=organizer, proposal_id=returned.pk, now=now)


def test_an_answer_that_came_second_is_told_and_not_lost(signed_in, organizer, now):
    proposal = ProposalFactory()
    actions.accept_proposal(actor=organizer, proposal_id=proposal.pk, now=now)
    data = {"decision": "return", "reasons": "My long reasons"}
    response = signed_in(organizer).post(f"{proposal.get_absolute_url()}decide/", data)
    assert "meanwhile" in response.content.decode()


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Proposals", "proposals-{pk}"),
        ("Taken", "taken-{pk}"),
        ("研究", "project-{pk}"),
        ("!!!", "project-{pk}"),
        ("Ångström & Co", "angstrom-co"),
        ("x" * 140, "x" * 70),
    ],
)
def test_each_project_has_an_address_of_its_own(organizer, now, title, slug):
    ProjectFactory(slug="taken")
    proposal = ProposalFactory(title=title)
    project = actions.accept_proposal(actor=organizer, proposal_id=proposal.pk, now=now)
    assert project.slug == slug.format(pk=proposal.pk)


def test_others_do_not_find_a_proposal_and_nobody_decides_who_may_not(signed_in):
    author = MemberFactory()
    proposal = ProposalFactory(author=author)
    url = proposal.get_absolute_url()
    assert signed_in(MemberFactory()).get(url).status_code == 404
    assert signed_in(author).get(url).status_code == 200
    assert signed_in(author).post(f"{url}decide/", {"decision": "accept"}).status_code == 403
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "\u200b"),
        ("title", "x" * 141),
        ("question", ""),
        ("question", "x" * 10_000),
        ("team_size", "0"),
        ("team_size", "13"),
        ("team_size", "many"),
        ("collective", "999"),
    ],
)
def test_a_proposal_that_cannot_be_sent_comes_back_as_it_was(signed_in, field, value):
    response = signed_in(MemberFactory()).post("/projects/propose/", WORDS | {"why": "Typed with care", field: value})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert "Typed with care" in response.content.decode()
    assert not Proposal.objects.exists()


# From an idea of a reading group


@pytest.fixture
def idea():
    """An idea with enough hands up, for whose group three are enough."""
    idea = IdeaFactory(state="ready", text="As Markdown")
    HandFactory.create_batch(3, idea=idea)
    return idea


def test_an_idea_with_enough_hands_becomes_a_project_whose_team_can_be_taken_in(signed_in, organizer, idea):
    hand = idea.hands.first().member
    client, url = signed_in(hand), f"/projects/propose/?idea={idea.pk}"
    assert client.get(url).context["form"].initial == {"title": idea.title, "question": "As Markdown"}
    for _click in range(2):
        client.post(url, WORDS)
    proposal = Proposal.objects.get()
    assert proposal.idea == idea
    signed_in(organizer).post(f"{proposal.get_absolute_url()}decide/", {"decision": "accept"})
    idea.refresh_from_db()
    assert (idea.state, idea.adopted_by) == ("adopted", organizer)
    page = client.get(f"{proposal.project.get_absolute_url()}team/")
    assert set(page.context["hands"]) == {row.member for row in idea.hands.all()} - {hand}
    assert idea.group.title in client.get(proposal.project.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", ["open", "parked", "adopted"])
def test_an_idea_that_is_not_ready_is_told(signed_in, idea, state, now):
    idea.state, idea.adopted_at = state, now if state == "adopted" else None
    idea.save()
    response = signed_in(idea.member).post(f"/projects/propose/?idea={idea.pk}", WORDS)
    assert response.status_code == 422
    assert not Proposal.objects.exists()


def test_an_idea_has_one_proposal_and_is_brought_by_those_behind_it(signed_in, idea):
    url = f"/projects/propose/?idea={idea.pk}"
    assert signed_in(MemberFactory()).get(url).status_code == 404
    signed_in(idea.member).post(url, WORDS)
    response = signed_in(idea.hands.first().member).post(url, WORDS)
    assert "has a proposal already" in response.content.decode()
    assert Proposal.objects.count() == 1


def test_a_parked_idea_is_not_accepted_behind_the_groups_back(signed_in, organizer, idea):
    proposal = ProposalFactory(idea=idea)
    idea.state = "parked"
    idea.save()
    response = signed_in(organizer).post(f"{proposal.get_absolute_url()}decide/", {"decision": "accept"})
    assert "has been parked in the reading group" in response.content.decode()
    proposal.refresh_from_db()
    assert proposal.state == State.SUBMITTED
    assert not Project.objects.exists()


@pytest.mark.parametrize("number", ["0", "nonsense", "9" * 30, "²"])
def test_an_idea_that_is_not_there_is_not_found(signed_in, number):
    assert signed_in(MemberFactory()).get("/projects/propose/", {"idea": number}).status_code == 404
