"""Forms of presenters: which part they take, their link and files, and whom they ask."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.forms import LinkField
from core.templatetags.interface import day
from core.uploads import MOST_BYTES
from members.forms import OneLineField
from reading_groups import attachments
from reading_groups.agenda import title_of
from reading_groups.models import Enrolment, Presentation


class PartForm(forms.Form):
    part = OneLineField(
        label=_("Which part you take"),
        max_length=140,
        required=False,
        help_text=_("Such as “the proofs in section 3”. Leave it empty where you share all of it."),
    )
    url = LinkField(
        label=_("Link to your slides"),
        max_length=1000,
        required=False,
        help_text=_("People in the group see it. Leave it empty to take the link away."),
    )


class FileForm(forms.Form):
    """A file whose name says what it is. `kind` and `name` are what was found out about it."""

    file = forms.FileField(
        label=_("Add a file"),
        help_text=_("PDF, PowerPoint, OpenDocument slides, image, text, Markdown or notebook, up to 25 MB."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("There is nothing in this file. Choose another."),
            "missing": _("The name of the file did not come along. Choose it again."),
        },
    )

    def __init__(self, *args, is_too_large: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_too_large = is_too_large
        self.fields["file"].widget.attrs["accept"] = ",".join(attachments.KIND_OF_SUFFIX)
        # The browser says so of a name that is long; here it is made shorter.
        self.fields["file"].max_length = None

    def clean(self) -> dict:
        data = super().clean()
        if self.is_too_large:
            self.errors.pop("file", None)
            limit = filesizeformat(MOST_BYTES)
            self.add_error("file", _("A file has %(limit)s at most. Send a smaller one, or a link.") % {"limit": limit})
        elif upload := data.get("file"):
            self.name = attachments.name_of(upload.name)
            try:
                self.kind = attachments.check(upload, self.name)
            except ValidationError as error:
                self.add_error("file", error)
        return data


class InviteForm(forms.Form):
    """Whom to ask, those first who have presented least. The places are loaded `with_presented` and their members."""

    member = forms.TypedChoiceField(
        label=_("Ask somebody to present"),
        coerce=int,
        help_text=_("Those who have presented least stand first. They get an email and answer with one click."),
        error_messages={
            "required": _("Choose whom to ask."),
            "invalid_choice": _("They cannot be asked now: they present it, have answered, or have left."),
        },
    )

    def __init__(self, *args, places: Iterable[Enrolment], **kwargs):
        super().__init__(*args, **kwargs)
        places = sorted(places, key=lambda place: (place.presented, place.enrolled_at, place.pk))
        self.people = {place.member_id: str(place.member) for place in places}
        choices = [(place.member_id, self._words(place)) for place in places]
        self.fields["member"].choices = [("", _("Choose somebody")), *choices]

    @staticmethod
    def _words(place: Enrolment) -> str:
        if place.presented == 0:
            return _("%(name)s, has not presented yet") % {"name": place.member}
        words = ngettext("%(name)s, has presented once", "%(name)s, has presented %(n)s times", place.presented)
        return words % {"name": place.member, "n": place.presented}


class HandOverForm(InviteForm):
    """Whom to ask to present instead."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].label = _("Who could take over")
        self.fields["member"].help_text = _(
            "They get an email and answer with one click. If they accept, your part, its link and its files are theirs."
        )


class SwapForm(forms.Form):
    """Whose session to take. Each presentation is loaded with its member, its session, and that one's readings."""

    presentation = forms.TypedChoiceField(
        label=_("Swap with"),
        coerce=int,
        help_text=_("They get an email, and you swap only if they accept. Your link and your files stay with you."),
        error_messages={
            "required": _("Choose with whom to swap."),
            "invalid_choice": _("That cannot be swapped now: they have withdrawn, or the session has started."),
        },
    )

    def __init__(self, *args, presentations: Iterable[Presentation], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["presentation"].choices = [("", _("Choose a session"))] + [
            (presentation.pk, self._words(presentation)) for presentation in presentations
        ]

    @staticmethod
    def _words(presentation: Presentation) -> str:
        session = presentation.session
        words = {
            "day": day(session.starts_at or session.held_on),
            "title": title_of(session),
            "name": presentation.member,
        }
        return _("%(day)s: %(title)s, with %(name)s") % words
