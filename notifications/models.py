from django.conf import settings
from django.db import models
from django.db.models import Q
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
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DUE)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    lease_until = models.DateTimeField(
        _("not before"), null=True, blank=True, help_text=_("While one worker has it, or until the next attempt.")
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    message_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

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
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="delivery_open", condition=Q(state__in=["due", "sending"])),
            models.Index(fields=["-due_at", "-id"], name="delivery_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def owed(self) -> tuple[str, ...]:
        """The fields that name the obligation."""
        return (self.kind, self.recipient, self.object_key, self.occurrence, self.channel)
