from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.handbook.querysets import SEARCH_CONFIG, PageQuerySet, PageVersionQuerySet

LONGEST_TEXT = 100_000
# Words that the handbook's own addresses begin with.
RESERVED = frozenset({"new", "checklist", "suggestions"})


def validate_slug_is_free(slug: str) -> None:
    if slug in RESERVED:
        raise ValidationError(_("The handbook uses this word itself. Choose another."), code="reserved")


class Page(models.Model):
    """A page of the handbook as it is now. What it was before is in its versions; the newest is this one."""

    title = models.CharField(_("title"), max_length=140)
    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        validators=[validate_slug_is_free],
        help_text=_("Links to the page break when this changes."),
    )
    section = models.CharField(_("section"), max_length=60)
    order = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Pages stand in this order; a section stands where its first page does.")
    )
    summary = models.CharField(_("in a sentence"), max_length=200, blank=True)
    text = models.TextField(_("text"), max_length=LONGEST_TEXT, help_text=_("Markdown."))
    revision = models.PositiveIntegerField(_("version"), default=1, editable=False)
    changed_at = models.DateTimeField(_("changed"), editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("changed by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    is_removed = models.BooleanField(_("taken out"), default=False, editable=False)
    # The database keeps it true, whoever writes the row.
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=SEARCH_CONFIG)
        + SearchVector("summary", weight="B", config=SEARCH_CONFIG)
        + SearchVector("text", weight="C", config=SEARCH_CONFIG),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints = [models.CheckConstraint(condition=~Q(slug__in=sorted(RESERVED)), name="page_address_is_free")]
        indexes = [
            GinIndex(fields=["search"], name="page_search"),
            models.Index(fields=["order", "id"], name="page_by_order"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("handbook:page-detail", args=[self.slug])

    @property
    def content(self) -> tuple[str, str, str]:
        """What a version keeps."""
        return self.title, self.summary, self.text


class PageVersion(models.Model):
    """A page as somebody saved it. None is ever changed or removed."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=140)
    summary = models.CharField(_("in a sentence"), max_length=200, blank=True)
    text = models.TextField(_("text"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("accepted by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The organizer, where the author suggested it."),
    )
    saved_at = models.DateTimeField(_("saved"))
    note = models.CharField(_("what changed"), max_length=200, blank=True)

    objects = PageVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a page")
        verbose_name_plural = _("versions of pages")
        constraints = [models.UniqueConstraint(fields=["page", "number"], name="page_version_once")]

    def __str__(self) -> str:
        return f"{self.title}, {self.number}"
