from urllib.parse import quote

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5, Lower
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField
from core.text import title_key
from reading_groups.models.groups import ReadingGroup
from reading_groups.models.sessions import Session
from reading_groups.querysets import SEARCH_CONFIG, PaperQuerySet, ReadingQuerySet

LONGEST_SLUG = 60


class Paper(models.Model):
    """A paper, a book, or a talk's title standing in for one.

    Each has its arXiv id and its DOI to itself, and its title as well, unless somebody has said that another paper is
    called the same: then the two have different numbers.
    """

    title = models.CharField(_("title"), max_length=500)
    title_key = KeyField("title", key=title_key)
    title_number = models.PositiveSmallIntegerField(
        _("number among papers of that title"),
        default=0,
        help_text=_("0, unless another paper is called the same: then 1, 2 and so on."),
    )
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
            models.UniqueConstraint(Lower("doi"), name="paper_doi_once", condition=~Q(doi="")),
            # Of the key alone, a sum: in some scripts it is longer than what an index holds.
            models.UniqueConstraint(MD5("title_key"), "title_number", name="paper_title_once"),
        ]
        indexes = [
            models.Index(fields=["title_key"], name="paper_by_title"),
            GinIndex(SearchVector("title", config=SEARCH_CONFIG), name="paper_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its own page; the words in the address are for people."""
        words = slugify(self.title)
        if len(words) > LONGEST_SLUG:
            words = words[:LONGEST_SLUG].rpartition("-")[0] or words[:LONGEST_SLUG]
        words = words.strip("-")
        if not words:
            return reverse("papers:paper-number", args=[self.pk])
        return reverse("papers:paper-detail", args=[self.pk, words])

    @property
    def doi_link(self) -> str:
        return f"https://doi.org/{quote(self.doi, safe='/:;().,_-')}" if self.doi else ""

    @property
    def link(self) -> str:
        return f"https://arxiv.org/abs/{self.arxiv_id}" if self.arxiv_id else self.url or self.doi_link

    @property
    def author_line(self) -> str:
        if len(self.authors) > 4 or (self.authors and self.authors_are_cut):
            return str(_("%(first)s and others") % {"first": self.authors[0]})
        return ", ".join(self.authors)


class Reading(models.Model):
    """A paper on a group's list: for a session, or in the pool that sessions are made from.

    One that a member proposed says who and when; one that came with the group's reading list says neither.
    """

    group = models.ForeignKey(ReadingGroup, on_delete=models.CASCADE, related_name="readings")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True, related_name="readings")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="readings")
    part = models.CharField(_("part"), max_length=200, blank=True, help_text=_("A chapter or section, if not all."))
    position = models.PositiveSmallIntegerField(default=0)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposed_readings",
    )
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "session", "paper", "part"], name="reading_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=True, proposed_at__isnull=True)
                | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="proposed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["group", "position"], name="reading_by_position")]

    def __str__(self) -> str:
        return self.part or str(self.position)

    @property
    def name(self) -> str:
        """What it is called in one line. The paper must be loaded."""
        return f"{self.paper.title}, {self.part}" if self.part else self.paper.title


class ReadingVote(models.Model):
    """One member would like the group to read this. It stays when the paper gets its session."""

    reading = models.ForeignKey(Reading, verbose_name=_("reading"), on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="reading_votes"
    )
    voted_at = models.DateTimeField(_("voted"))

    class Meta:
        verbose_name = _("vote for a paper")
        verbose_name_plural = _("votes for papers")
        constraints = [models.UniqueConstraint(fields=["reading", "member"], name="paper_vote_once")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
