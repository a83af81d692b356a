"""Links into a group, and how many people they let in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms import OneLineField
from reading_groups.models.joining import MOST_USES


class CapForm(forms.Form):
    """How many people a link lets in."""

    most_uses = forms.IntegerField(
        label=_("People at most"),
        required=False,
        min_value=1,
        max_value=MOST_USES,
        help_text=_("Empty: any number, as long as the group has places or a line."),
        error_messages={
            "invalid": _("Type a whole number, such as 20, or leave it empty."),
            "min_value": _("At least one; to close a link, revoke it."),
            "max_value": _("At most a thousand; leave it empty for any number."),
        },
    )


class LinkForm(CapForm):
    """A new link."""

    note = OneLineField(
        label=_("For whom"),
        max_length=140,
        required=False,
        help_text=_("A note for yourselves: “Posted in the chat of the course”."),
    )
    field_order = ("note", "most_uses")
