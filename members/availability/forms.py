from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.clock import city_of, instant_of
from members.availability import lines
from members.availability.marks import EMPTY, HALF_HOURS_A_DAY
from members.forms import LongTextField

LONGEST_AWAY = timedelta(days=366)
LONGEST_MEETING = 480


class LinesForm(forms.Form):
    """A typical week as lines. `marks` is what they stand for; every line that cannot be read is named."""

    lines = LongTextField(
        label=_("One line for each stretch"),
        help_text=_(
            "Days, from and to, then rather, could or if needed. "
            "Saving redraws the grid below; an empty field clears the week."
        ),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )

    marks = EMPTY

    def clean_lines(self) -> str:
        if "lines" not in self.data:
            # An empty field clears the week; a field that did not arrive does not.
            raise ValidationError(_("The lines did not arrive. Write them again."), code="incomplete")
        text = self.cleaned_data["lines"]
        self.marks, problems = lines.parse(text)
        if problems:
            raise ValidationError(
                [
                    ValidationError(
                        _("Line %(number)s, “%(line)s”: %(reason)s"),
                        code="line",
                        params={"number": problem.number, "line": problem.line[:60], "reason": problem.reason},
                    )
                    for problem in problems
                ]
            )
        return text


def _days(days: range, first_hour: int, last_hour: int) -> str:
    """A week with the same hours marked as possible on some of its days."""
    day = "0" * (first_hour * 2) + "2" * ((last_hour - first_hour) * 2) + "0" * (HALF_HOURS_A_DAY - last_hour * 2)
    return "".join(day if n in days else "0" * HALF_HOURS_A_DAY for n in range(7))


class PatternForm(forms.Form):
    """Ready weeks to start from."""

    PATTERNS = {"evenings": _days(range(5), 18, 21), "weekends": _days(range(5, 7), 10, 18), "empty": EMPTY}

    start = forms.ChoiceField(
        label=_("Start from"),
        choices=[
            ("", _("What I have saved")),
            ("evenings", _("Weekday evenings")),
            ("weekends", _("Weekends")),
            ("empty", _("An empty week")),
        ],
        required=False,
    )


class AwayForm(forms.Form):
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict:
        data = super().clean()
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on:
            if ends_on < starts_on:
                self.add_error("ends_on", _("This is before the first day."))
            elif ends_on < self.today:
                self.add_error("ends_on", _("This is over already."))
            elif ends_on - starts_on > LONGEST_AWAY:
                self.add_error("ends_on", _("At most a year at once."))
        return data


class MeetingTimeForm(forms.Form):
    """When a meeting is, on the viewer's own clock. `starts_at` and `ends_at` are the instants."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=15, max_value=LONGEST_MEETING)

    def __init__(self, *args, zone: str, now: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone, self.now = zone, now
        self.fields["time"].help_text = _("%(city)s time") % {"city": city_of(zone)}

    @staticmethod
    def initial_from(starts_at: datetime, ends_at: datetime, zone: str) -> dict[str, object]:
        local = starts_at.astimezone(ZoneInfo(zone))
        return {"day": local.date(), "time": local.time(), "minutes": (ends_at - starts_at) // timedelta(minutes=1)}

    def clean(self) -> dict:
        data = super().clean()
        if "day" not in data or "time" not in data or "minutes" not in data:
            return data
        starts_at = instant_of(data["day"], data["time"], self.zone)
        if starts_at.astimezone(ZoneInfo(self.zone)).time() != data["time"]:
            self.add_error("time", _("Clocks in %(city)s skip this time on that day.") % {"city": city_of(self.zone)})
        elif starts_at <= self.now:
            self.add_error("day", _("This is over already."))
        data["starts_at"], data["ends_at"] = starts_at, starts_at + timedelta(minutes=data["minutes"])
        return data
