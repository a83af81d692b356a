import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mentorship.models.rounds import Round
from mentorship.querysets import MentorshipQuerySet


# The goals stay between the two: the history says that a pair changed, and not what stood there.
@pghistory.track(exclude=["goals"])
class Mentorship(models.Model):
    """A published pair. Its history is kept."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Going on")
        ENDED = "ended", _("Ended")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="mentorships")
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("mentor"),
        on_delete=models.PROTECT,
        related_name="mentorships_as_mentor",
    )
    mentee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("mentee"),
        on_delete=models.PROTECT,
        related_name="mentorships_as_mentee",
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    goals = models.TextField(_("goals"), blank=True)

    objects = MentorshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("mentorship")
        verbose_name_plural = _("mentorships")
        constraints = [
            models.UniqueConstraint(fields=["round", "mentor", "mentee"], name="mentorship_once_a_round"),
            models.CheckConstraint(condition=~Q(mentor=F("mentee")), name="mentorship_of_two_people"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="mentorship_ends_after_start"),
        ]
        indexes = [
            models.Index(fields=["mentor", "state"], name="mentorship_by_mentor"),
            models.Index(fields=["mentee", "state"], name="mentorship_by_mentee"),
        ]

    def __str__(self) -> str:
        return f"{self.mentee}, {self.mentor}"

    def get_absolute_url(self) -> str:
        return reverse("mentorship:pair-detail", args=[self.pk])

    @property
    def key(self) -> str:
        return f"mentorship.mentorship:{self.pk}"
