from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models.projects import Project
from projects.querysets import UpdateQuerySet


class Update(models.Model):
    """What a team says of one week, in three short answers."""

    project = models.ForeignKey(Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="updates")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="project_updates"
    )
    week_on = models.DateField(_("week"), help_text=_("The Monday that it begins with."))
    done = models.TextField(_("what happened"), max_length=1000)
    next = models.TextField(_("what comes next"), max_length=1000, blank=True)
    in_the_way = models.TextField(_("what is in the way"), max_length=1000, blank=True)
    written_at = models.DateTimeField(_("written"))

    objects = UpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        constraints = [
            models.UniqueConstraint(fields=["project", "week_on"], name="update_once_a_week"),
            models.CheckConstraint(condition=models.Q(week_on__iso_week_day=1), name="week_from_monday"),
        ]

    def __str__(self) -> str:
        return f"{self.week_on}"
