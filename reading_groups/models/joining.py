"""Other ways into a group than its page: a link that organizers hand out, and sitting in once."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reading_groups.models.groups import ReadingGroup
from reading_groups.models.sessions import Session
from reading_groups.querysets import InvitationLinkQuerySet, SitInQuerySet

MOST_USES = 1000


class InvitationLink(models.Model):
    """An address that leads into a group, for those who were given it. It gives nobody a place ahead of others."""

    group = models.ForeignKey(
        ReadingGroup, verbose_name=_("group"), on_delete=models.CASCADE, related_name="invitation_links"
    )
    token = models.CharField(max_length=43, unique=True, editable=False)
    note = models.CharField(_("for whom"), max_length=140, blank=True)
    most_uses = models.PositiveIntegerField(
        _("people at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_USES)],
        help_text=_("Empty: any number."),
    )
    used = models.PositiveIntegerField(_("came by it"), default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = InvitationLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation link")
        verbose_name_plural = _("invitation links")
        constraints = [
            # A comparison with nothing is neither true nor false, and a check lets it pass: as it should here.
            models.CheckConstraint(condition=Q(used__lte=F("most_uses")), name="link_used_within_its_cap"),
            models.CheckConstraint(condition=Q(most_uses__gte=1), name="link_lets_somebody_in"),
            models.CheckConstraint(condition=~Q(token=""), name="link_has_a_token"),
        ]
        indexes = [models.Index(fields=["group", "-created_at", "-id"], name="link_by_group")]

    def __str__(self) -> str:
        return self.note or str(_("An invitation link"))

    def get_absolute_url(self) -> str:
        return reverse("reading_groups:invitation", args=[self.token])

    @property
    def is_used_up(self) -> bool:
        return self.most_uses is not None and self.used >= self.most_uses

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and not self.is_used_up


class InvitationUse(models.Model):
    """Somebody who came into a group by a link; their place is an enrolment like any other."""

    link = models.ForeignKey(InvitationLink, on_delete=models.CASCADE, related_name="uses")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitation_uses")
    used_at = models.DateTimeField(_("used"))

    class Meta:
        verbose_name = _("use of an invitation link")
        verbose_name_plural = _("uses of invitation links")
        constraints = [models.UniqueConstraint(fields=["link", "member"], name="link_used_once_by_each")]

    def __str__(self) -> str:
        return f"{self.member}"


class SitIn(models.Model):
    """A member at one session of a group without a place in it, and whether they then wanted one."""

    class Answer(models.TextChoices):
        NONE = "", _("No answer yet")
        JOINED = "joined", _("Joined")
        DECLINED = "declined", _("Not this time")

    group = models.ForeignKey(ReadingGroup, verbose_name=_("group"), on_delete=models.CASCADE, related_name="sit_ins")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.PROTECT, related_name="sit_ins"
    )
    session = models.ForeignKey(Session, verbose_name=_("session"), on_delete=models.CASCADE, related_name="sit_ins")
    asked_at = models.DateTimeField(_("asked"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, default=Answer.NONE, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = SitInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sitting in")
        verbose_name_plural = _("sitting in")
        constraints = [
            models.UniqueConstraint(fields=["group", "member"], name="sits_in_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="sit_in_answer_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["member", "session"], name="sit_in_by_member")]

    def __str__(self) -> str:
        return f"{self.member}"

    @property
    def key(self) -> str:
        return f"reading_groups.sit_in:{self.pk}"
