"""Two choices that visitors make as well: the zone in which they see times, and light or dark. Kept in cookies."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.clock import city_of
from core.forms import ZoneField
from core.redirects import next_url
from members.actions import set_time_zone
from members.middleware import ZONE_COOKIE

A_YEAR = 60 * 60 * 24 * 365


class ZoneForm(forms.Form):
    time_zone = ZoneField(help_text=gettext_lazy("Every time on this site is shown as clocks there show it."))


@login_not_required
def zone_edit(request: HttpRequest) -> HttpResponse:
    initial = {"time_zone": timezone.get_current_timezone_name() if request.zone_is_known else ""}  # type: ignore[attr-defined]
    form = ZoneForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        zone = form.cleaned_data["time_zone"]
        if request.user.is_authenticated:
            set_time_zone(actor=request.user, time_zone=zone)
        messages.success(request, _("Times are now shown as in %(city)s.") % {"city": city_of(zone)})
        response = HttpResponseRedirect(next_url(request, default="home:front"))
        _keep(response, ZONE_COOKIE, zone, readable=True)
        return response
    status = 422 if form.is_bound else 200
    return render(
        request, "home/zone-edit.html", {"form": form, "next": next_url(request, default="home:front")}, status=status
    )


@login_not_required
@require_POST
def appearance_edit(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("appearance", "")
    response = HttpResponseRedirect(next_url(request, default="home:front"))
    if theme in {"light", "dark"}:
        _keep(response, "theme", theme)
    else:
        response.delete_cookie("theme")
    return response


def _keep(response: HttpResponse, name: str, value: str, *, readable: bool = False) -> None:
    # The script that guesses a visitor's zone looks whether there is one already.
    response.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", httponly=not readable)
