from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import ModelAdmin, ReadOnly
from reading_groups.models import Attendance, Rsvp


class OfSession(ReadOnly, ModelAdmin):
    """What members said or did about a session."""

    list_select_related = ["member", "session__group"]
    search_fields = ["member__name_key", "member__email", "session__group__title_key"]

    @display(description=_("reading group"), ordering="session__group__title_key")
    def group(self, row: Rsvp | Attendance) -> str:
        return str(row.session.group)

    @display(description=_("session"), ordering="session__held_on")
    def session_on(self, row: Rsvp | Attendance) -> str:
        return str(row.session.held_on)


@admin.register(Rsvp)
class RsvpAdmin(OfSession):
    """Who says that they come. Members answer on the site, or by a link in a reminder."""

    list_display = ["member", "group", "session_on", "answer", "answered_at"]
    list_filter = [
        ("session__group", AutocompleteSelectFilter),
        ("member", AutocompleteSelectFilter),
        ("answer", ChoicesDropdownFilter),
    ]
    ordering = ["-session__held_on", "member__name_key", "id"]
    fields = readonly_fields = ["member", "group", "session_on", "answer", "answered_at"]


@admin.register(Attendance)
class AttendanceAdmin(OfSession):
    """Who came. Organizers take it on the session's page of the site."""

    list_display = ["member", "group", "session_on", "how", "recorded_at", "recorded_by"]
    list_select_related = ["member", "session__group", "recorded_by"]
    list_filter = [
        ("session__group", AutocompleteSelectFilter),
        ("member", AutocompleteSelectFilter),
        ("how", ChoicesDropdownFilter),
    ]
    ordering = ["-session__held_on", "member__name_key", "id"]
    fields = readonly_fields = ["member", "group", "session_on", "how", "recorded_at", "recorded_by"]
