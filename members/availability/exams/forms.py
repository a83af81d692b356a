from django import forms
from django.utils.translation import gettext_lazy as _

from members.availability.forms import AwayForm
from members.models import Institution


class ExamWeeksForm(AwayForm):
    institution = forms.ModelChoiceField(
        label=_("Institution"),
        queryset=Institution.objects.none(),
        error_messages={"invalid_choice": _("Choose an institution of the list.")},
    )

    field_order = ("institution", "starts_on", "ends_on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["institution"].queryset = Institution.objects.by_name()
