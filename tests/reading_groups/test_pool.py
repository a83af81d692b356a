"""The pool of a group: proposing, voting, giving papers their session, taking them out, and finding them twice."""

from datetime import timedelta

import pytest

from reading_groups import actions
from reading_groups.models import Enrolment, Paper, Reading, ReadingGroup, ReadingVote, Session
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
State = ReadingGroup.State


@pytest.fixture
def group():
    return ReadingGroupFactory(organizers=[MemberFactory(name="Member O")])


@pytest.fixture
def member(group):
    return EnrolmentFactory(group=group).member


def propose(actor, group, now, title="Attention Is All You Need", part="", **facts):
    row = PaperRow(place="1", title=title, part=part, **facts)
    return actions.propose_paper(actor=actor, group_id=group.pk, row=row, now=now)


def test_a_member_proposes_with_their_vote_and_the_group_is_found_by_it(group, member, now):
    reading = propose(member, group, now, arxiv_id="1706.03762")
    assert (reading.proposed_by, reading.proposed_at, reading.session) == (member, now, None)
    assert list(reading.votes.values_list("member", flat=True)) == [member.pk]
    assert list(ReadingGroup.objects.matching("attention need")) == [group]


def test_an_organizer_proposes_without_a_vote_in_a_draft_too(now):
    organizer = MemberFactory()
    draft = ReadingGroupFactory(organizers=[organizer], state=State.DRAFT)
    assert propose(organizer, draft, now).votes.count() == 0


@pytest.mark.parametrize("state", [Enrolment.State.WAITLISTED, Enrolment.State.HELD, Enrolment.State.LEFT, None])
def test_without_a_place_nobody_proposes_or_votes(group, now, state):
    outsider = EnrolmentFactory(group=group, state=state).member if state else MemberFactory()
    reading = ReadingFactory(group=group)
    for call in (
        lambda: propose(outsider, group, now),
        lambda: actions.vote_for_reading(actor=outsider, reading_id=reading.pk, now=now),
        lambda: actions.take_back_reading_vote(actor=outsider, reading_id=reading.pk),
    ):
        with pytest.raises(actions.NotInGroup):
            call()
    assert (Paper.objects.count(), ReadingVote.objects.count()) == (1, 0)


def test_a_group_that_pauses_gathers_papers(group, member, now):
    for state in (State.RUNNING, State.PAUSED):
        actions.set_state(group_id=group.pk, state=state, now=now)
    assert propose(member, group, now).votes.count() == 1


@pytest.mark.parametrize("state", [State.COMPLETED, State.ARCHIVED])
def test_a_group_that_has_completed_takes_no_papers_and_no_votes(group, member, now, state):
    reading = propose(member, group, now)
    actions.set_state(group_id=group.pk, state=state, now=now)
    with pytest.raises(actions.GroupIsClosed):
        propose(group.organizers.get(), group, now, title="Another one")
    with pytest.raises(actions.NotInGroup):
        actions.vote_for_reading(actor=member, reading_id=reading.pk, now=now)


def test_a_paper_is_on_the_list_once_in_the_pool_or_for_a_session(group, member, now):
    first = propose(member, group, now)
    with pytest.raises(actions.OnListAlready) as there:
        propose(member, group, now, title="attention is all you need")
    assert there.value.reading == first
    actions.schedule_reading(reading_id=first.pk, session_id=SessionFactory(group=group).pk)
    with pytest.raises(actions.OnListAlready):
        propose(member, group, now)
    # Parts of it, and other groups, are something else.
    propose(member, group, now, part="Appendix")
    other = EnrolmentFactory()
    assert propose(other.member, other.group, now).paper == first.paper


def test_one_vote_each_until_it_has_its_session(group, member, now):
    reading = ReadingFactory(group=group)
    for _time in range(2):
        actions.vote_for_reading(actor=member, reading_id=reading.pk, now=now)
    assert reading.votes.count() == 1
    for _time in range(2):
        actions.take_back_reading_vote(actor=member, reading_id=reading.pk)
    assert reading.votes.count() == 0
    actions.vote_for_reading(actor=member, reading_id=reading.pk, now=now)
    actions.schedule_reading(reading_id=reading.pk, session_id=SessionFactory(group=group).pk)
    for call in (
        lambda: actions.vote_for_reading(actor=member, reading_id=reading.pk, now=now),
        lambda: actions.take_back_reading_vote(actor=member, reading_id=reading.pk),
    ):
        with pytest.raises(actions.NotInPool):
            call()
    assert reading.votes.count() == 1


def test_the_order_is_by_votes_then_the_newest_then_the_list(group, now):
    listed = [ReadingFactory(group=group, position=position) for position in (2, 1)]
    proposed = [
        ReadingFactory(group=group, proposed_by=MemberFactory(), proposed_at=now - timedelta(days=days))
        for days in (3, 1)
    ]
    wanted = ReadingFactory(group=group, position=9)
    viewer = ReadingVoteFactory(reading=wanted).member
    ReadingFactory(group=group, session=SessionFactory(group=group))
    pool = list(group.readings.for_pool(viewer))
    assert pool == [wanted, proposed[1], proposed[0], listed[1], listed[0]]
    assert [(reading.vote_count, reading.is_voted) for reading in pool[:2]] == [(1, True), (0, False)]


def test_a_paper_gets_its_session_behind_what_is_read_there_and_goes_back(group, member, now):
    session = SessionFactory(group=group)
    ReadingFactory(group=group, session=session, position=4)
    reading = propose(member, group, now)
    actions.schedule_reading(reading_id=reading.pk, session_id=session.pk)
    reading.refresh_from_db()
    assert (reading.session, reading.position) == (session, 5)
    with pytest.raises(actions.NotInPool):
        actions.schedule_reading(reading_id=reading.pk, session_id=session.pk)
    NoteFactory(reading=reading)
    actions.unschedule_reading(reading_id=reading.pk)
    reading.refresh_from_db()
    assert (reading.session, reading.votes.count(), reading.notes.count()) == (None, 1, 1)
    with pytest.raises(Reading.DoesNotExist):
        actions.unschedule_reading(reading_id=reading.pk)


def test_only_a_session_of_the_group_that_takes_place_will_do(group, member, now):
    reading = propose(member, group, now)
    for session in (SessionFactory(), SessionFactory(group=group, is_cancelled=True)):
        with pytest.raises(Session.DoesNotExist):
            actions.schedule_reading(reading_id=reading.pk, session_id=session.pk)
    session = SessionFactory(group=group, starts_at=now + timedelta(days=1))
    ReadingFactory(group=group, session=session, paper=reading.paper)
    with pytest.raises(actions.OnListAlready):
        actions.schedule_reading(reading_id=reading.pk, session_id=session.pk)


def test_going_back_to_a_pool_that_has_it_they_become_one(group, member, now):
    pooled = propose(member, group, now)
    read = ReadingFactory(group=group, paper=pooled.paper, session=SessionFactory(group=group))
    NoteFactory(reading=read)
    ReadingVoteFactory(reading=read)
    assert actions.unschedule_reading(reading_id=read.pk) == pooled
    assert (Reading.objects.get(), pooled.votes.count(), pooled.notes.count()) == (pooled, 2, 1)


def test_taking_out_what_has_no_notes(group, member, now):
    reading = propose(member, group, now)
    noted = NoteFactory(reading=ReadingFactory(group=group)).reading
    with pytest.raises(actions.ReadingHasNotes):
        actions.remove_reading(reading_id=noted.pk)
    actions.remove_reading(reading_id=reading.pk)
    with pytest.raises(Reading.DoesNotExist):
        actions.remove_reading(reading_id=reading.pk)
    assert (Reading.objects.get(), ReadingVote.objects.count()) == (noted, 0)
    assert not ReadingGroup.objects.matching("attention need").exists()


def test_a_proposer_takes_back_what_nobody_else_wants(group, member, now):
    reading, other = propose(member, group, now), EnrolmentFactory(group=group).member
    with pytest.raises(Reading.DoesNotExist):
        actions.withdraw_proposal(actor=other, reading_id=reading.pk)
    actions.vote_for_reading(actor=other, reading_id=reading.pk, now=now)
    with pytest.raises(actions.OthersWantIt):
        actions.withdraw_proposal(actor=member, reading_id=reading.pk)
    actions.take_back_reading_vote(actor=other, reading_id=reading.pk)
    actions.withdraw_proposal(actor=member, reading_id=reading.pk)
    assert not Reading.objects.exists()


def test_a_duplicate_joins_the_other_with_its_votes_and_goes_where_no_group_reads_it(group, member, now):
    kept = propose(member, group, now, title="Attention is all you need")
    twice = propose(EnrolmentFactory(group=group).member, group, now, title="Attention ist alles", doi="10.5555/1")
    actions.vote_for_reading(actor=member, reading_id=twice.pk, now=now)
    idea = IdeaFactory(group=group, paper=twice.paper)
    with pytest.raises(actions.CannotMerge):
        actions.mark_duplicate(reading_id=twice.pk, paper_id=twice.paper_id)
    with pytest.raises(Paper.DoesNotExist):
        actions.mark_duplicate(reading_id=twice.pk, paper_id=twice.paper_id + 1_000)
    assert actions.mark_duplicate(reading_id=twice.pk, paper_id=kept.paper_id) == kept
    idea.refresh_from_db()
    assert (Reading.objects.get(), kept.votes.count(), idea.paper) == (kept, 2, kept.paper)
    assert Paper.objects.get().doi == "10.5555/1"


def test_what_other_groups_read_stays_theirs(group, member, now):
    twice, elsewhere = propose(member, group, now), ReadingGroupFactory()
    ReadingFactory(group=elsewhere, paper=twice.paper)
    paper = PaperFactory()
    reading = actions.mark_duplicate(reading_id=twice.pk, paper_id=paper.pk)
    assert (reading, reading.paper, elsewhere.readings.get().paper_id) == (twice, paper, twice.paper_id)
    assert Paper.objects.count() == 2


def test_a_duplicate_of_what_a_session_reads_joins_it_there(group, member, now):
    read = ReadingFactory(group=group, session=SessionFactory(group=group))
    twice = propose(member, group, now)
    assert actions.mark_duplicate(reading_id=twice.pk, paper_id=read.paper_id) == read
    assert (Reading.objects.get(), read.votes.count()) == (read, 1)
    with pytest.raises(actions.NotInPool):
        actions.mark_duplicate(reading_id=read.pk, paper_id=PaperFactory().pk)
