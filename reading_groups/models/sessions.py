from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reading_groups.models.groups import ReadingGroup
from reading_groups.querysets import SessionQuerySet

# People come a little early.
CHECK_IN_OPENS = timedelta(minutes=10)


class Session(models.Model):
    """One meeting of a group. The date is known; the time may not be, as in many real reading lists."""

    group = models.ForeignKey(ReadingGroup, on_delete=models.CASCADE, related_name="sessions")
    title = models.CharField(_("title"), max_length=300, blank=True)
    held_on = models.DateField(_("date"), help_text=_("In the group's own zone."))
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    presenters_wanted = models.PositiveSmallIntegerField(
        _("presenters"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(12)],
        help_text=_("Empty: as many as the group usually asks for. 0: nobody presents."),
    )
    call_url = models.URLField(
        _("its own call link"),
        max_length=500,
        blank=True,
        help_text=_("Instead of the group's standing link, for this session. Seen by members only."),
    )
    recording_url = models.URLField(
        _("recording"), max_length=1000, blank=True, help_text=_("Once it is over. Seen by people in the group only.")
    )
    # When members could first find the two; unknown of what is older than this knowledge.
    added_at = models.DateTimeField(null=True, editable=False, default=timezone.now)
    recording_added_at = models.DateTimeField(null=True, editable=False)
    attendance_taken_at = models.DateTimeField(_("attendance taken"), null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    # Its time, its title or its call; calendars tell it.
    changed_at = models.DateTimeField(
        _("last planned, moved, called off or described"), default=timezone.now, editable=False
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.CheckConstraint(
                # A comparison with nothing is neither true nor false, and a check lets it pass: so both are asked for.
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=models.F("starts_at")),
                name="session_ends_after_start",
            ),
            models.UniqueConstraint(fields=["group", "starts_at"], name="session_once_at_a_time"),
        ]
        indexes = [
            models.Index(fields=["group", "held_on"], name="session_by_date"),
            models.Index(fields=["starts_at"], name="session_by_start", condition=Q(is_cancelled=False)),
        ]

    def __str__(self) -> str:
        return self.title or str(self.held_on)

    def get_absolute_url(self) -> str:
        """Its own page. The group must be loaded."""
        return reverse("reading_groups:session-detail", args=[self.group.slug, self.pk])

    @property
    def key(self) -> str:
        return f"reading_groups.session:{self.pk}"

    @property
    def presenters_asked_for(self) -> int:
        """How many it should have. The group must be loaded."""
        return self.group.presenters_wanted if self.presenters_wanted is None else self.presenters_wanted

    @property
    def call_link(self) -> str:
        """The call that holds for it: its own, or the group's standing one. The group must be loaded."""
        return self.call_url or self.group.call_url

    def has_started(self, now: datetime) -> bool:
        """Without a time, once its day is over everywhere."""
        return self.starts_at <= now if self.starts_at else self._day_is_over(now)

    def is_over(self, now: datetime) -> bool:
        """As `SessionQuerySet.past` says it."""
        return self.ends_at <= now if self.ends_at else self._day_is_over(now)

    def takes_check_ins(self, now: datetime) -> bool:
        """From ten minutes before its start until its end, where its time is known."""
        if self.is_cancelled or self.starts_at is None or self.ends_at is None:
            return False
        return self.starts_at - CHECK_IN_OPENS <= now < self.ends_at

    def has_attendance_to_take(self, now: datetime) -> bool:
        """From when people can check in, and any time after it; without a time, from its day on."""
        if self.is_cancelled:
            return False
        return self.starts_at - CHECK_IN_OPENS <= now if self.starts_at else self.held_on <= now.date()

    def _day_is_over(self, now: datetime) -> bool:
        return self.held_on < now.date() - timedelta(days=1)
