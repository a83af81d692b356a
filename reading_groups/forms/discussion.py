"""What people type around a session: questions, answers, notes and ideas."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.text import one_line
from members.forms import MarkdownField, OneLineField
from reading_groups.models import Note, Paper, Reading


class SaidField(MarkdownField):
    """A text that others read, so there must be something to see in it."""

    def __init__(self, *, rows: int = 3, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def clean(self, value: object) -> str:
        text = super().clean(value)
        if text and not one_line(text):
            raise ValidationError(self.error_messages["required"], code="required")
        return text


class AskForm(forms.Form):
    text = SaidField(
        label=_("Your question"),
        max_length=1000,
        rows=2,
        help_text=_("A question you think is too simple is usually somebody else's too."),
        error_messages={"required": _("Type the question.")},
    )


class AnswerForm(forms.Form):
    text = SaidField(
        label=_("Your answer"),
        max_length=5000,
        help_text=_("Part of an answer helps as well. You may use Markdown."),
        error_messages={"required": _("Type the answer.")},
    )


class NoteForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=Note.Kind.choices,
        error_messages={"required": _("Choose strength or limitation.")},
    )
    reading = forms.TypedChoiceField(
        label=_("Of what?"),
        error_messages={
            "required": _("Choose what you have read."),
            "invalid_choice": _("This session reads something else now. Choose again."),
        },
    )
    text = SaidField(
        label=_("Your note"),
        max_length=1000,
        rows=2,
        help_text=_("One thing, in a sentence or two, with the page or table if there is one."),
        error_messages={"required": _("Type the note.")},
    )

    def __init__(self, *args, readings: Iterable[Reading], **kwargs):
        super().__init__(*args, **kwargs)
        by_id = {str(reading.pk): reading for reading in readings}
        self.fields["reading"].choices = [(pk, reading.name) for pk, reading in by_id.items()]
        self.fields["reading"].coerce = by_id.__getitem__


class IdeaForm(forms.Form):
    title = OneLineField(
        label=_("The idea in one line"),
        max_length=140,
        help_text=_("As a question, if you can: “Does it still hold with half the data?”"),
        error_messages={"required": _("Say in one line what could be found out.")},
    )
    paper = forms.TypedChoiceField(label=_("From the paper"), required=False, empty_value=None)
    text = SaidField(
        label=_("A little more"),
        max_length=5000,
        required=False,
        help_text=_("What one would do first, and what one would need. You may use Markdown."),
    )

    def __init__(self, *args, papers: Iterable[Paper], **kwargs):
        super().__init__(*args, **kwargs)
        by_id = {str(paper.pk): paper for paper in papers}
        self.fields["paper"].choices = [("", _("No paper in particular"))] + [
            (pk, paper.title) for pk, paper in by_id.items()
        ]
        self.fields["paper"].coerce = by_id.__getitem__
