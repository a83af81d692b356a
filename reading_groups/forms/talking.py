"""What organizers write and split, and what is kept of a discussion: what comes in is checked here, and never saved."""

from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from core.templatetags.interface import day
from members.forms import MarkdownField, OneLineField
from members.models import Member
from reading_groups.agenda import title_of
from reading_groups.forms.discussion import SaidField
from reading_groups.models import GroupMessage, Session
from reading_groups.models.small_groups import LEAST_SIZE, MOST_SIZE
from reading_groups.models.summaries import LONGEST_SUMMARY

Audience = GroupMessage.Audience
LARGEST_NUMBER = 2_147_483_647
USUAL_SIZE = 4
TEXT_ROWS = 12


class MessageForm(forms.Form):
    """To whom an organizer writes, and what. After cleaning, `audience` and `session` say what was chosen."""

    to = forms.ChoiceField(
        label=_("To whom"),
        error_messages={
            "required": _("Choose to whom you write."),
            "invalid_choice": _("These people cannot be written to any more. Choose again."),
        },
    )
    subject = OneLineField(
        label=_("Subject"),
        max_length=140,
        help_text=_("What it is about, in a few words."),
        error_messages={"required": _("Say in a few words what it is about.")},
    )
    text = SaidField(
        label=_("Message"),
        max_length=10_000,
        rows=TEXT_ROWS,
        help_text=_("Markdown: **bold**, [words](address), an empty line between paragraphs."),
        error_messages={"required": _("Type the message.")},
    )

    def __init__(self, *args, presented: Iterable[Session], missed: Iterable[Session], **kwargs):
        super().__init__(*args, **kwargs)
        self.by_value: dict[str, tuple[Audience, Session | None]] = {
            Audience.ALL.value: (Audience.ALL, None),
            Audience.WAITLIST.value: (Audience.WAITLIST, None),
        }
        choices: list[tuple] = [(value, audience.label) for value, (audience, _none) in self.by_value.items()]
        for audience, sessions in ((Audience.PRESENTERS, presented), (Audience.ABSENTEES, missed)):
            of_each = {f"{audience.value}-{session.pk}": session for session in sessions}
            self.by_value |= {value: (audience, session) for value, session in of_each.items()}
            if of_each:
                choices.append((audience.label, [(value, name_of(session)) for value, session in of_each.items()]))
        self.fields["to"].choices = choices

    def clean_to(self) -> str:
        self.audience, self.session = self.by_value[self.cleaned_data["to"]]
        return self.cleaned_data["to"]


def name_of(session: Session) -> str:
    """Its day and what it is about. The group and the readings must be loaded."""
    return f"{day(session.starts_at or session.held_on)}: {title_of(session)}"


def key_from(text: str) -> UUID:
    """The key of a preview that was sent back, or a new one where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


class SizeForm(forms.Form):
    """How large the small groups are. `base` is the version that the organizer has seen, 0 for none."""

    base = forms.IntegerField(min_value=0, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)
    size = forms.IntegerField(
        label=_("People in each"),
        min_value=LEAST_SIZE,
        max_value=MOST_SIZE,
        initial=USUAL_SIZE,
        help_text=_("At most so many. Sizes differ by one at most, and nobody is alone."),
    )


class MoveForm(forms.Form):
    """Somebody, and the small group that they go to; `number` is None for none."""

    base = forms.IntegerField(min_value=0, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)
    member = forms.TypedChoiceField(
        label=_("Who"),
        coerce=int,
        error_messages={
            "required": _("Choose somebody."),
            "invalid_choice": _("They have no place in the group any more. Choose again."),
        },
    )
    number = forms.TypedChoiceField(
        label=_("To"),
        coerce=lambda value: int(value) or None,
        empty_value=None,
        error_messages={
            "required": _("Choose a small group."),
            "invalid_choice": _("There is no such small group any more. Choose again."),
        },
    )

    def __init__(self, *args, people: Iterable[Member], numbers: Sequence[int], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = [("", ""), *((member.pk, str(member)) for member in people)]
        there = [(number, _("Group %(number)s") % {"number": number}) for number in numbers]
        new = max(numbers, default=0) + 1
        self.fields["number"].choices = [
            ("", ""),
            *there,
            (new, _("A new group, %(number)s") % {"number": new}),
            (0, _("No group")),
        ]


class SummaryForm(forms.Form):
    """The summary of a discussion. `base` is the version that the writer started from, 0 for none."""

    base = forms.IntegerField(min_value=0, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)
    text = MarkdownField(
        label=_("Summary"),
        max_length=LONGEST_SUMMARY,
        required=False,
        widget=forms.Textarea(attrs={"rows": TEXT_ROWS, "class": "tall"}),
        help_text=_("Markdown, with maths between dollars. Leave it empty to take the summary away."),
    )
