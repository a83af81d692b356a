from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, BooleanRadioFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from core.admin import ClockInput, ModelAdmin, TabularInline, count_of
from core.clock import city_of, instant_of
from core.text import one_line
from reading_groups import actions
from reading_groups.admin.indexing import Indexed
from reading_groups.admin.papers import ReadingInline
from reading_groups.admin.presentations import PresentationInline
from reading_groups.models import Reading, Session


class SessionForm(forms.ModelForm):
    """A session as clocks in the group's zone show it; the instants follow from that."""

    time_of_day = forms.TimeField(
        label=_("Time of day"),
        required=False,
        widget=ClockInput,
        help_text=_("As clocks in the group's zone show it. Leave it empty while only the date is known."),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=15,
        max_value=480,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Empty means as long as the group usually meets."),
    )

    class Meta:
        model = Session
        fields = ("group", "title", "held_on", "presenters_wanted", "is_cancelled")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = self.instance
        if session.starts_at:
            local = session.starts_at.astimezone(ZoneInfo(session.group.zone))
            # As the field shows it, so that nobody seems to have changed the seconds.
            self.initial["time_of_day"] = local.time().replace(second=0, microsecond=0)
            self.initial["minutes"] = (session.ends_at - session.starts_at) // timedelta(minutes=1)

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        session = self.instance
        group = data.get("group") or (session.group if session.group_id else None)
        # Times that nobody touched stay exactly as they are.
        if group and data.get("held_on") and {"group", "held_on", "time_of_day", "minutes"} & set(self.changed_data):
            session.starts_at = session.ends_at = None
            if data.get("time_of_day"):
                session.starts_at = instant_of(data["held_on"], data["time_of_day"], group.zone)
                minutes = data.get("minutes") or group.duration_minutes
                session.ends_at = session.starts_at + timedelta(minutes=minutes)
                others = Session.objects.filter(group=group, starts_at=session.starts_at).exclude(pk=session.pk)
                if others.exists():
                    self.add_error("time_of_day", ValidationError(_("This group has a session at that time."), "taken"))
        return data


@admin.register(Session)
class SessionAdmin(Indexed, ModelAdmin):
    found_by = "group_id"
    form = SessionForm
    list_display = ["held_on", "starts", "group", "title", "reading_count", "is_on"]
    list_select_related = ["group"]
    list_filter = [("group", AutocompleteSelectFilter), ("is_cancelled", BooleanRadioFilter)]
    search_fields = ["title", "group__title_key", "held_on"]
    date_hierarchy = "held_on"
    ordering = ["-held_on", "-starts_at", "-id"]
    autocomplete_fields = ["group"]
    fields = ["group", "title", "held_on", "time_of_day", "minutes", "presenters_wanted", "is_cancelled"]
    inlines = [ReadingInline, PresentationInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).annotate(reading_count=count_of(Reading, "session"))

    def get_inlines(self, request: HttpRequest, obj: Session | None) -> list[type[TabularInline]]:
        return self.inlines if obj else [ReadingInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Session | None = None) -> list[str]:
        return ["group"] if obj else []

    @display(description=_("starts"), ordering="starts_at")
    def starts(self, session: Session) -> str:
        if session.starts_at is None:
            return ""
        local = session.starts_at.astimezone(ZoneInfo(session.group.zone))
        return f"{local:%H:%M} {city_of(session.group.zone)}"

    @display(description=_("readings"), ordering="reading_count")
    def reading_count(self, session: Session) -> int:
        return session.reading_count

    @display(description=_("takes place"), boolean=True, ordering="is_cancelled")
    def is_on(self, session: Session) -> bool:
        return not session.is_cancelled

    def save_model(self, request: HttpRequest, obj: Session, form: forms.ModelForm, change: bool) -> None:
        actions.save_session(session=obj)

    def save_formset(self, request: HttpRequest, form: forms.ModelForm, formset: Any, change: bool) -> None:
        for row in formset.forms if formset.model is Reading else ():
            row.instance.group_id = form.instance.group_id
        super().save_formset(request, form, formset, change)
