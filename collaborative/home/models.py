from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reading_groups.models import ReadingGroup


class Contents(models.Model):
    """What a calendar held when it was last read, and since when, so that programs are told “nothing new”."""

    fingerprint = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True


class CalendarToken(Contents):
    """The secret in the address of a member's calendar. Calendar programs cannot sign in, so whoever has it may read.

    Kept as it is, since its member looks it up again for the next device; there is no admin page of it.
    """

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_token")
    token = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.pk)


class SharedCalendar(Contents):
    """A calendar that many read: of one group, as those inside it have it or as everybody has; or of all public ones.

    Written when it is first read; it says nothing about who reads it.
    """

    group = models.ForeignKey(
        ReadingGroup, on_delete=models.CASCADE, related_name="shared_calendars", null=True, blank=True
    )
    is_inside = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("shared calendar")
        verbose_name_plural = _("shared calendars")
        constraints = [
            models.UniqueConstraint(fields=["group", "is_inside"], name="shared_calendar_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(group__isnull=False) | Q(is_inside=False), name="shared_calendar_of_all_is_open"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
