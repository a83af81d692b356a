"""What is looked for, as people type it into an address; nothing here is saved."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from core.clock import city_of
from core.forms import ClockField, DayField, Ticks
from members.availability.besttimes.loading import FEWEST
from members.availability.besttimes.ranking import DAYS, Wish
from members.models import Member

LONGEST_MEETING = 480
MOST_WEEKS = 26
FURTHEST = timedelta(days=366)


class WishForm(forms.Form):
    """What time a set of people looks for, on clocks in one zone. Once it is valid, `wish` says it.

    Whoever must be there is nobody, the viewer alone, or three others and more: what is told of fewer would tell
    their weeks.
    """

    minutes = forms.IntegerField(label=_("Minutes"), min_value=15, max_value=LONGEST_MEETING)
    first_on = DayField(label=_("From"), error_messages={"required": _("Choose the first day.")})
    weeks = forms.IntegerField(label=_("For so many weeks"), min_value=1, max_value=MOST_WEEKS)
    every_weeks = forms.TypedChoiceField(
        label=_("How often"), choices=[(1, _("Every week")), (2, _("Every other week"))], coerce=int
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=[(day, WEEKDAYS[day]) for day in DAYS],
        coerce=int,
        widget=Ticks,
        error_messages={"required": _("Tick at least one day.")},
    )
    earliest = ClockField(label=_("Not before"), required=False)
    latest = ClockField(label=_("Over by"), required=False)
    quorum = forms.IntegerField(
        label=_("At least so many people each time"), required=False, min_value=1, max_value=1000
    )
    required = forms.TypedMultipleChoiceField(
        label=_("Who must be there"), coerce=int, required=False, widget=Ticks, empty_value=[]
    )

    def __init__(
        self,
        *args: Any,
        viewer: Member,
        people: Sequence[Member],
        zone: str,
        today: date,
        now: datetime,
        is_weekly: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.zone, self.today, self.now, self.is_weekly = viewer, zone, today, now, is_weekly
        self.fields["required"].choices = [(person.pk, str(person)) for person in people]
        self.fields["required"].help_text = _(
            "Nobody in particular, you alone, or at least three others: with fewer, the answer would tell their week."
        )
        clocks = _("As clocks in %(city)s show it. Empty means any hour.") % {"city": city_of(zone)}
        self.fields["earliest"].help_text = self.fields["latest"].help_text = clocks
        if not is_weekly:
            del self.fields["every_weeks"]

    @staticmethod
    def usual(*, minutes: int, today: date, weeks: int) -> dict[str, Any]:
        """What is looked for at first: from tomorrow on, on any day and at any hour."""
        return {
            "minutes": minutes,
            "first_on": today + timedelta(days=1),
            "weeks": weeks,
            "every_weeks": 1,
            "weekdays": list(DAYS),
        }

    def clean_first_on(self) -> date:
        day = self.cleaned_data["first_on"]
        if day < self.today:
            raise ValidationError(_("This day has passed."), code="past")
        if day > self.today + FURTHEST:
            raise ValidationError(_("This is more than a year away."), code="far")
        return day

    def clean_required(self) -> list[int]:
        chosen = self.cleaned_data["required"]
        others = len(set(chosen) - {self.viewer.pk})
        if 0 < others < FEWEST:
            raise ValidationError(
                _("Tick at least three others, or only yourself. With fewer, the answer would tell their week."),
                code="few",
            )
        return chosen

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        earliest, latest = data.get("earliest"), data.get("latest")
        if earliest and latest and earliest != latest and "minutes" in data:
            span = (datetime.combine(self.today, latest) - datetime.combine(self.today, earliest)) % timedelta(days=1)
            if span < timedelta(minutes=data["minutes"]):
                self.add_error("latest", _("Between these hours there is no room for so many minutes."))
        return data

    @property
    def wish(self) -> Wish:
        """What was typed, once it is valid; at first, what is usual."""
        said = self.cleaned_data if self.is_bound else self.initial
        return Wish(
            minutes=said["minutes"],
            zone=self.zone,
            first_on=said["first_on"],
            weeks=said["weeks"],
            every_weeks=said.get("every_weeks") or 1,
            is_weekly=self.is_weekly,
            weekdays=frozenset(said["weekdays"]),
            earliest=said.get("earliest") or time(0),
            latest=said.get("latest") or time(0),
            quorum=said.get("quorum") or 0,
            after=self.now,
        )

    @property
    def required_ids(self) -> list[int]:
        return self.cleaned_data["required"] if self.is_bound else []
