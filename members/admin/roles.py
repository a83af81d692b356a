from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import CharField, F, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelect2Widget

from core.admin import ModelAdmin, ReadOnly, TabularInline, leave_dialog, link_to
from members import actions
from members.models import Collective, Member, Role

STATE_LABELS = {"held": "success", "planned": "info"}


def state_of(role: Role, today: date) -> tuple[str, str]:
    if role.closed_at is not None:
        return "closed", _("Taken back")
    if role.ends_on is not None and role.ends_on < today:
        return "over", _("Over")
    return ("planned", _("Planned")) if role.starts_on > today else ("held", _("Held"))


def scopes() -> list[tuple[str, str]]:
    """What a role can be given for here. Other keys come from those who know what they mean."""
    return [
        ("", _("The whole collaborative")),
        *((collective.key, collective.name) for collective in Collective.objects.by_name()),
    ]


class RoleForm(forms.ModelForm):
    """Gives a role; of one that was given, only the last day is changed."""

    scope = forms.ChoiceField(label=_("For"), choices=scopes, required=False, widget=UnfoldAdminSelect2Widget)

    class Meta:
        model = Role
        fields = ("member", "kind", "scope", "starts_on", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "starts_on" in self.fields:
            self.fields["starts_on"].initial = timezone.now().date()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        starts_on, ends_on = data.get("starts_on", self.instance.starts_on), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("This is before the first day."))
        if not self.instance.pk and data.get("member") and data.get("kind"):
            # Locked until the role is given, so that what is true here still is then.
            Member.objects.select_for_update().get(pk=data["member"].pk)
            present = Role.objects.filter(
                member=data["member"], kind=data["kind"], scope=data.get("scope", ""), closed_at=None
            ).first()
            if present and state_of(present, timezone.now().date())[0] != "over":
                self.add_error("kind", _("They have this role. Take it back first, or change its last day."))
        return data


class RoleEventInline(ReadOnly, TabularInline):
    """What became of a role, as the database itself has written it down."""

    model = Role.pgh_event_model
    fk_name = "pgh_obj"
    fields = readonly_fields = ["at", "ends_on", "closed_at", "closed_by"]
    ordering = ("pgh_id",)
    verbose_name_plural = _("history")
    tab = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("closed_by")

    @display(description=_("when"))
    def at(self, event: Model) -> str:
        return date_format(timezone.localtime(event.pgh_created_at), "DATETIME_FORMAT")


@admin.register(Role)
class RoleAdmin(ModelAdmin):
    """Who looks after what. A role is given and taken back; only its last day is edited, and nothing is deleted."""

    form = RoleForm
    list_display = ["member", "kind", "for_what", "state_label", "starts_on", "ends_on"]
    list_select_related = ["member"]
    list_filter = [("kind", ChoicesDropdownFilter), ("member", AutocompleteSelectFilter)]
    search_fields = ["member__name_key", "member__email"]
    ordering = ["-starts_on", "-id"]
    autocomplete_fields = ["member"]
    fields = ["member", "kind", "for_what", "starts_on", "ends_on", "granted_by", "closed_at", "closed_by"]
    readonly_fields = ["member", "kind", "for_what", "starts_on", "granted_by", "closed_at", "closed_by"]
    add_fieldsets = [(None, {"fields": ["member", "kind", "scope", "starts_on", "ends_on"]})]
    inlines = [RoleEventInline]
    actions = ["take_back"]
    actions_detail = ["take_back_this"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Role]:
        key = Concat(Value("members.collective:"), Cast("pk", CharField()))
        named = Collective.objects.alias(key=key).filter(key=OuterRef("scope")).values("name")
        return super().get_queryset(request).annotate(scope_name=Coalesce(Subquery(named), F("scope")))

    @display(description=_("for"))
    def for_what(self, role: Role) -> str:
        return role.scope_name or _("The whole collaborative")

    @display(description=_("state"), label=STATE_LABELS)
    def state_label(self, role: Role) -> tuple[str, str]:
        return state_of(role, timezone.now().date())

    def get_fieldsets(self, request: HttpRequest, obj: Role | None = None) -> list:
        return super().get_fieldsets(request, obj) if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Role | None = None) -> list[str]:
        return self.readonly_fields if obj else []

    def get_inlines(self, request: HttpRequest, obj: Role | None) -> list[type[TabularInline]]:
        return self.inlines if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.closed_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        return False

    def has_take_back_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("members.change_role")

    def get_actions_detail(self, request: HttpRequest, object_id: int | str) -> list[UnfoldAction]:
        role = self.get_object(request, str(object_id))
        is_open = role is not None and role.closed_at is None
        return super().get_actions_detail(request, object_id) if is_open else []

    def save_model(self, request: HttpRequest, obj: Role, form: forms.ModelForm, change: bool) -> None:
        if change:
            actions.set_last_day(role_id=obj.pk, ends_on=obj.ends_on)
            return
        role = actions.grant_role(
            actor=request.user,
            member=obj.member,
            kind=obj.kind,
            scope=obj.scope,
            starts_on=obj.starts_on,
            ends_on=obj.ends_on,
            now=timezone.now(),
        )
        obj.pk = role.pk

    @admin.action(description=_("Take the role back"), permissions=["take_back"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[Role]) -> None:
        self._take_back(request, list(queryset.filter(closed_at=None)))

    @action(
        description=_("Take the role back"),
        url_path="take-back",
        permissions=["take_back"],
        icon="undo",
        dialog={
            "title": _("Take the role back"),
            "description": _("It ends now. It can be given again at any time."),
            "form_submit_text": _("Take the role back"),
        },
    )
    def take_back_this(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        role = get_object_or_404(Role, pk=object_id)
        self._take_back(request, [role] if role.closed_at is None else [])
        return leave_dialog(request, reverse("admin:members_role_change", args=[role.pk]))

    def _take_back(self, request: HttpRequest, roles: list[Role]) -> None:
        for role in roles:
            actions.end_role(actor=request.user, role_id=role.pk, now=timezone.now())
        text = ngettext("%(n)s role taken back.", "%(n)s roles taken back.", len(roles)) % {"n": len(roles)}
        self.message_user(request, text, messages.SUCCESS if roles else messages.INFO)


class MemberRoleInline(ReadOnly, TabularInline):
    """Somebody's roles, each with a link to its own page, where it is taken back."""

    model = Role
    fk_name = "member"
    fields = readonly_fields = ["what", "scope", "starts_on", "ends_on", "closed_at"]
    ordering = ("-starts_on", "pk")

    @display(description=_("role"))
    def what(self, role: Role) -> str:
        return link_to(role, str(role))
