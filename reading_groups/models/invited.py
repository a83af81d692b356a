from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reading_groups.models.groups import ReadingGroup
from reading_groups.querysets import GroupInvitationQuerySet


class GroupInvitation(models.Model):
    """A member who was asked in by name, by an organizer or with a head start: they see a group of invited people.

    It gives nobody a place. Whoever is or was in the group sees it without one.
    """

    group = models.ForeignKey(
        ReadingGroup, verbose_name=_("group"), on_delete=models.CASCADE, related_name="invitations"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="group_invitations"
    )
    # Nobody where they were in the term before.
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invited by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    invited_at = models.DateTimeField(_("invited"))

    objects = GroupInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [models.UniqueConstraint(fields=["group", "member"], name="invited_once")]

    def __str__(self) -> str:
        return f"{self.member}"

    @property
    def key(self) -> str:
        return f"reading_groups.group_invitation:{self.pk}"
