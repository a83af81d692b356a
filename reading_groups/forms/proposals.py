"""What a group is, as it is typed: by a member who proposes it, and by those who organize it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LinkField, ZoneField
from members.forms import MarkdownField, OneLineField
from members.models import Collective, Topic
from reading_groups.actions.groups import CONTENT, SETTINGS
from reading_groups.forms.planning import PlanForm
from reading_groups.models import ReadingGroup

LEAST_TOPICS = 3


class ProposalForm(forms.ModelForm):
    """What a member says of the group that they would like to have. Its topics are in `chosen_topics`."""

    title = OneLineField(
        label=_("Title"),
        max_length=140,
        help_text=_("A few words that people can say: “Graphs, slowly”."),
        error_messages={"required": _("Give it a title that others can say.")},
    )
    description = MarkdownField(
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
        fields = CONTENT
        labels = {"duration_minutes": _("Minutes of a session"), "visibility": _("Who sees it")}
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
        fields = SETTINGS
        labels = ProposalForm.Meta.labels | {
            "allows_sitting_in": _("People may sit in once, without a place"),
            "attendance_needed": _("Per cent of the sessions for a certificate"),
        }
        help_texts = ProposalForm.Meta.help_texts | {
            "capacity": _("Nobody loses a place when this shrinks; places go as people leave."),
            "attendance_needed": _(
                "Of those of which it is known who came. Whoever came to so many gets a certificate when you complete "
                "the group."
            ),
            "allows_sitting_in": _("They get the call link for one session, and are asked afterwards if they join."),
        }

    call_url = LinkField(
        label=_("Call link"),
        max_length=500,
        required=False,
        help_text=_("Seen by those with a place, and sent to those who sit in."),
        error_messages={"invalid": _("Paste the whole address, such as https://meet.example.org/reading.")},
    )

    chat_url = LinkField(
        label=_("Chat link"),
        max_length=500,
        required=False,
        help_text=_("Wherever you write to each other. Seen by people in the group only."),
        error_messages={
            "invalid": _("Paste the whole address. It begins with https://, as https://chat.example.org/reading.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].help_text = _("Sessions that are planned already keep their times.")


class AnswerForm(forms.Form):
    """What organizers answer to a proposal."""

    answer = forms.ChoiceField(
        choices=[("open", _("Open")), ("return", _("Return")), ("decline", _("Decline"))],
        error_messages={"required": _("Choose one of the buttons."), "invalid_choice": _("Choose one of the buttons.")},
    )
    reasons = MarkdownField(
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


def are_valid(form: ProposalForm, plan: PlanForm) -> bool:
    """Both are checked, so that all that is wrong is said at once; the times by the clocks of the zone chosen."""
    form.is_valid()
    plan.is_valid()
    if form.cleaned_data.get("zone") and not plan.errors:
        plan.check_zone(form.cleaned_data["zone"])
    return not form.errors and not plan.errors
