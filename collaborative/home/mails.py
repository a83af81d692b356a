"""Which mails a member gets, and when: their own page, and the button in each mail that ends its kind."""

from datetime import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from collaborative.home.kinds import BY_KEY, kinds_reaching, kinds_to_choose
from collaborative.home.kinds_table import TITLES, rows
from members.models import Member
from members.rules import is_organizer
from notifications.kinds import Kind
from notifications.models import Choice, Preferences
from notifications.preferences import (
    When,
    choices_of,
    preferences_of,
    read_stop,
    save_preferences,
    stop_mails,
)

MAIL = "mail"
CHANNELS = [(MAIL, gettext_lazy("By mail and on this site")), *Choice.Channel.choices]
HOURS = [(f"{hour:02}:00", f"{hour:02}:00") for hour in range(24)]


def _hour(text: str) -> time:
    return time.fromisoformat(text)


class WhenForm(forms.Form):
    digest = forms.ChoiceField(label=gettext_lazy("Your week by mail"), choices=Preferences.Digest)
    digest_weekday = forms.TypedChoiceField(
        label=gettext_lazy("On"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        help_text=gettext_lazy("Where it comes once a week."),
    )
    digest_at = forms.TypedChoiceField(label=gettext_lazy("At"), choices=HOURS, coerce=_hour)
    has_quiet_hours = forms.BooleanField(
        label=gettext_lazy("There are hours in which I want no mail"),
        required=False,
        help_text=gettext_lazy("Mails wait for their end. Only what would be too late then comes at once."),
    )
    quiet_from = forms.TypedChoiceField(label=gettext_lazy("From"), choices=HOURS, coerce=_hour)
    quiet_until = forms.TypedChoiceField(label=gettext_lazy("To"), choices=HOURS, coerce=_hour)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        start, end = data.get("quiet_from"), data.get("quiet_until")
        if data.get("has_quiet_hours") and start is not None and start == end:
            self.add_error("quiet_until", ValidationError(_("Choose another hour than the first.")))
        return data

    @property
    def when(self) -> When:
        """What the checked form says."""
        data = dict(self.cleaned_data)
        if not data.pop("has_quiet_hours"):
            data["quiet_from"] = data["quiet_until"] = None
        return When(**data)


class ChannelsForm(forms.Form):
    """One field for each kind that a member may do without."""

    def __init__(self, *args: Any, kinds: list[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in kinds:
            self.fields[kind.key] = forms.ChoiceField(label=kind.title, choices=CHANNELS, initial=MAIL)

    @property
    def chosen(self) -> dict[str, str]:
        """What the checked form says, by kind; empty where it is to be mailed."""
        return {kind: "" if channel == MAIL else channel for kind, channel in self.cleaned_data.items()}


@require_http_methods(["GET", "HEAD", "POST"])
def mails_edit(request: HttpRequest) -> HttpResponse:
    """Choose for each kind of message, the digest, and the quiet hours."""
    data = request.POST if request.method == "POST" else None
    parts = request.parts  # type: ignore[attr-defined]
    runs_site = is_organizer(request.user)
    by_part = kinds_to_choose(parts, is_organizer=runs_site)
    own = preferences_of(request.user.pk)
    when = WhenForm(data, initial=_initial(own))
    kinds = [kind for kinds in by_part.values() for kind in kinds]
    channels = ChannelsForm(data, kinds=kinds, initial=choices_of(request.user.pk), prefix="kind")
    if when.is_bound and all([when.is_valid(), channels.is_valid()]):
        save_preferences(member_id=request.user.pk, when=when.when, channels=channels.chosen)
        messages.success(request, _("Saved. It holds for what has not been sent yet as well."))
        return redirect("home:mails-edit")
    sections = [
        {"title": TITLES[part], "fields": [channels[kind.key] for kind in kinds]} for part, kinds in by_part.items()
    ]
    context = {
        "when": when,
        "channels": channels,
        "sections": sections,
        "table": rows(kinds_reaching(parts, is_organizer=runs_site)),
        "most_a_week": settings.OPTIONAL_MAILS_A_WEEK,
    }
    return render(request, "home/mails-edit.html", context, status=422 if when.is_bound else 200)


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link at the foot of a mail: one button ends such mails, without a sign-in.

    Mail programs press it by RFC 8058. They have no cookies to check; the signed address says enough.
    """
    found = read_stop(token)
    kind = BY_KEY.get(found[1]) if found else None
    if found is None or kind is None or not kind.is_optional:
        raise Http404
    member = Member.objects.active().filter(pk=found[0]).first()
    if member is None:
        raise Http404
    if request.method == "POST":
        stop_mails(member_id=member.pk, kind=kind.key, is_digest=kind.has_chosen_hour)
    context = {"kind": kind, "is_stopped": request.method == "POST", "is_digest": kind.has_chosen_hour}
    return render(request, "home/mail-stop.html", context)


def _initial(own: Preferences) -> dict[str, Any]:
    has_quiet_hours = own.quiet_from is not None
    return {
        "digest": own.digest,
        "digest_weekday": own.digest_weekday,
        "digest_at": f"{own.digest_at:%H:%M}",
        "has_quiet_hours": has_quiet_hours,
        "quiet_from": f"{own.quiet_from:%H:%M}" if own.quiet_from else "22:00",
        "quiet_until": f"{own.quiet_until:%H:%M}" if own.quiet_until else "07:00",
    }
