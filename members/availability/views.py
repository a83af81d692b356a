from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import FETCH_RAISE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.availability import actions
from members.availability.agenda import company_of, loaded
from members.availability.forms import AwayForm, MeetingTimeForm
from members.availability.models import Away, Meeting
from members.availability.weeks.views import week_page

# Days away -----------------------------------------------------------------------------------------------------------


def away_add(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("availability:week-edit")
    form = AwayForm(request.POST, today=timezone.localdate(), prefix="away")
    if not form.is_valid():
        return week_page(request, away_form=form, status=422)
    actions.add_away(actor=request.user, **form.cleaned_data)
    messages.success(request, _("Noted. Until you are back, nobody expects an answer."))
    # Where it is said what falls on these days.
    return redirect("home:away-edit")


def away_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Back earlier than noted, or not away at all."""
    if request.method != "POST":
        return redirect("availability:week-edit")
    away = Away.objects.visible_to(request.user).filter(pk=pk).first()
    if away is not None:
        if not request.user.has_perm("availability.edit_away", away):
            raise PermissionDenied
        actions.end_away(actor=request.user, away_id=away.pk, now=timezone.now())
    # Gone already, by another click, is what was asked for.
    messages.success(request, _("Noted: you are there on those days."))
    return redirect("home:away-edit")


# Meetings ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _meeting_page(request, _meeting(request, pk))


def meeting_move(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = _meeting(request, pk)
    if request.method != "POST":
        return redirect(meeting)
    if not request.user.has_perm("availability.edit_meeting", meeting):
        raise PermissionDenied
    now = timezone.now()
    form = MeetingTimeForm(request.POST, zone=timezone.get_current_timezone_name(), now=now)
    if not form.is_valid():
        return _meeting_page(request, meeting, form=form, status=422)
    starts_at, ends_at = form.cleaned_data["starts_at"], form.cleaned_data["ends_at"]
    try:
        actions.move_meeting(actor=request.user, meeting_id=meeting.pk, starts_at=starts_at, ends_at=ends_at, now=now)
    except actions.AlreadyAMeetingThen:
        form.add_error("time", _("Another meeting of this kind starts at that time."))
        return _meeting_page(request, meeting, form=form, status=422)
    except (Meeting.DoesNotExist, actions.MeetingIsCancelled):
        messages.error(request, _("This meeting has been cancelled meanwhile."))
    except actions.MeetingIsOver:
        messages.error(request, _("This meeting is over."))
    else:
        messages.success(request, _("The meeting is moved. The others get a mail."))
    return redirect(meeting)


def meeting_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = _meeting(request, pk)
    if request.method != "POST":
        return redirect(meeting)
    if not request.user.has_perm("availability.edit_meeting", meeting):
        raise PermissionDenied
    try:
        actions.cancel_meeting(actor=request.user, meeting_id=meeting.pk, now=timezone.now())
    except actions.MeetingIsOver:
        messages.error(request, _("This meeting is over."))
    else:
        messages.success(request, _("The meeting is cancelled. The others get a mail."))
    return redirect(meeting)


def _meeting(request: HttpRequest, pk: int) -> Meeting:
    return get_object_or_404(loaded(Meeting.objects.visible_to(request.user)), pk=pk)


def _meeting_page(
    request: HttpRequest, meeting: Meeting, *, form: MeetingTimeForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    zone = timezone.get_current_timezone_name()
    day = timezone.localtime(meeting.starts_at).date()
    aways = Away.objects.visible_to(request.user).on(day).filter(member__in=meeting.participants.all())
    initial = MeetingTimeForm.initial_from(meeting.starts_at, meeting.ends_at, zone)
    context = {
        "meeting": meeting,
        "company": company_of(meeting, request.user),
        "people": list(meeting.participants.all()),
        "aways": {away.member_id: away for away in aways.fetch_mode(FETCH_RAISE)},
        "is_over": meeting.ends_at <= now,
        "may_edit": not meeting.is_cancelled and meeting.ends_at > now,
        "form": form or MeetingTimeForm(zone=zone, now=now, initial=initial),
    }
    return render(request, "availability/meeting-detail.html", context, status=status)
