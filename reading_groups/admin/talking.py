"""What organizers wrote, small groups and summaries, to be looked at. A held message can be undone here as well."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm

from core.admin import ModelAdmin, ReadOnly, TabularInline, Undoable, leave_dialog
from reading_groups import actions
from reading_groups.models import GroupMessage, MessageRecipient, Seat, Split, Summary


class RecipientInline(ReadOnly, TabularInline):
    model = MessageRecipient
    fields = readonly_fields = ["member"]
    ordering = ("member__name_key", "pk")
    verbose_name_plural = _("recipients")
    tab = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[MessageRecipient]:
        return super().get_queryset(request).select_related("member")


@admin.register(GroupMessage)
class GroupMessageAdmin(ReadOnly, Undoable, ModelAdmin):
    """What organizers wrote to their people. Each waits ten minutes, and until then one button undoes it."""

    list_display = ["subject", "group", "audience", "author", "written_at", "people", "undone_at", "sent_at"]
    list_select_related = ["group", "author"]
    list_filter = [
        ("group", AutocompleteSelectFilter),
        ("author", AutocompleteSelectFilter),
        ("audience", ChoicesDropdownFilter),
    ]
    search_fields = ["subject", "text", "group__title_key", "author__name_key"]
    date_hierarchy = "written_at"
    ordering = ["-written_at", "-id"]
    autocomplete_fields = ["group", "author", "session", "undone_by"]
    fields = [
        "group",
        "author",
        "audience",
        "session",
        "subject",
        "text",
        "written_at",
        "held_until",
        "undone_by",
        "undone_at",
        "sent_at",
    ]
    inlines = [RecipientInline]
    actions_detail = ["undo"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[GroupMessage]:
        return super().get_queryset(request).with_reach()

    @display(description=_("people"), ordering="reach")
    def people(self, message: GroupMessage) -> int:
        return message.reach

    def has_undo_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("reading_groups.change_groupmessage")

    @action(
        description=_("Undo"),
        url_path="undo",
        permissions=["undo"],
        icon="undo",
        dialog={
            "title": _("Undo this message"),
            "description": _("Nobody has got it, and nobody will."),
            "form_submit_text": _("Undo"),
        },
    )
    def undo(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        message = get_object_or_404(GroupMessage, pk=object_id)
        try:
            actions.undo_message(actor=request.user, message_id=message.pk, now=timezone.now())
        except actions.TooLateToUndo:
            text = _("Too late: the ten minutes are over, and it is on its way.")
            self.message_user(request, text, messages.ERROR)
        else:
            self.message_user(request, _("Undone. Nobody gets it."), messages.SUCCESS)
        return leave_dialog(request, reverse("admin:reading_groups_groupmessage_change", args=[message.pk]))


class SeatInline(ReadOnly, TabularInline):
    model = Seat
    fields = readonly_fields = ["number", "member"]
    ordering = ("number", "member__name_key", "pk")
    verbose_name_plural = _("seats")
    tab = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seat]:
        return super().get_queryset(request).select_related("member")


@admin.register(Split)
class SplitAdmin(ReadOnly, ModelAdmin):
    """The small groups of sessions. They are drawn on the site, on the session's own page."""

    list_display = ["session", "group", "size", "made_by", "made_at", "moved_at"]
    list_select_related = ["session__group", "made_by"]
    list_filter = [("session__group", AutocompleteSelectFilter)]
    search_fields = ["session__title", "session__group__title_key"]
    date_hierarchy = "made_at"
    ordering = ["-made_at", "-id"]
    autocomplete_fields = ["session", "made_by"]
    fields = ["session", "size", "seed", "made_by", "made_at", "moved_at", "revision"]
    inlines = [SeatInline]

    @display(description=_("reading group"), ordering="session__group__title_key")
    def group(self, split: Split) -> str:
        return str(split.session.group)


@admin.register(Summary)
class SummaryAdmin(ReadOnly, ModelAdmin):
    """What groups keep of their discussions. Organizers change it on the site, where its history is kept."""

    list_display = ["beginning", "session", "group", "written_by", "written_at", "revision"]
    list_select_related = ["session__group", "written_by"]
    list_filter = [("session__group", AutocompleteSelectFilter), ("written_by", AutocompleteSelectFilter)]
    search_fields = ["text", "session__group__title_key", "written_by__name_key"]
    date_hierarchy = "written_at"
    ordering = ["-written_at", "-id"]
    autocomplete_fields = ["session", "written_by"]
    fields = ["session", "text", "written_by", "written_at", "revision"]

    @display(description=_("text"))
    def beginning(self, summary: Summary) -> str:
        return Truncator(summary.text).chars(80)

    @display(description=_("reading group"), ordering="session__group__title_key")
    def group(self, summary: Summary) -> str:
        return str(summary.session.group)
