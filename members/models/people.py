from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.clock import validate_zone
from core.fields import KeyField
from members.models.institutions import Institution
from members.models.topics import Topic, TopicExperience
from members.querysets import MemberQuerySet


class Position(models.TextChoices):
    """Academic positions, from the first to the last; the order is what “below” means."""

    SCHOOL = "school", _("At school")
    UNDERGRADUATE = "undergraduate", _("Undergraduate student")
    MASTERS = "masters", _("Master's student")
    GRADUATE = "graduate", _("Graduate, working")
    PHD = "phd", _("Doctoral student")
    POSTDOC = "postdoc", _("Postdoc")
    LECTURER = "lecturer", _("Lecturer or assistant professor")
    PROFESSOR = "professor", _("Professor")

    @property
    def rank(self) -> int:
        return list(Position).index(self)


class MemberManager(BaseUserManager.from_queryset(MemberQuerySet)):  # type: ignore[misc]
    """Signing in ignores the case of an address; Django and allauth look people up through here."""

    def create_user(self, email: str, password: str | None = None, **fields) -> "Member":
        # Lower-cased as allauth keeps addresses, so that codes and resets find the same one.
        member = self.model(email=email.strip().lower(), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "Member":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "Member":
        return self.get(email__iexact=email)


class Member(AbstractBaseUser, PermissionsMixin):
    """A person of the collaborative. The email address is the login."""

    email = models.EmailField(_("email address"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    name_key = KeyField("name")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_zone])
    language = models.CharField(_("language of mails"), max_length=10, blank=True)
    spoken_languages = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
    )
    bio = models.TextField(_("about you"), max_length=10_000, blank=True)
    academic_position = models.CharField(_("academic position"), max_length=20, choices=Position, blank=True)
    citation_count = models.PositiveIntegerField(_("citations"), null=True, blank=True)
    topics = models.ManyToManyField(Topic, through=TopicExperience, related_name="members")

    shows_name_publicly = models.BooleanField(
        _("shows the name to visitors"), default=False, help_text=_("On pages of public groups that they shaped.")
    )

    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use admin"), default=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    # When they last opened their week, to the hour. Nobody else sees it; it spares them a mail that says the same.
    week_seen_at = models.DateTimeField(null=True, editable=False)

    objects = MemberManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(Lower("email"), name="member_email_once")]
        indexes = [models.Index(fields=["name_key", "id"], name="member_by_name")]

    def __str__(self) -> str:
        return self.name or str(_("A new member"))

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @property
    def here_at(self) -> datetime | None:
        """When they last signed in or opened their week, to the hour."""
        return max(filter(None, (self.last_login, self.week_seen_at)), default=None)

    @property
    def has_profile(self) -> bool:
        """Name and zone are what everything else needs."""
        return bool(self.name and self.time_zone)
