"""Polls for members: a list, opening one, answering, and what its organizers do with it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import FETCH_RAISE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.pages import page_of
from members.availability.actions import NotATime
from members.availability.polls import actions, drawing
from members.availability.polls.forms import AnswerForm, DeadlineForm, PollForm, PositionForm
from members.availability.polls.links import guest_path
from members.availability.polls.models import Ballot, Poll
from members.availability.polls.results import Results, moments_of, results_of
from members.availability.polls.suggested import suggestion_for
from members.redirects import profile_first

PER_PAGE = 20
REFUSED: dict[type[Exception], Any] = {
    actions.TooManyPolls: lambda: _("You have opened many polls today. Open the next one tomorrow."),
    actions.TooManyPeople: lambda: _("A poll asks at most %(most)s members.") % {"most": actions.MOST_PEOPLE},
    actions.DeadlineHasPassed: lambda: _("The deadline has passed meanwhile. Choose a later one."),
    actions.PollHasNoTimes: lambda: _("Offer at least one time."),
    actions.TooManyTimes: lambda: _("These are too many times for one poll."),
    actions.SameTimeTwice: lambda: _("One of the times is there twice."),
}


@require_safe
def poll_list(request: HttpRequest) -> HttpResponse:
    """The polls that a member is asked in or runs: what waits for their answer on top, then the latest."""
    now = timezone.now()
    rows = (
        Poll.objects.concerning(request.user)
        .with_standing(request.user)
        .with_turnout()
        .order_by("-closes_at", "-id")
        .fetch_mode(FETCH_RAISE)
    )
    page, page_problem = page_of(rows, request.GET.get("page", "1"), PER_PAGE)
    for poll in page:
        poll.takes_answers = poll.is_open(now)
        poll.waits = poll.takes_answers and poll.is_asked and poll.own_answered_at is None
    waiting = Poll.objects.waiting_for(request.user, now)
    context = {"page": page, "page_problem": page_problem, "waiting": list(waiting.fetch_mode(FETCH_RAISE)[:PER_PAGE])}
    return render(request, "polls/poll-list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def poll_open(request: HttpRequest) -> HttpResponse:
    """A poll of one's own, with whichever members and guests one names."""
    if not request.user.has_profile:
        return profile_first(request)
    now = timezone.now()
    initial = {"time_zone": request.user.time_zone}
    form = PollForm(request.POST if request.method == "POST" else None, initial=initial, viewer=request.user, now=now)
    if form.is_bound and form.is_valid():
        try:
            poll = open_from(form, actor=request.user, now=now, people=form.members)
        except tuple(REFUSED) as error:
            form.add_error(None, REFUSED[type(error)]())
        else:
            messages.success(request, _("The poll is open. Those whom you ask get a mail; answer it yourself here."))
            return redirect(poll)
    return render(request, "polls/poll-open.html", {"form": form}, status=422 if form.is_bound else 200)


def open_from(form: PollForm, *, actor: Any, now: Any, people: Any, **fields: Any) -> Poll:
    """The poll that a valid form describes. Raises what `REFUSED` names."""
    data = form.cleaned_data
    assert form.closes_at is not None
    return actions.open_poll(
        actor=actor,
        title=data["title"],
        note=data["note"],
        zone=data["time_zone"],
        minutes=data["minutes"],
        slots=form.slots,
        is_free=form.is_free,
        closes_at=form.closes_at,
        shows_names=data["shows_names"],
        people=people,
        addresses=form.emails,
        guests_limit=data["guests_limit"],
        key=data["key"],
        now=now,
        **fields,
    )


@require_safe
def poll_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _poll(request, pk))


def poll_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Save one's own answer; until the deadline, as often as one likes."""
    poll = _poll(request, pk)
    if request.method != "POST":
        return redirect(poll)
    # Admins may do everything but answer where they are not asked.
    if not poll.is_asked:
        raise PermissionDenied
    form = AnswerForm(request.POST, times=poll.times.count())
    if not form.is_valid() and poll.is_open(timezone.now()):
        return _page(request, poll, form=form, status=422)
    try:
        actions.answer_poll(actor=request.user, poll_id=poll.pk, marks=form.marks, now=timezone.now())
    except (Poll.DoesNotExist, actions.NotAsked):
        raise Http404 from None
    except actions.PollIsClosed:
        messages.error(request, _("The poll is closed. Your answer was not saved; the ones before stay as they are."))
    else:
        messages.success(request, _("Your answer is saved. You may change it until the poll closes."))
    return redirect(poll)


def poll_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another deadline, or another number of guests."""
    poll = _own_poll(request, pk)
    if request.method != "POST":
        return redirect(poll)
    now = timezone.now()
    form = DeadlineForm(request.POST, now=now, zone=poll.zone)
    if form.is_valid():
        assert form.closes_at is not None
        try:
            limit = form.cleaned_data["guests_limit"]
            actions.change_poll(poll_id=poll.pk, closes_at=form.closes_at, guests_limit=limit, now=now)
        except Poll.DoesNotExist:
            raise Http404 from None
        except actions.PollIsClosed:
            messages.error(request, _("The poll is closed, and stays as it is."))
            return redirect(poll)
        except actions.MoreHaveAnswered:
            form.add_error("guests_limit", _("More guests have answered already; at least as many stand here."))
        except actions.DeadlineHasPassed:
            form.add_error("closes_on", _("This has passed already; nobody could answer."))
        else:
            messages.success(request, _("The poll is saved. Reminders follow the deadline."))
            return redirect(poll)
    return _page(request, poll, deadline=form, status=422)


def poll_close(request: HttpRequest, pk: int) -> HttpResponse:
    poll = _own_poll(request, pk)
    if request.method == "POST":
        try:
            actions.close_poll(actor=request.user, poll_id=poll.pk, now=timezone.now())
        except Poll.DoesNotExist:
            raise Http404 from None
        messages.success(request, _("The poll is closed. Everybody who was asked gets the result."))
    return redirect(poll)


def poll_meet(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one of the times a meeting."""
    poll = _own_poll(request, pk)
    if request.method != "POST":
        return redirect(poll)
    form = PositionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the times."))
        return redirect(poll)
    try:
        meeting = actions.meet_at(
            actor=request.user, poll_id=poll.pk, position=form.cleaned_data["position"], now=timezone.now()
        )
    except Poll.DoesNotExist:
        raise Http404 from None
    except actions.NoSuchTimeInPoll:
        messages.error(request, _("This poll does not offer that time. Choose one of those below."))
    except actions.AlreadySettled:
        messages.error(request, _("Something has come of this poll already, at another time."))
    except NotATime:
        messages.error(request, _("This time has passed. Choose a later one, or open another poll."))
    else:
        messages.success(request, _("It is a meeting. The members whom you asked get a mail."))
        return redirect(meeting)
    return redirect(poll)


def _poll(request: HttpRequest, pk: int) -> Poll:
    return get_object_or_404(Poll.objects.visible_to(request.user).with_standing(request.user), pk=pk)


def _own_poll(request: HttpRequest, pk: int) -> Poll:
    poll = _poll(request, pk)
    if not request.user.has_perm("availability.edit_poll", poll):
        raise PermissionDenied
    return poll


def _page(
    request: HttpRequest,
    poll: Poll,
    *,
    form: AnswerForm | None = None,
    deadline: DeadlineForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    times = list(poll.times.order_by("position").fetch_mode(FETCH_RAISE))
    moments = moments_of(poll, times)
    results = results_of(poll, times, now)
    is_open, is_asked = poll.is_open(now), poll.is_asked
    may_edit = request.user.has_perm("availability.edit_poll", poll)
    ballot = Ballot.objects.of(request.user).filter(poll=poll).first() if is_asked else None
    marks = ballot.marks if ballot else ""
    suggested = ""
    if is_open and ballot is not None and not marks and form is None:
        marks = suggested = suggestion_for(request.user, poll, moments)
    if form is not None:
        marks = form.marks
    has_answered = ballot is not None and ballot.answered_at is not None
    context = {
        "poll": poll,
        "is_open": is_open,
        "may_edit": may_edit,
        "may_settle": may_edit and not poll.is_settled,
        "may_answer": is_open and is_asked,
        "has_answered": has_answered,
        "is_suggested": bool(suggested),
        "form": form or AnswerForm(times=len(times)),
        "organizers": list(poll.organizers.by_name()),
        # Who has not answered yet is not led by what the others say.
        "results": results if has_answered or may_edit or not is_open else None,
        "turnout": turnout(results),
        "guest_url": request.build_absolute_uri(guest_path(poll)) if may_edit and poll.guest_token else "",
        "deadline": deadline or DeadlineForm(now=now, zone=poll.zone, initial=DeadlineForm.initial_from(poll)),
        **answer_parts(poll, moments, marks),
        **result_parts(poll, moments, results),
    }
    return render(request, "polls/poll-detail.html", context, status=status)


def turnout(results: Results) -> str:
    """“4 of 9 people have answered”: a number, and never who."""
    text = ngettext(
        "%(answered)s of %(asked)s person has answered", "%(answered)s of %(asked)s people have answered", results.asked
    )
    return text % {"answered": results.answered, "asked": results.asked}


def answer_parts(poll: Poll, moments: Any, marks: str) -> dict[str, Any]:
    """What the form of an answer shows: days with their times, or the grid of free marking."""
    if poll.is_free:
        grid = drawing.grid_of(poll, moments, marks)
        marked = (cell.column for row in grid.rows for cell in row.cells if cell.mark != "0")
        return {"grid": grid, "day_shown": min(marked, default=0), "words": drawing.words()}
    return {"days": drawing.days_of(poll, moments, marks), "words": drawing.words()}


def result_parts(poll: Poll, moments: Any, results: Results) -> dict[str, Any]:
    """What the result shows: the best times, and all of them by day."""
    rows = [_result_row(poll, row) for row in results.best]
    every = sorted((_result_row(poll, row) for row in results.ranked), key=lambda row: row["position"])
    grid = None
    if poll.is_free and results.shows_counts:
        grid = drawing.grid_of(poll, moments, tallies=results.half_hours, answered=results.answered)
    settled = results.by_position.get(poll.settled_position) if poll.settled_position is not None else None
    return {
        "best": rows,
        "every_time": [] if poll.is_free else every,
        "heat": grid,
        "settled": _result_row(poll, settled) if settled else None,
    }


def _result_row(poll: Poll, row: Any) -> dict[str, Any]:
    return {
        "position": row.moment.position,
        "starts_at": row.moment.starts_at,
        "when": drawing.when_of(poll, row.moment.starts_at),
        "there": drawing.there_of(poll, row.moment.starts_at),
        "tally": row.tally,
        "yes_names": row.yes_names,
        "if_needed_names": row.if_needed_names,
    }
