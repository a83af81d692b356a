from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.projects import Project
from projects.querysets import TaskQuerySet


class Task(models.Model):
    """A piece of work on a project's board. It may be nobody's for a while, and its date may move."""

    class State(models.TextChoices):
        TODO = "todo", _("To do")
        DOING = "doing", _("Doing")
        REVIEW = "review", _("In review")
        DONE = "done", _("Done")

    project = models.ForeignKey(Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="tasks")
    title = models.CharField(_("title"), max_length=200)
    notes = models.TextField(_("notes"), max_length=5000, blank=True, help_text=_("Markdown."))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.TODO)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="project_tasks",
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    position = models.PositiveIntegerField(default=0, editable=False)
    made_at = models.DateTimeField(_("made"))
    moved_at = models.DateTimeField(_("last moved"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="task_has_a_title"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="done_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "position", "id"], name="task_by_position"),
            models.Index(fields=["due_on"], name="task_by_due", condition=~Q(state="done")),
            models.Index(fields=["owner", "due_on"], name="task_by_owner", condition=~Q(state="done")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def key(self) -> str:
        return f"projects.task:{self.pk}"

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE
