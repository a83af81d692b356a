"""The page of one's own typical week, and what is done on it."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import FETCH_RAISE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.clock import city_of
from members.availability import actions, grid, lines
from members.availability.exams.models import ExamWeeks
from members.availability.forms import AwayForm, LinesForm, PatternForm
from members.availability.marks import EMPTY
from members.availability.models import Away, TypicalWeek
from members.availability.sharing.people import met_by, seen_by, who_see
from members.availability.weeks.busy import CannotReadCalendar, suggest
from members.availability.weeks.forms import CalendarFileForm, HoldsFromForm
from members.availability.weeks.links import asked_by
from members.availability.weeks.reminders import EVERY
from members.redirects import profile_first
from members.rules import is_organizer


@require_http_methods(["GET", "HEAD", "POST"])
def week_edit(request: HttpRequest) -> HttpResponse:
    """A member's own typical week, as lines and as a grid, and their days away."""
    if not request.user.has_profile:
        return profile_first(request, then=request.path)
    if request.method != "POST":
        return week_page(request)
    ways = {
        "lines": _save_lines,
        "grid": _save_grid,
        "pattern": _start_from,
        "calendar": _suggest_from,
        "zone": _move_week,
        "true": _confirm_week,
    }
    return ways.get(request.POST.get("from", ""), _save_lines)(request)


def week_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a week that was to hold later."""
    if request.method == "POST":
        actions.drop_later_week(actor=request.user, week_id=pk, now=timezone.now())
        messages.success(request, _("That later week is deleted."))
    return redirect("availability:week-edit")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def still_true(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mail leads that asks every three months: says yes, without a sign-in, and shows nothing of the week.

    Nothing changes before the POST.
    """
    member = asked_by(token)
    if member is None:
        raise Http404
    is_done = False
    if request.method == "POST":
        is_done = actions.confirm_week(actor=member, now=timezone.now()) is not None
    has_week = is_done or TypicalWeek.objects.of(member).in_force(timezone.localdate()).exists()
    return render(request, "availability/still-true.html", {"is_done": is_done, "has_week": has_week})


def _save_lines(request: HttpRequest) -> HttpResponse:
    return _save_week(request, from_grid=False)


def _save_grid(request: HttpRequest) -> HttpResponse:
    return _save_week(request, from_grid=True)


def _save_week(request: HttpRequest, *, from_grid: bool) -> HttpResponse:
    """Save one of the two ways. Where the other was changed, nothing is saved until the member has chosen."""
    weeks = list(TypicalWeek.objects.of(request.user))
    shown = {week.marks for week in weeks} or {EMPTY}
    form = LinesForm(request.POST)
    season = HoldsFromForm(request.POST, today=timezone.localdate())
    lines_are_read = form.is_valid()
    try:
        painted = grid.read(request.POST)
    except grid.GridIsIncomplete:
        if from_grid:
            messages.error(request, _("The grid came back incomplete. Nothing was saved; please mark it again."))
            return week_page(request, form=form, season=season, status=422)
        painted = _shown_before(request)
    if not season.is_valid() or (not from_grid and not lines_are_read):
        return week_page(request, form=form, season=season, marks=painted, status=422)
    written = form.marks if lines_are_read else None
    chosen, other = (painted, written) if from_grid else (written, painted)
    if other not in {*shown, chosen} and "is_sure" not in request.POST:
        messages.error(
            request, _("The lines and the grid differ. Both are kept below: save the one that should count.")
        )
        return week_page(request, form=form, season=season, marks=painted, is_sure=True, status=422)
    holds_from = season.cleaned_data["holds_from"]
    stored = actions.save_week(actor=request.user, marks=chosen or EMPTY, now=timezone.now(), holds_from=holds_from)
    if stored is None:
        messages.success(request, _("Your week is cleared."))
    else:
        half_hours = sum(mark != "0" for mark in stored.marks)
        messages.success(request, _("Your week is saved: %(hours)s.") % {"hours": grid.hours_in_words(half_hours)})
    query = {"day": _day_shown(request.POST.get("day", ""), EMPTY)}
    if holds_from and stored is not None:
        query["holds_from"] = holds_from.isoformat()
    return redirect(f"{request.path}?{urlencode(query)}")


def _start_from(request: HttpRequest) -> HttpResponse:
    """Fill both ways with a ready week. Nothing is saved."""
    form = PatternForm(request.POST)
    marks = _shown_before(request)
    if form.is_valid():
        marks = PatternForm.PATTERNS.get(form.cleaned_data["start"], marks)
    return _suggestion(request, marks, _("This is a start, and not saved yet. Change what does not fit, then save it."))


def _suggest_from(request: HttpRequest) -> HttpResponse:
    """Take out of the grid what an uploaded calendar often fills. Nothing is saved, and nothing kept of the file."""
    file = CalendarFileForm(request.POST, request.FILES)
    try:
        before = grid.read(request.POST)
    except grid.GridIsIncomplete:
        before = _shown_before(request)
    if not file.is_valid():
        return _not_read(request, file, before)
    zone = _zone_of(request, _week_shown(request, _asked_for(request)))
    content = file.cleaned_data["calendar"].read()
    try:
        found = suggest(content, marks=before, zone=zone, today=timezone.localdate())
    except CannotReadCalendar as error:
        file.add_error("calendar", _not_readable(error.reason))
        return _not_read(request, file, before)
    if found.taken:
        told = _("Your calendar often fills %(hours)s of these; they are taken out. Nothing is saved yet.") % {
            "hours": grid.length_in_words(found.taken)
        }
    else:
        told = _("Nothing in this calendar takes time of your week often. Nothing is changed or saved yet.")
    if found.unread:
        told += " " + ngettext(
            "%(n)s of %(all)s entries does not say clearly when it is, and is left out.",
            "%(n)s of %(all)s entries do not say clearly when they are, and are left out.",
            found.unread,
        ) % {"n": found.unread, "all": found.read + found.unread}
    return _suggestion(request, found.marks, told)


def _suggestion(request: HttpRequest, marks: str, told: str) -> HttpResponse:
    messages.info(request, told)
    season = HoldsFromForm(request.POST, today=timezone.localdate())
    season.is_valid()
    return week_page(request, form=LinesForm(initial={"lines": lines.write(marks)}), season=season, marks=marks)


def _not_read(request: HttpRequest, file: CalendarFileForm, marks: str) -> HttpResponse:
    """The page again with what was typed and painted, and why the file is of no use."""
    form = LinesForm(initial={"lines": request.POST.get("lines", "")})
    season = HoldsFromForm(request.POST, today=timezone.localdate())
    season.is_valid()
    return week_page(request, form=form, season=season, file=file, marks=marks, status=422)


def _not_readable(reason: str) -> str:
    if reason == "truncated":
        return _("This file stops in the middle. Export it again, and wait until it is complete.")
    if reason == "nothing_readable":
        return _("Nothing in this file says clearly when it takes place. Export the calendar again, as .ics.")
    if reason == "too_much":
        return _("This calendar repeats itself too often to be read here. Export the coming months only.")
    return _("This is not a calendar file. Export your calendar as .ics, and choose that file.")


def _move_week(request: HttpRequest) -> HttpResponse:
    zone = request.user.time_zone
    if actions.move_week(actor=request.user, zone=zone, now=timezone.now()):
        messages.success(request, _("Your hours are now in %(city)s time.") % {"city": city_of(zone)})
    return redirect("availability:week-edit")


def _confirm_week(request: HttpRequest) -> HttpResponse:
    if actions.confirm_week(actor=request.user, now=timezone.now()):
        messages.success(request, _("Noted: your week is still true."))
    return redirect("availability:week-edit")


def week_page(
    request: HttpRequest,
    *,
    form: LinesForm | None = None,
    season: HoldsFromForm | None = None,
    file: CalendarFileForm | None = None,
    marks: str | None = None,
    away_form: AwayForm | None = None,
    is_sure: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The page with the week in force, or the later one that is asked for; other marks where they are given."""
    today = timezone.localdate()
    weeks = list(TypicalWeek.objects.of(request.user).order_by("valid_from"))
    asked_for = _asked_for(request)
    week = _shown(weeks, today, asked_for)
    saved = week.marks if week else EMPTY
    marks = saved if marks is None else marks
    sees = list(who_see(request.user).fetch_mode(FETCH_RAISE))
    may_see_too = [person for person in met_by(request.user).fetch_mode(FETCH_RAISE) if person not in sees]
    zone = _zone_of(request, week)
    now_holds = _shown(weeks, today, None)
    context = {
        "week": week,
        "week_zone": zone,
        "moved_to": request.user.time_zone if week and week.zone != request.user.time_zone else "",
        "is_old": now_holds is not None
        and now_holds.marks != EMPTY
        and now_holds.confirmed_at + EVERY <= timezone.now(),
        "is_later": asked_for is not None,
        "holds_from": asked_for,
        "later": [
            (each, grid.hours_in_words(sum(mark != "0" for mark in each.marks)))
            for each in weeks
            if each.valid_from > today
        ],
        "form": form or LinesForm(initial={"lines": lines.write(saved)}),
        "season": season or HoldsFromForm(initial={"holds_from": asked_for}, today=today),
        "file": file or CalendarFileForm(),
        "patterns": PatternForm(),
        "is_sure": is_sure,
        "strengths": grid.strengths(),
        "days": [(day, WEEKDAYS_ABBR[day], WEEKDAYS[day]) for day in grid.DAYS],
        "day_shown": _day_shown(request.POST.get("day") or request.GET.get("day", ""), marks),
        "parts_of_day": grid.draw(marks),
        "aways": list(Away.objects.of(request.user).coming(today)),
        "asked": list(ExamWeeks.objects.asking(request.user, today)) if request.user.institution_id else [],
        "may_set_exams": is_organizer.test(request.user),
        "who_see": sees,
        "may_see_too": may_see_too,
        "seen": list(seen_by(request.user).fetch_mode(FETCH_RAISE)),
        "today": today,
        "away_form": away_form or AwayForm(today=today, prefix="away"),
        "path": reverse("availability:week-edit"),
    }
    return render(request, "availability/week-edit.html", context, status=status)


def _asked_for(request: HttpRequest) -> date | None:
    """The Monday of a later week that the page is about; None for the one that holds now."""
    values = request.POST if "holds_from" in request.POST else request.GET
    form = HoldsFromForm(values, today=timezone.localdate())
    return form.cleaned_data["holds_from"] if form.is_valid() else None


def _shown(weeks: list[TypicalWeek], today: date, asked_for: date | None) -> TypicalWeek | None:
    """The later week that is asked for, else the one that holds today. The weeks are in their order."""
    for week in weeks:
        if week.valid_from == asked_for:
            return week
    return next((week for week in reversed(weeks) if week.valid_from <= today), None)


def _week_shown(request: HttpRequest, asked_for: date | None) -> TypicalWeek | None:
    weeks = list(TypicalWeek.objects.of(request.user).order_by("valid_from"))
    return _shown(weeks, timezone.localdate(), asked_for)


def _shown_before(request: HttpRequest) -> str:
    week = _week_shown(request, _asked_for(request))
    return week.marks if week else EMPTY


def _zone_of(request: HttpRequest, week: TypicalWeek | None) -> str:
    return week.zone if week else request.user.time_zone


def _day_shown(text: str, marks: str) -> int:
    """The day that a narrow screen shows: the one it showed before, else the first with something marked."""
    return int(text) if text in {str(day) for day in grid.DAYS} else grid.first_day_marked(marks)
