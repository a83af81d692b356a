"""Papers of the whole site: found by identifier and normalised title, added once, made one."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import IntegrityError, transaction

from reading_groups import actions
from reading_groups.models import Idea, Note, Paper, Reading, ReadingVote
from reading_groups.papers.rows import PaperRow
from tests.factories import (
    EnrolmentFactory,
    IdeaFactory,
    MemberFactory,
    NoteFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    ReadingVoteFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
ATTENTION = "Attention Is All You Need"


def row(title: str = ATTENTION, **facts) -> PaperRow:
    return PaperRow(place="1", title=title, **facts)


def add(title: str = ATTENTION, **facts) -> Paper:
    choice = {name: facts.pop(name) for name in ("same_as", "is_another") if name in facts}
    with transaction.atomic():
        return actions.find_or_add_paper(row=row(title, **facts), **choice)[0]


@pytest.mark.parametrize(
    "facts",
    [
        {"title": "Another spelling", "arxiv_id": "1706.03762"},
        {"title": "Another spelling", "doi": "10.5555/1"},
        {"title": "attention is ALL you need."},
        {"title": "Attention is all you need", "year": 2017},
        {"title": "Attention is all you need", "authors": ("A. Vaswani",), "year": 2018},
        {"title": "Attention is all you need", "doi": "10.5555/of-its-publisher"},
    ],
)
def test_a_paper_is_found_by_its_identifier_or_its_title(facts):
    paper = add(authors=("Ashish Vaswani",), year=2017, arxiv_id="1706.03762", doi="10.5555/1")
    assert add(**facts) == paper
    assert Paper.objects.count() == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"title": "Attention is not all you need"},
        {"authors": ("B. Else",)},
        {"arxiv_id": "2401.00001", "authors": ("Ashish Vaswani",)},
    ],
)
def test_another_paper_is_another(facts):
    paper = add(authors=("Ashish Vaswani",), year=2017, arxiv_id="1706.03762")
    other = add(**facts)
    assert other != paper
    assert other.title_number == (other.title_key == paper.title_key)


def test_a_known_paper_learns_what_it_did_not_say_and_changes_nothing():
    paper = add(year=2017)
    add(
        "attention is all you need",
        year=2017,
        authors=("A. Vaswani",),
        authors_are_cut=True,
        arxiv_id="1706.03762",
        venue="NeurIPS",
    )
    paper.refresh_from_db()
    assert (paper.title, paper.authors, paper.authors_are_cut, paper.arxiv_id, paper.venue, paper.year) == (
        ATTENTION,
        ["A. Vaswani"],
        True,
        "1706.03762",
        "NeurIPS",
        2017,
    )
    other = add("Something else entirely", doi="10.5555/1")
    # Its DOI is another paper's, and stays there.
    add(arxiv_id="1706.03762", doi="10.5555/1")
    paper.refresh_from_db()
    assert (paper.doi, other.doi) == ("", "10.5555/1")


def test_where_only_a_person_can_tell_they_are_asked():
    first = add("Dropout", year=2014, url="https://example.org/1")
    with pytest.raises(actions.SameTitle) as asked:
        add("dropout!")
    assert asked.value.papers == [first]
    assert add("Dropout", same_as=first.pk) == first
    second = add("Dropout", is_another=True)
    assert (second.title_number, Paper.objects.count()) == (1, 2)
    # The same form sent twice.
    assert add("Dropout", is_another=True) == second
    # A paper of another title is no answer.
    with pytest.raises(actions.SameTitle):
        add("Dropout", year=2015, same_as=add("Something else").pk)


def test_the_database_keeps_papers_apart():
    paper = PaperFactory(title=ATTENTION, arxiv_id="1706.03762", doi="10.5555/ab")
    for make, constraint in (
        (lambda: PaperFactory(arxiv_id="1706.03762"), "paper_arxiv_once"),
        (lambda: PaperFactory(doi="10.5555/AB"), "paper_doi_once"),
        (lambda: PaperFactory(title="attention is: all you need", title_number=0), "paper_title_once"),
        (lambda: ReadingFactory(paper=paper, proposed_by=MemberFactory()), "proposed_by_somebody"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            make()
    vote = ReadingVoteFactory()
    with pytest.raises(IntegrityError, match="paper_vote_once"), transaction.atomic():
        ReadingVoteFactory(reading=vote.reading, member=vote.member)


def test_titles_of_every_script_have_their_place_in_the_index():
    for title in ("한" * 500, "ﷺ" * 500, "数" * 500, "🦉" * 500):
        assert add(title) == add(title)


def test_making_two_one_moves_all_that_hangs_on_the_second():
    keep, drop = PaperFactory(title="One"), PaperFactory(title="Two", arxiv_id="1706.03762", authors=["A B"])
    group, other = ReadingGroupFactory(), ReadingGroupFactory()
    session = SessionFactory(group=group)
    kept, dropped = ReadingFactory(group=group, paper=keep), ReadingFactory(group=group, paper=drop)
    alone = ReadingFactory(group=other, paper=drop)
    read = ReadingFactory(group=group, paper=drop, session=session)
    both, first, second = MemberFactory(), MemberFactory(), MemberFactory()
    for reading, member in ((kept, both), (dropped, both), (kept, first), (dropped, second)):
        ReadingVoteFactory(reading=reading, member=member)
    NoteFactory(reading=kept, member=both, text="Clear.")
    NoteFactory(reading=dropped, member=both, text="Clear.")
    NoteFactory(reading=dropped, member=both, text="Short.")
    idea = IdeaFactory(group=other, paper=drop)
    actions.merge_papers(keep_id=keep.pk, drop_id=drop.pk)
    keep.refresh_from_db()
    idea.refresh_from_db()
    assert (keep.title, keep.arxiv_id, keep.authors, idea.paper) == ("One", "1706.03762", ["A B"], keep)
    assert set(Reading.objects.values_list("pk", "paper")) == {(pk, keep.pk) for pk in (kept.pk, alone.pk, read.pk)}
    assert set(kept.votes.values_list("member", flat=True)) == {both.pk, first.pk, second.pk}
    assert sorted(kept.notes.values_list("text", flat=True)) == ["Clear.", "Short."]
    assert (Paper.objects.count(), ReadingVote.objects.count(), Note.objects.count()) == (1, 3, 2)
    for wrong, failure in ((keep.pk, actions.CannotMerge), (drop.pk, Paper.DoesNotExist)):
        with pytest.raises(failure):
            actions.merge_papers(keep_id=keep.pk, drop_id=wrong)


def test_a_paper_is_seen_where_a_group_that_reads_it_is_seen():
    organizer, admin = MemberFactory(), MemberFactory(is_superuser=True)
    draft = ReadingGroupFactory(state="draft", organizers=[organizer])
    shown, hidden, alone = ReadingFactory().paper, ReadingFactory(group=draft).paper, PaperFactory()
    assert set(Paper.objects.visible_to(AnonymousUser())) == {shown}
    assert set(Paper.objects.visible_to(MemberFactory())) == {shown}
    assert set(Paper.objects.visible_to(organizer)) == {shown, hidden}
    assert set(Paper.objects.visible_to(admin)) == {shown, hidden, alone}


def test_an_idea_about_a_paper_that_has_become_another_is_kept(now):
    reading = ReadingFactory()
    member, paper = EnrolmentFactory(group=reading.group).member, PaperFactory()
    Paper.objects.filter(pk=paper.pk).delete()
    actions.put_up_idea(actor=member, group_id=reading.group_id, title="Half?", text="", paper=paper, now=now)
    assert Idea.objects.get().paper is None


def test_the_command_fills_a_pool_from_records_and_bibliographies(real_data, tmp_path, capsys):
    group = ReadingGroupFactory(slug="physics", title="Physics")
    folder = str(real_data / "papers/arxiv_abs_raw")
    call_command("import_reading_list", folder, "--slug=physics")
    told = capsys.readouterr().out.splitlines()
    # Two of the files hold the same record.
    assert told[-2:] == ["papers: 91 created, 1 matched, 0 refused; 1 without a part", "readings: 91 created"]
    assert group.readings.in_pool().count() == 91
    call_command("import_reading_list", folder, "--slug=physics")
    assert capsys.readouterr().out.splitlines()[-1] == "readings: 0 created"
    bib = tmp_path / "more.bib"
    bib.write_text(
        "@article{a, title={Symplectic computation of {Lyapunov} exponents}, author={Habib, Salman}}\n"
        "@article{b, title={A New One}, doi={10.1000/X}}\n@article{c, author={Nobody}}\n"
    )
    call_command("import_reading_list", str(bib), "--slug=physics")
    told = capsys.readouterr().out
    assert "papers: 1 created, 1 matched, 1 refused; 2 without a part" in told
    assert "paper 1.3 refused: it has no title" in told
    assert Paper.objects.get(doi="10.1000/x").title == "A New One"
