"""A week that its member shares with a person."""

from django.contrib import messages
from django.db.models import FETCH_RAISE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.availability import lines
from members.availability.clock import local_day
from members.availability.marks import EMPTY
from members.availability.models import TypicalWeek
from members.availability.sharing import actions
from members.availability.sharing.people import seen_by
from members.availability.weeks.elsewhere import on_clocks_of
from members.models import Member


@require_http_methods(["GET", "HEAD"])
def week_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody's typical week, for one with whom they share it, by both clocks. For anybody else it is not there."""
    owner = get_object_or_404(seen_by(request.user).fetch_mode(FETCH_RAISE), pk=pk)
    now = timezone.now()
    week = TypicalWeek.objects.of(owner).in_force(local_day(owner, now)).first()
    marks = week.marks if week else EMPTY
    zone = timezone.get_current_timezone_name()
    here = marks if week is None else on_clocks_of(zone, marks=marks, zone=week.zone, week_of=timezone.localdate())
    context = {
        "owner": owner,
        "week": week,
        "is_elsewhere": week is not None and week.zone != zone,
        "theirs": lines.write(marks).splitlines(),
        "here": lines.write(here).splitlines(),
    }
    return render(request, "availability/week-detail.html", context)


def share_add(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("availability:week-edit")
    wanted = request.POST.get("person", "")
    person = Member.objects.visible_to(request.user).filter(pk=int(wanted)).first() if _is_number(wanted) else None
    try:
        if person is None:
            raise actions.WithNobody
        actions.share_week(actor=request.user, viewer=person, now=timezone.now())
    except actions.WithNobody:
        messages.error(request, _("Choose somebody else, who is a member."))
    else:
        messages.success(request, _("%(name)s can see your typical week now.") % {"name": person})
    return redirect(f"{reverse('availability:week-edit')}#sharing")


def share_end(request: HttpRequest, pk: int) -> HttpResponse:
    if request.method != "POST":
        return redirect("availability:week-edit")
    actions.stop_sharing(actor=request.user, viewer_id=pk)
    messages.success(request, _("Your week is not shared with them any more."))
    return redirect(f"{reverse('availability:week-edit')}#sharing")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
