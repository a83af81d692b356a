from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.models import Position
from mentorship.matching.instance import InvalidInstance
from mentorship.matching.scoring import Factor, Weights
from mentorship.querysets import RoundQuerySet


def default_weights() -> dict[str, int]:
    return {factor.value: Weights().of(factor) for factor in Factor}


def validate_weights(value: Any) -> None:
    """A whole number from 0 for each part of a score, not all of them 0."""
    names = {factor.value for factor in Factor}
    if not isinstance(value, dict) or set(value) != names:
        raise ValidationError(_("Name each of these once: %(names)s."), params={"names": ", ".join(sorted(names))})
    try:
        Weights(**value)
    except InvalidInstance:
        raise ValidationError(_("Use whole numbers from 0 to 10,000, not all of them 0.")) from None


class Round(models.Model):
    """A term's matching: members offer and ask until a deadline, then all of them are matched at once."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        SOLVED = "solved", _("Solved")
        PUBLISHED = "published", _("Published")

    # The name of a page below the rounds' own address.
    NOT_A_SLUG = "new"
    # Until then people can still step back.
    UNPUBLISHED = (State.OPEN, State.CLOSED, State.SOLVED)

    title = models.CharField(_("title"), max_length=140)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    opens_on = models.DateField(_("opens on"))
    closes_at = models.DateTimeField(_("offers and requests until"))
    starts_on = models.DateField(_("pairs start on"))
    weeks = models.PositiveSmallIntegerField(
        _("weeks"), default=12, validators=[MinValueValidator(1), MaxValueValidator(52)]
    )
    minimum_shared_minutes = models.PositiveSmallIntegerField(
        _("least shared minutes a week"), default=60, validators=[MaxValueValidator(10_080)]
    )
    floor = models.PositiveIntegerField(
        _("least score"),
        default=300_000,
        validators=[MaxValueValidator(1_000_000)],
        help_text=_("Out of 1,000,000. No pair scores less."),
    )
    weights = models.JSONField(_("weights"), default=default_weights, validators=[validate_weights])
    below_position = models.CharField(_("mentors are below"), max_length=20, choices=Position, default=Position.POSTDOC)
    max_citations = models.PositiveIntegerField(_("mentors have at most so many citations"), default=1000)
    # Counts what may change the matching, so that a draft knows whether it is still true.
    revision = models.PositiveIntegerField(default=0, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            models.CheckConstraint(condition=~Q(slug="new"), name="round_slug_is_free"),
            models.CheckConstraint(condition=Q(weeks__range=(1, 52)), name="round_has_weeks"),
            models.CheckConstraint(condition=Q(floor__lte=1_000_000), name="round_floor_in_range"),
            models.CheckConstraint(condition=Q(minimum_shared_minutes__lte=10_080), name="round_minutes_in_a_week"),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at__isnull=True)),
                name="published_round_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "closes_at"], name="round_by_deadline")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("mentorship:round-board", args=[self.slug])

    @property
    def key(self) -> str:
        return f"mentorship.round:{self.pk}"

    def takes_people(self, now: datetime) -> bool:
        return self.state == self.State.OPEN and now < self.closes_at


class PairRule(models.Model):
    """What an organizer has settled: two people are a pair, or never one, whatever the scores say."""

    class Kind(models.TextChoices):
        LOCK = "lock", _("Kept")
        FORBID = "forbid", _("Never a pair")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="rules")
    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    mentee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("rule"), max_length=6, choices=Kind)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("rule for a pair")
        verbose_name_plural = _("rules for pairs")
        constraints = [
            models.UniqueConstraint(fields=["round", "mentor", "mentee"], name="one_rule_a_pair"),
            models.UniqueConstraint(fields=["round", "mentee"], name="one_lock_a_mentee", condition=Q(kind="lock")),
            models.CheckConstraint(condition=~Q(mentor=F("mentee")), name="rule_for_two_people"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Alternative(models.Model):
    """Who looks after somebody without a mentor until the next round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="alternatives")
    mentee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("responsible"), on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("what they can do meanwhile"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("alternative")
        verbose_name_plural = _("alternatives")
        constraints = [
            models.UniqueConstraint(fields=["round", "mentee"], name="one_alternative_a_mentee"),
            models.CheckConstraint(condition=~Q(mentee=F("responsible")), name="alternative_is_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.responsible}"
