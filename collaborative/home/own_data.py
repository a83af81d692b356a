"""A member's own data: all of it in one file, and the way out."""

from collections.abc import Sequence
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from cohorts import export as cohorts_export
from collaborative.home.actions import delete_account
from collaborative.home.errors import too_many_requests
from members import export as members_export
from members.actions import LastAdmin
from members.availability import export as availability_export
from members.handbook import export as handbook_export
from members.models import Member
from mentorship import export as mentorship_export
from notifications.models import Delivery
from notifications.preferences import choices_of, preferences_of
from projects import export as projects_export
from projects.actions import LeadsTeams
from projects.models import Project
from reading_groups import export as reading_groups_export

# Each offers data_of(member) and names its own sections of the file.
EXPORTS = (
    members_export,
    availability_export,
    handbook_export,
    reading_groups_export,
    cohorts_export,
    mentorship_export,
    projects_export,
)


def data_of(member: Member) -> dict[str, Any]:
    """All that the site keeps about a member and was told by them, also of parts that are off."""
    deliveries = Delivery.objects.filter(member=member).order_by("due_at", "id")
    data: dict[str, Any] = {}
    for export in EXPORTS:
        data |= export.data_of(member)
    own = preferences_of(member.pk)
    return data | {
        "mails": list(deliveries.values("kind", "due_at", "state", "sent_at", "notice", "read_at")),
        "mail_preferences": {
            name: getattr(own, name) for name in ("quiet_from", "quiet_until", "digest", "digest_weekday", "digest_at")
        },
        "mail_choices": choices_of(member.pk),
    }


class DeleteForm(forms.Form):
    """Asks for what only its member knows: the password, or, where there is none, the address."""

    confirmation = forms.CharField(max_length=254, strip=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        field = self.fields["confirmation"]
        if member.has_usable_password():
            field.label = gettext_lazy("Your password")
            field.widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        else:
            field.label = gettext_lazy("Your email address")
            field.help_text = gettext_lazy("Type it in full, so that this does not happen by mistake.")
            field.widget = forms.EmailInput(attrs={"autocomplete": "off"})

    def clean_confirmation(self) -> str:
        typed = self.cleaned_data["confirmation"]
        if self.member.has_usable_password():
            if not self.member.check_password(typed):
                raise ValidationError(_("This is not your password."))
        elif typed.strip().lower() != self.member.email.lower():
            raise ValidationError(_("This is not the address that you sign in with."))
        return typed


@require_safe
def own_data(request: HttpRequest) -> HttpResponse:
    return _page(request, DeleteForm(member=request.user))


@require_safe
@never_cache
def download(request: HttpRequest) -> HttpResponse:
    """The file. Made when asked for, and kept nowhere."""
    response = JsonResponse(data_of(request.user), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@sensitive_post_parameters("confirmation")
@require_POST
def account_delete(request: HttpRequest) -> HttpResponse:
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        return too_many_requests(request)
    form = DeleteForm(request.POST, member=request.user)
    to_hand_over: list[Project] = []
    if form.is_valid():
        try:
            delete_account(actor=request.user, now=timezone.now())
        except LastAdmin:
            form.add_error(None, _("You are the only admin. Let somebody else be one first, then you may go."))
        except LeadsTeams as error:
            to_hand_over = error.projects
            names = get_text_list([f"“{project}”" for project in to_hand_over], _("and"))
            text = _("You are not alone in %(projects)s, which you lead. Hand over the lead first, then you may go.")
            form.add_error(None, text % {"projects": names})
        else:
            logout(request)
            messages.success(request, _("Your account is deleted. Thank you for the time you were here."))
            return redirect("home:front")
    return _page(request, form, to_hand_over=to_hand_over, status=422)


def _page(
    request: HttpRequest, form: DeleteForm, *, to_hand_over: Sequence[Project] = (), status: int = 200
) -> HttpResponse:
    return render(request, "home/own-data.html", {"form": form, "to_hand_over": to_hand_over}, status=status)
