from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm

from cohorts import actions
from cohorts.models import Decision, DecisionBatch
from core.admin import ModelAdmin, ReadOnly, TabularInline, Undoable, count_of, leave_dialog


class DecisionInline(ReadOnly, TabularInline):
    model = Decision
    fields = readonly_fields = ["application", "state"]
    verbose_name_plural = _("applications")
    tab = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        return super().get_queryset(request).select_related("application")


@admin.register(DecisionBatch)
class DecisionBatchAdmin(ReadOnly, Undoable, ModelAdmin):
    """Decisions about many. Each waits ten minutes, and until then one button undoes it."""

    list_display = ["outcome", "cohort", "people", "made_by", "made_at", "held_until", "undone_at", "applied_at"]
    list_select_related = ["cohort", "made_by"]
    list_filter = [("cohort", AutocompleteSelectFilter), ("outcome", ChoicesDropdownFilter)]
    ordering = ["-made_at", "-id"]
    autocomplete_fields = ["cohort", "made_by", "undone_by"]
    fields = ["outcome", "cohort", "made_by", "made_at", "held_until", "undone_by", "undone_at", "applied_at"]
    inlines = [DecisionInline]
    actions_detail = ["undo"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DecisionBatch]:
        return super().get_queryset(request).annotate(people=count_of(Decision, "batch"))

    @display(description=_("people"), ordering="people")
    def people(self, batch: DecisionBatch) -> int:
        return batch.people

    def has_undo_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("cohorts.change_application")

    @action(
        description=_("Undo"),
        url_path="undo",
        permissions=["undo"],
        icon="undo",
        dialog={
            "title": _("Undo this decision"),
            "description": _("Nobody has heard of it, and nobody will."),
            "form_submit_text": _("Undo"),
        },
    )
    def undo(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        batch = get_object_or_404(DecisionBatch, pk=object_id)
        try:
            actions.undo_decision(actor=request.user, batch_id=batch.pk, now=timezone.now())
        except actions.TooLateToUndo:
            text = _("Too late: the ten minutes are over. Decide about them anew, and they get another mail.")
            self.message_user(request, text, messages.ERROR)
        else:
            self.message_user(request, _("Undone. Nobody gets a mail."), messages.SUCCESS)
        return leave_dialog(request, reverse("admin:cohorts_decisionbatch_change", args=[batch.pk]))
