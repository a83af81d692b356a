from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, BooleanRadioFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from core.admin import ClockInput, ModelAdmin, TabularInline, count_of
from core.clock import city_of
from core.text import one_line
from reading_groups import actions
from reading_groups.actions import Moment
from reading_groups.actions.places import lock_group
from reading_groups.actions.sessions import check_move, is_at, lock_session, moment_of, set_time
from reading_groups.admin.indexing import Indexed
from reading_groups.admin.papers import ReadingInline
from reading_groups.admin.presentations import PresentationInline
from reading_groups.forms.sessions import REFUSED_TIMES, why_not
from reading_groups.models import Reading, ReadingGroup, Session


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
        fields = ("group", "title", "held_on", "presenters_wanted", "call_url", "recording_url", "is_cancelled")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # As the fields show it, so that nobody seems to have changed the seconds.
            was = moment_of(self.instance)
            self.initial["time_of_day"], self.initial["minutes"] = was.at, was.minutes

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        group = data.get("group") or (self.instance.group if self.instance.group_id else None)
        if group and data.get("held_on") and "time_of_day" in data and "minutes" in data:
            self.moment = Moment(held_on=data["held_on"], at=data["time_of_day"], minutes=data["minutes"])
            self._check_moment(
                group, is_off=bool(data.get("is_cancelled")), has_recording=bool(data.get("recording_url"))
            )
        if "recording_url" in self.changed_data:
            self.instance.recording_added_at = timezone.now() if data.get("recording_url") else None
        return data

    def _check_moment(self, group: ReadingGroup, *, is_off: bool, has_recording: bool) -> None:
        """Whether the session may be then; in the transaction in which it is saved, with its group locked."""
        now, is_new = timezone.now(), self.instance.pk is None
        session = Session(group=lock_group(group.pk)) if is_new else lock_session(self.instance.pk)
        try:
            is_moved = not is_new and not is_at(session, self.moment)
            if is_moved and is_off:
                self.add_error("is_cancelled", _("Move it or call it off, not both at once."))
            elif is_new:
                set_time(session, self.moment)
                if is_off and session.has_started(now):
                    raise actions.SessionHasStarted
            elif is_moved or session.is_cancelled != is_off:
                check_move(session, self.moment, now)
        except actions.SessionHasStarted:
            self.add_error("held_on", _("This session has started or is over, so when it is stays as it is."))
        except REFUSED_TIMES as error:
            field, told = why_not(error, self.moment, group)
            self.add_error("time_of_day" if field == "at" else field, told)
        if has_recording and not session.is_over(now):
            self.add_error("recording_url", _("This session is not over."))


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
    fields = [
        "group",
        "title",
        "held_on",
        "time_of_day",
        "minutes",
        "presenters_wanted",
        "call_url",
        "recording_url",
        "is_cancelled",
    ]
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
        actions.save_session(actor=request.user, session=obj, moment=form.moment, now=timezone.now())

    def save_formset(self, request: HttpRequest, form: forms.ModelForm, formset: Any, change: bool) -> None:
        for row in formset.forms if formset.model is Reading else ():
            row.instance.group_id = form.instance.group_id
        super().save_formset(request, form, formset, change)
