from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm

from core.admin import ModelAdmin, ReadOnly, TabularInline, leave_dialog, link_to
from reading_groups import actions
from reading_groups.actions.places import lock_group
from reading_groups.models import Enrolment, ReadingGroup

State = Enrolment.State
CONSEQUENCES = _(
    "They lose their place or their position in line. "
    "A freed place is offered to the first who waits, by email, at once."
)
# What the theme shows a state as.
STATE_LABELS = {State.ENROLLED: "success", State.HELD: "warning", State.WAITLISTED: "info"}


class EnrolmentForm(forms.ModelForm):
    """Somebody joins a group, as they could by themselves."""

    class Meta:
        model = Enrolment
        fields = ("group", "member")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        group, member = data.get("group"), data.get("member")
        if group and member:
            try:
                # Locked until the place is given, so that what is true here still is then.
                group = lock_group(group.pk)
            except ReadingGroup.DoesNotExist:
                self.add_error("group", _("This group has been removed."))
                return data
            if not member.is_active:
                self.add_error("member", _("They cannot sign in any more, so they cannot be given a place."))
            elif not group.is_listed:
                self.add_error("group", _("This group is not open for sign-up."))
            elif group.enrolments.filter(member=member, state=State.ENROLLED).exists():
                self.add_error("member", _("They have a place in this group."))
            elif group.enrolments.filter(member=member, state=State.WAITLISTED).exists():
                self.add_error("member", _("They are on the waitlist of this group."))
        return data


class EventInline(ReadOnly, TabularInline):
    """What became of an enrolment, step by step, as the database itself has written it down."""

    model = Enrolment.pgh_event_model
    fk_name = "pgh_obj"
    fields = readonly_fields = ["at", "state", "held_until"]
    ordering = ("pgh_id",)
    verbose_name_plural = _("history")
    tab = False

    @display(description=_("when"))
    def at(self, event: Model) -> str:
        return date_format(timezone.localtime(event.pgh_created_at), "DATETIME_FORMAT")


@admin.register(Enrolment)
class EnrolmentAdmin(ModelAdmin):
    """Places and lines. Nothing here is edited: people join and leave, and the group's count follows."""

    form = EnrolmentForm
    list_display = ["member", "group", "state_label", "joined_at", "enrolled_at", "held_until"]
    list_select_related = ["member", "group"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("group", AutocompleteSelectFilter),
        ("member", AutocompleteSelectFilter),
    ]
    search_fields = ["member__name_key", "member__email", "group__title_key"]
    date_hierarchy = "joined_at"
    ordering = ["-joined_at", "-id"]
    autocomplete_fields = ["group", "member"]
    fields = ["group", "member", "state", "joined_at", "enrolled_at", "held_until", "left_at"]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["group", "member"],
                "description": _("They get a place, or the last position in line where the group is full."),
            },
        )
    ]
    inlines = [EventInline]
    actions = ["give_up"]
    actions_detail = ["give_up_this"]

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, enrolment: Enrolment) -> tuple[str, str]:
        return enrolment.state, enrolment.get_state_display()

    def get_inlines(self, request: HttpRequest, obj: Enrolment | None) -> list[type[TabularInline]]:
        return self.inlines if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Enrolment | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Enrolment | None = None) -> bool:
        return False

    def has_give_up_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("reading_groups.change_enrolment")

    def get_actions_detail(self, request: HttpRequest, object_id: int | str) -> list[UnfoldAction]:
        enrolment = self.get_object(request, str(object_id))
        is_live = enrolment is not None and enrolment.state in Enrolment.LIVE
        return super().get_actions_detail(request, object_id) if is_live else []

    def save_model(self, request: HttpRequest, obj: Enrolment, form: forms.ModelForm, change: bool) -> None:
        enrolment = actions.join_group(actor=obj.member, group_id=obj.group_id, now=timezone.now())
        obj.pk, obj.state = enrolment.pk, enrolment.state

    @admin.action(description=_("Give up the place"), permissions=["give_up"])
    def give_up(self, request: HttpRequest, queryset: QuerySet[Enrolment]) -> HttpResponse | None:
        """Say what will happen, then do it. A freed place passes to the first in line."""
        rows = queryset.filter(state__in=Enrolment.LIVE).select_related("member", "group").order_by("joined_at", "id")
        if rows and "confirmed" not in request.POST:
            context = self.admin_site.each_context(request) | {
                "title": _("Give up the place"),
                "opts": self.opts,
                "consequences": CONSEQUENCES,
                "enrolments": rows,
                "action_checkbox_name": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/reading_groups/enrolment/give_up.html", context)
        self._leave(request, rows)
        return None

    @action(
        description=_("Give up the place"),
        url_path="give-up",
        permissions=["give_up"],
        icon="logout",
        dialog={
            "title": _("Give up the place"),
            "description": CONSEQUENCES,
            "form_submit_text": _("Give up the place"),
        },
    )
    def give_up_this(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        enrolment = get_object_or_404(Enrolment, pk=object_id)
        self._leave(request, [enrolment] if enrolment.state in Enrolment.LIVE else [])
        return leave_dialog(request, reverse("admin:reading_groups_enrolment_change", args=[enrolment.pk]))

    def _leave(self, request: HttpRequest, enrolments: Iterable[Enrolment]) -> None:
        count = 0
        for enrolment in enrolments:
            try:
                actions.leave_group(actor=enrolment.member, group_id=enrolment.group_id, now=timezone.now())
            except (actions.NotInGroup, ReadingGroup.DoesNotExist):
                continue  # somebody else was faster
            count += 1
        if count:
            text = ngettext("%(n)s place given up.", "%(n)s places given up.", count)
            self.message_user(request, text % {"n": count}, messages.SUCCESS)
        else:
            self.message_user(request, _("None of these has a place or waits for one."), messages.INFO)


class EnrolmentInline(ReadOnly, TabularInline):
    """Who is in a group and who waits, on the group's page, each with a link to what they did."""

    model = Enrolment
    fields = readonly_fields = ["who", "state", "joined_at", "held_until"]
    ordering = ("joined_at", "pk")
    verbose_name_plural = _("people")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrolment]:
        return super().get_queryset(request).exclude(state=State.LEFT).select_related("member")

    @display(description=_("member"))
    def who(self, enrolment: Enrolment) -> str:
        return link_to(enrolment, str(enrolment.member))
