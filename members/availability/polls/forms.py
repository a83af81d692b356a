import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import NoSuchTime, TimeComesTwice, check_wall_time, city_of, instant_of
from core.forms import ClockField, DayField, ZoneField
from members.availability.polls.actions import MOST_ADDRESSES, MOST_PEOPLE
from members.availability.polls.marks import GRID_MINUTES, LONGEST, MOST_TIMES, NO, SHORTEST, WORDS
from members.availability.polls.models import MOST_GUESTS, Poll
from members.availability.polls.times import (
    FARTHEST,
    MOST_DAYS,
    Slot,
    grid_of_dates,
    grid_of_weekdays,
    read_dates,
    read_weekdays,
)
from members.forms import LongTextField, MarkdownField, OneLineField
from members.models import Member

# As many wrong lines are told at once.
MOST_TOLD = 10
_SENT = re.compile(r"o\d{1,6}")


class KeyField(forms.UUIDField):
    """Of one form, so that sending it again is the same; a new one where it came back without."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> UUID:
        try:
            return super().clean(value) or uuid4()
        except ValidationError:
            return uuid4()


class DeadlineForm(forms.Form):
    """Until when a poll takes answers, by the clocks of its zone, and how many guests; `closes_at` is the instant."""

    closes_on = DayField(
        label=gettext_lazy("Answers until"), error_messages={"required": gettext_lazy("Choose the last day.")}
    )
    closes_time = ClockField(
        label=gettext_lazy("At"), error_messages={"required": gettext_lazy("Type the time of day, such as 18:30.")}
    )
    guests_limit = forms.IntegerField(
        label=gettext_lazy("Guests by a link, at most"),
        min_value=0,
        max_value=MOST_GUESTS,
        required=False,
        help_text=gettext_lazy("People without an account. Whoever has the link answers once; 0 for no link."),
        error_messages={
            "min_value": gettext_lazy("This cannot be less than 0."),
            "max_value": gettext_lazy("A poll takes at most %(limit_value)s guests."),
        },
    )

    def __init__(self, *args: Any, now: datetime, zone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.zone = now, zone
        self.closes_at: datetime | None = None

    @staticmethod
    def initial_from(poll: Poll) -> dict[str, object]:
        local = poll.closes_at.astimezone(ZoneInfo(poll.zone))
        return {"closes_on": local.date(), "closes_time": local.time(), "guests_limit": poll.guests_limit}

    def clean_guests_limit(self) -> int:
        return self.cleaned_data["guests_limit"] or 0

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        zone = data.get("time_zone") or self.zone
        if zone and data.get("closes_on") and data.get("closes_time") is not None:
            self._clean_deadline(data, zone)
        return data

    def _clean_deadline(self, data: dict[str, Any], zone: str) -> None:
        day, at = data["closes_on"], data["closes_time"].replace(second=0, microsecond=0)
        try:
            check_wall_time(day, at, zone)
            closes_at = instant_of(day, at, zone)
        except NoSuchTime:
            told = _("Clocks in %(city)s skip this time on that day.") % {"city": city_of(zone)}
            self.add_error("closes_time", told)
            return
        except TimeComesTwice:
            # The later one, so that nobody is too late.
            closes_at = instant_of(day, at, zone) + timedelta(hours=1)
        except (OverflowError, ValueError):
            self.add_error("closes_on", _("Choose a day within a year."))
            return
        if closes_at <= self.now:
            self.add_error("closes_on", _("This has passed already; nobody could answer."))
        elif closes_at > self.now + FARTHEST:
            self.add_error("closes_on", _("Choose a day within a year."))
        else:
            self.closes_at = closes_at


class PollForm(DeadlineForm):
    """A poll to open. Its times are in `slots`, and who is asked in `members` and `emails`."""

    DATES, WEEKDAYS_, FREE_DATES, FREE_WEEKDAYS = "dates", "weekdays", "free_dates", "free_weekdays"

    key = KeyField()
    title = OneLineField(
        label=gettext_lazy("What is it for?"),
        max_length=140,
        error_messages={"required": gettext_lazy("Say in a few words what you want to meet for.")},
    )
    note = MarkdownField(
        label=gettext_lazy("Anything to know before answering"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=SHORTEST,
        max_value=LONGEST,
        initial=60,
        help_text=gettext_lazy("How long you meet."),
    )
    time_zone = ZoneField(help_text=gettext_lazy("Of the times below. Everybody reads them on their own clock."))
    how = forms.ChoiceField(
        label=gettext_lazy("What do you offer?"),
        choices=[
            (DATES, gettext_lazy("Some dates and times, to meet once")),
            (WEEKDAYS_, gettext_lazy("Some weekdays and times, to meet every week")),
            (FREE_DATES, gettext_lazy("All half hours of a few days, to mark freely")),
            (FREE_WEEKDAYS, gettext_lazy("All half hours of some weekdays, to mark freely")),
        ],
        initial=DATES,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose one of them."),
            "invalid_choice": gettext_lazy("Choose one of them."),
        },
    )
    times = LongTextField(
        label=gettext_lazy("Times, one in each line"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy("Dates as 2026-12-01 18:30, weekdays as Tue 18:30."),
    )
    first_on = DayField(label=gettext_lazy("First day"), required=False)
    last_on = DayField(label=gettext_lazy("Last day"), required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    from_time = ClockField(label=gettext_lazy("From"), required=False)
    to_time = ClockField(
        label=gettext_lazy("To"), required=False, help_text=gettext_lazy("00:00 is the end of the day.")
    )
    people = LongTextField(
        label=gettext_lazy("Members you ask"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("Their names as members see them, one in each line. Each gets one mail."),
    )
    addresses = LongTextField(
        label=gettext_lazy("Guests you write to"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Mail addresses, one in each line. Each gets a link of their own, and nobody else sees it."
        ),
    )
    shows_names = forms.BooleanField(
        label=gettext_lazy("Show who answered what"),
        required=False,
        help_text=gettext_lazy(
            "Everybody is told so before they answer. Otherwise nobody sees more than numbers, you as well."
        ),
    )

    field_order = (
        "key",
        "title",
        "note",
        "minutes",
        "time_zone",
        "how",
        "times",
        "first_on",
        "last_on",
        "weekdays",
        "from_time",
        "to_time",
        "people",
        "addresses",
        "guests_limit",
        "shows_names",
        "closes_on",
        "closes_time",
    )

    def __init__(self, *args: Any, viewer: Member, asks_people: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.slots: list[Slot] = []
        self.members: list[Member] = []
        self.emails: list[str] = []
        if not asks_people:
            del self.fields["people"]
        for name in ("times", "first_on", "last_on", "weekdays", "from_time", "to_time"):
            # By what was chosen above; they are not called optional.
            self.fields[name].is_needed_at_times = True
        self.initial.setdefault("key", uuid4())

    @property
    def is_free(self) -> bool:
        return self.cleaned_data["how"] in {self.FREE_DATES, self.FREE_WEEKDAYS}

    def clean_people(self) -> str:
        text = self.cleaned_data["people"]
        names = list(dict.fromkeys(name.strip() for name in text.splitlines() if name.strip()))
        if len(names) > MOST_PEOPLE:
            raise ValidationError(_("A poll asks at most %(most)s members.") % {"most": MOST_PEOPLE})
        # Never by address: that would tell who has an account.
        found = Member.objects.visible_to(self.viewer).active().called(names)
        problems = []
        for name, members in found.items():
            if not members:
                problems.append(
                    _("No member is called “%(name)s”. Look the name up with the search.") % {"name": name[:60]}
                )
            elif len(members) > 1:
                problems.append(_("Several members are called “%(name)s”. Send yours the link.") % {"name": name[:60]})
        if problems:
            raise ValidationError(problems[:MOST_TOLD])
        self.members = [members[0] for members in found.values()]
        return text

    def clean_addresses(self) -> str:
        text = self.cleaned_data["addresses"]
        lines = list(dict.fromkeys(line.strip().lower() for line in text.splitlines() if line.strip()))
        if len(lines) > MOST_ADDRESSES:
            raise ValidationError(_("A poll writes to at most %(most)s guests.") % {"most": MOST_ADDRESSES})
        problems = []
        for line in lines:
            try:
                validate_email(line)
            except ValidationError:
                problems.append(_("“%(line)s” is no mail address.") % {"line": line[:60]})
        if problems:
            raise ValidationError(problems[:MOST_TOLD])
        self.emails = lines
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        how, zone = data.get("how"), data.get("time_zone")
        if not zone or not how:
            return data
        if how in {self.DATES, self.WEEKDAYS_}:
            self._clean_lines(data, how, zone)
        else:
            self._clean_grid(data, how, zone)
        starts = [slot.starts_at for slot in self.slots if slot.starts_at]
        if self.closes_at and starts and self.closes_at > max(starts):
            self.add_error("closes_on", _("By then all the times have passed. Choose an earlier deadline."))
        return data

    def _clean_lines(self, data: dict[str, Any], how: str, zone: str) -> None:
        if "times" in self.errors:
            return
        text = data.get("times", "")
        read = read_dates(text, zone=zone, now=self.now) if how == self.DATES else read_weekdays(text)
        if read.problems:
            self.add_error("times", [ValidationError(told) for told in read.problems[:MOST_TOLD]])
        elif not read.slots:
            self.add_error("times", _("Write at least one time."))
        self.slots = read.slots

    def _clean_grid(self, data: dict[str, Any], how: str, zone: str) -> None:
        start, end = data.get("from_time"), data.get("to_time")
        for name, value in (("from_time", start), ("to_time", end)):
            if value is None and name not in self.errors:
                self.add_error(name, _("Type the time of day, such as 18:30."))
            elif value is not None and value.minute % GRID_MINUTES:
                self.add_error(name, _("Half hours begin at :00 and :30."))
        if start is not None and end is not None and end != time(0) and end <= start:
            self.add_error("to_time", _("This is not after the beginning."))
        if data.get("minutes") and data["minutes"] % GRID_MINUTES:
            self.add_error("minutes", _("With free marking a meeting takes whole half hours: 30, 60, 90 and so on."))
        days = self._weekdays_of(data) if how == self.FREE_WEEKDAYS else self._days_of(data)
        if self.errors or not days:
            return
        if how == self.FREE_WEEKDAYS:
            self.slots = grid_of_weekdays(weekdays=days, first=start, last=end)
        else:
            slots = grid_of_dates(days=days, first=start, last=end, zone=zone)
            self.slots = [slot for slot in slots if slot.starts_at and slot.starts_at > self.now][:MOST_TIMES]
            if not self.slots:
                self.add_error("first_on", _("All of these half hours have passed, or clocks skip them."))
        if self.slots and len(self.slots) * GRID_MINUTES < data["minutes"]:
            self.add_error("to_time", _("This is shorter than the meeting."))

    def _weekdays_of(self, data: dict[str, Any]) -> Sequence[int]:
        if not data.get("weekdays") and "weekdays" not in self.errors:
            self.add_error("weekdays", _("Choose at least one weekday."))
        return data.get("weekdays") or ()

    def _days_of(self, data: dict[str, Any]) -> Sequence[Any]:
        first, last = data.get("first_on"), data.get("last_on")
        for name, value in (("first_on", first), ("last_on", last)):
            if value is None and name not in self.errors:
                self.add_error(name, _("Choose the day."))
        if first is None or last is None:
            return ()
        if last < first:
            self.add_error("last_on", _("This is before the first day."))
        elif (last - first).days >= MOST_DAYS:
            self.add_error("last_on", _("At most %(most)s days at once.") % {"most": MOST_DAYS})
        elif not self.now.date() - timedelta(days=2) <= first <= (self.now + FARTHEST).date():
            self.add_error("first_on", _("Choose a day within the next year."))
        else:
            return [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return ()


class AnswerForm(forms.Form):
    """An answer: one of yes, if needed and no for each time of a poll. `marks` is what was said, as far as it was."""

    key = KeyField()
    name = OneLineField(
        label=gettext_lazy("Your name"),
        max_length=120,
        help_text=gettext_lazy("This poll shows who answered what; everybody who is asked reads it."),
        error_messages={"required": gettext_lazy("Type the name that the others should read.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, times: int, asks_name: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.times = times
        self.initial.setdefault("key", uuid4())
        if not asks_name:
            del self.fields["name"]
        self.marks = "".join(self._sent(n, NO) for n in range(times)) if self.is_bound else ""

    def _sent(self, position: int, otherwise: str) -> str:
        sent = self.data.get(f"o{position}", "")
        return sent if sent in WORDS else otherwise

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        offered = {f"o{n}" for n in range(self.times)}
        if any(name not in offered for name in self.data if _SENT.fullmatch(name)):
            raise ValidationError(
                _("One of the times that were sent is not in this poll. Check your answer and save it again.")
            )
        if not all(self._sent(n, "") for n in range(self.times)):
            raise ValidationError(_("The answer came back incomplete. Check each of the times, and save it again."))
        return data


class PositionForm(forms.Form):
    """Which of the times it is that something comes of."""

    position = forms.IntegerField(min_value=0, max_value=MOST_TIMES - 1)
