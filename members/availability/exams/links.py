"""The link of a mail that asks about exam weeks. It is signed, and good for that answer alone."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from members.availability.exams.models import ExamWeeks
from members.models import Member

_SIGNER = Signer(sep=".", salt="availability.exam_weeks")


def answer_path(exam_weeks_id: int, member_id: int) -> str:
    return reverse("availability:exams-by-link", args=[_SIGNER.sign(f"{exam_weeks_id}-{member_id}")])


def asked_by(token: str) -> tuple[ExamWeeks, Member] | None:
    """Which exam weeks, with their institution, and who is asked; None where it is not ours, or either is gone."""
    try:
        exams_id, member_id = (int(part) for part in _SIGNER.unsign(token).split("-"))
    except (BadSignature, ValueError):
        return None
    exams = ExamWeeks.objects.select_related("institution").filter(pk=exams_id).first()
    member = Member.objects.active().filter(pk=member_id).first()
    return (exams, member) if exams and member else None
