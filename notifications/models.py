from datetime import time
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from notifications.querysets import DeliveryQuerySet


class Delivery(models.Model):
    """One message owed to one recipient: the row is written before anything is sent, and says what became of it.

    The first five fields name the obligation. They are unique, so writing it twice owes it once; the occurrence
    carries the revision of what it is about, so a change supersedes instead of doubling.
    """

    class State(models.TextChoices):
        DUE = "due", _("Due")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        SUPPRESSED = "suppressed", _("Not sent, for a reason")
        FAILED = "failed", _("Failed")

    class Urgency(models.IntegerChoices):
        """Who goes first, and who waits where the site may send no more today."""

        URGENT = 0, _("Urgent")
        USUAL = 1, _("Usual")
        DIGEST = 2, _("Digest")

    OPEN = (State.DUE, State.SENDING)
    OWED = ("kind", "recipient", "object_key", "occurrence", "channel")

    kind = models.CharField(_("kind"), max_length=60)
    recipient = models.CharField(_("recipient"), max_length=80, help_text=_("A key such as members.member:12."))
    object_key = models.CharField(_("about"), max_length=80)
    occurrence = models.CharField(_("occurrence"), max_length=80)
    channel = models.CharField(_("channel"), max_length=20, default="mail")

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliveries",
    )
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("useless after"), null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(
        _("urgency"), choices=Urgency, default=Urgency.USUAL, db_default=Urgency.USUAL.value
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DUE)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    lease_until = models.DateTimeField(
        _("not before"), null=True, blank=True, help_text=_("While one worker has it, or until the next attempt.")
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    message_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # From when it is one of the optional mails of the member's week: taken before it goes, kept if it went.
    counts_from = models.DateTimeField(null=True, blank=True, editable=False)
    # When it was left to the digest, as the member had enough mails that week.
    left_to_digest_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What a member reads of it on the site: the subject, and the page that it is about.
    notice = models.CharField(max_length=300, blank=True, db_default="", editable=False)
    notice_path = models.CharField(max_length=300, blank=True, db_default="", editable=False)
    read_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    # What its kind has loaded of it together with others, while a worker has it in hand.
    prepared: Any = None

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "recipient", "object_key", "occurrence", "channel"], name="delivery_owed_once"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="delivery_sent_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(counts_from__isnull=True) | Q(state__in=["sending", "sent"]),
                name="delivery_counts_if_it_goes",
            ),
        ]
        indexes = [
            # As `claimable` reads it: what waits for another attempt or another hour stands where that is.
            models.Index(
                "urgency",
                Greatest("due_at", "lease_until"),
                "id",
                name="delivery_open",
                condition=Q(state__in=["due", "sending"]),
            ),
            models.Index(fields=["-due_at", "-id"], name="delivery_latest"),
            models.Index(fields=["member", "-due_at", "-id"], name="delivery_notices", condition=~Q(notice="")),
            models.Index(fields=["sent_at"], name="delivery_sent", condition=Q(state="sent")),
            models.Index(
                fields=["member", "counts_from"], name="delivery_week", condition=Q(counts_from__isnull=False)
            ),
            models.Index(
                fields=["member", "left_to_digest_at"],
                name="delivery_left_to_digest",
                condition=Q(left_to_digest_at__isnull=False),
            ),
            models.Index(fields=["member", "sent_at"], name="delivery_digests", condition=Q(urgency=2, state="sent")),
            # What operators look for among a million that were sent: what was not, and what is about something.
            models.Index(fields=["state", "-due_at", "-id"], name="delivery_unsent", condition=~Q(state="sent")),
            models.Index(fields=["object_key"], name="delivery_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def owed(self) -> tuple[str, ...]:
        """The fields that name the obligation."""
        return (self.kind, self.recipient, self.object_key, self.occurrence, self.channel)


class Budget(models.Model):
    """How many mails the site has sent in the last 24 hours, hour by hour. One row, locked by whoever sends one."""

    HOURS = 25

    hour = models.DateTimeField(_("hour"), help_text=_("The one that the last number is about."))
    by_hour = ArrayField(models.PositiveIntegerField(), size=HOURS, verbose_name=_("mails by hour"))
    mails = models.PositiveIntegerField(_("mails"), default=0)
    allowed = models.PositiveIntegerField(_("allowed"))

    class Meta:
        verbose_name = _("mails of the last day")
        verbose_name_plural = _("mails of the last day")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_budget"),
            models.CheckConstraint(condition=Q(mails__lte=F("allowed")), name="budget_is_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.mails} / {self.allowed}"


def quiet_from() -> time | None:
    return settings.QUIET_HOURS[0] if settings.QUIET_HOURS else None


def quiet_until() -> time | None:
    return settings.QUIET_HOURS[1] if settings.QUIET_HOURS else None


class Preferences(models.Model):
    """When a member is written to, by their own clock. Who has no row has the defaults."""

    class Digest(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Once a week")
        NEVER = "never", _("Never")

    member = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        on_delete=models.CASCADE,
        related_name="mail_preferences",
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, default=quiet_from)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True, default=quiet_until)
    digest = models.CharField(_("digest"), max_length=6, choices=Digest, default=Digest.WEEKLY)
    digest_weekday = models.PositiveSmallIntegerField(_("day of the digest"), choices=list(WEEKDAYS.items()), default=0)
    digest_at = models.TimeField(_("time of the digest"), default=time(8))

    class Meta:
        verbose_name = _("mail preferences")
        verbose_name_plural = _("mail preferences")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until")),
                name="quiet_hours_begin_and_end",
            ),
            models.CheckConstraint(condition=Q(digest_weekday__lte=6), name="digest_has_a_weekday"),
        ]

    def __str__(self) -> str:
        return self.get_digest_display()


class Choice(models.Model):
    """A member does not want a kind of message by mail. Where there is no choice, it is mailed."""

    class Channel(models.TextChoices):
        SITE = "site", _("On this site only")
        NONE = "none", _("Not at all")

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="mail_choices"
    )
    kind = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("how"), max_length=4, choices=Channel)

    class Meta:
        verbose_name = _("choice of a channel")
        verbose_name_plural = _("choices of channels")
        constraints = [models.UniqueConstraint(fields=["member", "kind"], name="one_choice_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_channel_display()}"
