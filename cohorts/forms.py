"""The application form: the same for people who apply on the site and for rows of a file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohorts import countries
from cohorts.models import Application
from core.forms import ZoneField
from core.text import one_line
from members.forms import LongTextField, OneLineField

LONGEST_ANSWER = 5000


class CountryField(forms.ChoiceField):
    """A country chosen by name. Takes its two letters or its name, however a file spells it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lambda: [("", _("I would rather not say")), *countries.names().items()], **kwargs)

    def to_python(self, value: Any) -> str:
        text = one_line(super().to_python(value))
        code = countries.code_of(text)
        if text and not code:
            raise ValidationError(
                _("There is no country called “%(name)s”. Use its name, or its two letters."),
                code="unknown_country",
                params={"name": text[:60]},
            )
        return code


class AnswersForm(forms.Form):
    """The fixed questions. What is asked beyond name and a reason helps to place people and may be left out."""

    name = OneLineField(
        label=_("Name"),
        max_length=120,
        help_text=_("As you would like to be called."),
        error_messages={"required": _("Type your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    country = CountryField(label=_("Country you live in"), required=False)
    zone = ZoneField(required=False, help_text=_("Sections meet when their people are awake."))
    institution = OneLineField(
        label=_("Institution"),
        max_length=200,
        required=False,
        help_text=_("Where you study or work, if anywhere."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    motivation = LongTextField(
        label=_("Why would you like to take part?"),
        max_length=LONGEST_ANSWER,
        help_text=_("A few sentences. No marks and no references are asked for."),
        error_messages={"required": _("Write a sentence or two.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    topics = LongTextField(
        label=_("Topics and goals"),
        max_length=LONGEST_ANSWER,
        required=False,
        help_text=_("What you would like to learn or work on."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @staticmethod
    def initial_from(application: Application) -> dict[str, str]:
        return {name: getattr(application, name) for name in AnswersForm.base_fields}

    @property
    def answers(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in AnswersForm.base_fields}


class ApplicationForm(AnswersForm):
    """The questions with the address, for those whom we do not know yet."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        help_text=_("The answer comes here. You may sign up with another address later."),
        error_messages={"required": _("Type the address that the answer should come to.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    field_order = ("name", "email", "country", "zone", "institution", "motivation", "topics")
