from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

if TYPE_CHECKING:
    from members.models import Member


class ExamWeeksQuerySet(QuerySet):
    model: Any

    def coming(self, today: date) -> ExamWeeksQuerySet:
        """On now or later, soonest first."""
        return self.filter(ends_on__gte=today).order_by("starts_on", "id")

    def asking(self, member: Member, today: date) -> ExamWeeksQuerySet:
        """Those that a member has still to answer, soonest first."""
        answers = self.model._meta.get_field("answers").related_model.objects
        answered = answers.filter(exam_weeks=OuterRef("pk"), member=member.pk)
        return self.coming(today).filter(~Exists(answered), institution=member.institution_id)

    def with_counts(self) -> ExamWeeksQuerySet:
        """How many have answered that they are away (`away`), and that they are there (`there`)."""
        return self.annotate(
            away=Count("answers", filter=Q(answers__is_away=True)),
            there=Count("answers", filter=Q(answers__is_away=False)),
        )
