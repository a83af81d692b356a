"""The small groups that a session is split into."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reading_groups.models.sessions import Session
from reading_groups.querysets import SeatQuerySet

LEAST_SIZE, MOST_SIZE = 2, 12


class Split(models.Model):
    """A session's people in small groups, as they were drawn or as an organizer then moved them."""

    session = models.OneToOneField(Session, verbose_name=_("session"), on_delete=models.CASCADE, related_name="split")
    size = models.PositiveSmallIntegerField(
        _("people in each"), validators=[MinValueValidator(LEAST_SIZE), MaxValueValidator(MOST_SIZE)]
    )
    seed = models.PositiveBigIntegerField(
        _("number of the draw"), help_text=_("The same people and the same number give the same groups.")
    )
    made_at = models.DateTimeField(_("drawn"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("drawn by"), on_delete=models.PROTECT, related_name="+"
    )
    moved_at = models.DateTimeField(_("moved by hand"), null=True, blank=True)
    # Of the draw. It is not counted again when somebody is moved: that would tell who has how much experience.
    without_experienced = models.PositiveSmallIntegerField(
        _("groups without somebody with more experience"),
        null=True,
        blank=True,
        help_text=_("When they were drawn. Empty where nothing was known of anybody's experience."),
    )
    revision = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("split into small groups")
        verbose_name_plural = _("splits into small groups")
        constraints = [
            models.CheckConstraint(condition=Q(size__range=(LEAST_SIZE, MOST_SIZE)), name="split_size_is_small"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="split_has_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Seat(models.Model):
    """A member in one of the small groups of a session."""

    split = models.ForeignKey(Split, verbose_name=_("split"), on_delete=models.CASCADE, related_name="seats")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="seats"
    )
    number = models.PositiveSmallIntegerField(_("small group"))

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat in a small group")
        verbose_name_plural = _("seats in small groups")
        constraints = [
            models.UniqueConstraint(fields=["split", "member"], name="seat_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="seat_numbers_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
