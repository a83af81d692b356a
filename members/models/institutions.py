from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField
from members.querysets import InstitutionQuerySet


class Institution(models.Model):
    """Where members study or work."""

    name = models.CharField(_("name"), max_length=200)
    name_key = KeyField("name")
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Two letters, as in IN or KE."))
    mail_domains = ArrayField(models.CharField(max_length=120), default=list, blank=True)

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        constraints = [
            models.UniqueConstraint(
                fields=["name_key", "country"],
                name="institution_once_per_country",
                violation_error_message=_("This institution is already in the list for that country."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.country})" if self.country else self.name
