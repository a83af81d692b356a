"""Who says that they come to a session, and who came."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reading_groups.models.sessions import Session
from reading_groups.querysets import AttendanceQuerySet, RsvpQuerySet


class Rsvp(models.Model):
    """What a member says of coming to a session; the last answer counts."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        MAYBE = "maybe", _("Maybe")
        NO = "no", _("No")

    session = models.ForeignKey(Session, verbose_name=_("session"), on_delete=models.CASCADE, related_name="rsvps")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="rsvps"
    )
    answer = models.CharField(_("answer"), max_length=5, choices=Answer)
    answered_at = models.DateTimeField(_("answered"))

    objects = RsvpQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to a session")
        verbose_name_plural = _("answers to sessions")
        constraints = [models.UniqueConstraint(fields=["session", "member"], name="rsvp_once")]

    def __str__(self) -> str:
        return self.get_answer_display()

    @property
    def key(self) -> str:
        return f"reading_groups.rsvp:{self.pk}"


class Attendance(models.Model):
    """Somebody came to a session. Who did not come has no row."""

    class How(models.TextChoices):
        CHECKED_IN = "checked_in", _("Checked in")
        TAKEN = "taken", _("Taken by an organizer")

    session = models.ForeignKey(
        Session, verbose_name=_("session"), on_delete=models.PROTECT, related_name="attendances"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.PROTECT, related_name="attendances"
    )
    how = models.CharField(_("how it is known"), max_length=10, choices=How)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recorded by"), on_delete=models.PROTECT, related_name="+"
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.UniqueConstraint(fields=["session", "member"], name="attendance_once"),
            models.CheckConstraint(
                condition=~models.Q(how="checked_in") | models.Q(recorded_by=models.F("member")),
                name="attendance_checked_in_by_oneself",
            ),
        ]

    def __str__(self) -> str:
        return self.get_how_display()
