"""When the people of a group can meet: their hours as counts, and, for its organizers, the best times."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.api import number_in
from members.availability.besttimes import FewWeeks, hours_of
from members.availability.besttimes.forms import WishForm
from members.availability.besttimes.heat import DAYS, rows_of
from members.availability.besttimes.pages import shown_of
from reading_groups.models import ReadingGroup, Session
from reading_groups.times import WEEKS_AT_FIRST, past_of, people_of
from reading_groups.views.loading import group_seen_inside, own_group

# A session moves by some days.
AROUND = timedelta(days=3)


@require_safe
def group_hours(request: HttpRequest, slug: str) -> HttpResponse:
    """How many of those with a place usually can, half hour by half hour, on the viewer's clock."""
    group = group_seen_inside(request, slug)
    if group.is_on_review:
        return redirect(group.get_proposal_url())
    zone, today = timezone.get_current_timezone_name(), timezone.localdate()
    may_edit = request.user.has_perm("reading_groups.edit_group", group)
    context: dict[str, Any] = {"group": group, "days": DAYS, "zone": zone, "may_edit": may_edit}
    try:
        hours = hours_of([person.pk for person in people_of(group)], zone=zone, week_on=today)
    except FewWeeks as error:
        context["with_week"] = error.with_week
    else:
        monday = today - timedelta(days=today.weekday())
        context |= {"hours": hours, "rows": rows_of(hours), "monday": monday}
    return render(request, "reading_groups/group-hours.html", context)


@require_safe
def group_times(request: HttpRequest, slug: str) -> HttpResponse:
    """The best times for those with a place, for the group's week or for one session that moves.

    Each is taken by the button that plans sessions or moves one; nothing is kept of what is looked for.
    """
    group = own_group(request, slug)
    if group.is_on_review:
        return redirect(group.get_proposal_url())
    now, today = timezone.now(), timezone.localdate(timezone=ZoneInfo(group.zone))
    session = _session_to_move(request, group)
    if session is not None and session.has_started(now):
        messages.error(request, _("This session has started or is over, so when it is stays as it is."))
        return redirect(session)
    people = list(people_of(group))
    usual = WishForm.usual(minutes=group.duration_minutes, today=today, weeks=WEEKS_AT_FIRST)
    if session is not None:
        usual |= {"first_on": max(usual["first_on"], session.held_on - AROUND), "weeks": 1}
        if session.starts_at and session.ends_at:
            usual["minutes"] = (session.ends_at - session.starts_at) // timedelta(minutes=1)
    form = WishForm(
        request.GET if "minutes" in request.GET else None,
        initial=usual,
        viewer=request.user,
        people=people,
        zone=group.zone,
        today=today,
        now=now,
        is_weekly=session is None,
    )
    zone = timezone.get_current_timezone_name()
    context = {"group": group, "session": session} | shown_of(form, people, past=past_of(group, now), zone=zone)
    if wish := context.get("wish"):
        context["last_on"] = wish.first_on + timedelta(weeks=wish.weeks, days=-1)
        context["standing"] = 0 if session else group.sessions.coming(now).count()
    return render(request, "reading_groups/group-times.html", context, status=422 if form.errors else 200)


def _session_to_move(request: HttpRequest, group: ReadingGroup) -> Session | None:
    """The session that the address names, which must be one of the group."""
    if "session" not in request.GET:
        return None
    session = get_object_or_404(group.sessions.all(), pk=number_in(request.GET["session"]))
    session.group = group
    return session
