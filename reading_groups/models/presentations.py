from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from reading_groups.models.sessions import Session
from reading_groups.querysets import PresentationQuerySet


class Presentation(models.Model):
    """A member's part in presenting a session; two or more share one. It goes when they withdraw or leave in time."""

    session = models.ForeignKey(
        Session, verbose_name=_("session"), on_delete=models.CASCADE, related_name="presentations"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.PROTECT, related_name="presentations"
    )
    offered_at = models.DateTimeField(_("offered"))
    part = models.CharField(
        _("part"), max_length=140, blank=True, help_text=_("Which paper or sections, where several share a session.")
    )
    slides_url = models.URLField(
        _("link to slides"), max_length=1000, blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )

    objects = PresentationQuerySet.as_manager()

    class Meta:
        verbose_name = _("presentation")
        verbose_name_plural = _("presentations")
        constraints = [models.UniqueConstraint(fields=["session", "member"], name="presents_once")]
        indexes = [models.Index(fields=["member", "session"], name="presentation_by_member")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def key(self) -> str:
        return f"reading_groups.presentation:{self.pk}"
