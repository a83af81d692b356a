"""What organizers write to the people of their group, and who got it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reading_groups.models.groups import ReadingGroup
from reading_groups.models.sessions import Session
from reading_groups.querysets import GroupMessageQuerySet


class GroupMessage(models.Model):
    """A message to some of a group's people. It is held for a while; until it goes out it can be undone."""

    class Audience(models.TextChoices):
        ALL = "all", _("Everybody with a place")
        PRESENTERS = "presenters", _("Those who present a session")
        WAITLIST = "waitlist", _("Those on the waitlist")
        ABSENTEES = "absentees", _("Those who missed a session")

    ABOUT_A_SESSION = (Audience.PRESENTERS, Audience.ABSENTEES)
    # Everybody inside the group sees them on its page, whoever they went to.
    SEEN_BY_ALL = (Audience.ALL, Audience.PRESENTERS)

    group = models.ForeignKey(
        ReadingGroup, verbose_name=_("group"), on_delete=models.CASCADE, related_name="group_messages"
    )
    preview_key = models.UUIDField(
        editable=False, help_text=_("Of the preview that it was confirmed on: a second click finds it.")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("written by"), on_delete=models.PROTECT, related_name="group_messages"
    )
    audience = models.CharField(_("to whom"), max_length=10, choices=Audience)
    session = models.ForeignKey(
        Session,
        verbose_name=_("session"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="group_messages",
    )
    subject = models.CharField(_("subject"), max_length=140)
    text = models.TextField(_("text"), max_length=10_000, help_text=_("Markdown."))
    written_at = models.DateTimeField(_("written"))
    held_until = models.DateTimeField(_("held until"))
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("undone by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    sent_at = models.DateTimeField(_("mails written"), null=True, blank=True)

    objects = GroupMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to a group")
        verbose_name_plural = _("messages to groups")
        constraints = [
            models.UniqueConstraint(fields=["group", "preview_key"], name="message_once_per_preview"),
            models.CheckConstraint(
                condition=Q(audience__in=["presenters", "absentees"], session__isnull=False)
                | Q(audience__in=["all", "waitlist"], session__isnull=True),
                name="message_names_its_session",
            ),
            models.CheckConstraint(condition=~Q(subject="") & ~Q(text=""), name="message_says_something"),
            models.CheckConstraint(condition=Q(held_until__gt=F("written_at")), name="message_is_held"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(sent_at__isnull=True), name="message_undone_or_sent"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="message_undone_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(sent_at__gte=F("held_until")), name="message_sent_after_hold"
            ),
        ]
        indexes = [
            models.Index(fields=["group", "-written_at", "-id"], name="message_by_group"),
            models.Index(
                fields=["held_until"], name="message_held", condition=Q(undone_at__isnull=True, sent_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        """Its own page. The group must be loaded."""
        return reverse("reading_groups:message-detail", args=[self.group.slug, self.pk])

    @property
    def key(self) -> str:
        return f"reading_groups.message:{self.pk}"

    @property
    def is_held(self) -> bool:
        return self.undone_at is None and self.sent_at is None

    def can_be_undone_at(self, now: datetime) -> bool:
        return self.is_held and now < self.held_until


class MessageRecipient(models.Model):
    """Somebody to whom a message went: in its audience at the moment it went out."""

    message = models.ForeignKey(
        GroupMessage, verbose_name=_("message"), on_delete=models.CASCADE, related_name="recipients"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        on_delete=models.CASCADE,
        related_name="received_group_messages",
    )

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [models.UniqueConstraint(fields=["message", "member"], name="message_received_once")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
