import pytest

from reading_groups.models import Paper, Reading, ReadingVote
from reading_groups.papers import arxiv
from tests.api.problems import problem_of
from tests.factories import (
    EnrolmentFactory,
    MemberFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    ReadingVoteFactory,
    SessionFactory,
)
from tests.queries import exactly
from tests.reading_groups.test_arxiv import feed
from tests.reading_groups.test_paper_sources import ENTRY

pytestmark = pytest.mark.django_db
POOL = "/api/v1/groups/open/pool/"


@pytest.fixture
def group():
    return ReadingGroupFactory(slug="open", organizers=[MemberFactory()])


@pytest.fixture
def place(group, member):
    return EnrolmentFactory(group=group, member=member)


def send(program, address: str, content: dict | None = None):
    return program.post(address, content or {}, content_type="application/json")


def test_a_pool_is_told_by_votes(program, group, place):
    first, second = (ReadingFactory(group=group, position=position) for position in (1, 2))
    ReadingVoteFactory(reading=second)
    ReadingFactory(group=group, session=SessionFactory(group=group))
    told = program.get(POOL).json()
    assert [row["id"] for row in told["results"]] == [second.pk, first.pk]
    assert told["results"][0] == {
        "id": second.pk,
        "paper": {
            "id": second.paper_id,
            "url": f"http://testserver{second.paper.get_absolute_url()}",
            "title": second.paper.title,
            "authors": [],
            "authors_are_cut": False,
            "year": None,
            "venue": "",
            "arxiv_id": "",
            "doi": "",
            "link": "",
        },
        "part": "",
        "proposed_at": None,
        "votes": 1,
        "is_voted": False,
    }


def test_people_outside_are_told_no_votes(program, group):
    ReadingVoteFactory(reading=ReadingFactory(group=group))
    assert program.get(POOL).json()["results"][0]["votes"] is None
    ReadingGroupFactory(slug="draft", state="draft")
    assert problem_of(program.get("/api/v1/groups/draft/pool/")) == (404, "unknown")
    assert problem_of(send(program, POOL, {"title": "X"})) == (403, "permission_denied")


@pytest.mark.parametrize("size", [2, 60])
def test_it_costs_the_same_at_any_length(program, group, place, size):
    for _paper in range(size):
        ReadingVoteFactory(reading=ReadingFactory(group=group))
    # Who asks, the site, the group, how many, and the page of them.
    with exactly(5):
        program.get(POOL)


def test_a_paper_is_proposed_by_what_one_has_of_it(program, group, place, monkeypatch, settings):
    settings.ARXIV_API_URL = "http://127.0.0.1:9/"
    monkeypatch.setattr(arxiv, "_ask", lambda arxiv_id: feed())
    told = send(program, POOL, {"source": "1706.03762", "part": "Section 3"})
    assert told.status_code == 201
    assert {name: told.json()[name] for name in ("part", "votes", "is_voted")} == {
        "part": "Section 3",
        "votes": 1,
        "is_voted": True,
    }
    assert told.json()["paper"]["title"] == "A constructed title with Gödel and α"
    assert send(program, POOL, {"source": ENTRY, "title": "By another title", "doi": "10.1000/x"}).status_code == 201
    assert send(program, POOL, {"title": "By hand", "authors": ["A B", "C D"], "year": 2020}).status_code == 201
    # The entry has the id of the first, of which it is the whole.
    assert Paper.objects.count() == 2


def test_what_cannot_be_proposed_is_told(program, group, place):
    known = PaperFactory(title="Dropout", year=2014)
    for content, problem in (
        ({}, (400, "invalid")),
        ({"title": "x", "year": "soon"}, (400, "invalid")),
        ({"title": "x", "authors": "A"}, (400, "invalid")),
        ({"title": "x", "arxiv_id": "nonsense"}, (400, "invalid")),
        ({"source": "nonsense"}, (400, "invalid")),
        ({"source": "x" * 30_000}, (400, "invalid")),
        ({"title": "\x00"}, (400, "invalid")),
        ({"source": "1706.03762"}, (409, "arxiv_is_silent")),
        ({"title": "Dropout", "year": 2015}, (409, "same_title")),
    ):
        assert problem_of(send(program, POOL, content)) == problem, content
    assert send(program, POOL, {"title": "Dropout", "year": 2015, "same_as": known.pk}).status_code == 201
    assert problem_of(send(program, POOL, {"title": "Dropout", "year": 2014})) == (409, "on_list_already")
    assert send(program, POOL, {"title": "Dropout", "year": 2015, "is_another": True}).status_code == 201
    assert send(program, POOL, {"source": "1706.03762", "title": "Attention"}).status_code == 201
    assert Paper.objects.get(arxiv_id="1706.03762").title == "Attention"


def test_voting_and_taking_it_back(program, group, place):
    reading = ReadingFactory(group=group)
    for _time in range(2):
        assert send(program, f"{POOL}{reading.pk}/vote/").json()["votes"] == 1
    for _time in range(2):
        assert program.delete(f"{POOL}{reading.pk}/vote/").json()["votes"] == 0
    Reading.objects.update(session=SessionFactory(group=group))
    assert problem_of(send(program, f"{POOL}{reading.pk}/vote/")) == (409, "not_in_pool")
    for wrong in (ReadingFactory().pk, "x", "9" * 30):
        assert problem_of(send(program, f"{POOL}{wrong}/vote/")) == (404, "unknown")
    assert not ReadingVote.objects.exists()


def test_an_organizer_gives_a_paper_its_session(program, program_of, group, place):
    reading, session = ReadingFactory(group=group), SessionFactory(group=group)
    there = f"{POOL}{reading.pk}/schedule/"
    assert problem_of(send(program, there, {"session": session.pk})) == (403, "permission_denied")
    organizer = program_of(group.organizers.get())
    assert problem_of(send(organizer, f"{POOL}{reading.pk}/vote/")) == (409, "not_in_group")
    for wrong in ({}, {"session": "x"}, {"session": SessionFactory().pk}):
        assert problem_of(send(organizer, there, wrong)) == (400, "invalid")
    given = send(organizer, there, {"session": session.pk}).json()
    assert given == {"group": "open", "session": session.pk, "held_on": str(session.held_on), "part": ""}
    assert problem_of(send(organizer, there, {"session": session.pk})) == (409, "not_in_pool")


def test_a_paper_tells_where_it_is_read(program, group):
    paper = PaperFactory(title="Attention", arxiv_id="1706.03762")
    session = SessionFactory(group=group)
    ReadingFactory(group=group, paper=paper, session=session)
    ReadingFactory(group=ReadingGroupFactory(state="draft"), paper=paper)
    told = program.get(f"/api/v1/papers/{paper.pk}/").json()
    assert told["link"] == "https://arxiv.org/abs/1706.03762"
    assert told["readings"] == [
        {"group": "open", "session": session.pk, "held_on": str(session.held_on), "part": ""},
    ]
    for wrong in (PaperFactory().pk, "x", "9" * 30):
        assert problem_of(program.get(f"/api/v1/papers/{wrong}/")) == (404, "unknown")
