from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.handbook.querysets import ChecklistItemQuerySet


class ChecklistItem(models.Model):
    """One of the first things that a new member does. They tick it by hand."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    text = models.CharField(_("text"), max_length=140)
    link = models.CharField(
        _("link"),
        max_length=300,
        blank=True,
        validators=[RegexValidator(r"^(/(?!/)|https://)\S*$", _("Begin with / for a page of this site, or https://."))],
        help_text=_("A page of this site, such as /handbook/welcome/, or one elsewhere."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    part = models.CharField(
        _("part of the site"),
        max_length=40,
        blank=True,
        help_text=_("Where this part is off, the item is not shown."),
    )

    objects = ChecklistItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist")
        indexes = [models.Index(fields=["order", "id"], name="checklist_by_order")]

    def __str__(self) -> str:
        return self.text


class Tick(models.Model):
    """A member says that they have done it."""

    item = models.ForeignKey(ChecklistItem, on_delete=models.CASCADE, related_name="ticks")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="checklist_ticks")
    ticked_at = models.DateTimeField(_("ticked"))

    class Meta:
        verbose_name = _("tick")
        verbose_name_plural = _("ticks")
        constraints = [models.UniqueConstraint(fields=["item", "member"], name="item_ticked_once")]

    def __str__(self) -> str:
        return f"{self.ticked_at:%Y-%m-%d}"
