"""What a group found, whom it invites by name, and the codes of certificates."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.forms import MarkdownField, OneLineField
from members.models import Member
from reading_groups.models import ReadingGroup
from reading_groups.models.certificates import ALPHABET, CODE_LENGTH, code_from


class FindingsForm(forms.Form):
    """What a group found. `before` says what its writer had read."""

    before = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    text = MarkdownField(
        label=_("What we found"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_(
            "What was worth reading, what held and what did not, what is still open. Markdown, with maths between "
            "dollar signs. Read by whoever sees the group once it has finished."
        ),
    )


class InviteForm(forms.Form):
    """A member to be asked in, by the name that members see. They are in `member`."""

    name = OneLineField(
        label=_("Name of the member"),
        max_length=120,
        help_text=_("As it stands in their profile. They are told by email, once. For others, make a link."),
        error_messages={"required": _("Type the name of a member.")},
    )

    def __init__(self, *args: Any, viewer: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.member: Member | None = None

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        key = Member._meta.get_field("name_key").key_of(name)
        # Never by address: that would tell who has an account.
        found = list(Member.objects.visible_to(self.viewer).active().filter(name_key=key).order_by("pk")[:2])
        if not found:
            raise ValidationError(
                _("No member has this name. Look it up with the search, or send them a link instead.")
            )
        if len(found) > 1:
            raise ValidationError(_("Several members have this name. Send yours a link instead."))
        self.member = found[0]
        return name


class CodeForm(forms.Form):
    """The code of a certificate, as people type it."""

    code = forms.CharField(
        label=_("Code"),
        max_length=100,
        help_text=_("Fifteen letters and figures. Dashes, spaces and small letters make no difference."),
        error_messages={"required": _("Type the code that stands on the certificate.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        code = code_from(self.cleaned_data["code"])
        strange = sorted({letter for letter in code if letter not in ALPHABET})
        if strange:
            told = _("No code has “%(letters)s” in it, since it looks like another. Look at that place again.")
            raise ValidationError(told, params={"letters": "”, “".join(strange[:5])})
        if len(code) != CODE_LENGTH:
            told = _("A code has %(most)s letters and figures; this one has %(n)s.")
            raise ValidationError(told, params={"most": CODE_LENGTH, "n": len(code)})
        return code


def findings_initial(group: ReadingGroup) -> dict[str, str]:
    return {"text": group.findings, "before": group.findings_mark}
