"""What people type about groups: proposals, settings, dates, the next term, chapters, links. Nothing here saves."""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.clock import NoSuchTime, TimeComesTwice, check_wall_time, city_of, first_weekday_from, repeating_days
from core.forms import ZoneField
from members.forms import LongTextField, OneLineField
from members.models import Collective, Topic
from reading_groups.actions import Plan
from reading_groups.models import ReadingGroup
from reading_groups.models.groups import LONGEST_HEAD_START
from reading_groups.models.joining import MOST_USES

LEAST_TOPICS = 3
MOST_SESSIONS = 60
LONGEST_PLAN = timedelta(days=366)
MOST_CHAPTERS = 100
LONGEST_PART = 200
LAST_YEAR = 2100

_LINE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ ,T]+(\d{1,2})[:.](\d{2}))?")


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)
        self.error_messages["invalid"] = _("Write the day as 2026-12-01.")


class ClockField(forms.TimeField):
    """A time as clocks show it."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["invalid"] = _("Write the time as 18:30.")


class ProposalForm(forms.ModelForm):
    """What a member says of the group that they would like to have. Its topics are in `chosen_topics`."""

    title = OneLineField(
        label=_("Title"),
        max_length=140,
        help_text=_("A few words that people can say: “Graphs, slowly”."),
        error_messages={"required": _("Give it a title that others can say.")},
    )
    description = LongTextField(
        label=_("What it is about"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("For whom it is, what you would read, and how. You may use Markdown."),
        error_messages={"required": _("Write a sentence or two: people decide by it.")},
    )
    zone = ZoneField(
        label=_("Time zone of the group"),
        help_text=_("It keeps its hour on the clocks of this city when clocks change; everybody sees their own time."),
        error_messages={"required": _("Choose the city whose clocks the group goes by.")},
    )
    language = OneLineField(
        label=_("Language"),
        max_length=40,
        required=False,
        initial=_("English"),
        help_text=_("The one in which you talk. Papers are often in another."),
    )
    collective = forms.ModelChoiceField(
        queryset=Collective.objects.none(), label=_("Collective"), required=False, empty_label=_("None in particular")
    )

    class Meta:
        model = ReadingGroup
        fields = (
            "title",
            "description",
            "format",
            "collective",
            "language",
            "zone",
            "duration_minutes",
            "capacity",
        )
        labels = {"duration_minutes": _("Minutes of a session")}
        help_texts = {"format": _("A textbook is read chapter by chapter.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collective"].queryset = Collective.objects.by_name()
        self._topics = {str(topic.pk): topic for topic in Topic.objects.in_tree_order()}
        own = list(self.instance.topics.in_tree_order()) if self.instance.pk else []
        choices = [("", _("No topic"))] + [
            (pk, "\u2003" * topic.depth + topic.name) for pk, topic in self._topics.items()
        ]
        for number in range(max(LEAST_TOPICS, len(own) + 1)):
            label = _("Topic") if number == 0 else _("Topic %(number)s") % {"number": number + 1}
            field = forms.ChoiceField(label=label, choices=choices, required=False)
            field.initial = str(own[number].pk) if number < len(own) else ""
            self.fields[f"topic_{number + 1}"] = field
        order = list(self.fields)
        topics = [name for name in order if name.startswith("topic_")]
        rest = [name for name in order if name not in topics]
        after = rest.index("format") + 1
        self.order_fields([*rest[:after], *topics, *rest[after:]])

    @property
    def chosen_topics(self) -> list[Topic]:
        """The topics that were chosen, each once."""
        chosen = [value for name, value in self.cleaned_data.items() if name.startswith("topic_") and value]
        return [self._topics[pk] for pk in dict.fromkeys(chosen)]


class SettingsForm(ProposalForm):
    """All that organizers set of their group."""

    class Meta(ProposalForm.Meta):
        fields = (
            *ProposalForm.Meta.fields,
            "hold_hours",
            "presenters_wanted",
            "hands_needed",
            "call_url",
            "allows_sitting_in",
        )
        labels = ProposalForm.Meta.labels | {"allows_sitting_in": _("People may sit in once, without a place")}
        help_texts = ProposalForm.Meta.help_texts | {
            "capacity": _("Nobody loses a place when this shrinks; places go as people leave."),
            "allows_sitting_in": _("They get the call link for one session, and are asked afterwards if they join."),
        }

    call_url = forms.URLField(
        label=_("Call link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=_("Seen by those with a place, and sent to those who sit in."),
        error_messages={"invalid": _("Paste the whole address, such as https://meet.example.org/reading.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].help_text = _("Sessions that are planned already keep their times.")


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


class AnswerForm(forms.Form):
    """What organizers answer to a proposal."""

    answer = forms.ChoiceField(
        choices=[("open", _("Open")), ("return", _("Return")), ("decline", _("Decline"))],
        error_messages={"required": _("Choose one of the buttons."), "invalid_choice": _("Choose one of the buttons.")},
    )
    reasons = LongTextField(
        label=_("Reasons"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Read by whoever proposed it. Returning needs some; opening and declining may have some."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("answer") == "return" and not data.get("reasons", "").strip() and "reasons" not in self.errors:
            self.add_error("reasons", _("Say what is missing, so that it can be sent again."))
        return data


class CopyForm(forms.Form):
    """The next term of a group."""

    title = OneLineField(
        label=_("Title of the next term"),
        max_length=140,
        error_messages={"required": _("Give it a title that others can say.")},
    )
    first_on = DayField(
        label=_("First day"),
        help_text=_("All dates move with it; a group with a weekday begins on that weekday, from this day on."),
        error_messages={"required": _("Choose the first day.")},
    )
    readings = forms.ChoiceField(
        label=_("The reading list"),
        choices=[
            ("sessions", _("The same sessions again, at their new dates")),
            ("pool", _("As a list to choose from, without sessions")),
        ],
        initial="sessions",
    )
    head_start_days = forms.IntegerField(
        label=_("Days of head start"),
        min_value=0,
        max_value=LONGEST_HEAD_START,
        initial=7,
        help_text=_(
            "When it opens, a place is held for so many days for each who was in this term, and they are told by "
            "email. With 0 nobody is asked first."
        ),
        error_messages={
            "invalid": _("Type a whole number, such as 7."),
            "required": _("Type a number, or 0."),
            "min_value": _("This cannot be less than 0."),
            "max_value": _("Four weeks are the most: 28."),
        },
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_first_on(self) -> date:
        day = self.cleaned_data["first_on"]
        if day < self.today:
            raise ValidationError(_("This day has passed."), code="past")
        if day > self.today + 2 * LONGEST_PLAN:
            raise ValidationError(_("This is more than two years away."), code="far")
        return day


class ChaptersForm(forms.Form):
    """A book and its chapters."""

    title = OneLineField(
        label=_("Title of the book"), max_length=500, error_messages={"required": _("Type the title of the book.")}
    )
    authors = OneLineField(
        label=_("Authors"), max_length=1000, required=False, help_text=_("With commas between them.")
    )
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        min_value=1000,
        max_value=LAST_YEAR,
        error_messages={
            "invalid": _("Type the year, such as 2021."),
            "min_value": _("Type the year, such as 2021."),
            "max_value": _("Type the year, such as 2021."),
        },
    )
    url = forms.URLField(
        label=_("Link"),
        max_length=1000,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        error_messages={"invalid": _("Paste the whole address, such as https://example.org/book.")},
    )
    chapters = LongTextField(
        label=_("Chapters"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One in each line, in the order in which you read them. Those on the list already stay."),
        error_messages={"required": _("Write at least one chapter.")},
    )
    spreads = forms.BooleanField(
        label=_("Set one for each coming session that reads nothing yet"), required=False, initial=True
    )

    def clean_authors(self) -> list[str]:
        names = [" ".join(name.split()) for name in self.cleaned_data["authors"].split(",")]
        names = [name for name in names if name]
        if any(len(name) > LONGEST_PART for name in names):
            raise ValidationError(_("Put a comma between names; one of them is too long."), code="too_long")
        return names

    def clean_chapters(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["chapters"].splitlines()]
        lines = [line for line in lines if line]
        if not lines:
            raise ValidationError(_("Write at least one chapter."), code="required")
        if len(lines) > MOST_CHAPTERS:
            raise ValidationError(
                _("At most %(most)s chapters at once."), code="too_many", params={"most": MOST_CHAPTERS}
            )
        for number, line in enumerate(lines, 1):
            if len(line) > LONGEST_PART:
                raise ValidationError(
                    _("Line %(number)s is too long; a chapter has at most %(most)s characters."),
                    code="too_long",
                    params={"number": number, "most": LONGEST_PART},
                )
        return lines


class CapForm(forms.Form):
    """How many people a link lets in."""

    most_uses = forms.IntegerField(
        label=_("People at most"),
        required=False,
        min_value=1,
        max_value=MOST_USES,
        help_text=_("Empty: any number, as long as the group has places or a line."),
        error_messages={
            "invalid": _("Type a whole number, such as 20, or leave it empty."),
            "min_value": _("At least one; to close a link, revoke it."),
            "max_value": _("At most a thousand; leave it empty for any number."),
        },
    )


class LinkForm(CapForm):
    """A new link."""

    note = OneLineField(
        label=_("For whom"),
        max_length=140,
        required=False,
        help_text=_("A note for yourselves: “Posted in the chat of the course”."),
    )
    field_order = ("note", "most_uses")
