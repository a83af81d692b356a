"""A member's days away, and what falls on them: sessions that others count on them for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.availability import actions
from members.availability.forms import AwayForm
from members.availability.models import Away
from members.redirects import profile_first
from reading_groups.absent import missed_by
from reading_groups.agenda import title_of


@require_http_methods(["GET", "HEAD", "POST"])
def away_edit(request: HttpRequest) -> HttpResponse:
    """Note days away; hand over what one would have presented on them. Nobody is asked why."""
    if not request.user.has_profile:
        return profile_first(request, then=request.path)
    today, now = timezone.localdate(), timezone.now()
    form = AwayForm(request.POST if request.method == "POST" else None, today=today, prefix="away")
    if form.is_bound and form.is_valid():
        actions.add_away(actor=request.user, **form.cleaned_data)
        messages.success(request, _("Noted. Until you are back, nobody expects an answer."))
        return redirect("home:away-edit")
    missed = missed_by(request.user, now) if "groups" in request.parts else []  # type: ignore[attr-defined]
    context = {
        "aways": list(Away.objects.of(request.user).coming(today)),
        "today": today,
        "away_form": form,
        "presented": [{"session": session, "title": title_of(session)} for session in missed if session.own_part],  # type: ignore[attr-defined]
        "missed": len(missed),
    }
    return render(request, "home/away-edit.html", context, status=422 if form.is_bound else 200)
