"""What presenters ask each other, and the files that they attach."""

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from core.uploads import MOST_BYTES
from reading_groups.models.presentations import Presentation
from reading_groups.models.sessions import Session
from reading_groups.querysets import (
    PresentationFileQuerySet,
    PresentingInvitationQuerySet,
    PresentingSwapQuerySet,
)

MOST_FILES = 6


class AskedState(models.TextChoices):
    WAITING = "waiting", _("Waits for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Not this time")
    LAPSED = "lapsed", _("Lapsed")


def _waits_without_answer(name: str) -> models.CheckConstraint:
    waiting = Q(state="waiting", answered_at__isnull=True)
    return models.CheckConstraint(condition=waiting | (~Q(state="waiting") & Q(answered_at__isnull=False)), name=name)


class PresentingInvitation(models.Model):
    """Somebody asks somebody else of the group to present a session. It lapses when one of the two leaves."""

    State = AskedState

    session = models.ForeignKey(
        Session, verbose_name=_("session"), on_delete=models.CASCADE, related_name="presenting_invitations"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked"),
        on_delete=models.PROTECT,
        related_name="presenting_invitations",
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.PROTECT,
        related_name="sent_presenting_invitations",
    )
    is_hand_over = models.BooleanField(
        _("hands over"),
        default=False,
        db_default=False,
        help_text=_("Whoever accepts presents instead of whoever asks, not beside them."),
    )
    state = models.CharField(_("state"), max_length=8, choices=AskedState, default=AskedState.WAITING)
    asked_at = models.DateTimeField(_("asked on"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = PresentingInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to present")
        verbose_name_plural = _("invitations to present")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "member"], name="asked_to_present_once", condition=Q(state="waiting")
            ),
            models.CheckConstraint(condition=~Q(member=F("invited_by")), name="asked_to_present_by_another"),
            _waits_without_answer("asked_to_present_until_answered"),
        ]
        indexes = [models.Index(fields=["member", "state"], name="asked_to_present_by_member")]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def key(self) -> str:
        return f"reading_groups.presentinginvitation:{self.pk}"

    @property
    def asked_id(self) -> int:
        return self.member_id


class PresentingSwap(models.Model):
    """A presenter asks another of the same group to swap sessions. It goes with either part, and so lapses."""

    State = AskedState

    offered = models.ForeignKey(
        Presentation, verbose_name=_("offered"), on_delete=models.CASCADE, related_name="swaps_offered"
    )
    wanted = models.ForeignKey(
        Presentation, verbose_name=_("wanted"), on_delete=models.CASCADE, related_name="swaps_wanted"
    )
    state = models.CharField(_("state"), max_length=8, choices=AskedState, default=AskedState.WAITING)
    asked_at = models.DateTimeField(_("asked on"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = PresentingSwapQuerySet.as_manager()

    class Meta:
        verbose_name = _("swap of sessions")
        verbose_name_plural = _("swaps of sessions")
        constraints = [
            models.UniqueConstraint(fields=["offered"], name="swap_asked_once", condition=Q(state="waiting")),
            models.CheckConstraint(condition=~Q(offered=F("wanted")), name="swap_of_two"),
            _waits_without_answer("swap_until_answered"),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def key(self) -> str:
        return f"reading_groups.presentingswap:{self.pk}"

    @property
    def asked_id(self) -> int:
        return self.wanted.member_id


def place_of_file(row: "PresentationFile", name: str) -> str:
    """Where a file is kept: by a name that tells nothing, and that nobody has chosen."""
    return f"presentations/{secrets.token_hex(24)}"


class PresentationFile(models.Model):
    """A file of a presenter. What it is was found out from what is in it; it is kept where no address leads."""

    class Kind(models.TextChoices):
        PDF = "pdf", _("PDF")
        PPTX = "pptx", _("PowerPoint")
        ODP = "odp", _("OpenDocument slides")
        PNG = "png", _("PNG image")
        JPEG = "jpeg", _("JPEG image")
        TEXT = "text", _("Text")
        MARKDOWN = "markdown", _("Markdown")
        NOTEBOOK = "notebook", _("Jupyter notebook")

    presentation = models.ForeignKey(
        Presentation, verbose_name=_("presentation"), on_delete=models.CASCADE, related_name="files"
    )
    number = models.PositiveSmallIntegerField(
        _("number"), validators=[MinValueValidator(1), MaxValueValidator(MOST_FILES)]
    )
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("type"), max_length=8, choices=Kind)
    size = models.PositiveIntegerField(_("bytes"))
    digest = models.CharField(_("digest"), max_length=64, help_text=_("SHA-256 of what is in it."))
    blob = models.FileField(_("kept as"), upload_to=place_of_file, max_length=100)
    added_at = models.DateTimeField(_("added"))

    objects = PresentationFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a presentation")
        verbose_name_plural = _("files of presentations")
        constraints = [
            models.UniqueConstraint(fields=["presentation", "number"], name="presentation_file_by_number"),
            models.UniqueConstraint(fields=["presentation", "digest"], name="presentation_file_once"),
            models.CheckConstraint(condition=Q(number__range=(1, MOST_FILES)), name="presentation_files_are_few"),
            models.CheckConstraint(condition=Q(size__lte=MOST_BYTES), name="presentation_file_is_small"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        return f"reading_groups.presentationfile:{self.pk}"

    @property
    def suffix(self) -> str:
        """The ending of its name, with the dot."""
        _stem, dot, ending = self.name.rpartition(".")
        return f"{dot}{ending}".lower()


@receiver(post_delete, sender=PresentationFile)
def _remove_blob(instance: PresentationFile, **_kwargs: object) -> None:
    """Whatever a row goes with, a presentation or a whole group, what it kept goes too, once that is settled."""
    storage, name = instance.blob.storage, instance.blob.name
    transaction.on_commit(lambda: storage.delete(name), robust=True)
