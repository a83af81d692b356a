import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField
from core.markdown import to_text
from members.models import Collective
from projects.models.proposals import Proposal
from projects.querysets import SEARCH_CONFIG, MembershipQuerySet, ProjectQuerySet


class Project(models.Model):
    """A small team and what it tries to find out or make."""

    class Stage(models.TextChoices):
        PROPOSAL = "proposal", _("Being set up")
        ACTIVE = "active", _("Under way")
        WRITING = "writing", _("Writing")
        SUBMITTED = "submitted", _("Submitted")
        PUBLISHED = "published", _("Published")
        MAINTAINED = "maintained", _("In use")
        COMPLETED = "completed", _("Completed")
        PAUSED = "paused", _("Paused")
        ARCHIVED = "archived", _("Archived")

    UNDER_WAY = (Stage.PROPOSAL, Stage.ACTIVE, Stage.WRITING, Stage.SUBMITTED, Stage.PAUSED)
    FINISHED = (Stage.PUBLISHED, Stage.MAINTAINED, Stage.COMPLETED)
    # Where a date on a task means something: nobody is reminded of one in a project that rests.
    MOVING = (Stage.PROPOSAL, Stage.ACTIVE, Stage.WRITING, Stage.SUBMITTED, Stage.PUBLISHED, Stage.MAINTAINED)

    proposal = models.OneToOneField(
        Proposal,
        verbose_name=_("proposal"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="project",
    )
    collective = models.ForeignKey(
        Collective,
        verbose_name=_("collective"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="projects",
    )
    title = models.CharField(_("title"), max_length=140)
    title_key = KeyField("title")
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    summary = models.TextField(_("summary"), max_length=10_000, blank=True, help_text=_("Markdown."))
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.ACTIVE)
    is_public = models.BooleanField(
        _("public"), default=False, help_text=_("Visitors see its title, summary, stage and outputs, and no names.")
    )
    began_at = models.DateTimeField(_("began"))
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="projects")

    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=SEARCH_CONFIG)
        + SearchVector("summary", weight="C", config=SEARCH_CONFIG),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="project_has_a_title")]
        indexes = [
            GinIndex(fields=["search"], name="project_search"),
            models.Index(fields=["stage", "title_key"], name="project_by_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:project-detail", args=[self.slug])

    @property
    def key(self) -> str:
        return f"projects.project:{self.pk}"

    @property
    def is_archived(self) -> bool:
        return self.stage == self.Stage.ARCHIVED

    @property
    def first_words(self) -> str:
        """The beginning of the summary, for lists, without its Markdown."""
        return Truncator(to_text(self.summary)).words(28, truncate="…")


@pghistory.track()
class Membership(models.Model):
    """Somebody's time in a team. It ends by leaving and is never deleted; its history is kept."""

    class Role(models.TextChoices):
        LEAD = "lead", _("Lead")
        CONTRIBUTOR = "contributor", _("Contributor")
        ADVISOR = "advisor", _("Advisor")

    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="memberships"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        on_delete=models.PROTECT,
        related_name="project_memberships",
    )
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.CONTRIBUTOR)
    joined_at = models.DateTimeField(_("joined"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership of a project")
        verbose_name_plural = _("memberships of projects")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "member"], name="in_a_team_once", condition=Q(left_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["project"], name="one_lead", condition=Q(role="lead", left_at__isnull=True)
            ),
            # Whoever leads hands over before they leave, so nobody has left as the lead.
            models.CheckConstraint(condition=~Q(role="lead") | Q(left_at__isnull=True), name="no_lead_has_left"),
        ]
        indexes = [models.Index(fields=["member"], name="team_by_member", condition=Q(left_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.get_role_display()}"
