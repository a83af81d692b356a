from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Topic, TopicExperience
from mentorship.models.rounds import Round
from mentorship.querysets import OfferQuerySet, RequestQuerySet

MOST_MENTEES = 10
MOST_MINUTES = 600


class Offer(models.Model):
    """A member would mentor some others in a round. Topics and levels are those of their profile.

    Who they would rather not mentor is for the solver alone: no page, mail, export or list shows it to anybody else.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="offers")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentor_offers")
    capacity = models.PositiveSmallIntegerField(
        _("mentees at most"), default=2, validators=[MinValueValidator(1), MaxValueValidator(MOST_MENTEES)]
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes a week for each"), default=45, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    avoid = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", editable=False)
    saved_at = models.DateTimeField(_("saved"))

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.UniqueConstraint(fields=["round", "member"], name="one_offer_a_round"),
            models.CheckConstraint(condition=Q(capacity__range=(1, MOST_MENTEES)), name="offer_capacity_in_range"),
            models.CheckConstraint(condition=Q(minutes__lte=MOST_MINUTES), name="offer_minutes_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.member}"


class Request(models.Model):
    """A member asks for a mentor in a round. Whom they would rather avoid is for the solver alone, as in an offer."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="requests")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentor_requests")
    goal_topics = models.ManyToManyField(Topic, verbose_name=_("goal topics"), related_name="+")
    goals = models.TextField(_("goals"), max_length=2000)
    level = models.SmallIntegerField(
        _("level there"), choices=TopicExperience.Level, default=TopicExperience.Level.CURIOUS
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes a week"), default=45, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    avoid = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", editable=False)
    saved_at = models.DateTimeField(_("saved"))

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [
            models.UniqueConstraint(fields=["round", "member"], name="one_request_a_round"),
            models.CheckConstraint(condition=Q(level__range=(0, 3)), name="request_level_known"),
            models.CheckConstraint(condition=Q(minutes__lte=MOST_MINUTES), name="request_minutes_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.member}"


class Wish(models.Model):
    """A mentor whom somebody would like, the first wish most."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="wishes")
    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField(_("rank"))

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        constraints = [
            models.UniqueConstraint(fields=["request", "mentor"], name="mentor_wished_once"),
            models.UniqueConstraint(fields=["request", "rank"], name="one_wish_a_rank"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="wish_rank_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}"
