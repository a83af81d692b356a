"""Questions, votes, answers, notes: who may, once each, and until when."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from collaborative.home.kinds import BY_KEY
from notifications.actions import send_due
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import Answer, Note, Question, QuestionVote
from tests.factories import (
    AnswerFactory,
    EnrolmentFactory,
    MemberFactory,
    NoteFactory,
    PresentationFactory,
    QuestionFactory,
    QuestionVoteFactory,
    ReadingFactory,
    SessionFactory,
)
from tests.smtp import mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}


@pytest.fixture
def session(now):
    return SessionFactory(starts_at=now + timedelta(days=1), title="Attention")


@pytest.fixture
def member(session):
    return EnrolmentFactory(group=session.group, member__name="Member E").member


def test_the_same_question_is_asked_once(session, member, now):
    first, again, other = (
        actions.ask_question(actor=member, session_id=session.pk, text=text, now=now)
        for text in ("Why the root?", "Why the root?", "Why a mask?")
    )
    assert (again, Question.objects.count()) == (first, 2)
    assert other != first


def test_outsiders_neither_ask_nor_vote_nor_note(session, now):
    outsider, question = MemberFactory(), QuestionFactory(session=session)
    reading = ReadingFactory(group=session.group, session=session)
    for call in (
        lambda: actions.ask_question(actor=outsider, session_id=session.pk, text="?", now=now),
        lambda: actions.vote_for_question(actor=outsider, question_id=question.pk, now=now),
        lambda: actions.take_back_vote(actor=outsider, question_id=question.pk, now=now),
        lambda: actions.add_note(actor=outsider, reading_id=reading.pk, kind="strength", text="x", now=now),
    ):
        with pytest.raises(actions.NotInGroup):
            call()
    assert (Question.objects.count(), QuestionVote.objects.count(), Note.objects.count()) == (1, 0, 0)


def test_one_vote_each_given_and_taken_back(session, member, now):
    question = QuestionFactory(session=session)
    seen = []
    for act in (
        actions.vote_for_question,
        actions.vote_for_question,
        actions.take_back_vote,
        actions.take_back_vote,
        actions.vote_for_question,
    ):
        act(actor=member, question_id=question.pk, now=now)
        row = Question.objects.for_reading(member).get(pk=question.pk)
        seen.append((row.vote_count, row.is_voted))
    assert seen == [(1, True), (1, True), (0, False), (0, False), (1, True)]


def test_after_the_session_one_asks_and_answers_but_votes_are_closed(session, member):
    over = session.ends_at
    question = actions.ask_question(actor=member, session_id=session.pk, text="And then?", now=over)
    actions.answer_question(actor=member, question_id=question.pk, text="Then this.", now=over)
    for act in (actions.vote_for_question, actions.take_back_vote):
        with pytest.raises(actions.VotesAreClosed):
            act(actor=member, question_id=question.pk, now=over)
        act(actor=member, question_id=question.pk, now=over - timedelta(seconds=1))


def test_the_order_is_open_first_then_votes_then_time(session, member, now):
    marked, early, late, liked = (
        QuestionFactory(session=session, asked_at=now + timedelta(minutes=minutes)) for minutes in range(4)
    )
    for question, votes in ((liked, 2), (marked, 3)):
        for _vote in range(votes):
            QuestionVoteFactory(question=question)
    actions.mark_answered(actor=member, question_id=marked.pk, now=now)
    assert list(session.questions.for_reading(member)) == [liked, early, late, marked]


def test_marking_keeps_the_first_mark_and_can_be_taken_back(session, now):
    question, first, second = QuestionFactory(session=session), MemberFactory(), MemberFactory()
    actions.mark_answered(actor=first, question_id=question.pk, now=now)
    marked = actions.mark_answered(actor=second, question_id=question.pk, now=now + timedelta(hours=1))
    assert (marked.answered_at, marked.answered_by) == (now, first)
    assert actions.mark_unanswered(question_id=question.pk).answered_by is None


def test_who_may_mark_as_answered(session, member):
    question = QuestionFactory(session=session, member=member)
    presenter = PresentationFactory(session=session).member
    organizer, other = MemberFactory(), EnrolmentFactory(group=session.group).member
    session.group.organizers.add(organizer)
    may = {
        person: person.has_perm("reading_groups.mark_answered", question)
        for person in (member, presenter, organizer, other)
    }
    assert may == {member: True, presenter: True, organizer: True, other: False}


def test_presenters_are_told_of_a_question_but_not_of_their_own(session, mail_server, now):
    presenter, asking = (PresentationFactory(session=session).member for _ in range(2))
    for _twice in range(2):
        question = actions.ask_question(actor=asking, session_id=session.pk, text="Why <b>?", now=now)
    assert list(Delivery.objects.values_list("member", "object_key")) == [(presenter.pk, question.key)]
    assert send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now) == 1
    [message] = mail_server.messages
    text = message.get_body(preferencelist=("plain",)).get_content()
    html = message.get_body(preferencelist=("html",)).get_content()
    assert "Why <b>?" in text
    assert "Why &lt;b&gt;?" in html
    assert f"#question-{question.pk}" in text
    assert message["Subject"] == f"{asking} asks about Attention"


@pytest.mark.parametrize("change", ["answered", "withdrawn", "removed"])
def test_a_question_that_needs_no_answer_any_more_is_not_mailed(session, member, mail_server, now, change):
    presenter = PresentationFactory(session=session).member
    question = actions.ask_question(actor=member, session_id=session.pk, text="Why?", now=now)
    if change == "answered":
        actions.mark_answered(actor=member, question_id=question.pk, now=now)
    elif change == "withdrawn":
        actions.withdraw_from_presenting(actor=presenter, session_id=session.pk, now=now)
    else:
        question.delete()
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now)
    assert mail_server.messages == []
    assert Delivery.objects.get().state == Delivery.State.SUPPRESSED


def test_the_same_answer_and_the_same_note_are_kept_once(session, member, now):
    question, reading = QuestionFactory(session=session), ReadingFactory(group=session.group, session=session)
    for _twice in range(2):
        actions.answer_question(actor=member, question_id=question.pk, text="Because.", now=now)
        for kind in Note.Kind:
            actions.add_note(actor=member, reading_id=reading.pk, kind=kind, text="Careful.", now=now)
    assert (Answer.objects.count(), Note.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("make", "constraint"),
    [
        (lambda: QuestionFactory(text=""), "question_says_something"),
        (lambda: AnswerFactory(text=""), "answer_says_something"),
        (lambda: NoteFactory(text=""), "note_says_something"),
        (lambda: NoteFactory(kind="praise"), "note_kind"),
    ],
)
def test_what_the_database_refuses(make, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        make()


@pytest.mark.parametrize(
    ("factory", "same", "constraint"),
    [
        (QuestionFactory, ("session", "member", "text"), "question_asked_once"),
        (AnswerFactory, ("question", "member", "text"), "answer_given_once"),
        (NoteFactory, ("reading", "member", "kind", "text"), "note_written_once"),
        (QuestionVoteFactory, ("question", "member"), "vote_once"),
    ],
)
def test_what_the_database_keeps_once(factory, same, constraint):
    first = factory()
    with pytest.raises(IntegrityError, match=constraint):
        factory(**{name: getattr(first, name) for name in same})


def test_a_mark_has_somebody_behind_it(now):
    with pytest.raises(IntegrityError, match="answered_mark_has_a_hand"):
        QuestionFactory(answered_at=now)
