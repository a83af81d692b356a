from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField
from members.querysets import CollectiveQuerySet


class Collective(models.Model):
    """A part of the collaborative with a focus of its own, led by some of its members."""

    name = models.CharField(_("name"), max_length=120)
    name_key = KeyField("name")
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="CollectiveMembership", related_name="collectives"
    )

    objects = CollectiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("collective")
        verbose_name_plural = _("collectives")
        constraints = [models.UniqueConstraint(fields=["name_key"], name="collective_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        return f"members.collective:{self.pk}"


class CollectiveMembership(models.Model):
    collective = models.ForeignKey(Collective, on_delete=models.CASCADE, related_name="memberships")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collective_memberships"
    )
    is_lead = models.BooleanField(_("leads it"), default=False)

    class Meta:
        verbose_name = _("membership of a collective")
        verbose_name_plural = _("memberships of collectives")
        constraints = [models.UniqueConstraint(fields=["collective", "member"], name="membership_once_per_collective")]

    def __str__(self) -> str:
        return f"{self.member}"
