from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from core.clock import validate_zone
from members.availability.polls.marks import GRID_MINUTES, LONGEST, MOST_TIMES, SHORTEST
from members.availability.polls.querysets import BallotQuerySet, PollQuerySet

MOST_GUESTS = 200


class Poll(models.Model):
    """Times that are offered to some people until a deadline. What it is about is named by a key, if by any.

    The times are single ones, or the same in any week; each is as long as what is planned, or they are the half hours
    of a range, in which everybody marks freely. It takes answers until `closes_at`, and then keeps them as they are.
    """

    key = models.UUIDField(unique=True, default=uuid4, editable=False, help_text=_("Opening it again is one poll."))
    title = models.CharField(_("title"), max_length=140)
    note = models.TextField(_("note"), max_length=2000, blank=True, help_text=_("Markdown."))
    about = models.CharField(
        _("belongs to"), max_length=80, blank=True, help_text=_("A key such as reading_groups.readinggroup:12.")
    )
    # What it belongs to as people read it, since what stands on this floor cannot look it up.
    about_title = models.CharField(max_length=200, blank=True, editable=False)
    about_path = models.CharField(max_length=200, blank=True, editable=False)
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    is_weekly = models.BooleanField(_("a time of every week"), default=False)
    is_free = models.BooleanField(_("free marking"), default=False)
    shows_names = models.BooleanField(_("shows who answered what"), default=False)
    opened_at = models.DateTimeField(_("opened"))
    closes_at = models.DateTimeField(_("takes answers until"))
    closed_at = models.DateTimeField(
        _("closed by hand"), null=True, blank=True, editable=False, help_text=_("Or once something came of it.")
    )
    organizers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("organizers"), related_name="organized_polls"
    )

    guest_token = models.CharField(max_length=64, blank=True, editable=False)
    guests_limit = models.PositiveSmallIntegerField(_("guests at most"), default=0)
    guests_taken = models.PositiveSmallIntegerField(_("guests so far"), default=0, editable=False)

    # What came of it.
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True, editable=False)
    settled_position = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    outcome_path = models.CharField(max_length=200, blank=True, editable=False)

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gte=F("opened_at")), name="poll_closes_after_opening"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("closes_at")), name="poll_closed_for_good"
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=SHORTEST, minutes__lte=LONGEST), name="poll_has_a_possible_length"
            ),
            models.CheckConstraint(
                condition=Q(is_free=False) | Q(Exact(F("minutes") % GRID_MINUTES, 0)), name="poll_in_whole_half_hours"
            ),
            models.CheckConstraint(
                condition=Q(guest_token="", guests_limit=0)
                | ~Q(guest_token="") & Q(guests_limit__gte=1, guests_limit__lte=MOST_GUESTS),
                name="poll_link_lets_in_at_least_one",
            ),
            models.CheckConstraint(condition=Q(guests_taken__lte=F("guests_limit")), name="poll_guests_within_limit"),
            models.UniqueConstraint(fields=["guest_token"], condition=~Q(guest_token=""), name="poll_link_once"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_position__isnull=True, outcome_path="")
                | Q(settled_at__isnull=False, closed_at__isnull=False, settled_position__isnull=False),
                name="poll_settled_once_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["closes_at"], name="poll_by_deadline"),
            models.Index(fields=["about", "-opened_at"], name="poll_by_subject", condition=~Q(about="")),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("polls:poll-detail", args=[self.pk])

    @property
    def object_key(self) -> str:
        return f"availability.poll:{self.pk}"

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None

    def is_open(self, now: datetime) -> bool:
        return self.closed_at is None and now < self.closes_at


class PollTime(models.Model):
    """One of the times of a poll: an instant, or a weekday and a time of day as clocks in its zone show them.

    They are in order, and stay as they are: answers are about them by their position.
    """

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="times")
    position = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField(null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(null=True, blank=True, choices=list(WEEKDAYS.items()))
    at = models.TimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("time of a poll")
        verbose_name_plural = _("times of polls")
        constraints = [
            models.UniqueConstraint(fields=["poll", "position"], name="poll_time_has_its_position"),
            models.UniqueConstraint(fields=["poll", "starts_at"], name="poll_time_offered_once"),
            models.UniqueConstraint(fields=["poll", "weekday", "at"], name="poll_weekday_offered_once"),
            models.CheckConstraint(condition=Q(position__lt=MOST_TIMES), name="poll_has_so_many_times"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=False, weekday__isnull=True, at__isnull=True)
                | Q(starts_at__isnull=True, weekday__isnull=False, weekday__lte=6, at__isnull=False),
                name="poll_time_is_an_instant_or_weekly",
            ),
        ]

    def __str__(self) -> str:
        return str(self.starts_at or f"{self.get_weekday_display()} {self.at:%H:%M}")


class Ballot(models.Model):
    """Somebody who is asked, and, once there is one, their answer: a digit for each time of the poll.

    A member's is theirs alone. A guest has no account: their name is kept only where the poll shows names, their
    address only where they were invited by mail.
    """

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="poll_ballots"
    )
    is_guest = models.BooleanField(default=False)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    # Of the form that it was sent with, so that the same form sent again is the same ballot.
    key = models.UUIDField(null=True, blank=True)
    marks = models.CharField(max_length=MOST_TIMES, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(fields=["poll", "member"], name="ballot_once_a_member"),
            models.UniqueConstraint(fields=["poll", "key"], name="ballot_once_a_form"),
            models.UniqueConstraint(fields=["poll", "email"], condition=~Q(email=""), name="ballot_once_an_address"),
            models.CheckConstraint(
                condition=Q(is_guest=True, member__isnull=True)
                | Q(is_guest=False, name="", email="", key__isnull=True),
                name="ballot_of_member_or_guest",
            ),
            models.CheckConstraint(condition=Q(marks__regex=r"^[0-2]*$"), name="ballot_of_digits"),
            models.CheckConstraint(
                condition=Q(marks="", answered_at__isnull=True) | ~Q(marks="") & Q(answered_at__isnull=False),
                name="ballot_answered_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def object_key(self) -> str:
        return f"availability.ballot:{self.pk}"
