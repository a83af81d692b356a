from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reading_groups.models.groups import ReadingGroup
from reading_groups.models.papers import Paper
from reading_groups.querysets import IdeaQuerySet


class Idea(models.Model):
    """Something that a group could find out. With enough hands up it is ready to become a project."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        READY = "ready", _("Ready")
        ADOPTED = "adopted", _("Became a project")
        PARKED = "parked", _("Parked")

    # What hands can be put up for.
    STANDING = (State.OPEN, State.READY)

    group = models.ForeignKey(
        ReadingGroup, verbose_name=_("reading group"), on_delete=models.PROTECT, related_name="ideas"
    )
    paper = models.ForeignKey(
        Paper, verbose_name=_("paper"), on_delete=models.PROTECT, null=True, blank=True, related_name="ideas"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("put up by"), on_delete=models.PROTECT, related_name="ideas"
    )
    title = models.CharField(_("title"), max_length=140)
    text = models.TextField(_("idea"), max_length=5000, blank=True, help_text=_("Markdown."))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    put_up_at = models.DateTimeField(_("put up"))
    adopted_at = models.DateTimeField(_("became a project"), null=True, blank=True)

    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made a project by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = IdeaQuerySet.as_manager()

    class Meta:
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")
        constraints = [
            models.UniqueConstraint(fields=["group", "member", "title"], name="idea_put_up_once"),
            models.CheckConstraint(condition=~Q(title=""), name="idea_has_a_title"),
            models.CheckConstraint(
                condition=Q(state="adopted", adopted_at__isnull=False)
                | (~Q(state="adopted") & Q(adopted_at__isnull=True)),
                name="adopted_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["group", "state", "-put_up_at"], name="idea_by_group")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The board that it stands on. The group must be loaded."""
        return f"{self.group.get_absolute_url()}#idea-{self.pk}"

    @property
    def key(self) -> str:
        return f"reading_groups.idea:{self.pk}"


class Hand(models.Model):
    """A member would work on this idea."""

    idea = models.ForeignKey(Idea, verbose_name=_("idea"), on_delete=models.CASCADE, related_name="hands")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="hands"
    )
    raised_at = models.DateTimeField(_("put up"))

    class Meta:
        verbose_name = _("hand")
        verbose_name_plural = _("hands")
        constraints = [models.UniqueConstraint(fields=["idea", "member"], name="hand_once")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
