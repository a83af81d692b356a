"""The pages of papers and of the pool, at every size and for everybody."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from reading_groups import actions
from reading_groups.models import Paper, Reading, ReadingGroup, ReadingVote
from reading_groups.papers import arxiv
from reading_groups.papers.arxiv import ArxivIsAsked
from tests.factories import (
    EnrolmentFactory,
    IdeaFactory,
    MemberFactory,
    NoteFactory,
    PaperFactory,
    PresentationFactory,
    QuestionFactory,
    ReadingFactory,
    ReadingGroupFactory,
    ReadingVoteFactory,
    SessionFactory,
)
from tests.pages import fields_of
from tests.queries import exactly
from tests.reading_groups.test_arxiv import feed
from tests.reading_groups.test_paper_sources import ENTRY, HOSTILE_ENTRIES

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
ADD = "/groups/pool/pool/add/"
POOL = "/groups/pool/pool/"


@pytest.fixture
def group():
    return ReadingGroupFactory(slug="pool", organizers=[MemberFactory(name="Member O")])


@pytest.fixture
def member(client, group):
    member = EnrolmentFactory(group=group, member__name="Member A").member
    client.force_login(member, backend=BACKEND)
    return member


@pytest.fixture
def organizer(client, group):
    organizer = group.organizers.get()
    client.force_login(organizer, backend=BACKEND)
    return organizer


def sign_in(client, group, role):
    if role == "visitor":
        return
    member = MemberFactory()
    if role == "enrolled":
        EnrolmentFactory(group=group, member=member)
    if role == "organizer":
        group.organizers.add(member)
    client.force_login(member, backend=BACKEND)


# Reading the pool --------------------------------------------------------------------------------------------------


# The site; the group, its standing and the count of its pool; the page of papers with votes and proposers.
@pytest.mark.parametrize("size", [2, 30])
@pytest.mark.parametrize("role", ["visitor", "member", "enrolled", "organizer"])
def test_a_pool_costs_the_same_at_any_length(client, group, now, role, size):
    for _paper in range(size):
        reading = ReadingFactory(group=group, proposed_by=MemberFactory(), proposed_at=now)
        ReadingVoteFactory(reading=reading)
    sign_in(client, group, role)
    with exactly(3, signed_in=role != "visitor"):
        page = client.get(POOL)
    assert len(page.context["page"]) == min(size, 20)
    # One more to count what was found.
    with exactly(4, signed_in=role != "visitor"):
        client.get(POOL, {"q": "paper"})


def test_only_those_inside_see_votes_and_who_proposed(client, group, now):
    reading = ReadingFactory(group=group, proposed_by=MemberFactory(name="Member P"), proposed_at=now)
    ReadingVoteFactory(reading=reading)
    for role, sees in (("visitor", False), ("member", False), ("enrolled", True), ("organizer", True)):
        client.logout()
        sign_in(client, group, role)
        page = client.get(POOL).text
        assert (reading.paper.title in page, "Member P" in page, 'class="vote"' in page) == (True, sees, sees), role


def test_it_is_searched_by_words_and_by_arxiv_id(client, group):
    for title, arxiv_id in (("Attention is all you need", "1706.03762"), ("Deep residual learning", "")):
        ReadingFactory(group=group, paper=PaperFactory(title=title, arxiv_id=arxiv_id))
    for query, found in (
        ("attention", ["Attention is all you need"]),
        ("https://arxiv.org/abs/1706.03762v2", ["Attention is all you need"]),
        ("2401.00001", []),
        ("learn", ["Deep residual learning"]),
        ("'; DROP", []),
        ("", ["Attention is all you need", "Deep residual learning"]),
    ):
        page = client.get(POOL, {"q": query})
        assert [reading.paper.title for reading in page.context["page"]] == found, query
    assert "Null characters are not allowed" in client.get(f"{POOL}?q=%00").text
    assert "is not the number of a page" in client.get(f"{POOL}?page=x").text
    assert "There is no page 9" in client.get(f"{POOL}?page=9").text


@pytest.mark.parametrize("file", ["dair_papers_of_the_week", "clulab_candidate_papers"])
def test_real_pools_are_usable(client, real_data, file, now):
    call_command("import_reading_list", str(real_data / f"reading-groups/{file}.json"), "--as=pool", "--slug=pool")
    group = ReadingGroup.objects.get(slug="pool")
    actions.set_state(group_id=group.pk, state="open", now=now)
    size = group.readings.in_pool().count()
    assert size > (1_200 if file.startswith("dair") else 300)
    member = EnrolmentFactory(group=group).member
    client.force_login(member, backend=BACKEND)
    last = group.readings.in_pool().order_by("position").last()
    client.post(f"{POOL}{last.pk}/vote/", {"vote": "on"})
    with exactly(3, signed_in=True):
        page = client.get(POOL)
    assert page.context["page"][0] == last
    assert page.context["page"].paginator.count == size
    assert len(page.content) < 80_000
    assert client.get(f"{POOL}?page={(size + 19) // 20}").status_code == 200
    # The group's own page shows the beginning, and costs no more.
    with exactly(8, signed_in=True):
        page = client.get("/groups/pool/")
    assert (len(page.context["pool"]), f"{size} readings" in page.text) == (5, True)
    assert len(page.content) < 60_000
    assert len(client.get("/groups/pool/ideas/add/").content) < 60_000


# Voting ------------------------------------------------------------------------------------------------------------


def test_voting_by_the_button_leads_back_to_where_it_stood(client, group, member):
    reading = ReadingFactory(group=group)
    there = f"{POOL}{reading.pk}/vote/"
    voted = client.post(there, {"vote": "on", "page": "2"})
    assert (voted.status_code, voted.url) == (302, f"{POOL}?page=2#reading-{reading.pk}")
    assert client.post(there, {"vote": "on", "from": "group"}).url == "/groups/pool/#list"
    assert client.post(there, {"vote": "on", "page": "/evil.example.org"}).url == f"{POOL}#reading-{reading.pk}"
    assert ReadingVote.objects.get().member == member
    assert 'aria-pressed="true"' in client.get(POOL).text
    client.post(there, {"vote": "off"})
    assert not ReadingVote.objects.exists()


def test_votes_after_closing_are_told(client, group, member):
    reading = ReadingFactory(group=group, session=SessionFactory(group=group))
    page = client.post(f"{POOL}{reading.pk}/vote/", {"vote": "on"}, follow=True)
    assert "has got its session, so votes for it are closed" in page.text
    assert not ReadingVote.objects.exists()


def test_an_organizer_without_a_place_is_told_that_voting_needs_one(client, group, organizer):
    reading = ReadingFactory(group=group)
    assert "You need a place in this group to vote" in client.post(f"{POOL}{reading.pk}/vote/", follow=True).text


# Proposing ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def answer(monkeypatch, settings):
    """What arXiv says, without the way there."""
    settings.ARXIV_API_URL = "http://127.0.0.1:9/"

    def will(say: object) -> None:
        def ask(arxiv_id: str) -> bytes:
            if isinstance(say, Exception):
                raise say
            return say

        monkeypatch.setattr(arxiv, "_ask", ask)

    return will


def add_form(page) -> dict:
    """What a browser would send of the form with the facts, which stands first."""
    return {name: value for name, value in page.context["form"].initial.items() if value not in (None, False)}


def test_by_an_arxiv_id_its_facts_are_shown_before_they_are_kept(client, group, member, answer):
    answer(feed())
    page = client.post(ADD, {"source": "https://arxiv.org/abs/1706.03762v2"})
    assert page.status_code == 200
    assert "A constructed title with Gödel and α" in page.text
    assert not Paper.objects.exists()
    kept = client.post(ADD, add_form(page))
    reading = Reading.objects.get()
    assert kept.url == f"{POOL}#reading-{reading.pk}"
    assert (reading.paper.arxiv_id, reading.paper.authors, reading.paper.doi, reading.proposed_by) == (
        "1706.03762",
        ["Member A", "Member É"],
        "10.1000/abc",
        member,
    )


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (OSError("down"), "arXiv did not answer, so only its id is filled in"),
        (TimeoutError("slow"), "arXiv did not answer, so only its id is filled in"),
        (ValueError("odd"), "arXiv did not answer, so only its id is filled in"),
    ],
)
def test_where_arxiv_is_silent_the_form_comes_with_the_id(client, group, member, answer, failure, told):
    answer(failure)
    page = client.post(ADD, {"source": "1706.03762"})
    assert page.status_code == 200
    assert told in page.text
    assert add_form(page) == {
        "arxiv_id": "1706.03762",
        "title": "",
        "authors": "",
        "venue": "",
        "doi": "",
        "url": "",
    } | {"part": ""}
    kept = client.post(ADD, add_form(page) | {"title": "Attention is all you need"})
    assert kept.status_code == 302
    assert Paper.objects.get().arxiv_id == "1706.03762"


def test_an_id_of_no_paper_is_an_error_and_nothing_typed_is_lost(client, group, member, answer):
    answer(feed(entry=""))
    page = client.post(ADD, {"source": "1706.03762"})
    assert (page.status_code, page.context["form"]) == (422, None)
    assert "arXiv has no paper 1706.03762" in page.text
    assert ">\n1706.03762</textarea>" in page.text.replace("\r", "")


def test_while_somebody_else_asks_arxiv_one_can_type(client, group, member, monkeypatch):
    def busy(arxiv_id):
        raise ArxivIsAsked

    monkeypatch.setattr(arxiv, "fetch", busy)
    page = client.post(ADD, {"source": "1706.03762"})
    assert page.context["form"].initial["arxiv_id"] == "1706.03762"
    assert "arXiv is asked by somebody else just now" in page.text


def test_a_known_paper_is_not_asked_for_again(client, group, member):
    PaperFactory(title="Attention is all you need", arxiv_id="1706.03762", year=2017, authors=["A. Vaswani"])
    page = client.post(ADD, {"source": "arXiv:1706.03762"})
    assert "We know this paper already" in page.text
    assert client.post(ADD, add_form(page)).status_code == 302
    assert (Paper.objects.count(), Reading.objects.count()) == (1, 1)


def test_by_bibtex_by_a_record_and_by_a_link(client, group, member, real_data):
    page = client.post(ADD, {"source": ENTRY})
    assert "Attention is All you Need" in page.text
    assert client.post(ADD, add_form(page)).status_code == 302
    record = (real_data / "papers/arxiv_abs_raw/arxiv__papers__1810__1810.04805.abs").read_text()
    page = client.post(ADD, {"source": record})
    assert client.post(ADD, add_form(page)).status_code == 302
    page = client.post(ADD, {"source": "https://example.org/paper.pdf"})
    assert "Nobody was asked what is behind this" in page.text
    assert client.post(ADD, add_form(page) | {"title": "By its link"}).status_code == 302
    papers = Paper.objects.order_by("pk").values_list("arxiv_id", "url", "year")
    assert list(papers) == [
        ("1706.03762", "https://example.org/a_b%20c~d", 2017),
        ("1810.04805", "", 2018),
        ("", "https://example.org/paper.pdf", None),
    ]


def test_by_hand(client, group, member):
    assert 'name="title"' in client.get(f"{ADD}?by-hand").text
    sent = {
        "title": " Dive into\u200b Deep Learning ",
        "authors": "A B\r\n\r\n C D",
        "year": "2021",
        "part": "Chapter 2",
    }
    assert client.post(ADD, sent | {"url": "d2l.ai"}).status_code == 302
    reading = Reading.objects.get()
    assert (reading.paper.title, reading.paper.authors, reading.paper.url, reading.part) == (
        "Dive into Deep Learning",
        ["A B", "C D"],
        "https://d2l.ai",
        "Chapter 2",
    )


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Type the title."),
        ({"title": "\u200b"}, "Type the title."),
        ({"title": "x" * 501}, "at most 500"),
        ({"title": "x", "year": "soon"}, "Type a year, such as 2017."),
        ({"title": "x", "year": "99999"}, "less than or equal to 2200"),
        ({"title": "x", "arxiv_id": "1706"}, "This is no arXiv id."),
        ({"title": "x", "doi": "11.1/x"}, "This is no DOI."),
        ({"title": "x", "url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"title": "x", "authors": "A\n" * 201}, "more than 200 names"),
        ({"title": "x", "authors": "A" * 201}, "too long for a name"),
        ({"title": "x" * 1_000_000}, "at most 500"),
        ({"title": "x", "same": "-1"}, "Choose whether it is one of these."),
        ({"source": ""}, "Paste something, or type the paper in by hand."),
        ({"source": "Attention"}, "This is no arXiv id, DOI"),
        ({"source": "x" * 1_000_000}, "at most 20000"),
        ({"source": "@article{a, title={x}"}, "This cannot be read"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_input_is_told_and_nothing_is_kept(client, group, member, sent, told):
    page = client.post(ADD, sent)
    assert page.status_code == 422
    assert told in page.text
    assert not Paper.objects.exists()
    for value in (value for name, value in sent.items() if name != "same"):
        assert value.strip("\u200b")[:40] in page.text.replace("&#x27;", "'").replace("\r", "")


@pytest.mark.parametrize("text", HOSTILE_ENTRIES, ids=lambda text: f"{text[:24]!r} {len(text)}")
def test_hostile_bibtex_breaks_no_page(client, group, member, text):
    page = client.post(ADD, {"source": text})
    assert page.status_code in {200, 422}
    assert "<script>alert" not in page.text


def test_papers_of_one_title_are_told_apart_by_whoever_adds_one(client, group, member):
    known = PaperFactory(title="Dropout", year=2014, url="https://example.org/1")
    page = client.post(ADD, {"title": "dropout", "year": "2016"})
    assert page.status_code == 422
    assert "Papers of that title are here already" in page.text
    assert "It is this one: Dropout, 2014" in page.text
    assert client.post(ADD, {"title": "dropout", "year": "2016", "same": "999"}).status_code == 422
    assert client.post(ADD, {"title": "dropout", "year": "2016", "same": str(known.pk)}).status_code == 302
    assert (Paper.objects.count(), Reading.objects.get().paper) == (1, known)
    assert client.post(ADD, {"title": "dropout", "year": "2016", "same": "another"}).status_code == 302
    assert list(Paper.objects.order_by("pk").values_list("title_number", flat=True)) == [0, 1]


def test_what_is_on_the_list_already_is_shown_there(client, group, member):
    reading = ReadingFactory(group=group, paper=PaperFactory(title="A title of four words"))
    page = client.post(ADD, {"title": reading.paper.title}, follow=True)
    assert "This paper is in the pool already" in page.text
    session = SessionFactory(group=group)
    actions.schedule_reading(reading_id=reading.pk, session_id=session.pk)
    page = client.post(ADD, {"title": reading.paper.title}, follow=True)
    assert "on the list already, for this session" in page.text
    assert page.request["PATH_INFO"] == session.get_absolute_url()


def test_the_form_works_without_a_script(client, group, member):
    data = fields_of(client.get(f"{ADD}?by-hand"), None)
    assert {"csrfmiddlewaretoken", "title", "authors", "source"} <= set(data)


# Arranging ---------------------------------------------------------------------------------------------------------


def test_an_organizer_gives_a_paper_its_session_and_takes_it_back(client, group, organizer):
    starts_at = timezone.now() + timedelta(days=3)
    session = SessionFactory(group=group, starts_at=starts_at)
    over = SessionFactory(group=group, starts_at=timezone.now() - timedelta(days=3))
    reading = ReadingFactory(group=group)
    page = client.get(f"{POOL}{reading.pk}/")
    assert [pk for pk, _name in page.context["schedule"].fields["session"].choices] == [session.pk]
    for wrong in ("", "x", over.pk, SessionFactory().pk):
        told = client.post(f"{POOL}{reading.pk}/schedule/", {"session": wrong})
        assert told.status_code == 422
    given = client.post(f"{POOL}{reading.pk}/schedule/", {"session": session.pk})
    assert given.url == session.get_absolute_url()
    page = client.get(session.get_absolute_url()).text
    assert reading.paper.title in page
    assert "Put it back on the reading list" in page
    # Somebody else's tab still shows it in the pool.
    late = client.post(f"{POOL}{reading.pk}/schedule/", {"session": session.pk}, follow=True)
    assert "Somebody has arranged this paper meanwhile" in late.text
    assert "It has its session" in client.get(f"{POOL}{reading.pk}/").text
    assert client.post(f"{POOL}{reading.pk}/unschedule/").url == POOL
    assert "in the pool already" in client.post(f"{POOL}{reading.pk}/unschedule/", follow=True).text


def test_a_session_that_has_the_paper_is_told(client, group, organizer):
    session = SessionFactory(group=group, starts_at=timezone.now() + timedelta(days=3))
    reading = ReadingFactory(group=group)
    ReadingFactory(group=group, session=session, paper=reading.paper)
    told = client.post(f"{POOL}{reading.pk}/schedule/", {"session": session.pk})
    assert "This session has the paper already" in told.text


def test_an_organizer_says_that_two_are_one(client, group, organizer):
    twice = ReadingFactory(group=group, paper=PaperFactory(title="Attention is all one needs"))
    kept = ReadingFactory(group=group, paper=PaperFactory(title="Attention is all you need", arxiv_id="1706.03762"))
    hidden = ReadingFactory(group=ReadingGroupFactory(state="draft")).paper
    page = client.get(f"{POOL}{twice.pk}/")
    assert page.context["alike"] == [kept.paper]
    assert client.get(f"{POOL}{twice.pk}/?q=1706.03762").context["alike"] == [kept.paper]
    assert client.get(f"{POOL}{twice.pk}/?q=nothing").context["alike"] == []
    for wrong in ("", "x", "9" * 30, hidden.pk, twice.paper_id):
        assert client.post(f"{POOL}{twice.pk}/duplicate/", {"paper": wrong}).status_code == 422
    done = client.post(f"{POOL}{twice.pk}/duplicate/", {"paper": kept.paper_id}, follow=True)
    assert "The two are one now" in done.text
    assert group.readings.get() == kept


def test_taking_papers_out(client, group, member):
    theirs, own = ReadingFactory(group=group), actions.propose_paper
    row = arxiv.read_answer(feed(), "1706.03762")
    mine = own(actor=member, group_id=group.pk, row=row, now=timezone.now())
    assert "Take my proposal back" in client.get(POOL).text
    assert client.post(f"{POOL}{theirs.pk}/remove/").status_code == 403
    ReadingVoteFactory(reading=mine)
    assert "Others have voted for this paper" in client.post(f"{POOL}{mine.pk}/remove/", follow=True).text
    client.force_login(group.organizers.get(), backend=BACKEND)
    NoteFactory(reading=theirs)
    assert "written notes about this paper" in client.post(f"{POOL}{theirs.pk}/remove/", follow=True).text
    assert "out of the pool" in client.post(f"{POOL}{mine.pk}/remove/", follow=True).text
    assert group.readings.get() == theirs


def test_a_completed_group_takes_no_papers(client, group, organizer):
    ReadingGroup.objects.filter(pk=group.pk).update(state="completed")
    assert client.get(ADD).status_code == 403
    assert "Propose a paper" not in client.get("/groups/pool/").text


# The page of a paper -----------------------------------------------------------------------------------------------


def read_in(group, paper, sessions: int, now) -> None:
    """So many sessions that read a paper, with all that hangs on them."""
    for week in range(sessions):
        session = SessionFactory(group=group, starts_at=now - timedelta(weeks=week + 1))
        reading = ReadingFactory(group=group, session=session, paper=paper)
        PresentationFactory(
            session=session, member=MemberFactory(name=f"Member P{week}"), slides_url="https://s.example"
        )
        QuestionFactory(session=session, text=rf"Why is $\alpha_{{{week}}}$ *small*?")
        for kind in ("strength", "limitation"):
            NoteFactory(reading=reading, kind=kind, text=f"A {kind} with $x^{week}$")
        IdeaFactory(group=group, paper=paper)


# The site; the paper, its groups and readings. Inside: presentations, their files, summaries, notes, questions, ideas.
@pytest.mark.parametrize("sessions", [1, 12])
@pytest.mark.parametrize(("role", "count"), [("visitor", 4), ("member", 4), ("enrolled", 10), ("organizer", 10)])
def test_a_papers_page_costs_the_same_at_any_size(client, group, now, role, count, sessions):
    paper = PaperFactory(title="Attention is all you need")
    read_in(group, paper, sessions, now)
    ReadingFactory(group=group, paper=paper)
    for _other in range(sessions):
        read_in(ReadingGroupFactory(), paper, 1, now)
    sign_in(client, group, role)
    with exactly(count, signed_in=role != "visitor"):
        page = client.get(paper.get_absolute_url())
    assert page.status_code == 200


def test_visitors_see_its_facts_and_where_it_was_read(client, group, now):
    paper = PaperFactory(
        title="Attention is all you need",
        authors=["Ashish Vaswani"],
        year=2017,
        venue="NeurIPS",
        arxiv_id="1706.03762",
        doi="10.5555/a<b>",
    )
    read_in(group, paper, 1, now)
    draft = ReadingGroupFactory(title="In secret", state="draft")
    read_in(draft, paper, 1, now)
    page = client.get(paper.get_absolute_url()).text
    for text in (
        "Ashish Vaswani",
        "NeurIPS",
        "https://arxiv.org/abs/1706.03762",
        "doi.org/10.5555/a%3Cb%3E",
        group.title,
    ):
        assert text in page
    for text in ("Member P0", "s.example", "A strength", "In secret", "small"):
        assert text not in page


def test_those_inside_see_what_was_said_in_their_group_alone(client, group, member, now):
    paper, other = PaperFactory(), ReadingGroupFactory(title="Elsewhere")
    read_in(group, paper, 1, now)
    session = SessionFactory(group=other, starts_at=now)
    NoteFactory(reading=ReadingFactory(group=other, session=session, paper=paper), text="Said elsewhere")
    page = client.get(paper.get_absolute_url()).text
    for text in ("Member P0", "s.example", "A strength with <math>", "<em>small</em>", "hold at", "Elsewhere"):
        assert text in page
    assert "Said elsewhere" not in page


def test_its_address_has_one_form(client, group):
    paper = ReadingFactory(group=group, paper=PaperFactory(title="Über Attention: all you need")).paper
    there = f"/papers/{paper.pk}-uber-attention-all-you-need/"
    assert paper.get_absolute_url() == there
    for other in (f"/papers/{paper.pk}/", f"/papers/{paper.pk}-something-else/"):
        moved = client.get(other)
        assert (moved.status_code, moved.url) == (302, there)
    assert client.get(f"/papers/{paper.pk}-uber-attention-all-you-need").status_code in {301, 404}
    signs = ReadingFactory(group=group, paper=PaperFactory(title="注意力")).paper
    assert client.get(f"/papers/{signs.pk}/").status_code == 200
    long = ReadingFactory(group=group, paper=PaperFactory(title="word " * 30)).paper
    assert len(long.get_absolute_url()) < 90
    assert client.get(long.get_absolute_url()).status_code == 200
    assert client.get("/papers/99999999999999999999/").status_code == 404


def test_titles_lead_to_it(client, group):
    paper = ReadingFactory(group=group, session=SessionFactory(group=group)).paper
    pooled = ReadingFactory(group=group).paper
    actions.index_groups(group_ids=[group.pk])
    assert f'href="{pooled.get_absolute_url()}"' in client.get(POOL).text
    assert f'href="{paper.get_absolute_url()}"' in client.get("/search/", {"q": paper.title}).text


def test_an_idea_can_come_from_what_was_read_or_is_wanted(client, group, member):
    read = ReadingFactory(group=group, session=SessionFactory(group=group, starts_at=timezone.now() - timedelta(9)))
    wanted = ReadingFactory(group=group)
    form = client.get("/groups/pool/ideas/add/").context["form"]
    assert {pk for pk, _title in form.fields["paper"].choices} == {"", str(read.paper_id), str(wanted.paper_id)}
