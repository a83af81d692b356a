import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohorts import Cohort, Section
from cohorts.querysets import ApplicationQuerySet, PlaceQuerySet
from core.clock import validate_zone
from core.fields import KeyField


# What people wrote stays theirs: the history says that a row changed, and never what stood there.
@pghistory.track(exclude=["email", "name", "name_key", "institution", "motivation", "topics"])
class Application(models.Model):
    """Somebody asks for a place in a cohort. They need no account; once they have one, it is linked here."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Sent")
        ACCEPTED = "accepted", _("Accepted")
        WAITLISTED = "waitlisted", _("On the waitlist")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="applications")
    email = models.EmailField(_("email"), max_length=254)
    name = models.CharField(_("name"), max_length=120)
    name_key = KeyField("name")
    country = models.CharField(_("country"), max_length=2, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_zone])
    institution = models.CharField(_("institution"), max_length=200, blank=True)
    motivation = models.TextField(_("why they apply"), max_length=5000)
    topics = models.TextField(_("topics and goals"), max_length=5000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SUBMITTED)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications",
        help_text=_("Who sent it while signed in, or has taken up the place."),
    )
    submitted_at = models.DateTimeField(_("sent"))
    changed_at = models.DateTimeField(_("last changed"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("place taken up"), null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(
                "cohort",
                Lower("email"),
                name="application_once_per_address",
                violation_error_message=_("There is an application from this address."),
            ),
            models.UniqueConstraint(fields=["cohort", "member"], name="application_once_per_member"),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True) | Q(state="accepted"), name="application_claimed_is_accepted"
            ),
        ]
        indexes = [
            models.Index(fields=["cohort", "state"], name="application_by_state"),
            models.Index(fields=["-submitted_at", "-id"], name="application_latest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        return f"cohorts.application:{self.pk}"


@pghistory.track()
class Place(models.Model):
    """A place in a cohort: given by an acceptance, taken up by a member, put into a section. Its history is kept."""

    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="places")
    application = models.OneToOneField(
        Application,
        verbose_name=_("application"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="place",
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="places",
    )
    section = models.ForeignKey(
        Section, verbose_name=_("section"), on_delete=models.SET_NULL, null=True, blank=True, related_name="places"
    )

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [models.UniqueConstraint(fields=["cohort", "member"], name="place_once_per_member")]
        indexes = [models.Index(fields=["section"], name="place_by_section")]

    def __str__(self) -> str:
        return str(self.pk)
