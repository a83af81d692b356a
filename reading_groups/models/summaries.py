"""What a group keeps of a discussion."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reading_groups.models.sessions import Session
from reading_groups.querysets import SummaryQuerySet

LONGEST_SUMMARY = 10_000


@pghistory.track()
class Summary(models.Model):
    """The discussion of a session in a few paragraphs. Its history is kept, so nobody's words are lost.

    An empty text is one that was taken away.
    """

    # The group's work stays.
    session = models.OneToOneField(Session, verbose_name=_("session"), on_delete=models.PROTECT, related_name="summary")
    text = models.TextField(_("text"), max_length=LONGEST_SUMMARY, blank=True, help_text=_("Markdown."))
    revision = models.PositiveIntegerField(_("version"), default=1)
    written_at = models.DateTimeField(_("written"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("written by"), on_delete=models.PROTECT, related_name="summaries"
    )

    objects = SummaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("summary")
        verbose_name_plural = _("summaries")
        constraints = [models.CheckConstraint(condition=Q(revision__gte=1), name="summary_has_a_version")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
