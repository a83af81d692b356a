import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reading_groups.models.groups import ReadingGroup
from reading_groups.querysets import EnrolmentQuerySet


@pghistory.track()
class Enrolment(models.Model):
    """A member's place in a group, or their place in its line. Its history is kept."""

    class State(models.TextChoices):
        WAITLISTED = "waitlisted", _("Waiting")
        HELD = "held", _("A place is held")
        ENROLLED = "enrolled", _("Has a place")
        LEFT = "left", _("Left")
        COMPLETED = "completed", _("Completed")

    LIVE = (State.WAITLISTED, State.HELD, State.ENROLLED)
    TAKES_PLACE = (State.HELD, State.ENROLLED)

    group = models.ForeignKey(ReadingGroup, on_delete=models.CASCADE, related_name="enrolments")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments")
    state = models.CharField(_("state"), max_length=10, choices=State)
    joined_at = models.DateTimeField(_("joined"))
    enrolled_at = models.DateTimeField(_("got the place"), null=True, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "member"],
                name="one_live_enrolment",
                condition=Q(state__in=["waitlisted", "held", "enrolled"]),
            ),
            models.CheckConstraint(
                condition=Q(state="held", held_until__isnull=False) | (~Q(state="held") & Q(held_until__isnull=True)),
                name="only_holds_run_out",
            ),
            models.CheckConstraint(
                condition=Q(state="left", left_at__isnull=False) | (~Q(state="left") & Q(left_at__isnull=True)),
                name="left_has_a_time",
            ),
        ]
        indexes = [
            # The line in front of a full group; joined_at decides, the id where two came in the same instant.
            models.Index(fields=["group", "joined_at", "id"], name="waiting_line", condition=Q(state="waitlisted")),
            models.Index(fields=["held_until"], name="holds_by_end", condition=Q(state="held")),
            models.Index(fields=["member", "state"], name="enrolment_by_member"),
            models.Index(fields=["group", "state"], name="enrolment_by_group"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}"

    @property
    def key(self) -> str:
        return f"reading_groups.enrolment:{self.pk}"
