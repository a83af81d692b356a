"""The best times for a team to meet, and a meeting made from one of them."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.availability.actions import NotATime, plan_meeting
from members.availability.besttimes.forms import LONGEST_MEETING, WishForm
from members.availability.besttimes.pages import shown_of
from members.availability.models import Meeting
from projects.actions import ProjectIsArchived
from projects.models import Project
from projects.views.page import has_page, may_own, with_project

MINUTES_AT_FIRST, WEEKS_AT_FIRST = 60, 2
# So many past meetings are looked at, for whom they were late or early.
PAST = 12


class InstantField(forms.CharField):
    """A moment with its offset, as a button of the page sends it back."""

    def clean(self, value: Any) -> datetime:
        try:
            moment = parse_datetime(super().clean(value))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise forms.ValidationError(_("This is no moment."), code="invalid")
        return moment


class MeetForm(forms.Form):
    starts_at = InstantField(max_length=40)
    minutes = forms.IntegerField(min_value=15, max_value=LONGEST_MEETING)


@require_safe
@with_project("projects.work_on_project")
@has_page
def team_times(request: HttpRequest, project: Project) -> HttpResponse:
    """The best times for one meeting of the team, on the viewer's clock. Nothing is kept of what is looked for."""
    if project.is_archived:
        raise ProjectIsArchived
    now, today, zone = timezone.now(), timezone.localdate(), timezone.get_current_timezone_name()
    people = may_own(project)
    form = WishForm(
        request.GET if "minutes" in request.GET else None,
        initial=WishForm.usual(minutes=MINUTES_AT_FIRST, today=today, weeks=WEEKS_AT_FIRST),
        viewer=request.user,
        people=people,
        zone=zone,
        today=today,
        now=now,
        is_weekly=False,
    )
    meetings = Meeting.objects.on().about(project.key).filter(ends_at__lte=now).order_by("-starts_at")
    past = meetings.values_list("starts_at", "ends_at")[:PAST]
    context = {"project": project} | shown_of(form, people, past=past, zone=zone)
    return render(request, "projects/team-times.html", context, status=422 if form.errors else 200)


@with_project("projects.work_on_project")
def team_meet(request: HttpRequest, project: Project) -> HttpResponse:
    """Plan a meeting of the whole team; planning it twice is once."""
    if project.is_archived:
        raise ProjectIsArchived
    form = MeetForm(request.POST)
    if form.is_valid():
        starts_at = form.cleaned_data["starts_at"]
        try:
            meeting = plan_meeting(
                actor=request.user,
                title=project.title,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=form.cleaned_data["minutes"]),
                zone=timezone.get_current_timezone_name(),
                participants=may_own(project),
                about=project.key,
                now=timezone.now(),
            )
        except (NotATime, OverflowError):
            pass
        else:
            messages.success(request, _("The meeting is planned. The others get a mail."))
            return redirect(meeting)
    messages.error(request, _("At that time no meeting can be planned. Choose one of these."))
    return redirect("projects:team-times", project.slug)
