from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import ModelAdmin, ReadOnly, TabularInline, clean_visible, count_of, link_to
from projects import actions
from projects.actions.projects import NEXT_STAGES, lock_project
from projects.models import Membership, Project, Task

Stage = Project.Stage
STAGE_LABELS = {
    Stage.ACTIVE: "success",
    Stage.WRITING: "success",
    Stage.SUBMITTED: "success",
    Stage.PUBLISHED: "info",
    Stage.MAINTAINED: "info",
    Stage.COMPLETED: "info",
    Stage.PAUSED: "warning",
}


def reachable(stage: str) -> list[tuple[str, str]]:
    """The stages that a project can be in next, with the one it is in, as choices."""
    return [choice for choice in Stage.choices if choice[0] == stage or choice[0] in NEXT_STAGES[Stage(stage)]]


class ProjectForm(forms.ModelForm):
    class Meta:
        model = Project
        fields = ("title", "summary", "stage", "is_public")
        help_texts = {"stage": _("An archived project cannot be changed any more.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "stage" in self.fields:
            self._offer_stages(self.instance.stage)

    def _offer_stages(self, stage: str) -> None:
        choices = reachable(stage)
        self.fields["stage"].choices = choices
        self.fields["stage"].error_messages["invalid_choice"] = _(
            "From where this project is now, it can only be: %(stages)s."
        ) % {"stages": ", ".join(str(label) for _value, label in choices)}

    def clean_title(self) -> str:
        return clean_visible(self.cleaned_data["title"])

    def clean_stage(self) -> str:
        stage = self.cleaned_data["stage"]
        try:
            # Locked until the project is saved, so that another's change is either seen here or waits.
            stored = lock_project(self.instance.pk).stage
        except actions.ProjectIsArchived:
            raise ValidationError(_("This project has been archived meanwhile."), code="archived") from None
        if stage not in dict(reachable(stored)):
            self._offer_stages(stored)
            raise ValidationError(self.fields["stage"].error_messages["invalid_choice"], code="invalid_choice")
        return stage


class MembershipInline(ReadOnly, TabularInline):
    """Who is and was in the team; that changes on the team's page on the site."""

    model = Membership
    fields = readonly_fields = ["member", "role", "joined_at", "left_at"]
    ordering = ("left_at", "joined_at", "pk")
    verbose_name_plural = _("team")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("member")


class TaskInline(ReadOnly, TabularInline):
    model = Task
    fields = readonly_fields = ["name", "state", "owner", "due_on"]
    ordering = ("position", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        return super().get_queryset(request).select_related("owner")

    @display(description=_("task"))
    def name(self, task: Task) -> str:
        return link_to(task, task.title)


@admin.register(Project)
class ProjectAdmin(ModelAdmin):
    """Projects begin with an accepted proposal and end by being archived, so none is made or deleted here."""

    form = ProjectForm
    list_display = ["title", "stage_label", "is_public", "collective", "team_size", "began_at"]
    list_select_related = ["collective"]
    list_filter = [
        ("stage", ChoicesDropdownFilter),
        ("is_public", BooleanRadioFilter),
        ("collective", AutocompleteSelectFilter),
    ]
    search_fields = ["title_key", "slug"]
    ordering = ["title_key", "id"]
    fields = ["title", "summary", "stage", "is_public", "slug", "collective", "proposal", "began_at"]
    readonly_fields = ["slug", "collective", "proposal", "began_at"]
    inlines = [MembershipInline, TaskInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return super().get_queryset(request).defer("search").annotate(team_size=count_of(Membership, "project"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj is not None and obj.is_archived)

    @display(description=_("stage"), ordering="stage", label=STAGE_LABELS)
    def stage_label(self, project: Project) -> tuple[str, str]:
        return project.stage, project.get_stage_display()

    @display(description=_("people, past and present"), ordering="team_size")
    def team_size(self, project: Project) -> int:
        return project.team_size

    def save_model(self, request: HttpRequest, obj: Project, form: forms.ModelForm, change: bool) -> None:
        clean = form.cleaned_data
        what = {name: clean[name] for name in ("title", "summary", "is_public")}
        actions.update_project(project_id=obj.pk, **what)
        actions.set_stage(project_id=obj.pk, stage=clean["stage"])
