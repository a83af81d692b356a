from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from members.querysets import TopicQuerySet

models.CharField.register_lookup(Length)


class Topic(models.Model):
    """A subject, in a tree: arXiv's archives and categories first, the collaborative's own sub-topics below."""

    parent = models.ForeignKey(
        "self", verbose_name=_("parent"), on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    code = models.CharField(_("arXiv category"), max_length=40, blank=True)
    path = models.CharField(
        max_length=400, unique=True, editable=False, help_text=_("The short names from the root, each with a slash.")
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="topic_code_once", condition=~models.Q(code="")),
            models.CheckConstraint(condition=models.Q(path__length__gt=0), name="topic_has_path"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        return self.path.count("/") - 1


class TopicExperience(models.Model):
    """How far a member has come with a topic, in their own words."""

    class Level(models.IntegerChoices):
        CURIOUS = 0, _("Curious")
        LEARNING = 1, _("Learning")
        PRACTISED = 2, _("Have used it")
        EXPERIENCED = 3, _("Experienced")

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="topic_experience")
    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.CASCADE, related_name="experience")
    level = models.SmallIntegerField(_("level"), choices=Level, default=Level.CURIOUS)
    months = models.PositiveSmallIntegerField(_("months"), default=0, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("topic experience")
        verbose_name_plural = _("topic experience")
        constraints = [
            models.UniqueConstraint(fields=["member", "topic"], name="experience_once_per_topic"),
            models.CheckConstraint(condition=models.Q(level__range=(0, 3)), name="experience_level_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}"
