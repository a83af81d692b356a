from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField
from members.models import Collective
from projects.querysets import ProposalQuerySet
from reading_groups.models import Idea

SMALLEST_TEAM, LARGEST_TEAM = 1, 12


class Proposal(models.Model):
    """What somebody would like to find out with a small team, before anybody works on it."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Waits for an answer")
        ACCEPTED = "accepted", _("Accepted")
        RETURNED = "returned", _("Returned")
        PARKED = "parked", _("Parked")

    # What can still be accepted, returned or parked.
    UNDECIDED = (State.SUBMITTED, State.PARKED)

    title = models.CharField(_("title"), max_length=140)
    title_key = KeyField("title")
    question = models.TextField(_("question"), max_length=5000)
    why = models.TextField(_("why it matters"), max_length=5000)
    first_experiment = models.TextField(_("first experiment"), max_length=5000)
    team_size = models.PositiveSmallIntegerField(
        _("people wanted"),
        default=4,
        validators=[MinValueValidator(SMALLEST_TEAM), MaxValueValidator(LARGEST_TEAM)],
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="proposals"
    )
    collective = models.ForeignKey(
        Collective,
        verbose_name=_("collective"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposals",
    )
    idea = models.OneToOneField(
        Idea,
        verbose_name=_("idea"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposal",
        help_text=_("Of a reading group, with enough hands up."),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SUBMITTED)
    submitted_at = models.DateTimeField(_("submitted"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    reasons = models.TextField(_("reasons"), max_length=5000, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.UniqueConstraint(
                fields=["author", "title_key"], name="proposal_waits_once", condition=Q(state="submitted")
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", decided_at__isnull=True)
                | (~Q(state="submitted") & Q(decided_at__isnull=False)),
                name="decided_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(reasons=""), name="returned_with_reasons"),
            models.CheckConstraint(
                condition=Q(team_size__range=(SMALLEST_TEAM, LARGEST_TEAM)), name="proposal_team_size"
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at", "id"], name="proposal_by_state")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:proposal-detail", args=[self.pk])

    @property
    def key(self) -> str:
        return f"projects.proposal:{self.pk}"
