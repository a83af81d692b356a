"""What people type about projects, checked. Nothing here saves."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import Ticks
from members.forms import LongTextField, MarkdownField, OneLineField
from members.models import Collective, Member
from projects.models import Blocker, Output, Project, Task
from projects.models.outputs import FIRST_YEAR
from projects.models.proposals import LARGEST_TEAM, SMALLEST_TEAM

# A date further away than this is a slip of the hand.
FURTHEST_DUE = timedelta(days=3 * 366)
SHORT = {"rows": 2}


class PeopleField(forms.ModelMultipleChoiceField):
    """People to tick, by name."""

    widget = Ticks


class ProposalForm(forms.Form):
    title = OneLineField(
        label=_("Title"), max_length=140, error_messages={"required": _("Give it a title that others can say.")}
    )
    question = MarkdownField(
        label=_("The question"),
        max_length=5000,
        help_text=_("What would you like to find out, or make? Markdown."),
        error_messages={"required": _("Write the question in a sentence or two.")},
    )
    why = MarkdownField(
        label=_("Why it matters"),
        max_length=5000,
        help_text=_("To whom would an answer make a difference, and what is known already?"),
        error_messages={"required": _("Write a sentence or two: somebody will ask.")},
    )
    first_experiment = MarkdownField(
        label=_("The first experiment"),
        max_length=5000,
        help_text=_("What could you try within two weeks, with what you have? What would count as an answer?"),
        error_messages={"required": _("Name one small thing that you could try first.")},
    )
    team_size = forms.IntegerField(
        label=_("People wanted"),
        min_value=SMALLEST_TEAM,
        max_value=LARGEST_TEAM,
        initial=4,
        help_text=_("With you. Three to five works well."),
    )
    collective = forms.ModelChoiceField(
        queryset=Collective.objects.none(), label=_("Collective"), required=False, empty_label=_("None in particular")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collective"].queryset = Collective.objects.by_name()


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        choices=[("accept", _("Accept")), ("return", _("Return")), ("park", _("Park"))],
        error_messages={"required": _("Choose one of the buttons."), "invalid_choice": _("Choose one of the buttons.")},
    )
    reasons = MarkdownField(
        label=_("Reasons"),
        max_length=5000,
        required=False,
        help_text=_("The author reads them. Returning needs some; accepting and parking may have some."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("decision") == "return" and not data.get("reasons", "").strip() and "reasons" not in self.errors:
            self.add_error("reasons", _("Say what is missing, so that the author can send it again."))
        return data


class ProjectForm(forms.ModelForm):
    title = OneLineField(label=_("Title"), max_length=140)
    summary = MarkdownField(label=_("Summary"), max_length=10_000, required=False, help_text=_("Markdown."))

    class Meta:
        model = Project
        fields = ("title", "summary", "is_public")
        labels = {"is_public": _("Show it to visitors")}


class TaskForm(forms.Form):
    """A task; it belongs to somebody of the team, or to nobody yet."""

    title = OneLineField(
        label=_("What is to be done"), max_length=200, error_messages={"required": _("Say what is to be done.")}
    )
    owner = forms.ModelChoiceField(
        queryset=Member.objects.none(),
        label=_("Who does it"),
        required=False,
        empty_label=_("Nobody yet"),
        error_messages={"invalid_choice": _("They are not in the team. Choose somebody who is.")},
    )
    due_on = forms.DateField(
        label=_("Due"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("A date that moves is normal."),
        error_messages={"invalid": _("Type a day as in 2026-11-30.")},
    )
    notes = LongTextField(label=_("Notes"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, team: list[Member], today: date, task: Task | None = None, **kwargs: Any) -> None:
        self.today, self.task = today, task
        if task is not None:
            initial = {"title": task.title, "owner": task.owner_id, "due_on": task.due_on, "notes": task.notes}
            kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        # The list of people comes from the page, which shows them anyway.
        self.fields["owner"].queryset = Member.objects.filter(pk__in=[member.pk for member in team])
        self.fields["owner"].choices = [("", _("Nobody yet")), *((member.pk, str(member)) for member in team)]

    def clean_due_on(self) -> date | None:
        due_on = self.cleaned_data["due_on"]
        if due_on is None or (self.task is not None and due_on == self.task.due_on):
            return due_on
        if due_on < self.today:
            raise ValidationError(_("That day is over. Choose today or a later one."), code="past")
        if due_on > self.today + FURTHEST_DUE:
            raise ValidationError(_("That is more than three years away. Look at the year again."), code="far")
        return due_on


class UpdateForm(forms.Form):
    done = LongTextField(
        label=_("What happened"),
        max_length=1000,
        widget=forms.Textarea(attrs=SHORT),
        error_messages={"required": _("A sentence is enough, in a slow week as well.")},
    )
    next = LongTextField(
        label=_("What comes next"), max_length=1000, required=False, widget=forms.Textarea(attrs=SHORT)
    )
    in_the_way = LongTextField(
        label=_("What is in the way, if anything"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=SHORT),
    )


class BlockerForm(forms.Form):
    """What is in the way, who may read it, and who is named in it, so that they never handle it."""

    kind = forms.ChoiceField(label=_("What kind of thing"), choices=Blocker.Kind)
    text = MarkdownField(
        label=_("What is in the way?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("You choose below who can read it. No mail and no page of the admin shows it."),
        error_messages={"required": _("Write a sentence or two, so that we know where to start.")},
    )
    visibility = forms.ChoiceField(
        label=_("Who can read it"), choices=Blocker.Visibility, initial=Blocker.Visibility.PRIVATE
    )
    handlers = PeopleField(
        queryset=Member.objects.none(),
        label=_("Who should help"),
        required=False,
        help_text=_("They get a mail with a link."),
        error_messages={"invalid_choice": _("One of them cannot be chosen here any more. Choose again.")},
    )
    named = PeopleField(
        queryset=Member.objects.none(),
        label=_("Is it about somebody?"),
        required=False,
        help_text=_("They are not told, and cannot be chosen to help."),
        error_messages={"invalid_choice": _("One of them is not in the team any more. Choose again.")},
    )

    def __init__(self, *args: Any, may_handle: list[Member], team: list[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, people in (("handlers", may_handle), ("named", team)):
            field = self.fields[name]
            field.queryset = Member.objects.filter(pk__in=[member.pk for member in people])
            field.choices = [(member.pk, str(member)) for member in people]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        is_private = data.get("visibility") == Blocker.Visibility.PRIVATE
        if is_private and "handlers" in data and not data["handlers"]:
            self.add_error("handlers", _("Choose at least one person; nobody else will see it."))
        return data


class OutputForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Output.Kind)
    title = OneLineField(label=_("Title"), max_length=300)
    url = forms.URLField(
        label=_("Link"),
        max_length=1000,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("Type an address that begins with https://.")},
    )
    year = forms.IntegerField(label=_("Year"), min_value=FIRST_YEAR)

    def __init__(self, *args: Any, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, initial={"year": this_year}, **kwargs)
        self.last_year = this_year + 1

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        if url and not url.startswith(("http://", "https://")):
            raise ValidationError(self.fields["url"].error_messages["invalid"], code="invalid")
        return url

    def clean_year(self) -> int:
        year = self.cleaned_data["year"]
        if year > self.last_year:
            raise ValidationError(_("That year is too far away."), code="far")
        return year
