from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohorts.querysets import CohortQuerySet, SectionQuerySet
from core.clock import validate_zone
from core.fields import KeyField

# Words that stand in the same position of other addresses.
TAKEN_SLUGS = {"applications", "claim"}


def validate_free_slug(slug: str) -> None:
    if slug in TAKEN_SLUGS:
        raise ValidationError(_("This short name is taken by a page of the site."), code="taken")


class Cohort(models.Model):
    """People who begin together: an intake of new members, or a course with a beginning and an end."""

    class Kind(models.TextChoices):
        INTAKE = "intake", _("Intake")
        COURSE = "course", _("Course")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        APPLICATIONS = "applications", _("Takes applications")
        REVIEW = "review", _("In review")
        RUNNING = "running", _("Running")
        COMPLETED = "completed", _("Completed")
        ARCHIVED = "archived", _("Archived")

    # In these states people may be decided upon, claim their places and be put into sections.
    FILLING = (State.APPLICATIONS, State.REVIEW, State.RUNNING)
    OVER = (State.COMPLETED, State.ARCHIVED)

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.INTAKE)
    name = models.CharField(_("name"), max_length=120)
    name_key = KeyField("name")
    slug = models.SlugField(_("short name"), max_length=80, unique=True, validators=[validate_free_slug])
    description = models.TextField(
        _("description"), blank=True, max_length=10_000, help_text=_("Markdown. Shown above the application form.")
    )
    zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_zone])
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    capacity = models.PositiveIntegerField(
        _("places"), help_text=_("How many people you plan for. Accepting more is told, not refused.")
    )
    applications_open_at = models.DateTimeField(_("applications open"), null=True, blank=True)
    applications_close_at = models.DateTimeField(
        _("applications close"), null=True, blank=True, help_text=_("People may send and change theirs until then.")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_start",
                violation_error_message=_("The last day comes before the first."),
            ),
            models.CheckConstraint(
                condition=Q(applications_open_at__isnull=True, applications_close_at__isnull=True)
                | Q(applications_close_at__gt=F("applications_open_at")),
                name="cohort_window_has_two_ends",
                violation_error_message=_("Give both ends of the time for applications, the later one second."),
            ),
            models.CheckConstraint(
                condition=~Q(state="applications") | Q(applications_close_at__isnull=False),
                name="cohort_open_has_deadline",
                violation_error_message=_("Say until when applications are taken."),
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_on"], name="cohort_by_state")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cohorts:cohort-detail", args=[self.slug])

    @property
    def key(self) -> str:
        return f"cohorts.cohort:{self.pk}"

    @property
    def is_public(self) -> bool:
        """Whether visitors may know of it: its application page is there, open or not."""
        return self.state not in {self.State.DRAFT, self.State.ARCHIVED}

    @property
    def is_filling(self) -> bool:
        return self.state in self.FILLING

    def is_open_at(self, now: datetime) -> bool:
        """Whether applications are taken at that moment; the deadline itself is too late."""
        if self.state != self.State.APPLICATIONS or self.applications_close_at is None:
            return False
        opened = self.applications_open_at is None or self.applications_open_at <= now
        return opened and now < self.applications_close_at


class Section(models.Model):
    """A part of a cohort that meets together, with people who lead it."""

    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.CASCADE, related_name="sections")
    name = models.CharField(_("name"), max_length=80)
    name_key = KeyField("name")
    capacity = models.PositiveIntegerField(_("places"))
    leaders = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("leaders"), related_name="sections_led", blank=True
    )

    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "name_key"],
                name="section_name_once",
                violation_error_message=_("This cohort has a section of that name already."),
            )
        ]

    def __str__(self) -> str:
        # Every cohort may have a first section; lists that show this fetch the cohort along.
        return f"{self.name} ({self.cohort})"
