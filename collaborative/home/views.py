from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cohorts.home import card_for
from collaborative.home.agenda import items_for
from members.actions import note_week_seen
from members.availability.models import Poll
from members.handbook.checklist import checklist_for
from notifications.models import Delivery
from projects.agenda import tasks_due
from reading_groups import agenda
from reading_groups.asked import asked_of
from reading_groups.models import Enrolment, ReadingGroup, Session
from reading_groups.querysets import ReadingGroupQuerySet

NOTICES_SHOWN = 4
POLLS_SHOWN = 5


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The public home page: the next sessions, and groups with open places."""
    now = timezone.now()
    listed = _groups(request).visible_to(request.user).listed()
    open_groups = listed.with_places().for_cards(request.user, now)
    sessions = Session.objects.coming(now).filter(group__in=listed, starts_at__isnull=False)
    context = {
        "open_groups": open_groups.filter(next_starts_at__isnull=False).order_by("next_starts_at", "id")[:3],
        "sessions": agenda.loaded(sessions)[:3],
        "group_count": listed.count(),
    }
    return render(request, "home/front.html", context)


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """A member's week: what is on, what waits for an answer, the groups they are in."""
    if not request.user.has_profile:
        return redirect("members:profile-edit")
    parts = request.parts  # type: ignore[attr-defined]
    now = timezone.now()
    note_week_seen(member=request.user, now=now)
    today = timezone.localdate()
    days = [today + timedelta(days=n) for n in range(7)]
    items = items_for(request.user, now, now + timedelta(days=60), parts=parts)
    enrolments = Enrolment.objects.live() if "groups" in parts else Enrolment.objects.none()
    enrolments = enrolments.filter(member=request.user).select_related("group").order_by("group__title_key")
    week = [
        {"day": day, "items": [item for item in items if timezone.localtime(item.starts_at).date() == day]}
        for day in days
    ]
    context = {
        "next_item": items[0] if items else None,
        "tasks_due": tasks_due(request.user, until=days[-1]) if "projects" in parts else None,
        "week": week,
        "notices": Delivery.objects.notices().filter(member=request.user, read_at=None)[:NOTICES_SHOWN],
        "checklist": checklist_for(request.user, parts=parts) if "handbook" in parts else None,
        "cohorts": card_for(request.user) if "cohorts" in parts else None,
        "enrolments": enrolments,
        "asked": asked_of(request.user, now) if "groups" in parts else [],
        "polls": Poll.objects.waiting_for(request.user, now)[:POLLS_SHOWN],
        "holds": [enrolment for enrolment in enrolments if enrolment.state == Enrolment.State.HELD],
        "organized": _groups(request)
        .filter(organizers=request.user)
        .exclude(state=ReadingGroup.State.ARCHIVED)
        .with_waiting()
        .defer("search")
        .order_by("title_key", "id"),
    }
    return render(request, "home/me.html", context)


def _groups(request: HttpRequest) -> ReadingGroupQuerySet:
    """All groups, or none where the collaborative does not use them."""
    return ReadingGroup.objects.all() if "groups" in request.parts else ReadingGroup.objects.none()  # type: ignore[attr-defined]
