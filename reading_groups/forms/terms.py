"""The next term of a group, and the chapters of what it reads."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, LinkField
from members.forms import LongTextField, OneLineField
from reading_groups.forms.planning import LONGEST_PLAN
from reading_groups.models.groups import LONGEST_HEAD_START

MOST_CHAPTERS = 100
LONGEST_PART = 200
LAST_YEAR = 2100


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
    url = LinkField(
        label=_("Link"),
        max_length=1000,
        required=False,
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
