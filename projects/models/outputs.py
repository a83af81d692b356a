from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models.projects import Project
from projects.querysets import OutputQuerySet

FIRST_YEAR, LAST_YEAR = 1950, 2100


class Output(models.Model):
    """Something that a project leaves behind. That a thing does not work is one of them."""

    class Kind(models.TextChoices):
        PAPER = "paper", _("Paper")
        CODE = "code", _("Code")
        DATA = "data", _("Data")
        TALK = "talk", _("Talk")
        DEMO = "demo", _("Demo")
        PRODUCT = "product", _("Product")
        NEGATIVE = "negative", _("Negative result")

    project = models.ForeignKey(Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="outputs")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=300)
    url = models.URLField(_("link"), max_length=1000, blank=True)
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )

    objects = OutputQuerySet.as_manager()

    class Meta:
        verbose_name = _("output")
        verbose_name_plural = _("outputs")
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "title"], name="output_once"),
            models.CheckConstraint(condition=models.Q(year__range=(FIRST_YEAR, LAST_YEAR)), name="output_year"),
        ]

    def __str__(self) -> str:
        return self.title
