from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from members.availability.marks import monday_of
from members.availability.weeks.busy import LARGEST_FILE

FURTHEST = timedelta(days=366)
WEEK = timedelta(days=7)


class HoldsFromForm(forms.Form):
    """From which Monday a week holds; empty for the one that holds now."""

    holds_from = forms.DateField(
        label=_("Holds from"),
        help_text=_("Empty for now. For another season, the Monday on which it begins."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_holds_from(self) -> date | None:
        day = self.cleaned_data["holds_from"]
        if day is None or day == monday_of(self.today):
            return None
        if day < self.today:
            raise ValidationError(_("This is past. Leave it empty for your week now."), code="past")
        if day - self.today > FURTHEST:
            raise ValidationError(_("At most a year ahead."), code="far")
        if day.weekday():
            raise ValidationError(
                _("%(day)s is a %(weekday)s. Weeks begin on a Monday: %(before)s or %(after)s."),
                code="no_monday",
                params={
                    "day": day,
                    "weekday": WEEKDAYS[day.weekday()],
                    "before": monday_of(day),
                    "after": monday_of(day) + WEEK,
                },
            )
        return day


class CalendarFileForm(forms.Form):
    """A calendar that somebody has exported elsewhere."""

    calendar = forms.FileField(
        label=_("Calendar file"),
        help_text=_(
            "An .ics file of up to 5 MB. Half hours that it fills in three or more of the next eight weeks are taken "
            "out of the grid, for you to look at before you save. Titles and guests are never read, "
            "and the file is not kept."
        ),
        error_messages={"required": _("Choose a calendar file first."), "empty": _("This file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
        required=True,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)

    def clean_calendar(self):
        file = self.cleaned_data["calendar"]
        if file.size > LARGEST_FILE:
            raise ValidationError(
                _("This file has %(size)s. Export the coming months only, so that it stays below 5 MB."),
                code="too_large",
                params={"size": filesizeformat(file.size)},
            )
        return file
