from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminFileFieldWidget

from cohorts import actions, countries
from cohorts.importer import COLUMNS, NotApplications, import_applications, read_rows, read_text
from cohorts.models import Cohort
from core.admin import ModelAdmin, clean_visible, leave_dialog
from core.markdown import validate_markdown

State = Cohort.State
STATE_LABELS = {State.APPLICATIONS: "success", State.RUNNING: "success", State.REVIEW: "info", State.DRAFT: "warning"}
# What is checked goes back and forth with the page; larger files have the command.
MOST_BYTES = 1_500_000
# A file of strangers' mistakes need not be shown whole.
MOST_ERRORS = 200


class CohortForm(forms.ModelForm):
    class Meta:
        model = Cohort
        fields = (
            "name",
            "slug",
            "kind",
            "state",
            "description",
            "zone",
            "starts_on",
            "ends_on",
            "capacity",
            "applications_open_at",
            "applications_close_at",
        )
        help_texts = {
            "state": _("Applications are taken in “Takes applications”, between the two moments below."),
        }

    def clean_name(self) -> str:
        return clean_visible(self.cleaned_data["name"])

    def clean_description(self) -> str:
        validate_markdown(self.cleaned_data["description"])
        return self.cleaned_data["description"]


class ImportForm(forms.Form):
    """A file to check, or the text that has been checked and is to be imported."""

    file = forms.FileField(label=_("CSV file"), required=False, widget=UnfoldAdminFileFieldWidget)
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        file = data.get("file")
        if not file and not data.get("text"):
            self.add_error("file", _("Choose a file."))
        elif file and file.size > MOST_BYTES:
            self.add_error("file", _("The file is too large for this page. Use manage.py import_applications."))
        else:
            try:
                data["text"] = read_text(file.read()) if file else data["text"]
                data["rows"] = read_rows(data["text"])
            except NotApplications as error:
                self.add_error("file", str(error))
        return data


@admin.register(Cohort)
class CohortAdmin(ModelAdmin):
    """Cohorts, each with its numbers. One that somebody has applied to is archived rather than deleted."""

    form = CohortForm
    list_display = ["name", "kind", "state_label", "starts_on", "ends_on", "capacity", "applied", "accepted", "claimed"]
    list_filter = [("state", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter)]
    search_fields = ["name_key", "slug"]
    ordering = ["-starts_on", "-id"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "kind", "state", "description"]}),
        (_("When"), {"fields": ["zone", ("starts_on", "ends_on")]}),
        (_("Applications"), {"fields": ["capacity", ("applications_open_at", "applications_close_at")]}),
    ]
    change_form_outer_before_template = "admin/cohorts/cohort/numbers.html"
    actions_detail = ["distribute", "import_file"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        return super().get_queryset(request).with_numbers()

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, cohort: Cohort) -> tuple[str, str]:
        return cohort.state, cohort.get_state_display()

    @display(description=_("applied"), ordering="applied")
    def applied(self, cohort: Cohort) -> int:
        return cohort.applied

    @display(description=_("accepted"), ordering="accepted")
    def accepted(self, cohort: Cohort) -> int:
        return cohort.accepted

    @display(description=_("taken up"), ordering="claimed")
    def claimed(self, cohort: Cohort) -> int:
        return cohort.claimed

    def has_delete_permission(self, request: HttpRequest, obj: Cohort | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not obj.applied)

    def has_distribute_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("cohorts.change_place")

    def has_import_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("cohorts.add_application")

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        # Deleting many would stumble over those that somebody has applied to.
        entries = super().get_actions(request, action_location)
        return {name: entry for name, entry in entries.items() if name != "delete_selected"}

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        cohort = kwargs.get("obj")
        if cohort is not None and cohort.pk:
            context["numbers"] = _numbers(cohort)
        return super().render_change_form(request, context, *args, **kwargs)

    @action(
        description=_("Put people into sections"),
        url_path="distribute",
        permissions=["distribute"],
        icon="group_work",
        dialog={
            "title": _("Put people into sections"),
            "description": _(
                "Everybody with a place and no section goes into the emptiest section, in turn. "
                "Nobody is moved, and nobody gets a mail. You can change it one by one afterwards."
            ),
            "form_submit_text": _("Put people into sections"),
        },
    )
    def distribute(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        cohort = get_object_or_404(Cohort, pk=object_id)
        put, left = actions.distribute_places(cohort_id=cohort.pk)
        text = ngettext("%(n)s person is put into a section.", "%(n)s people are put into sections.", put)
        self.message_user(request, text % {"n": put}, messages.SUCCESS if put else messages.INFO)
        if left:
            text = ngettext(
                "%(n)s person finds no section with a place left.",
                "%(n)s people find no section with a place left.",
                left,
            )
            self.message_user(request, text % {"n": left}, messages.WARNING)
        return leave_dialog(request, reverse("admin:cohorts_cohort_change", args=[cohort.pk]))

    @action(description=_("Import applications"), url_path="import", permissions=["import"], icon="upload_file")
    def import_file(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose a file; see what would become of each row; import those that can be. Nobody gets a mail."""
        cohort = get_object_or_404(Cohort, pk=object_id)
        # A file alone comes without any other field.
        form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
        report, is_done = None, False
        if request.method == "POST" and form.is_valid():
            is_done = "confirmed" in request.POST
            report = import_applications(
                cohort_id=cohort.pk, rows=form.cleaned_data["rows"], is_dry_run=not is_done, now=timezone.now()
            )
        context = self.admin_site.each_context(request) | {
            "title": _("Import applications"),
            "opts": self.opts,
            "cohort": cohort,
            "form": form,
            "report": report,
            "errors": report.errors[:MOST_ERRORS] if report else [],
            "more_errors": max(len(report.errors) - MOST_ERRORS, 0) if report else 0,
            "is_done": is_done,
            "text": form.cleaned_data.get("text", "") if report else "",
            "columns": ", ".join(COLUMNS),
        }
        return TemplateResponse(request, "admin/cohorts/cohort/import.html", context)


def _numbers(cohort: Cohort) -> dict[str, Any]:
    """The funnel, from the counts that the cohort was fetched with, and the countries. One query."""
    rows = cohort.applications.by_country()
    return {
        "funnel": [
            (_("Applied"), cohort.applied),
            (_("Accepted"), cohort.accepted),
            (_("Place taken up"), cohort.claimed),
            (_("In sections"), cohort.placed),
        ],
        "countries": [
            (countries.name_of(row["country"]) or _("Not said"), row["applied"], row["accepted"]) for row in rows
        ],
    }
