from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, BooleanRadioFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from core.admin import ClockInput, DayInput, ModelAdmin, ReadOnly, clean_visible, count_of
from core.clock import city_of, instant_of
from members.availability import actions
from members.availability.forms import LONGEST_AWAY, LONGEST_MEETING
from members.availability.models import Away, Meeting, TypicalWeek
from members.availability.polls.admin import PollAdmin

__all__ = ["AwayAdmin", "MeetingAdmin", "PollAdmin", "TypicalWeekAdmin"]


@admin.register(TypicalWeek)
class TypicalWeekAdmin(ReadOnly, ModelAdmin):
    """Who has entered a typical week. What is in it is the member's alone."""

    list_display = ["member", "has_one"]
    list_display_links = None
    list_select_related = ["member"]
    search_fields = ["member__name_key"]
    ordering = ["member__name_key", "id"]
    autocomplete_fields = ["member"]
    fields = ["member"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TypicalWeek]:
        return super().get_queryset(request).only("member")

    @display(description=_("has a typical week"), boolean=True)
    def has_one(self, week: TypicalWeek) -> bool:
        return True


class AwayForm(forms.ModelForm):
    class Meta:
        model = Away
        fields = ("member", "starts_on", "ends_on")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on"):
            if data["ends_on"] < data["starts_on"]:
                self.add_error("ends_on", _("This is before the first day."))
            elif data["ends_on"] - data["starts_on"] > LONGEST_AWAY:
                self.add_error("ends_on", _("At most a year at once."))
        return data

    def _get_validation_exclusions(self) -> set[str]:
        # Days that touch others become one record with them, so they are no error.
        return super()._get_validation_exclusions() | {"starts_on", "ends_on"}


@admin.register(Away)
class AwayAdmin(ModelAdmin):
    """Days away are added and deleted; adding days that touch others joins them."""

    form = AwayForm
    list_display = ["member", "starts_on", "ends_on"]
    list_select_related = ["member"]
    list_filter = [("member", AutocompleteSelectFilter)]
    search_fields = ["member__name_key"]
    date_hierarchy = "starts_on"
    ordering = ["-starts_on", "-id"]
    autocomplete_fields = ["member"]

    def has_change_permission(self, request: HttpRequest, obj: Away | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Away, form: forms.ModelForm, change: bool) -> None:
        stored = actions.add_away(actor=obj.member, starts_on=obj.starts_on, ends_on=obj.ends_on)
        obj.pk, obj.starts_on, obj.ends_on = stored.pk, stored.starts_on, stored.ends_on


class MeetingForm(forms.ModelForm):
    """A meeting as clocks in its zone show it; the instants follow from that."""

    day = forms.DateField(label=_("Day"), widget=DayInput)
    time_of_day = forms.TimeField(
        label=_("Time of day"), widget=ClockInput, help_text=_("As clocks in the meeting's zone show it.")
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        initial=60,
        min_value=15,
        max_value=LONGEST_MEETING,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = Meeting
        fields = ("title", "about", "zone", "call_url", "participants")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meeting = self.instance
        if meeting.pk:
            local = meeting.starts_at.astimezone(ZoneInfo(meeting.zone))
            self.initial["day"], self.initial["time_of_day"] = local.date(), local.time()
            self.initial["minutes"] = (meeting.ends_at - meeting.starts_at) // timedelta(minutes=1)

    def clean_title(self) -> str:
        return clean_visible(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        touched = {"zone", "day", "time_of_day", "minutes"} & set(self.changed_data)
        if not touched or not all(data.get(name) for name in ("zone", "day", "time_of_day", "minutes")):
            return data
        starts_at = instant_of(data["day"], data["time_of_day"], data["zone"])
        ends_at = starts_at + timedelta(minutes=data["minutes"])
        about = data.get("about", self.instance.about)
        others = Meeting.objects.about(about).on().filter(starts_at=starts_at).exclude(pk=self.instance.pk)
        if ends_at <= timezone.now():
            self.add_error("day", _("This is over already."))
        elif about and others.exists():
            self.add_error("time_of_day", ValidationError(_("It has a meeting at that time."), "taken"))
        else:
            data["starts_at"], data["ends_at"] = starts_at, ends_at
        return data


@admin.register(Meeting)
class MeetingAdmin(ModelAdmin):
    """Meetings are planned, moved and cancelled as on the site, with the same mails; they are never deleted."""

    form = MeetingForm
    list_display = ["title", "starts", "about", "people", "is_on"]
    list_filter = [("participants", AutocompleteSelectFilter), ("is_cancelled", BooleanRadioFilter)]
    search_fields = ["title", "about"]
    date_hierarchy = "starts_at"
    ordering = ["-starts_at", "-id"]
    autocomplete_fields = ["participants"]
    fields = ["title", "about", "zone", ("day", "time_of_day", "minutes"), "call_url", "participants"]
    actions = ["cancel_meetings"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Meeting]:
        return super().get_queryset(request).annotate(people=count_of(Meeting.participants.through, "meeting"))

    def get_readonly_fields(self, request: HttpRequest, obj: Meeting | None = None) -> list[str]:
        return ["about"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        is_settled = obj is not None and (obj.is_cancelled or obj.ends_at <= timezone.now())
        return super().has_change_permission(request, obj) and not is_settled

    def has_delete_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("availability.change_meeting")

    @display(description=_("starts"), ordering="starts_at")
    def starts(self, meeting: Meeting) -> str:
        local = meeting.starts_at.astimezone(ZoneInfo(meeting.zone))
        return f"{local:%Y-%m-%d %H:%M} {city_of(meeting.zone)}"

    @display(description=_("people"), ordering="people")
    def people(self, meeting: Meeting) -> int:
        return meeting.people

    @display(description=_("takes place"), boolean=True, ordering="is_cancelled")
    def is_on(self, meeting: Meeting) -> bool:
        return not meeting.is_cancelled

    def save_model(self, request: HttpRequest, obj: Meeting, form: forms.ModelForm, change: bool) -> None:
        data, now = form.cleaned_data, timezone.now()
        if not change:
            planned = actions.plan_meeting(
                actor=request.user,
                title=obj.title,
                starts_at=data["starts_at"],
                ends_at=data["ends_at"],
                zone=obj.zone,
                participants=data["participants"],
                about=obj.about,
                call_url=obj.call_url,
                now=now,
            )
            obj.pk, obj.starts_at, obj.ends_at = planned.pk, planned.starts_at, planned.ends_at
            return
        obj.save(update_fields=["title", "call_url"])
        if "starts_at" in data:
            actions.move_meeting(
                actor=request.user,
                meeting_id=obj.pk,
                starts_at=data["starts_at"],
                ends_at=data["ends_at"],
                zone=obj.zone,
                now=now,
            )

    @admin.action(description=_("Cancel, and mail those who take part"), permissions=["act"])
    def cancel_meetings(self, request: HttpRequest, queryset: QuerySet[Meeting]) -> None:
        now = timezone.now()
        coming = list(queryset.coming(now).values_list("pk", flat=True))
        for pk in coming:
            actions.cancel_meeting(actor=request.user, meeting_id=pk, now=now)
        text = ngettext("%(n)s meeting is cancelled.", "%(n)s meetings are cancelled.", len(coming))
        self.message_user(request, text % {"n": len(coming)}, messages.SUCCESS if coming else messages.INFO)
