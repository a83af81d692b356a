from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models.projects import Project
from projects.querysets import BlockerQuerySet


class Blocker(models.Model):
    """Something in the way, told to the team or, privately, to those whom the raiser chose.

    Nothing that names a blocker elsewhere, in lists, logs or mails, says what is in it: `str` gives its number alone,
    the admin does not have it, and no history is kept of its text.
    """

    class Kind(models.TextChoices):
        DELAY = "delay", _("Delay")
        DISAGREEMENT = "disagreement", _("A difference of opinion")
        RESOURCES = "resources", _("Something is missing")
        OTHER = "other", _("Something else")

    class Visibility(models.TextChoices):
        TEAM = "team", _("The team, and those I choose")
        PRIVATE = "private", _("Only those I choose")

    project = models.ForeignKey(Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="blockers")
    raiser = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("raised by"), on_delete=models.PROTECT, related_name="raised_blockers"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    text = models.TextField(_("what is in the way"), max_length=5000)
    visibility = models.CharField(_("who can read it"), max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    raised_at = models.DateTimeField(_("raised"))
    acknowledged_at = models.DateTimeField(_("seen"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Involvement", related_name="+")

    objects = BlockerQuerySet.as_manager()

    class Meta:
        verbose_name = _("blocker")
        verbose_name_plural = _("blockers")
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="acknowledged_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["project", "-raised_at"], name="blocker_by_project")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def get_absolute_url(self) -> str:
        """Does not say which project it belongs to: the address stands in mails and in the history of browsers."""
        return reverse("projects:blocker-detail", args=[self.pk])

    @property
    def key(self) -> str:
        return f"projects.blocker:{self.pk}"


class Involvement(models.Model):
    """Somebody who handles a blocker, or who is named in it; the constraint keeps anybody from being both."""

    class Part(models.TextChoices):
        HANDLER = "handler", _("Handles it")
        NAMED = "named", _("Is named in it")

    blocker = models.ForeignKey(Blocker, on_delete=models.CASCADE, related_name="involvements")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Part)

    class Meta:
        verbose_name = _("part in a blocker")
        verbose_name_plural = _("parts in blockers")
        constraints = [models.UniqueConstraint(fields=["blocker", "member"], name="handler_or_named")]
        indexes = [models.Index(fields=["member", "part"], name="blockers_by_member")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
