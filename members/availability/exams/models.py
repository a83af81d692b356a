from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.availability.exams.querysets import ExamWeeksQuerySet
from members.models import Institution


class ExamWeeks(models.Model):
    """Days on which an institution examines. Nobody is away for that: its members are asked, one by one."""

    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.CASCADE, related_name="exam_weeks"
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("set by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="exam_weeks_set",
    )
    set_at = models.DateTimeField(_("set"))

    objects = ExamWeeksQuerySet.as_manager()

    class Meta:
        verbose_name = _("exam weeks")
        verbose_name_plural = _("exam weeks")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="exam_weeks_end_after_start"),
            models.UniqueConstraint(fields=["institution", "starts_on"], name="exam_weeks_once_from_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"

    @property
    def key(self) -> str:
        return f"availability.exam_weeks:{self.pk}"


class ExamAnswer(models.Model):
    """Whether a member is away in exam weeks of their institution. Their own: others see days away, and no reason."""

    exam_weeks = models.ForeignKey(ExamWeeks, on_delete=models.CASCADE, related_name="answers")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exam_answers")
    is_away = models.BooleanField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exam_weeks", "member"], name="exam_answer_once_per_member"),
        ]

    def __str__(self) -> str:
        return str(self.is_away)
