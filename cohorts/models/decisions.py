from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.applications import Application
from cohorts.models.cohorts import Cohort
from cohorts.querysets import DecisionBatchQuerySet


class DecisionBatch(models.Model):
    """One outcome for many applications, held for a while. Until it is applied nobody is told, and it can be undone."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accept")
        WAITLISTED = "waitlisted", _("Waitlist")
        DECLINED = "declined", _("Decline")

    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="batches")
    key = models.UUIDField(
        unique=True, editable=False, help_text=_("Of the preview that it was confirmed on: a second click finds it.")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="decisions_made",
    )
    made_at = models.DateTimeField(_("decided"))
    held_until = models.DateTimeField(_("held until"))
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("undone by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="decisions_undone",
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    applied_at = models.DateTimeField(_("mails written"), null=True, blank=True)

    objects = DecisionBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(applied_at__isnull=True), name="decision_undone_or_applied"
            ),
            models.CheckConstraint(condition=Q(held_until__gt=models.F("made_at")), name="decision_is_held"),
        ]
        indexes = [
            models.Index(
                fields=["held_until"],
                name="decision_held",
                condition=Q(undone_at__isnull=True, applied_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({self.pk})"

    def can_be_undone_at(self, now: datetime) -> bool:
        return self.undone_at is None and self.applied_at is None and now < self.held_until


class Decision(models.Model):
    """What a batch decides about one application. An application waits in one held batch at a time."""

    class State(models.TextChoices):
        HELD = "held", _("Held")
        APPLIED = "applied", _("Applied")
        UNDONE = "undone", _("Undone")
        SKIPPED = "skipped", _("Not applied: withdrawn, or taken up")

    batch = models.ForeignKey(DecisionBatch, on_delete=models.CASCADE, related_name="decisions")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="decisions")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.HELD)

    class Meta:
        verbose_name = _("decision about one application")
        verbose_name_plural = _("decisions about applications")
        constraints = [
            models.UniqueConstraint(fields=["batch", "application"], name="decision_once_per_batch"),
            models.UniqueConstraint(
                fields=["application"], name="decision_one_held_at_a_time", condition=Q(state="held")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}"
