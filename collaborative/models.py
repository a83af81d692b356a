from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from collaborative.parts import parts_at_first
from core.clock import validate_zone


class Site(models.Model):
    """This collaborative: its name, zone and contact, and which parts of the platform it uses. There is one row."""

    name = models.CharField(_("name"), max_length=80, default="Research Collaborative")
    lead = models.TextField(
        _("welcome"),
        max_length=400,
        blank=True,
        help_text=_("Two or three sentences on the home page: who you are and what you do together."),
    )
    zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_zone])
    contact_email = models.EmailField(_("contact address"), blank=True)
    parts = ArrayField(models.CharField(max_length=40), verbose_name=_("parts"), default=parts_at_first, blank=True)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("site")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_site")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Site":
        """The row, or the defaults where nobody has named the collaborative yet."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
