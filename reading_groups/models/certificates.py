"""What members get who came often enough, and the code by which anybody can verify it."""

import secrets
import unicodedata

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reading_groups.models.groups import ReadingGroup
from reading_groups.querysets import CertificateQuerySet

# Without letters and figures that look like others: 0 O Q D, 1 I L J, 2 Z, 5 S, 8 B, U V.
ALPHABET = "34679ACEFGHKMNPRTWXY"
CODE_LENGTH = 15
BLOCK = 5


def new_code() -> str:
    """Twenty letters and figures to the power of fifteen: 64 bits, which nobody guesses."""
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))


def code_from(typed: str) -> str:
    """A code as it is kept, from what somebody typed: in any case and width, with any dashes, dots and spaces."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", typed).upper() if letter.isalnum())


class Certificate(models.Model):
    """A member came to so many sessions of a group that has completed. The code is known to whoever has it.

    It holds the name that the member had then. Where they leave the site the name goes, and the row stays.
    """

    code = models.CharField(_("code"), max_length=CODE_LENGTH, unique=True, editable=False, default=new_code)
    group = models.ForeignKey(
        ReadingGroup, verbose_name=_("group"), on_delete=models.PROTECT, related_name="certificates"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.PROTECT, related_name="certificates"
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    attended = models.PositiveIntegerField(_("sessions attended"))
    sessions = models.PositiveIntegerField(_("of so many sessions"))
    first_on = models.DateField(_("first session"))
    last_on = models.DateField(_("last session"))
    issued_at = models.DateTimeField(_("issued"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(fields=["group", "member"], name="certificate_once"),
            models.CheckConstraint(
                condition=Q(attended__gte=1, attended__lte=F("sessions")), name="certificate_attended_some"
            ),
            models.CheckConstraint(condition=Q(first_on__lte=F("last_on")), name="certificate_ends_after_start"),
            models.CheckConstraint(
                condition=Q(code__regex=f"^[{ALPHABET}]{{{CODE_LENGTH}}}$"), name="certificate_code_is_readable"
            ),
        ]
        indexes = [models.Index(fields=["member", "-issued_at", "-id"], name="certificate_by_member")]

    def __str__(self) -> str:
        return self.shown_code

    def get_absolute_url(self) -> str:
        """Its page, which verifies it for whoever has the code."""
        return reverse("certificates:certificate-detail", args=[self.shown_code])

    @property
    def key(self) -> str:
        return f"reading_groups.certificate:{self.pk}"

    @property
    def shown_code(self) -> str:
        """In blocks, as people read it out."""
        return "-".join(self.code[start : start + BLOCK] for start in range(0, CODE_LENGTH, BLOCK))
