"""One session, as organizers type it: when it is, and what stands about it."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.clock import NoSuchTime, TimeComesTwice, city_of
from core.forms import ClockField, DayField, LinkField
from members.forms import OneLineField
from reading_groups.actions import Moment, SessionIsThere, TimeHasPassed
from reading_groups.actions.sessions import moment_of
from reading_groups.forms.planning import LONGEST_PLAN
from reading_groups.models import ReadingGroup

# Why a session cannot be at a time; the form can say it.
REFUSED_TIMES = (NoSuchTime, TimeComesTwice, SessionIsThere, TimeHasPassed)


class MomentForm(forms.Form):
    """When a session is, as clocks in the group's zone show it."""

    held_on = DayField(label=_("Day"), error_messages={"required": _("Choose the day.")})
    at = ClockField(label=_("Time of day"), required=False)
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=15,
        max_value=480,
        help_text=_("Empty means as long as the group usually meets."),
        error_messages={
            "invalid": _("Type a whole number, such as 75."),
            "min_value": _("A session has at least 15 minutes."),
            "max_value": _("A session has at most 480 minutes."),
        },
    )

    def __init__(self, *args: Any, group: ReadingGroup, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group, self.today = group, today
        self.fields["at"].help_text = _(
            "As clocks in %(city)s show it. Leave it empty while only the day is known."
        ) % {"city": city_of(group.zone)}

    def clean_held_on(self) -> date:
        day = self.cleaned_data["held_on"]
        if day < self.today:
            raise ValidationError(_("This day has passed."), code="past")
        if day > self.today + LONGEST_PLAN:
            raise ValidationError(_("This is more than a year away."), code="far")
        return day

    @property
    def moment(self) -> Moment:
        """What was typed, once it is valid."""
        return Moment(**{name: self.cleaned_data[name] for name in ("held_on", "at", "minutes")})

    def add_refusal(self, error: Exception) -> None:
        """Say beside its field why there can be no session at the time that was typed."""
        self.add_error(*why_not(error, self.moment, self.group))


class AddSessionForm(MomentForm):
    """A session beside those that are planned."""

    title = OneLineField(
        label=_("Title"),
        max_length=300,
        required=False,
        help_text=_("Empty: the title of what is read there."),
    )


class SessionForm(forms.Form):
    """What stands about a session; a recording once it is over, what is asked for before."""

    title = OneLineField(
        label=_("Title"),
        max_length=300,
        required=False,
        help_text=_("Empty: the title of what is read there."),
    )
    call_url = LinkField(
        label=_("Its own call link"),
        max_length=500,
        required=False,
        help_text=_("Only where this session is not in the group's usual call."),
        error_messages={"invalid": _("Paste the whole address, such as https://meet.example.org/reading.")},
    )
    presenters_wanted = forms.IntegerField(
        label=_("Presenters"),
        required=False,
        min_value=0,
        max_value=12,
        help_text=_("Empty: as many as the group usually asks for. 0: nobody presents."),
        error_messages={
            "invalid": _("Type a whole number, such as 2."),
            "min_value": _("This cannot be less than 0."),
            "max_value": _("At most 12 can present one session."),
        },
    )
    recording_url = LinkField(
        label=_("Recording"),
        max_length=1000,
        required=False,
        help_text=_("People in the group see it, and nobody else."),
        error_messages={"invalid": _("Paste the whole address, such as https://video.example.org/reading.")},
    )

    def __init__(self, *args: Any, is_over: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("call_url", "presenters_wanted") if is_over else ("recording_url",):
            del self.fields[name]


def why_not(error: Exception, moment: Moment, group: ReadingGroup) -> tuple[str, str]:
    """The field of a moment that is wrong, and what to say of it."""
    words = {
        "day": date_format(moment.held_on, "D j M Y"),
        "time": f"{moment.at:%H:%M}" if moment.at else "",
        "city": city_of(group.zone),
    }
    if isinstance(error, NoSuchTime):
        return "at", _("On %(day)s clocks in %(city)s skip %(time)s. Choose another.") % words
    if isinstance(error, TimeComesTwice):
        told = _("On %(day)s clocks in %(city)s show %(time)s twice. Choose a time outside that hour.")
        return "at", told % words
    if isinstance(error, SessionIsThere):
        error.other.group = group
        there = moment_of(error.other)
        words |= {"there": f"{there.at:%H:%M}", "minutes": there.minutes}
        if error.other.is_cancelled:
            return "at", _(
                "A session that is called off stands at that time. Bring it back, or choose another."
            ) % words
        told = _("The group has a session at that time, from %(there)s for %(minutes)s minutes. Choose another.")
        return "at", told % words
    return ("at" if moment.at else "held_on"), _("This time has passed.")
