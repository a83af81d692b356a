from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.markdown import validate_markdown
from core.text import one_line
from members.handbook.models import Page, Suggestion
from members.handbook.models.pages import LONGEST_TEXT

TEXT_ROWS = 18
LARGEST_NUMBER = 2_147_483_647


def _visible(text: str, problem: str) -> str:
    text = one_line(text)
    if not text:
        raise ValidationError(problem, code="no_letters")
    return text


class PlaceForm(forms.ModelForm):
    """Where a page stands in the contents."""

    class Meta:
        model = Page
        fields = ("section", "order")
        widgets = {"section": forms.TextInput(attrs={"list": "sections"})}
        help_texts = {"section": _("One that is there, or a new one.")}

    def clean_section(self) -> str:
        return _visible(self.cleaned_data["section"], _("Name the section that the page stands in."))


class ContentForm(forms.Form):
    """What a page says. `base` is the version that the person started from."""

    base = forms.IntegerField(min_value=1, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=140)
    summary = forms.CharField(
        label=_("In a sentence"),
        max_length=200,
        required=False,
        help_text=_("Stands below the title and in the contents."),
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        validators=[validate_markdown],
        widget=forms.Textarea(attrs={"rows": TEXT_ROWS, "class": "tall"}),
        help_text=_("Markdown: ## before a heading, - before a point, an empty line between paragraphs."),
    )
    note = forms.CharField(
        label=_("What you changed"), max_length=200, required=False, help_text=_("One line for the history.")
    )

    def clean_title(self) -> str:
        return _visible(self.cleaned_data["title"], _("Type the title that readers should see."))


class NewPageForm(PlaceForm, ContentForm):
    base = None
    note = None
    field_order = ("title", "summary", "section", "order", "text")


class SuggestionForm(forms.Form):
    """What a member would change: in words, and where they like in the text itself."""

    base = forms.IntegerField(min_value=1, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("What should change?"),
        max_length=Suggestion._meta.get_field("note").max_length,
        validators=[validate_markdown],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Goes to the organizers. You get an answer either way."),
    )
    text = forms.CharField(
        label=_("The text as it should be"),
        max_length=LONGEST_TEXT,
        validators=[validate_markdown],
        required=False,
        widget=forms.Textarea(attrs={"rows": TEXT_ROWS, "class": "tall"}),
        help_text=_("Change it here if you like, or leave it and say above what you mean."),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=Suggestion._meta.get_field("answer").max_length,
        validators=[validate_markdown],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence to whoever suggested it. They get it by mail."),
    )


class CompareForm(forms.Form):
    """Two versions of one page."""

    before = forms.IntegerField(min_value=1, max_value=LARGEST_NUMBER)
    after = forms.IntegerField(min_value=1, max_value=LARGEST_NUMBER)
