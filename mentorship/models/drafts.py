from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mentorship.models.rounds import Round
from mentorship.querysets import DraftPairQuerySet


class Draft(models.Model):
    """One run of the solver over a round: asked for, worked on, and what came of it with its proof."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being solved")
        SOLVED = "solved", _("Solved")
        FAILED = "failed", _("Could not be solved")

    class Objective(models.TextChoices):
        FAIR = "fair", _("Fair: the weakest pair as good as possible")
        TOTAL = "total", _("The largest total")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="drafts")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    objective = models.CharField(_("objective"), max_length=5, choices=Objective, default=Objective.FAIR)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    requested_at = models.DateTimeField(_("asked for"))
    solved_at = models.DateTimeField(_("solved"), null=True, blank=True)
    # The round's revision that was solved: where the round has gone on, this is no longer true.
    revision = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(_("pairs"), default=0)
    total = models.PositiveBigIntegerField(_("total score"), default=0)
    worst = models.PositiveIntegerField(_("worst score"), null=True, blank=True)
    certificate = models.JSONField(_("certificate"), default=dict, blank=True)
    # Why it could not be solved: pins that contradict as [mentee, mentor, reason], by the members' ids.
    problems = models.JSONField(_("problems"), default=list, blank=True)

    class Meta:
        verbose_name = _("draft of a matching")
        verbose_name_plural = _("drafts of matchings")
        constraints = [
            models.UniqueConstraint(fields=["round"], name="one_waiting_draft", condition=Q(state="waiting")),
            models.CheckConstraint(
                condition=Q(state="solved", solved_at__isnull=False) | (~Q(state="solved") & Q(solved_at__isnull=True)),
                name="solved_draft_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["round", "-id"], name="draft_latest")]

    def __str__(self) -> str:
        return f"{self.get_state_display()}"

    @property
    def mean(self) -> int:
        return self.total // self.matched if self.matched else 0


class DraftPair(models.Model):
    """A proposed pair, with what explains it. `better` are the ids of mentors who score higher and are full."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="pairs")
    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    mentee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveIntegerField(_("score"))
    parts = models.JSONField(_("parts"), default=dict, help_text=_("From 0 to 10,000; null where not stated."))
    weakest = models.CharField(_("weakest part"), max_length=20, blank=True)
    strongest = models.CharField(_("strongest part"), max_length=20, blank=True)
    minutes = models.PositiveIntegerField(_("shared minutes a week"), null=True, blank=True)
    rank = models.PositiveIntegerField(_("choice of the mentee"), default=1)
    candidates = models.PositiveIntegerField(_("of so many"), default=1)
    better = models.JSONField(default=list)

    objects = DraftPairQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed pair")
        verbose_name_plural = _("proposed pairs")
        constraints = [
            models.UniqueConstraint(fields=["draft", "mentee"], name="one_mentor_a_draft"),
            models.CheckConstraint(condition=~Q(mentor=F("mentee")), name="draft_pair_of_two_people"),
            models.CheckConstraint(condition=Q(score__lte=1_000_000), name="draft_score_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.score}"


class DraftGap(models.Model):
    """Somebody for whom a draft has no mentor, and why. Causes and remedy hold members' ids."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="gaps")
    mentee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    causes = models.JSONField(default=dict)
    remedy = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("mentee without a mentor")
        verbose_name_plural = _("mentees without a mentor")
        constraints = [models.UniqueConstraint(fields=["draft", "mentee"], name="one_gap_a_mentee")]

    def __str__(self) -> str:
        return f"{self.mentee}"
