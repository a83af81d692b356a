from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.forms import LongTextField, OneLineField
from members.models import Member, Topic, TopicExperience
from mentorship.matching.instance import InvalidInstance
from mentorship.matching.scoring import Factor, Weights
from mentorship.models import Round
from mentorship.models.asking import MOST_MENTEES, MOST_MINUTES
from mentorship.words import FACTORS

MOST_GOALS = 5
MOST_WISHES = 3
MOST_AVOIDED = 50
ONLY_THE_SOLVER = _(
    "Nobody else sees this, not the organizers either: the matching leaves these pairs out and says nothing. "
    "To choose several, hold Ctrl or ⌘."
)


class PeopleField(forms.ModelMultipleChoiceField):
    """Some of the members, in no order."""

    def clean(self, value: Any) -> list[Member]:
        if isinstance(value, list | tuple) and len(value) > MOST_AVOIDED:
            raise ValidationError(_("At most %(most)s people."), code="too_many", params={"most": MOST_AVOIDED})
        return list(super().clean(value))


class OfferForm(forms.Form):
    """What somebody offers as a mentor. Topics and level come from their profile."""

    capacity = forms.IntegerField(label=_("How many people, at most"), min_value=1, max_value=MOST_MENTEES, initial=2)
    minutes = forms.IntegerField(
        label=_("Minutes a week for each"),
        min_value=0,
        max_value=MOST_MINUTES,
        initial=45,
        help_text=_("About what you can give; 0 to leave it open."),
    )
    note = LongTextField(
        label=_("Anything to add"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you like to help with, or would rather not do. The organizers read it."),
    )
    avoid = PeopleField(
        label=_("People you would rather not mentor"),
        queryset=Member.objects.none(),
        required=False,
        help_text=ONLY_THE_SOLVER,
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["avoid"].queryset = others_than(member)  # type: ignore[attr-defined]


class RequestForm(forms.Form):
    """What somebody would like a mentor for."""

    goal_topics = forms.TypedMultipleChoiceField(
        label=_("Topics of your goals"),
        help_text=_("Where you want to get to, up to five. To choose several, hold Ctrl or ⌘."),
        error_messages={"required": _("Choose at least one topic.")},
        coerce=int,
    )
    goals = LongTextField(
        label=_("Your goals"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence or two. The organizers and your mentor read it."),
        error_messages={"required": _("Write a sentence or two.")},
    )
    level = forms.TypedChoiceField(
        label=_("How far you are there"), choices=TopicExperience.Level, coerce=int, initial=0
    )
    minutes = forms.IntegerField(
        label=_("Minutes a week you would like"),
        min_value=0,
        max_value=MOST_MINUTES,
        initial=45,
        help_text=_("0 to leave it open."),
    )
    wish_1 = forms.ModelChoiceField(label=_("First wish"), queryset=Member.objects.none(), required=False)
    wish_2 = forms.ModelChoiceField(label=_("Second wish"), queryset=Member.objects.none(), required=False)
    wish_3 = forms.ModelChoiceField(label=_("Third wish"), queryset=Member.objects.none(), required=False)
    avoid = PeopleField(
        label=_("People you would rather not be matched with"),
        queryset=Member.objects.none(),
        required=False,
        help_text=ONLY_THE_SOLVER,
    )

    def __init__(self, *args: Any, member: Member, mentoring_round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._topics = {topic.pk: topic for topic in Topic.objects.in_tree_order()}
        self.fields["goal_topics"].choices = [  # type: ignore[attr-defined]
            (pk, "\u2003" * topic.depth + topic.name) for pk, topic in self._topics.items()
        ]
        offering = others_than(member).filter(mentor_offers__round=mentoring_round)
        for n in range(1, MOST_WISHES + 1):
            field = self.fields[f"wish_{n}"]
            field.queryset = offering  # type: ignore[attr-defined]
            field.empty_label = _("No wish")  # type: ignore[attr-defined]
        self.fields["avoid"].queryset = others_than(member)  # type: ignore[attr-defined]

    def clean_goal_topics(self) -> list[Topic]:
        chosen = self.cleaned_data["goal_topics"]
        if len(chosen) > MOST_GOALS:
            raise ValidationError(_("At most %(most)s topics."), code="too_many", params={"most": MOST_GOALS})
        return [self._topics[pk] for pk in chosen]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        wishes = [data.get(f"wish_{n}") for n in range(1, MOST_WISHES + 1)]
        named = [mentor for mentor in wishes if mentor is not None]
        for n, mentor in enumerate(wishes, 1):
            if mentor is not None and mentor in wishes[: n - 1]:
                self.add_error(f"wish_{n}", _("%(name)s is there twice. Keep one.") % {"name": mentor})
            elif mentor is not None and mentor in data.get("avoid", []):
                self.add_error(f"wish_{n}", _("You asked not to be matched with %(name)s.") % {"name": mentor})
        data["wishes"] = named
        return data


class RoundForm(forms.Form):
    """A new round: the dates, and what a pair must have."""

    title = OneLineField(label=_("Title"), max_length=140, help_text=_("Such as Autumn round."))
    closes_on = forms.DateField(
        label=_("Offers and requests until the end of"), widget=forms.DateInput(attrs={"type": "date"})
    )
    starts_on = forms.DateField(label=_("Pairs start on"), widget=forms.DateInput(attrs={"type": "date"}))
    weeks = forms.IntegerField(label=_("For so many weeks"), min_value=1, max_value=52, initial=12)
    minimum_shared_minutes = forms.IntegerField(
        label=_("Least shared minutes a week"), min_value=0, max_value=10_080, initial=60
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        closes_on, starts_on = data.get("closes_on"), data.get("starts_on")
        if closes_on and closes_on < timezone.localdate():
            self.add_error("closes_on", _("This day has passed."))
        elif closes_on and closes_on > timezone.localdate() + timedelta(days=366):
            self.add_error("closes_on", _("At most a year ahead."))
        if closes_on and starts_on and not closes_on <= starts_on <= closes_on + timedelta(days=366):
            self.add_error("starts_on", _("Pairs start after the deadline, within a year."))
        return data


class WeightsForm(forms.Form):
    """How much each part of a score counts, against the others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for factor in Factor:
            self.fields[factor.value] = forms.IntegerField(label=FACTORS[factor], min_value=0, max_value=10_000)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                Weights(**data)
            except InvalidInstance:
                raise ValidationError(_("Let at least one of them count.")) from None
        return data


class ResponsibleForm(forms.Form):
    """Who looks after a mentee without a mentor until the next round."""

    mentee = forms.IntegerField(widget=forms.HiddenInput)
    responsible = forms.IntegerField()
    note = OneLineField(max_length=200, required=False)


def others_than(member: Member):
    return Member.objects.active().exclude(name="").exclude(pk=member.pk).by_name()
