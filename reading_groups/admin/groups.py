from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm

from core.admin import DayInput, ModelAdmin, ReadOnly, TabularInline, clean_visible, leave_dialog, link_to
from core.clock import city_of
from core.markdown import validate_markdown
from reading_groups import actions
from reading_groups.actions.groups import NEXT_STATES
from reading_groups.actions.places import lock_group
from reading_groups.admin.enrolments import EnrolmentInline
from reading_groups.admin.papers import ReadingInline
from reading_groups.models import ReadingGroup, Session

State = ReadingGroup.State
STATE_LABELS = {
    State.OPEN: "success",
    State.RUNNING: "success",
    State.DRAFT: "warning",
    State.PROPOSED: "warning",
    State.PAUSED: "info",
}
# What a group made here can be at first: others come to be by what members and organizers do on the site.
FIRST_STATES = (State.DRAFT, State.OPEN, State.RUNNING, State.COMPLETED, State.ARCHIVED)
LONGEST_PLAN = timedelta(days=366)


def reachable(state: str) -> list[tuple[str, str]]:
    """The states that a group can be in next, with the one it is in, as choices."""
    return [choice for choice in State.choices if choice[0] == state or choice[0] in NEXT_STATES[State(state)]]


class ReadingGroupForm(forms.ModelForm):
    class Meta:
        model = ReadingGroup
        fields = (
            "title",
            "slug",
            "description",
            "format",
            "topics",
            "collective",
            "organizers",
            "language",
            "state",
            "visibility",
            "capacity",
            "hold_hours",
            "head_start_days",
            "allows_sitting_in",
            "zone",
            "weekday",
            "starts_at_time",
            "duration_minutes",
            "every_weeks",
            "call_url",
            "chat_url",
            "presenters_wanted",
            "hands_needed",
            "attendance_needed",
            "findings",
        )
        help_texts = {
            "state": _(
                "Completing or archiving a group ends the places in it, and cannot be undone. "
                "Complete one that has run before you archive it: its people have then completed it."
            ),
            "capacity": _("Nobody loses a place when this shrinks; places go as people leave."),
            "weekday": _("With the time of day: the rule that sessions are planned by. Those planned already stay."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "state" in self.fields:
            self._offer_states(self.instance.state)
        elif "state" in self.fields:
            self.fields["state"].choices = [choice for choice in State.choices if choice[0] in FIRST_STATES]

    def _offer_states(self, state: str) -> None:
        choices = reachable(state)
        self.fields["state"].choices = choices
        self.fields["state"].error_messages["invalid_choice"] = _(
            "From where this group is now, it can only be: %(states)s."
        ) % {"states": ", ".join(str(label) for _value, label in choices)}

    def clean_title(self) -> str:
        return clean_visible(self.cleaned_data["title"])

    def clean_description(self) -> str:
        validate_markdown(self.cleaned_data["description"])
        return self.cleaned_data["description"]

    def clean_findings(self) -> str:
        validate_markdown(self.cleaned_data["findings"])
        return self.cleaned_data["findings"]

    def clean_state(self) -> str:
        state = self.cleaned_data["state"]
        if self.instance.pk:
            # Locked until the group is saved, so that another admin's change is either seen here or waits.
            stored = lock_group(self.instance.pk).state
            if state not in dict(reachable(stored)):
                self._offer_states(stored)
                raise ValidationError(self.fields["state"].error_messages["invalid_choice"], code="invalid_choice")
        return state

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("weekday") is not None and "starts_at_time" in data and data["starts_at_time"] is None:
            self.add_error("starts_at_time", _("A weekly group needs the time of day as well."))
        if data.get("starts_at_time") is not None and "weekday" in data and data["weekday"] is None:
            self.add_error("weekday", _("A weekly group needs the weekday as well."))
        return data


class PlanForm(BaseDialogForm):
    first_on = forms.DateField(label=_("From"), widget=DayInput)
    last_on = forms.DateField(label=_("To"), widget=DayInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "first_on" in data and "last_on" in data:
            if data["last_on"] < data["first_on"]:
                self.add_error("last_on", _("This is before the first day."))
            elif data["last_on"] - data["first_on"] > LONGEST_PLAN:
                self.add_error("last_on", _("Plan at most a year at once."))
        return data


class SessionInline(ReadOnly, TabularInline):
    """The group's sessions, each with a link to its own page, where it is changed."""

    model = Session
    fields = readonly_fields = ["day", "title", "starts_at", "is_cancelled"]
    ordering = ("-held_on", "-starts_at", "pk")

    @display(description=_("date"))
    def day(self, session: Session) -> str:
        return link_to(session, date_format(session.held_on))


class GroupReadingInline(ReadingInline):
    fields = ["paper", "part", "session", "position"]
    autocomplete_fields = ["paper", "session"]


@admin.register(ReadingGroup)
class ReadingGroupAdmin(ModelAdmin):
    """Groups. One that somebody ever joined is archived rather than deleted, since enrolments are never deleted."""

    form = ReadingGroupForm
    list_display = ["title", "state_label", "format", "rule", "taken", "waiting", "collective"]
    list_select_related = ["collective"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("format", ChoicesDropdownFilter),
        ("topics", AutocompleteSelectFilter),
        ("collective", AutocompleteSelectFilter),
        ("organizers", AutocompleteSelectFilter),
    ]
    search_fields = ["title_key", "slug"]
    ordering = ["title_key", "id"]
    autocomplete_fields = ["topics", "collective", "organizers"]
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (
            None,
            {"fields": ["title", "slug", "description", "format", "topics", "collective", "language", "organizers"]},
        ),
        (
            _("State and places"),
            {"fields": ["state", "visibility", "capacity", "taken", "hold_hours", "allows_sitting_in"]},
        ),
        (
            _("When and where"),
            {
                "fields": [
                    "zone",
                    ("weekday", "starts_at_time"),
                    ("duration_minutes", "every_weeks"),
                    ("call_url", "chat_url"),
                ]
            },
        ),
        (_("Presenting and ideas"), {"fields": ["presenters_wanted", "hands_needed"]}),
        (_("What stays"), {"fields": ["attendance_needed", "findings"]}),
        (
            _("Where it came from"),
            {
                "fields": [
                    ("proposed_by", "submitted_at"),
                    ("decided_by", "decided_at"),
                    "reasons",
                    ("copied_from", "head_start_days"),
                ]
            },
        ),
    ]
    readonly_fields = [
        "taken",
        "proposed_by",
        "submitted_at",
        "decided_by",
        "decided_at",
        "reasons",
        "copied_from",
    ]
    inlines = [SessionInline, GroupReadingInline, EnrolmentInline]
    actions = ["pass_on_holds", "open_proposals", "issue_certificates"]
    actions_detail = ["plan_sessions"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReadingGroup]:
        return super().get_queryset(request).with_waiting().defer("search")

    def get_inlines(self, request: HttpRequest, obj: ReadingGroup | None) -> list[type[TabularInline]]:
        return self.inlines if obj else []

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, group: ReadingGroup) -> tuple[str, str]:
        return group.state, group.get_state_display()

    @display(description=_("meets"))
    def rule(self, group: ReadingGroup) -> str:
        if group.weekday is None or group.starts_at_time is None:
            return city_of(group.zone)
        return f"{group.get_weekday_display()} {group.starts_at_time:%H:%M} {city_of(group.zone)}"

    @display(description=_("places taken"), ordering="places_taken")
    def taken(self, group: ReadingGroup) -> str:
        return _("%(taken)s of %(all)s") % {"taken": group.places_taken, "all": group.capacity}

    @display(description=_("waiting"), ordering="waiting")
    def waiting(self, group: ReadingGroup) -> int:
        return group.waiting

    def has_act_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("reading_groups.change_readinggroup")

    def save_model(self, request: HttpRequest, obj: ReadingGroup, form: forms.ModelForm, change: bool) -> None:
        actions.save_group(group=obj, actor=request.user, now=timezone.now())

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        actions.index_groups(group_ids=[form.instance.pk])

    @admin.action(description=_("Pass on held places that have run out"), permissions=["act"])
    def pass_on_holds(self, request: HttpRequest, queryset: QuerySet[ReadingGroup]) -> None:
        now = timezone.now()
        count = sum(
            actions.pass_on_holds(group_id=pk, now=now) for pk in queryset.order_by("pk").values_list("pk", flat=True)
        )
        text = ngettext("%(n)s hold had run out.", "%(n)s holds had run out.", count)
        self.message_user(request, text % {"n": count}, messages.SUCCESS if count else messages.INFO)

    @admin.action(description=_("Open what is proposed; whoever proposed it organizes it"), permissions=["act"])
    def open_proposals(self, request: HttpRequest, queryset: QuerySet[ReadingGroup]) -> None:
        """Returning needs reasons, so that is done on the proposal's own page on the site, as is declining."""
        count = 0
        for pk in queryset.filter(state=State.PROPOSED).order_by("submitted_at", "pk").values_list("pk", flat=True):
            try:
                actions.open_proposal(actor=request.user, group_id=pk, now=timezone.now())
            except (actions.AlreadyAnswered, ReadingGroup.DoesNotExist):
                continue  # somebody else was faster
            count += 1
        text = ngettext("%(n)s group is open.", "%(n)s groups are open.", count)
        self.message_user(request, text % {"n": count}, messages.SUCCESS if count else messages.INFO)

    @admin.action(description=_("Issue the certificates that are missing"), permissions=["act"])
    def issue_certificates(self, request: HttpRequest, queryset: QuerySet[ReadingGroup]) -> None:
        now, count = timezone.now(), 0
        for pk in queryset.filter(state__in=ReadingGroup.OVER).order_by("pk").values_list("pk", flat=True):
            count += len(actions.issue_certificates(group_id=pk, now=now))
        text = ngettext("%(n)s certificate is issued.", "%(n)s certificates are issued.", count)
        self.message_user(request, text % {"n": count}, messages.SUCCESS if count else messages.INFO)

    @action(
        description=_("Plan sessions"),
        url_path="plan-sessions",
        permissions=["act"],
        icon="event_repeat",
        dialog={
            "title": _("Plan sessions by the weekly rule"),
            "description": _("Sessions that stand already are kept. Nobody gets a mail now."),
            "form_class": PlanForm,
            "form_submit_text": _("Plan sessions"),
        },
    )
    def plan_sessions(self, request: HttpRequest, form: PlanForm, object_id: str) -> HttpResponse:
        group = get_object_or_404(ReadingGroup, pk=object_id)
        page = reverse("admin:reading_groups_readinggroup_change", args=[group.pk])
        if group.weekday is None or group.starts_at_time is None:
            self.message_user(request, _("Save a weekday and a time of day first."), messages.ERROR)
        else:
            first_on, last_on = form.cleaned_data["first_on"], form.cleaned_data["last_on"]
            count = len(actions.plan_sessions(group=group, first_on=first_on, last_on=last_on))
            text = ngettext("%(n)s session is planned.", "%(n)s sessions are planned.", count)
            self.message_user(request, text % {"n": count}, messages.SUCCESS)
        return leave_dialog(request, page)
