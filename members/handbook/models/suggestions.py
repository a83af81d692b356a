from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.handbook.models.pages import LONGEST_TEXT, Page
from members.handbook.querysets import SuggestionQuerySet


class Suggestion(models.Model):
    """A change that a member proposes to a page: in words, and with the whole text as it should be where they wrote it.

    It keeps the version of the page that it was made from, so that it never undoes what was saved since.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waits for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    page = models.ForeignKey(Page, verbose_name=_("page"), on_delete=models.CASCADE, related_name="suggestions")
    base = models.PositiveIntegerField(_("made from version"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("suggested by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="suggestions",
    )
    note = models.TextField(_("what should change"), max_length=2_000)
    text = models.TextField(_("text"), max_length=LONGEST_TEXT, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(_("suggested"))
    decided_at = models.DateTimeField(_("answered"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    answer = models.TextField(_("answer"), max_length=1_000, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="suggestion_answered_at",
            )
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="open_suggestions", condition=Q(state="open")),
            models.Index(fields=["author", "-created_at"], name="suggestions_of"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("handbook:suggestion-detail", args=[self.pk])

    @property
    def key(self) -> str:
        return f"handbook.suggestion:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
