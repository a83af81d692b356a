from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import FETCH_RAISE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.clock import city_of
from members.availability import actions, grid, lines
from members.availability.agenda import company_of, loaded
from members.availability.forms import AwayForm, LinesForm, MeetingTimeForm, PatternForm
from members.availability.marks import EMPTY
from members.availability.models import Away, Meeting, TypicalWeek
from members.redirects import profile_first

# The typical week ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def week_edit(request: HttpRequest) -> HttpResponse:
    """A member's own typical week, as lines and as a grid, and their days away."""
    if not request.user.has_profile:
        return profile_first(request, then=request.path)
    week = TypicalWeek.objects.of(request.user).in_force(timezone.localdate()).first()
    if request.method != "POST":
        return _week_page(request, week)
    source = request.POST.get("from")
    if source == "zone":
        return _move_week(request)
    if source == "pattern":
        return _start_from(request, week)
    return _save_week(request, week, source == "grid")


def _save_week(request: HttpRequest, week: TypicalWeek | None, from_grid: bool) -> HttpResponse:
    """Save one of the two ways. Where the other was changed, nothing is saved until the member has chosen."""
    saved = week.marks if week else EMPTY
    form = LinesForm(request.POST)
    lines_are_read = form.is_valid()
    try:
        painted = grid.read(request.POST)
    except grid.GridIsIncomplete:
        if from_grid:
            messages.error(request, _("The grid came back incomplete. Nothing was saved; please mark it again."))
            return _week_page(request, week, form=form, status=422)
        painted = saved
    if not from_grid and not lines_are_read:
        return _week_page(request, week, form=form, marks=painted, status=422)
    written = form.marks if lines_are_read else None
    chosen, other = (painted, written) if from_grid else (written, painted)
    if other not in {saved, chosen} and "is_sure" not in request.POST:
        messages.error(
            request, _("The lines and the grid differ. Both are kept below: save the one that should count.")
        )
        return _week_page(request, week, form=form, marks=painted, is_sure=True, status=422)
    stored = actions.save_week(actor=request.user, marks=chosen or EMPTY, now=timezone.now())
    if stored is None:
        messages.success(request, _("Your week is cleared."))
    else:
        half_hours = sum(mark != "0" for mark in stored.marks)
        messages.success(request, _("Your week is saved: %(hours)s.") % {"hours": grid.hours_in_words(half_hours)})
    return redirect(f"{request.path}?{urlencode({'day': _day_shown(request.POST.get('day', ''), EMPTY)})}")


def _start_from(request: HttpRequest, week: TypicalWeek | None) -> HttpResponse:
    """Fill both ways with a ready week. Nothing is saved."""
    form = PatternForm(request.POST)
    marks = week.marks if week else EMPTY
    if form.is_valid():
        marks = PatternForm.PATTERNS.get(form.cleaned_data["start"], marks)
    messages.info(request, _("This is a start, and not saved yet. Change what does not fit, then save it."))
    return _week_page(request, week, form=LinesForm(initial={"lines": lines.write(marks)}), marks=marks)


def _move_week(request: HttpRequest) -> HttpResponse:
    zone = request.user.time_zone
    if actions.move_week(actor=request.user, zone=zone, now=timezone.now()):
        messages.success(request, _("Your hours are now in %(city)s time.") % {"city": city_of(zone)})
    return redirect("availability:week-edit")


def _week_page(
    request: HttpRequest,
    week: TypicalWeek | None,
    *,
    form: LinesForm | None = None,
    marks: str | None = None,
    away_form: AwayForm | None = None,
    is_sure: bool = False,
    status: int = 200,
) -> HttpResponse:
    saved = week.marks if week else EMPTY
    marks = saved if marks is None else marks
    today = timezone.localdate()
    context = {
        "week": week,
        "week_zone": week.zone if week else request.user.time_zone,
        "moved_to": request.user.time_zone if week and week.zone != request.user.time_zone else "",
        "form": form or LinesForm(initial={"lines": lines.write(saved)}),
        "patterns": PatternForm(),
        "is_sure": is_sure,
        "strengths": grid.strengths(),
        "days": [(day, WEEKDAYS_ABBR[day], WEEKDAYS[day]) for day in grid.DAYS],
        "day_shown": _day_shown(request.POST.get("day") or request.GET.get("day", ""), marks),
        "parts_of_day": grid.draw(marks),
        "aways": list(Away.objects.of(request.user).coming(today)),
        "today": today,
        "away_form": away_form or AwayForm(today=today, prefix="away"),
    }
    return render(request, "availability/week-edit.html", context, status=status)


def _day_shown(text: str, marks: str) -> int:
    """The day that a narrow screen shows: the one it showed before, else the first with something marked."""
    return int(text) if text in {str(day) for day in grid.DAYS} else grid.first_day_marked(marks)


# Days away -----------------------------------------------------------------------------------------------------------


def away_add(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("availability:week-edit")
    form = AwayForm(request.POST, today=timezone.localdate(), prefix="away")
    if not form.is_valid():
        week = TypicalWeek.objects.of(request.user).in_force(timezone.localdate()).first()
        return _week_page(request, week, away_form=form, status=422)
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
