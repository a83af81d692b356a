"""Votes, hands, offers and goodbyes at once, each with a connection of its own."""

from datetime import timedelta

import pytest

from reading_groups import actions
from reading_groups.models import Hand, Idea, Presentation, Question, QuestionVote
from tests.factories import EnrolmentFactory, IdeaFactory, QuestionFactory, ReadingGroupFactory, SessionFactory
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_member_votes_and_asks_from_many_windows(now):
    session = SessionFactory(starts_at=now + timedelta(days=1))
    question, member = QuestionFactory(session=session), EnrolmentFactory(group=session.group).member
    race(
        *[lambda: actions.vote_for_question(actor=member, question_id=question.pk, now=now)] * 6,
        *[lambda: actions.ask_question(actor=member, session_id=session.pk, text="Why?", now=now)] * 6,
    )
    assert (QuestionVote.objects.count(), Question.objects.count()) == (1, 2)


@pytest.mark.parametrize("run", range(3))
def test_many_hands_at_once_make_an_idea_ready_exactly_when_enough_are_up(now, run):
    group = ReadingGroupFactory(hands_needed=8)
    idea, members = IdeaFactory(group=group), [EnrolmentFactory(group=group).member for _ in range(10)]
    race(*[lambda m=member: actions.raise_hand(actor=m, idea_id=idea.pk, now=now).state for member in members])
    idea.refresh_from_db()
    assert (Hand.objects.count(), idea.state) == (10, Idea.State.READY)
    race(*[lambda m=member: actions.lower_hand(actor=m, idea_id=idea.pk).state for member in members[:3]])
    idea.refresh_from_db()
    assert (Hand.objects.count(), idea.state) == (7, Idea.State.OPEN)


@pytest.mark.parametrize("run", range(8))
def test_nobody_presents_who_leaves_at_that_moment(now, run):
    session = SessionFactory(starts_at=now + timedelta(days=3))
    member = EnrolmentFactory(group=session.group).member
    race(
        lambda: actions.offer_to_present(actor=member, session_id=session.pk, now=now),
        lambda: actions.leave_group(actor=member, group_id=session.group_id, now=now),
        refusals=actions.NotInGroup,
    )
    assert Presentation.objects.count() == 0
