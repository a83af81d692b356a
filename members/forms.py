from collections.abc import Iterable

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import ZoneField
from core.markdown import validate_markdown
from core.text import one_line
from members.models import Institution, Member, Position, Topic, TopicExperience

MOST_LANGUAGES = 10
LONGEST_LANGUAGE = 40
MOST_TOPICS = 20


class OneLineField(forms.CharField):
    """A name or title. What cannot be seen is taken out before anything is checked, its length included."""

    def to_python(self, value: object) -> str:
        return one_line(super().to_python(value) or "")


class LongTextField(forms.CharField):
    """Text of several lines. A line break counts once, and the browser cuts off nothing that is pasted."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\x00", "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, object]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class MarkdownField(LongTextField):
    """Text that is shown as Markdown. What would not be shown as it is meant is told to its writer."""

    default_validators = (validate_markdown,)


class ProfileForm(forms.Form):
    """What members say about themselves. Name and zone are needed; the rest helps others to find them."""

    name = OneLineField(
        label=_("Name"),
        max_length=120,
        help_text=_("As you would like to be called. Members see it."),
        error_messages={"required": _("Type the name that others should see.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = ZoneField(
        help_text=_("Every time on the site and in mails is shown as clocks there show it."),
        error_messages={"required": _("Choose the city whose clocks show your time.")},
    )
    institution = OneLineField(
        label=_("Institution"),
        max_length=200,
        required=False,
        help_text=_("Where you study or work, if anywhere."),
        widget=forms.TextInput(attrs={"list": "institutions", "autocomplete": "organization"}),
    )
    spoken_languages = forms.CharField(
        label=_("Languages you speak"),
        max_length=MOST_LANGUAGES * (LONGEST_LANGUAGE + 2),
        required=False,
        help_text=_("With commas: English, Hindi"),
    )
    language = forms.ChoiceField(label=_("Language of mails"), required=False)
    academic_position = forms.ChoiceField(
        label=_("Academic position"),
        choices=[("", _("I would rather not say")), *Position.choices],
        required=False,
        help_text=_("Mentors here are peers, below the level of a postdoc."),
    )
    citation_count = forms.IntegerField(
        label=_("Citations, roughly"),
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        help_text=_("Only if you have published. Leave it empty otherwise."),
        error_messages={
            "invalid": _("Type a whole number, such as 12."),
            "min_value": _("This cannot be less than 0."),
            "max_value": _("This is more than anybody has."),
        },
    )
    bio = LongTextField(
        label=_("About you"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A few sentences. You may use Markdown."),
    )

    shows_name_publicly = forms.BooleanField(
        label=_("Visitors may read my name"),
        required=False,
        help_text=_(
            "Where you organize or present in a reading group that is public, on its pages and on the page of what it "
            "found. Otherwise nobody reads your name without an account. You may change this at any time."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = settings.LANGUAGES
        if len(settings.LANGUAGES) < 2:
            del self.fields["language"]

    @staticmethod
    def initial_from(member: Member) -> dict[str, object]:
        return {
            "name": member.name,
            "time_zone": member.time_zone,
            "institution": member.institution.name if member.institution else "",
            "spoken_languages": ", ".join(member.spoken_languages),
            "language": member.language,
            "academic_position": member.academic_position,
            "citation_count": member.citation_count,
            "bio": member.bio,
            "shows_name_publicly": member.shows_name_publicly,
        }

    def clean_spoken_languages(self) -> list[str]:
        names = [one_line(name) for name in self.cleaned_data["spoken_languages"].split(",")]
        names = list(dict.fromkeys(name for name in names if name))
        if len(names) > MOST_LANGUAGES:
            raise ValidationError(_("At most %(most)s languages."), code="too_many", params={"most": MOST_LANGUAGES})
        if any(len(name) > LONGEST_LANGUAGE for name in names):
            raise ValidationError(_("Put a comma between languages; one of them is too long."), code="too_long")
        return names


class TopicExperienceForm(forms.Form):
    """One topic and how far somebody has come with it; an empty topic means the line is not used."""

    topic = forms.ChoiceField(label=_("Topic"), required=False)
    level = forms.TypedChoiceField(
        label=_("How far you are"), choices=TopicExperience.Level, coerce=int, required=False, empty_value=0
    )
    months = forms.IntegerField(
        label=_("Months"),
        required=False,
        min_value=0,
        max_value=600,
        error_messages={
            "invalid": _("Type a whole number, such as 6."),
            "min_value": _("This cannot be less than 0."),
            "max_value": _("Fifty years are the most we can note: 600."),
        },
    )

    def __init__(self, *args, topics: dict[str, Topic], **kwargs):
        super().__init__(*args, **kwargs)
        self._topics = topics
        # Read once for all lines; those below another topic are set in.
        self.fields["topic"].choices = [("", _("No topic"))] + [
            (pk, "\u2003" * topic.depth + topic.name) for pk, topic in topics.items()
        ]

    def clean_topic(self) -> Topic | None:
        return self._topics.get(self.cleaned_data["topic"])


class BaseTopicExperienceFormSet(forms.BaseFormSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        chosen = [topic for topic, _level, _months in self.rows()]
        twice = [topic.name for topic in chosen if chosen.count(topic) > 1]
        if twice:
            raise ValidationError(_("%(topic)s is there twice. Keep one line."), params={"topic": twice[0]})

    def rows(self) -> list[tuple[Topic, int, int]]:
        return [
            (form.cleaned_data["topic"], form.cleaned_data["level"] or 0, form.cleaned_data["months"] or 0)
            for form in self.forms
            if form.cleaned_data.get("topic")
        ]


TopicExperienceFormSet = forms.formset_factory(
    TopicExperienceForm,
    formset=BaseTopicExperienceFormSet,
    extra=2,
    max_num=MOST_TOPICS,
    absolute_max=MOST_TOPICS,
    validate_max=True,
)


def topics_by_id(topics: Iterable[Topic]) -> dict[str, Topic]:
    return {str(topic.pk): topic for topic in topics}


def institution_names(limit: int = 200) -> list[str]:
    """Suggestions for the institution field: those that members already have."""
    rows = Institution.objects.filter(members__isnull=False).by_name().distinct()
    return list(rows.values_list("name", flat=True)[:limit])
