from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField
from core.text import title_key
from reading_groups.models.groups import ReadingGroup
from reading_groups.models.sessions import Session
from reading_groups.querysets import SEARCH_CONFIG, PaperQuerySet, ReadingQuerySet


class Paper(models.Model):
    """A paper, a book, or a talk's title standing in for one."""

    title = models.CharField(_("title"), max_length=500)
    title_key = KeyField("title", key=title_key)
    authors = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    authors_are_cut = models.BooleanField(_("more authors"), default=False)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    arxiv_id = models.CharField(_("arXiv id"), max_length=40, blank=True)
    doi = models.CharField("DOI", max_length=200, blank=True)
    url = models.URLField(_("link"), max_length=1000, blank=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints = [
            models.UniqueConstraint(fields=["arxiv_id"], name="paper_arxiv_once", condition=~Q(arxiv_id="")),
            models.UniqueConstraint(fields=["doi"], name="paper_doi_once", condition=~Q(doi="")),
        ]
        indexes = [
            models.Index(fields=["title_key"], name="paper_by_title"),
            GinIndex(SearchVector("title", config=SEARCH_CONFIG), name="paper_search"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def link(self) -> str:
        return f"https://arxiv.org/abs/{self.arxiv_id}" if self.arxiv_id else self.url

    @property
    def author_line(self) -> str:
        if len(self.authors) > 4 or (self.authors and self.authors_are_cut):
            return str(_("%(first)s and others") % {"first": self.authors[0]})
        return ", ".join(self.authors)


class Reading(models.Model):
    """A paper on a group's list: for a session, or in the pool that sessions are made from."""

    group = models.ForeignKey(ReadingGroup, on_delete=models.CASCADE, related_name="readings")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True, related_name="readings")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="readings")
    part = models.CharField(_("part"), max_length=200, blank=True, help_text=_("A chapter or section, if not all."))
    position = models.PositiveSmallIntegerField(default=0)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "session", "paper", "part"], name="reading_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["group", "position"], name="reading_by_position")]

    def __str__(self) -> str:
        return self.part or str(self.position)

    @property
    def name(self) -> str:
        """What it is called in one line. The paper must be loaded."""
        return f"{self.paper.title}, {self.part}" if self.part else self.paper.title
