"""The same paper from many windows at once, each with a connection of its own."""

from datetime import timedelta

import pytest

from reading_groups import actions
from reading_groups.models import Note, Paper, Reading, ReadingVote
from reading_groups.papers.rows import PaperRow
from tests.factories import EnrolmentFactory, PaperFactory, ReadingFactory, ReadingGroupFactory, SessionFactory
from tests.reading_groups.test_places_races import race

pytestmark = pytest.mark.django_db(transaction=True)
RUNS = range(4)


def told(call, *failures):
    """What a call gives, or the name of how it fails."""

    def run():
        try:
            call()
        except failures as failure:
            return type(failure).__name__
        return "done"

    return run


def proposals(now, group, people, rows):
    def propose(member, row):
        return lambda: actions.propose_paper(actor=member, group_id=group.pk, row=row, now=now)

    return [told(propose(member, row), actions.OnListAlready) for member, row in zip(people, rows, strict=True)]


@pytest.mark.parametrize("run", RUNS)
def test_one_title_proposed_by_many_is_one_paper_on_the_list_once(now, run):
    group = ReadingGroupFactory()
    people = [EnrolmentFactory(group=group).member for _ in range(8)]
    spellings = ("Attention is all you need", "ATTENTION is all you need!", "Attention  Is All You Need")
    rows = [PaperRow(place="1", title=spellings[number % 3]) for number in range(8)]
    assert sorted(race(*proposals(now, group, people, rows))) == ["OnListAlready"] * 7 + ["done"]
    assert (Paper.objects.count(), Reading.objects.count(), ReadingVote.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("run", RUNS)
def test_one_paper_by_its_title_its_id_and_its_doi_in_three_groups(now, run):
    title = "Attention is all you need"
    rows = [
        PaperRow(place="1", title=title),
        PaperRow(place="1", title=title, arxiv_id="1706.03762", year=2017),
        PaperRow(place="1", title=title, doi="10.5555/1", year=2017, authors=("A. Vaswani",)),
    ] * 2
    places = [EnrolmentFactory() for _row in rows]
    race(
        *[
            lambda place=place, row=row: actions.propose_paper(
                actor=place.member, group_id=place.group_id, row=row, now=now
            )
            for place, row in zip(places, rows, strict=True)
        ]
    )
    paper = Paper.objects.get()
    assert (paper.arxiv_id, paper.doi, paper.year, paper.readings.count()) == ("1706.03762", "10.5555/1", 2017, 6)


@pytest.mark.parametrize("run", RUNS)
def test_one_arxiv_id_under_two_titles_is_one_paper(now, run):
    group = ReadingGroupFactory()
    people = [EnrolmentFactory(group=group).member for _ in range(6)]
    rows = [PaperRow(place="1", title=f"Title {number % 2}", arxiv_id="1706.03762") for number in range(6)]
    assert sorted(race(*proposals(now, group, people, rows))) == ["OnListAlready"] * 5 + ["done"]
    assert Paper.objects.count() == 1


def test_another_paper_of_a_title_sent_twice_is_added_once(now):
    place = EnrolmentFactory()
    PaperFactory(title="Dropout")
    row = PaperRow(place="1", title="Dropout", year=2020)

    def propose():
        actions.propose_paper(actor=place.member, group_id=place.group_id, row=row, now=now, is_another=True)

    assert sorted(race(*[told(propose, actions.OnListAlready)] * 4)) == ["OnListAlready"] * 3 + ["done"]
    assert Paper.objects.count() == 2


def test_one_member_votes_once_from_many_windows(now):
    reading = ReadingFactory()
    member = EnrolmentFactory(group=reading.group).member
    race(*[lambda: actions.vote_for_reading(actor=member, reading_id=reading.pk, now=now)] * 8)
    assert ReadingVote.objects.count() == 1


@pytest.mark.parametrize("run", RUNS)
def test_one_session_for_a_paper_that_many_give_one(now, run):
    group = ReadingGroupFactory()
    reading = ReadingFactory(group=group)
    sessions = [SessionFactory(group=group, starts_at=now + timedelta(days=days)) for days in range(1, 6)]
    outcomes = race(
        *[
            told(
                lambda pk=session.pk: actions.schedule_reading(reading_id=reading.pk, session_id=pk), actions.NotInPool
            )
            for session in sessions
        ]
    )
    assert sorted(outcomes) == ["NotInPool"] * 4 + ["done"]
    reading.refresh_from_db()
    assert reading.session in sessions


@pytest.mark.parametrize("run", RUNS)
def test_a_duplicate_is_proposed_voted_for_and_noted_while_it_goes(now, run):
    group = ReadingGroupFactory()
    kept, twice = ReadingFactory(group=group), ReadingFactory(group=group)
    people = [EnrolmentFactory(group=group).member for _ in range(3)]
    other = EnrolmentFactory()
    row = PaperRow(place="1", title=twice.paper.title)
    gone = (Reading.DoesNotExist, actions.NotInPool)
    race(
        lambda: actions.mark_duplicate(reading_id=twice.pk, paper_id=kept.paper_id),
        *[
            told(lambda m=member: actions.vote_for_reading(actor=m, reading_id=twice.pk, now=now), *gone)
            for member in people[:2]
        ],
        told(
            lambda: actions.add_note(actor=people[2], reading_id=twice.pk, kind="strength", text="Short.", now=now),
            *gone,
        ),
        lambda: actions.propose_paper(actor=other.member, group_id=other.group_id, row=row, now=now),
    )
    assert group.readings.get() == kept
    assert set(ReadingVote.objects.values_list("reading__group", flat=True)) <= {group.pk, other.group_id}
    assert set(Note.objects.values_list("reading", flat=True)) <= {kept.pk}
    assert other.group.readings.get().paper.title in {row.title, kept.paper.title}


@pytest.mark.parametrize("run", RUNS)
def test_two_papers_are_made_one_from_both_sides(run):
    one, other = PaperFactory(), PaperFactory()
    for paper in (one, other):
        ReadingFactory(paper=paper)
    race(
        told(lambda: actions.merge_papers(keep_id=one.pk, drop_id=other.pk), Paper.DoesNotExist),
        told(lambda: actions.merge_papers(keep_id=other.pk, drop_id=one.pk), Paper.DoesNotExist),
    )
    assert (Paper.objects.count(), Paper.objects.get().readings.count()) == (1, 2)


@pytest.mark.parametrize("run", RUNS)
def test_nobody_waits_for_somebody_who_waits_for_them(now, run):
    """Whoever proposes, votes, notes, leaves, arranges and merges at once: all of it ends, and the rules hold."""
    group = ReadingGroupFactory()
    session = SessionFactory(group=group, starts_at=now + timedelta(days=1))
    read = ReadingFactory(group=group, session=session)
    pooled, twice = ReadingFactory(group=group, paper=read.paper), ReadingFactory(group=group)
    people = [EnrolmentFactory(group=group).member for _ in range(4)]
    row = PaperRow(place="1", title=twice.paper.title)
    gone = (
        Reading.DoesNotExist,
        Paper.DoesNotExist,
        actions.NotInPool,
        actions.NotInGroup,
        actions.OnListAlready,
        actions.CannotMerge,
        actions.ReadingHasNotes,
    )
    race(
        told(lambda: actions.propose_paper(actor=people[0], group_id=group.pk, row=row, now=now), *gone),
        told(lambda: actions.leave_group(actor=people[0], group_id=group.pk, now=now), *gone),
        told(lambda: actions.vote_for_reading(actor=people[1], reading_id=twice.pk, now=now), *gone),
        told(lambda: actions.leave_group(actor=people[1], group_id=group.pk, now=now), *gone),
        told(lambda: actions.unschedule_reading(reading_id=read.pk), *gone),
        told(lambda: actions.mark_duplicate(reading_id=pooled.pk, paper_id=twice.paper_id), *gone),
        told(lambda: actions.mark_duplicate(reading_id=twice.pk, paper_id=read.paper_id), *gone),
        told(lambda: actions.merge_papers(keep_id=read.paper_id, drop_id=twice.paper_id), *gone),
        told(lambda: actions.remove_reading(reading_id=twice.pk), *gone),
        told(
            lambda: actions.add_note(actor=people[2], reading_id=read.pk, kind="strength", text="Short.", now=now),
            *gone,
        ),
    )
    papers = list(group.readings.in_pool().values_list("paper", flat=True))
    assert len(papers) == len(set(papers))
