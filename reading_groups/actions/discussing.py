"""Questions with votes and answers, and notes on what is read. A form that is sent twice says it once."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from reading_groups.actions.places import lock_place
from reading_groups.models import Answer, Note, Question, QuestionVote, Reading, Session
from reading_groups.reminders import QUESTION_ASKED


class VotesAreClosed(Exception):
    """The session is over, so the order of its questions is settled."""


@transaction.atomic
def ask_question(*, actor: Member, session_id: int, text: str, now: datetime) -> Question:
    """Ask something about a session, before, during or after it. Asking the same again gives the first question.

    Raises Session.DoesNotExist and NotInGroup. Records a `question_asked` mail to each of the session's presenters.
    """
    session = Session.objects.get(pk=session_id)
    lock_place(actor=actor, group_id=session.group_id)
    question, is_new = Question.objects.get_or_create(
        session=session, member=actor, text=text, defaults={"asked_at": now}
    )
    if is_new:
        QUESTION_ASKED.record(question, now=now)
    return question


@transaction.atomic
def vote_for_question(*, actor: Member, question_id: int, now: datetime) -> Question:
    """Give the actor's one vote to a question; giving it twice changes nothing.

    Raises Question.DoesNotExist, NotInGroup and VotesAreClosed. Sends nothing.
    """
    question = _open_to_votes(actor, question_id, now)
    QuestionVote.objects.get_or_create(question=question, member=actor, defaults={"voted_at": now})
    return question


@transaction.atomic
def take_back_vote(*, actor: Member, question_id: int, now: datetime) -> Question:
    """Take the actor's vote back, if there is one.

    Raises Question.DoesNotExist, NotInGroup and VotesAreClosed. Sends nothing.
    """
    question = _open_to_votes(actor, question_id, now)
    question.votes.filter(member=actor).delete()
    return question


@transaction.atomic
def answer_question(*, actor: Member, question_id: int, text: str, now: datetime) -> Answer:
    """Answer a question, beside the answers it has. The caller has asked whether the actor may.

    Raises Question.DoesNotExist. Sends nothing.
    """
    question = Question.objects.get(pk=question_id)
    answer, _is_new = Answer.objects.get_or_create(
        question=question, member=actor, text=text, defaults={"answered_at": now}
    )
    return answer


@transaction.atomic
def mark_answered(*, actor: Member, question_id: int, now: datetime) -> Question:
    """Mark a question as answered; one that is marked keeps its first mark. The caller has asked whether the actor may.

    Raises Question.DoesNotExist. Sends nothing.
    """
    question = Question.objects.select_for_update().get(pk=question_id)
    if question.answered_at is None:
        question.answered_at, question.answered_by = now, actor
        question.save(update_fields=["answered_at", "answered_by"])
    return question


@transaction.atomic
def mark_unanswered(*, question_id: int) -> Question:
    """Take the mark off a question. The caller has asked whether the actor may.

    Raises Question.DoesNotExist. Sends nothing.
    """
    question = Question.objects.select_for_update().get(pk=question_id)
    question.answered_at = question.answered_by = None
    question.save(update_fields=["answered_at", "answered_by"])
    return question


@transaction.atomic
def add_note(*, actor: Member, reading_id: int, kind: str, text: str, now: datetime) -> Note:
    """Note a strength or a limitation of a reading; the same note is written once.

    Raises Reading.DoesNotExist and NotInGroup. Sends nothing.
    """
    reading = Reading.objects.get(pk=reading_id)
    lock_place(actor=actor, group_id=reading.group_id)
    # It may be found to be another reading meanwhile, and go.
    reading = Reading.objects.select_for_update(no_key=True).get(pk=reading_id)
    note, _is_new = Note.objects.get_or_create(
        reading=reading, member=actor, kind=Note.Kind(kind), text=text, defaults={"written_at": now}
    )
    return note


def _open_to_votes(actor: Member, question_id: int, now: datetime) -> Question:
    question = Question.objects.select_related("session").get(pk=question_id)
    lock_place(actor=actor, group_id=question.session.group_id)
    if question.session.is_over(now):
        raise VotesAreClosed
    return question
