from hashlib import sha256

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from core.clock import validate_zone
from core.fields import KeyField
from core.markdown import to_text
from members.models import Collective, Topic
from reading_groups.querysets import ReadingGroupQuerySet

# First parts of addresses below /groups/ that pages of the site itself have.
RESERVED_SLUGS = ("desk", "invited", "proposals", "propose", "sat-in")
LONGEST_HEAD_START = 28
VISIBILITY_HELP = _(
    "Whoever sees it sees what you read and when you meet. Who is in it, the call and the discussion are for those in "
    "the group alone."
)


class ReadingGroup(models.Model):
    """Some people who read together, at a time that repeats or on single dates."""

    class Format(models.TextChoices):
        PAPERS = "papers", _("Papers")
        TEXTBOOK = "textbook", _("Textbook")
        COURSE = "course", _("Course")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        RETURNED = "returned", _("Returned")
        DECLINED = "declined", _("Declined")
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open for sign-up")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        COMPLETED = "completed", _("Completed")
        ARCHIVED = "archived", _("Archived")

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Mondays")
        TUESDAY = 1, _("Tuesdays")
        WEDNESDAY = 2, _("Wednesdays")
        THURSDAY = 3, _("Thursdays")
        FRIDAY = 4, _("Fridays")
        SATURDAY = 5, _("Saturdays")
        SUNDAY = 6, _("Sundays")

    class Visibility(models.TextChoices):
        """Who sees the page, the sessions and the reading list of an open group; what is inside is for those in it."""

        PUBLIC = "public", _("Everybody, visitors as well")
        INTERNAL = "internal", _("Members of the collaborative")
        INVITED = "invited", _("Only those who are invited")

    # What people see in lists, and can take a place in.
    LISTED = (State.OPEN, State.RUNNING)
    # Seen by those whom its visibility names.
    SHOWN = (State.OPEN, State.RUNNING, State.PAUSED, State.COMPLETED)
    OVER = (State.COMPLETED, State.ARCHIVED)
    # What is between a member who proposes it and the organizers.
    ON_REVIEW = (State.PROPOSED, State.RETURNED, State.DECLINED)
    # While its reading list can grow.
    TAKES_PAPERS = (State.DRAFT, State.OPEN, State.RUNNING, State.PAUSED)

    title = models.CharField(_("title"), max_length=140)
    title_key = KeyField("title")
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    description = models.TextField(_("description"), max_length=10_000, blank=True, help_text=_("Markdown."))
    format = models.CharField(_("format"), max_length=10, choices=Format, default=Format.PAPERS)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Visibility, default=Visibility.PUBLIC, help_text=VISIBILITY_HELP
    )
    topics = models.ManyToManyField(Topic, verbose_name=_("topics"), related_name="reading_groups", blank=True)
    collective = models.ForeignKey(
        Collective,
        verbose_name=_("collective"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reading_groups",
    )
    organizers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("organizers"), related_name="organized_groups", blank=True
    )

    language = models.CharField(
        _("language"), max_length=40, blank=True, help_text=_("The one in which you talk, such as English.")
    )

    # Where it came from: a member's proposal and the answer to it, or the term before.
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposed_groups",
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
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
    copied_from = models.ForeignKey(
        "self",
        verbose_name=_("the term before"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="next_terms",
    )
    head_start_days = models.PositiveSmallIntegerField(
        _("days of head start"),
        default=0,
        validators=[MaxValueValidator(LONGEST_HEAD_START)],
        help_text=_("So long places are held for the members of the term before, once it opens. 0: for nobody."),
    )
    invited_at = models.DateTimeField(_("invited the term before"), null=True, blank=True, editable=False)

    # The weekly rule, as clocks on the wall in the group's own zone show it.
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    weekday = models.SmallIntegerField(_("weekday"), choices=Weekday, null=True, blank=True)
    starts_at_time = models.TimeField(_("time of day"), null=True, blank=True)
    duration_minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=75, validators=[MinValueValidator(15), MaxValueValidator(480)]
    )
    every_weeks = models.PositiveSmallIntegerField(
        _("every so many weeks"), default=1, validators=[MinValueValidator(1), MaxValueValidator(8)]
    )
    call_url = models.URLField(_("call link"), max_length=500, blank=True, help_text=_("Seen by members only."))
    chat_url = models.URLField(
        _("chat link"),
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["https"], message=_("Paste an address that begins with https://."))],
        help_text=_("Wherever you write to each other. Seen by people in the group only."),
    )

    capacity = models.PositiveSmallIntegerField(
        _("places"), default=12, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    places_taken = models.PositiveIntegerField(default=0, editable=False)
    places_limit = models.PositiveIntegerField(default=12, editable=False)
    hold_hours = models.PositiveSmallIntegerField(
        _("hours that a freed place is held"),
        default=48,
        validators=[MaxValueValidator(336)],
        help_text=_("For the first person waiting. With 0 they get the place at once."),
    )
    presenters_wanted = models.PositiveSmallIntegerField(
        _("presenters of a session"),
        default=2,
        validators=[MaxValueValidator(12)],
        help_text=_("How many are asked for. A session can have its own number."),
    )
    hands_needed = models.PositiveSmallIntegerField(
        _("hands that make an idea ready"), default=3, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    allows_sitting_in = models.BooleanField(
        _("people may sit in once"), default=True, help_text=_("At one session, without a place.")
    )

    # What stays once it is over.
    findings = models.TextField(
        _("what you found"), max_length=20_000, blank=True, help_text=_("Markdown. For whoever sees the group.")
    )
    attendance_needed = models.PositiveSmallIntegerField(
        _("per cent of sessions for a certificate"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Of the sessions of which it is known who came."),
    )

    search = SearchVectorField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReadingGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading group")
        verbose_name_plural = _("reading groups")
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=1), name="group_has_capacity"),
            models.CheckConstraint(condition=Q(places_taken__lte=F("places_limit")), name="group_not_overbooked"),
            models.CheckConstraint(condition=Q(places_limit__gte=F("capacity")), name="group_limit_from_capacity"),
            models.CheckConstraint(
                condition=Q(places_limit=F("capacity")) | Q(places_limit=F("places_taken")),
                name="group_limit_is_needed",
            ),
            models.CheckConstraint(condition=Q(hands_needed__gte=1), name="group_needs_a_hand"),
            models.CheckConstraint(
                condition=Q(visibility__in=["public", "internal", "invited"]), name="group_is_seen_by_somebody"
            ),
            models.CheckConstraint(condition=Q(attendance_needed__range=(1, 100)), name="group_attendance_is_a_share"),
            models.CheckConstraint(
                condition=Q(chat_url="") | Q(chat_url__startswith="https://"), name="group_chat_is_https"
            ),
            models.CheckConstraint(condition=Q(weekday__isnull=True) | Q(weekday__range=(0, 6)), name="group_weekday"),
            models.CheckConstraint(
                condition=~Q(slug__in=RESERVED_SLUGS),
                name="group_slug_is_free",
                violation_error_message=_("The site itself has a page of this address. Choose another."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "returned", "declined"])
                | Q(proposed_by__isnull=False, submitted_at__isnull=False),
                name="proposal_has_a_proposer",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "declined"]) | Q(decided_at__isnull=False),
                name="group_answer_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="proposed") | Q(decided_at__isnull=True), name="group_waits_without_answer"
            ),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(reasons=""), name="group_returned_with_reasons"),
            models.UniqueConstraint(
                fields=["proposed_by", "title_key"], name="group_proposed_once", condition=Q(state="proposed")
            ),
            models.CheckConstraint(
                condition=Q(head_start_days__lte=LONGEST_HEAD_START), name="group_head_start_is_short"
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="group_search"),
            models.Index(fields=["state", "title_key"], name="group_by_title"),
            models.Index(fields=["state", "-created_at"], name="group_by_age"),
            models.Index(
                fields=["state", "submitted_at", "id"],
                name="group_by_proposal",
                condition=Q(proposed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reading_groups:group-detail", args=[self.slug])

    def get_proposal_url(self) -> str:
        return reverse("reading_groups:proposal-detail", args=[self.slug])

    @property
    def key(self) -> str:
        return f"reading_groups.group:{self.pk}"

    @property
    def is_listed(self) -> bool:
        return self.state in self.LISTED

    @property
    def is_over(self) -> bool:
        return self.state in self.OVER

    @property
    def is_public(self) -> bool:
        """Visitors see it."""
        return self.state in self.SHOWN and self.visibility == self.Visibility.PUBLIC

    @property
    def findings_mark(self) -> str:
        """Tells two versions of the findings apart."""
        return sha256(self.findings.encode()).hexdigest()

    @property
    def is_on_review(self) -> bool:
        return self.state in self.ON_REVIEW

    @property
    def places_left(self) -> int:
        return max(self.capacity - self.places_taken, 0)

    @property
    def is_full(self) -> bool:
        return self.places_taken >= self.capacity

    @property
    def places_drawn(self) -> list[bool]:
        """One box per place, true where it is taken."""
        return [place < self.places_taken for place in range(self.capacity)]

    @property
    def first_words(self) -> str:
        """The beginning of the description, for lists, without its Markdown."""
        return Truncator(to_text(self.description)).words(28, truncate="…")
