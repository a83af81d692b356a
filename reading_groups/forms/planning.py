"""When a group meets, as it is typed."""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.clock import NoSuchTime, TimeComesTwice, check_wall_time, city_of, first_weekday_from, repeating_days
from core.forms import ClockField, DayField
from members.forms import LongTextField
from reading_groups.actions import Plan
from reading_groups.models import ReadingGroup

MOST_SESSIONS = 60
LONGEST_PLAN = timedelta(days=366)

_LINE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ ,T]+(\d{1,2})[:.](\d{2}))?")


class PlanForm(forms.Form):
    """When a group meets: by a rule, on single dates, or not known yet. What was meant is in `plan`.

    The zone is that of the group, which a proposal chooses in the same form; see `check_zone`.
    """

    how = forms.ChoiceField(
        label=_("When do you meet?"),
        choices=[
            ("rule", _("Every week or fortnight")),
            ("dates", _("On single dates")),
            ("later", _("Not known yet")),
        ],
        initial="rule",
        error_messages={"required": _("Choose one of them."), "invalid_choice": _("Choose one of them.")},
    )
    weekday = forms.TypedChoiceField(
        label=_("Weekday"),
        choices=[("", _("Choose one")), *ReadingGroup.Weekday.choices],
        coerce=int,
        required=False,
        empty_value=None,
    )
    at = ClockField(label=_("Time of day"), required=False, help_text=_("As clocks in the group's zone show it."))
    every_weeks = forms.TypedChoiceField(
        label=_("How often"),
        choices=[(1, _("Every week")), (2, _("Every other week"))],
        coerce=int,
        required=False,
        empty_value=1,
    )
    first_on = DayField(label=_("From"), required=False)
    last_on = DayField(label=_("To"), required=False)
    dates = LongTextField(
        label=_("Single dates"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One in each line, such as 2026-12-01 18:30. Without a time, the time of day above is meant."),
    )

    def __init__(
        self,
        *args: Any,
        today: date,
        zone: str = "",
        taken: frozenset = frozenset(),
        offers_later: bool = True,
        **kwargs: Any,
    ) -> None:
        """`taken` are the moments, as clocks of the zone show them, at which the group meets already."""
        super().__init__(*args, **kwargs)
        self.today, self.zone, self.taken = today, zone, taken
        self.skipped: list[tuple[date, time]] = []
        self.plan = Plan()
        for name in ("weekday", "at", "first_on", "last_on", "dates"):
            # By what was chosen above; they are not called optional.
            self.fields[name].is_needed_at_times = True
        every_weeks = self.initial.get("every_weeks", 1)
        if every_weeks not in dict(self.fields["every_weeks"].choices):
            other = (every_weeks, _("Every %(n)s weeks") % {"n": every_weeks})
            self.fields["every_weeks"].choices = [*self.fields["every_weeks"].choices, other]
        if not offers_later:
            self.fields["how"].choices = self.fields["how"].choices[:2]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        how = data.get("how")
        if how == "rule":
            self._clean_rule(data)
        elif how == "dates":
            self._clean_dates(data)
        if not self.errors and self.zone:
            self.check_zone(self.zone)
        return data

    def check_zone(self, zone: str) -> None:
        """Hold the times against the clocks of the zone, where their days allow it.

        A single date must be a time that clocks show once. A rule goes on over a change of the clocks: where they
        skip its time, that session is as far after the gap as the time lies in it, and its day is in `skipped`.
        """
        is_rule = self.plan.weekday is not None
        for day, at in self.plan.moments:
            words = {"day": date_format(day, "D j M Y"), "time": f"{at:%H:%M}", "city": city_of(zone)}
            try:
                check_wall_time(day, at, zone)
            except NoSuchTime:
                if is_rule:
                    self.skipped.append((day, at))
                else:
                    self.add_error("dates", _("On %(day)s clocks in %(city)s skip %(time)s. Choose another.") % words)
            except TimeComesTwice:
                if not is_rule:
                    told = _("On %(day)s clocks in %(city)s show %(time)s twice. Choose a time outside that hour.")
                    self.add_error("dates", told % words)

    def _clean_rule(self, data: dict[str, Any]) -> None:
        needed = {
            "weekday": _("Choose the weekday."),
            "at": _("Type the time of day, such as 18:30."),
            "first_on": _("Choose the first day."),
            "last_on": _("Choose the last day."),
        }
        for name, told in needed.items():
            if name not in self.errors and data.get(name) is None:
                self.add_error(name, told)
        if self.errors:
            return
        first_on, last_on, weekday, at = (data[name] for name in ("first_on", "last_on", "weekday", "at"))
        if first_on < self.today:
            self.add_error("first_on", _("This day has passed."))
        elif first_on > self.today + LONGEST_PLAN:
            self.add_error("first_on", _("This is more than a year away."))
        elif last_on < first_on:
            self.add_error("last_on", _("This is before the first day."))
        elif last_on - first_on > LONGEST_PLAN:
            self.add_error("last_on", _("Plan at most a year at once."))
        else:
            every_weeks = data.get("every_weeks") or 1
            days = list(repeating_days(first_weekday_from(first_on, weekday), last_on, every_weeks=every_weeks))
            if not days:
                self.add_error("last_on", _("There is no such weekday between the two days."))
            moments = tuple((day, at) for day in days)
            self.plan = Plan(moments=moments, weekday=weekday, at=at, every_weeks=every_weeks)

    def _clean_dates(self, data: dict[str, Any]) -> None:
        if "dates" in self.errors or "at" in self.errors:
            return
        lines = [line.strip() for line in data.get("dates", "").splitlines() if line.strip()]
        if not lines:
            self.add_error("dates", _("Write at least one date."))
        elif len(lines) > MOST_SESSIONS:
            self.add_error("dates", _("At most %(most)s dates at once.") % {"most": MOST_SESSIONS})
        else:
            moments = list(self._moments(lines, data.get("at")))
            if "dates" not in self.errors:
                self.plan = Plan(moments=tuple(sorted(moments)))

    def _moments(self, lines: list[str], usual: time | None) -> Iterator[tuple[date, time]]:
        seen: set[tuple[date, time]] = set()
        for line in lines:
            moment = _moment(line, usual)
            told = None
            if moment is None:
                told = _("“%(line)s” is no date and time; write it as 2026-12-01 18:30.")
            elif moment in seen:
                told = _("“%(line)s” is there twice.")
            elif moment in self.taken:
                told = _("“%(line)s”: the group has a session at that time.")
            elif moment[0] < self.today:
                told = _("“%(line)s” has passed.")
            elif moment[0] > self.today + LONGEST_PLAN:
                told = _("“%(line)s” is more than a year away.")
            if told:
                self.add_error("dates", told % {"line": line[:60]})
            elif moment is not None:
                seen.add(moment)
                yield moment


def _moment(line: str, usual: time | None) -> tuple[date, time] | None:
    found = _LINE.fullmatch(line)
    if found is None or (found[4] is None and usual is None):
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        at = time(int(found[4]), int(found[5])) if found[4] is not None else usual
    except ValueError:
        return None
    return (day, at) if at is not None else None


def plan_initial(group: ReadingGroup) -> dict[str, Any]:
    """What a group's plan looks like in the form. Asks for its sessions where it is saved."""
    starts = list(
        group.sessions.filter(starts_at__isnull=False).order_by("starts_at").values_list("starts_at", flat=True)
    )
    local = [start.astimezone(ZoneInfo(group.zone)) for start in starts if start is not None]
    if group.weekday is not None:
        return {
            "how": "rule",
            "weekday": group.weekday,
            "at": group.starts_at_time,
            "every_weeks": group.every_weeks,
            "first_on": local[0].date() if local else None,
            "last_on": local[-1].date() if local else None,
        }
    return {"how": "dates" if local else "later", "dates": "\n".join(f"{moment:%Y-%m-%d %H:%M}" for moment in local)}
