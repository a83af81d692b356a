import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.querysets import RoleQuerySet


@pghistory.track()
class Role(models.Model):
    """What somebody looks after, for a term: in the whole collaborative, or in the part that the scope names.

    Each term is a row of its own. A row is closed when the role is taken back, or when a new term follows; one whose
    last day has passed counts no more, closed or not. The history is kept.
    """

    class Kind(models.TextChoices):
        ORGANIZER = "organizer", _("Organizer")
        MENTORING_ORGANIZER = "mentoring_organizer", _("Mentoring organizer")
        ANALYST = "analyst", _("Analyst of surveys")
        SPONSOR = "sponsor", _("Sponsor")
        LEAD = "lead", _("Lead")

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="roles"
    )
    kind = models.CharField(_("role"), max_length=24, choices=Kind)
    scope = models.CharField(
        _("for"),
        max_length=100,
        blank=True,
        help_text=_("A key such as members.collective:3; empty for the whole collaborative."),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty where no end is planned."))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("given by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("closed by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "scope"],
                name="one_live_role",
                condition=Q(closed_at__isnull=True),
                violation_error_message=_("They have this role."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="role_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["kind", "scope"], name="roles_held", condition=Q(closed_at__isnull=True))]

    def __str__(self) -> str:
        return self.get_kind_display()
