from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class WeekShare(models.Model):
    """That one person may see a member's typical week. Only its owner writes it, and takes it back."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="weeks_shared")
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="weeks_seen")
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("shared week")
        verbose_name_plural = _("shared weeks")
        constraints = [
            models.UniqueConstraint(fields=["owner", "viewer"], name="week_shared_once_with_a_person"),
            models.CheckConstraint(condition=~Q(owner=F("viewer")), name="week_shared_with_somebody_else"),
        ]

    def __str__(self) -> str:
        return str(self.since)
