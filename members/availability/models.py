from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import validate_zone
from members.availability.exams.models import ExamAnswer, ExamWeeks
from members.availability.marks import HALF_HOURS
from members.availability.polls.models import Ballot, Poll, PollTime
from members.availability.querysets import AwayQuerySet, MeetingQuerySet, TypicalWeekQuerySet
from members.availability.sharing.models import WeekShare

__all__ = [
    "Away",
    "Ballot",
    "ExamAnswer",
    "ExamWeeks",
    "Meeting",
    "Poll",
    "PollTime",
    "Strength",
    "TypicalWeek",
    "WeekShare",
]


class Strength(models.IntegerChoices):
    """How gladly somebody would meet in a half hour."""

    RATHER = 3, _("rather")
    COULD = 2, _("could")
    IF_NEEDED = 1, _("if needed")
    NOT = 0, _("not")


class TypicalWeek(models.Model):
    """The half hours that a member could usually give, as clocks at a place show them. Nobody else sees it.

    Kept as wall time and zone, never as instants, so that 18:00 stays 18:00 when the clocks change. Later weeks may
    wait for the Monday from which they hold.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="typical_weeks")
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    valid_from = models.DateField(_("holds from"), help_text=_("A Monday."))
    marks = models.CharField(max_length=HALF_HOURS, help_text=_("A strength for each half hour from Monday 00:00."))
    confirmed_at = models.DateTimeField(_("said to be true"))

    objects = TypicalWeekQuerySet.as_manager()

    class Meta:
        verbose_name = _("typical week")
        verbose_name_plural = _("typical weeks")
        constraints = [
            models.UniqueConstraint(fields=["member", "valid_from"], name="typical_week_once_from_a_day"),
            models.CheckConstraint(condition=Q(valid_from__iso_week_day=1), name="typical_week_from_a_monday"),
            models.CheckConstraint(condition=Q(marks__regex=r"^([0-3]{48}){7}$"), name="typical_week_336_strengths"),
        ]

    def __str__(self) -> str:
        return str(self.valid_from)


class Away(models.Model):
    """Days on which a member is not there, from the first to the last. Nobody is asked why."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="aways"
    )
    starts_on = models.DateField(_("first day"), help_text=_("In the member's own zone."))
    ends_on = models.DateField(_("last day"))

    objects = AwayQuerySet.as_manager()

    class Meta:
        verbose_name = _("time away")
        verbose_name_plural = _("times away")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="away_ends_after_start"),
            # The member as a range of one, since plain numbers in such a constraint would need an extension.
            ExclusionConstraint(
                name="away_once_a_day",
                expressions=[
                    (
                        Func(
                            "member", "member", Value("[]"), function="int8range", output_field=BigIntegerRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func("starts_on", "ends_on", Value("[]"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [models.Index(fields=["ends_on", "starts_on"], name="away_by_day")]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


class Meeting(models.Model):
    """People who meet at a time: a mentoring pair, a project, office hours. What it belongs to is named by a key."""

    title = models.CharField(_("title"), max_length=200)
    about = models.CharField(
        _("belongs to"), max_length=80, blank=True, help_text=_("A key such as mentorship.mentorship:12.")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    call_url = models.URLField(_("call link"), max_length=500, blank=True, help_text=_("Seen by those who take part."))
    participants = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("participants"), related_name="meetings"
    )
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(_("last planned, moved or cancelled"), editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"),
            models.UniqueConstraint(
                fields=["about", "starts_at"],
                name="meeting_once_at_a_time",
                condition=Q(is_cancelled=False) & ~Q(about=""),
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="meeting_by_start", condition=Q(is_cancelled=False)),
            models.Index(fields=["about", "starts_at"], name="meeting_by_subject"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("availability:meeting-detail", args=[self.pk])

    @property
    def key(self) -> str:
        return f"availability.meeting:{self.pk}"
