"""Every write to exam weeks and to what members answer."""

from datetime import date, datetime

from django.db import transaction

from members.availability.actions import add_away, lock_member
from members.availability.exams.models import ExamAnswer, ExamWeeks
from members.availability.exams.reminders import EXAM_WEEKS_ASKED
from members.models import Institution, Member


class NotOfThisInstitution(Exception):
    """Only members of an institution are asked about its exam weeks."""


class ExamsOverlap(Exception):
    """The institution has exam weeks on one of these days already."""


@transaction.atomic
def set_exam_weeks(
    *, actor: Member, institution: Institution, starts_on: date, ends_on: date, now: datetime
) -> ExamWeeks:
    """Note when an institution examines, and ask its members whether they are away. The same days twice ask once.

    Whether the actor may, and the order of the days, have been validated. Raises ExamsOverlap. Records an
    `exam_weeks_asked` mail to each active member of the institution.
    """
    Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    touched = ExamWeeks.objects.filter(institution=institution, starts_on__lte=ends_on, ends_on__gte=starts_on)
    for other in touched:
        if (other.starts_on, other.ends_on) != (starts_on, ends_on):
            raise ExamsOverlap
        return other
    exams = ExamWeeks.objects.create(
        institution=institution, starts_on=starts_on, ends_on=ends_on, set_by=actor, set_at=now
    )
    EXAM_WEEKS_ASKED.record(exams, now=now)
    return exams


@transaction.atomic
def drop_exam_weeks(*, exam_weeks_id: int) -> None:
    """Take exam weeks back: nobody is asked any more. Days away that somebody has confirmed stay. Sends nothing."""
    ExamWeeks.objects.filter(pk=exam_weeks_id).delete()


@transaction.atomic
def answer_exam_weeks(*, actor: Member, exam_weeks_id: int, is_away: bool, now: datetime) -> ExamAnswer:
    """Say whether one is away in exam weeks; the last answer counts, and the same one twice changes nothing.

    Being away notes the days; being there, after all, leaves days away as they are, since others may have been joined
    with them. Raises ExamWeeks.DoesNotExist and NotOfThisInstitution. Sends nothing.
    """
    member = lock_member(actor)
    exams = ExamWeeks.objects.get(pk=exam_weeks_id)
    if member.institution_id != exams.institution_id:
        raise NotOfThisInstitution
    answer, is_new = ExamAnswer.objects.get_or_create(
        exam_weeks=exams, member=member, defaults={"is_away": is_away, "answered_at": now}
    )
    if not is_new and answer.is_away == is_away:
        return answer
    answer.is_away, answer.answered_at = is_away, now
    answer.save(update_fields=["is_away", "answered_at"])
    if is_away:
        add_away(actor=member, starts_on=exams.starts_on, ends_on=exams.ends_on)
    return answer
