"""Polls of a group, for its organizers: when can its people meet, and what comes of the answers."""

from django.contrib import messages
from django.db.models import FETCH_RAISE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import NoSuchTime, TimeComesTwice
from core.pages import page_of
from members.availability.models import Poll
from members.availability.polls.actions import AlreadySettled, NoSuchTimeInPoll, PollIsClosed, TooManyPeople
from members.availability.polls.forms import PollForm, PositionForm
from members.availability.polls.results import moments_of, results_of
from members.availability.polls.views import REFUSED, open_from, result_parts, turnout
from reading_groups import actions
from reading_groups.actions.polls import SESSIONS_AT_FIRST, coming_sessions, members_to_ask, polls_path
from reading_groups.models import ReadingGroup
from reading_groups.views.loading import open_group

PER_PAGE = 20
# What is said where nothing can be made of a poll.
_NOT_DONE = {
    NoSuchTimeInPoll: gettext_lazy("This poll does not offer that time. Choose one of those below."),
    AlreadySettled: gettext_lazy("Something has come of this poll already, at another time."),
    actions.TimeHasPassed: gettext_lazy("This time has passed. Choose a later one, or open another poll."),
    actions.SessionIsThere: gettext_lazy("The group has another session at that time. Move that one first."),
    actions.SessionHasStarted: gettext_lazy("A session is just beginning. Try again in a moment."),
    NoSuchTime: gettext_lazy("Clocks in the group’s zone skip this time on one of the days. Choose another."),
    TimeComesTwice: gettext_lazy("Clocks in the group’s zone show this time twice on one of the days. Choose another."),
}


@require_safe
def poll_list(request: HttpRequest, slug: str) -> HttpResponse:
    group = open_group(request, slug)
    now = timezone.now()
    rows = Poll.objects.about(group.key).with_turnout().fetch_mode(FETCH_RAISE)
    page, page_problem = page_of(rows, request.GET.get("page", "1"), PER_PAGE)
    for poll in page:
        poll.takes_answers = poll.is_open(now)
    context = {"group": group, "page": page, "page_problem": page_problem}
    return render(request, "reading_groups/poll-list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def poll_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask everybody with a place, and the organizers; guests besides, if wanted."""
    group = open_group(request, slug)
    now = timezone.now()
    initial = {
        "title": _("When does “%(group)s” meet?") % {"group": group.title[:100]},
        "time_zone": group.zone,
        "minutes": group.duration_minutes,
        "how": PollForm.WEEKDAYS_,
    }
    data = request.POST if request.method == "POST" else None
    form = PollForm(data, initial=initial, viewer=request.user, asks_people=False, now=now)
    people = members_to_ask(group)
    if form.is_bound and form.is_valid():
        try:
            poll = open_from(
                form,
                actor=request.user,
                now=now,
                people=people,
                organizers=list(group.organizers.active()),
                about=group.key,
                about_title=group.title,
                about_path=polls_path(group),
            )
        except tuple(REFUSED) as error:
            form.add_error(None, REFUSED[type(error)]())
        else:
            messages.success(request, _("The poll is open. Everybody with a place in the group gets a mail."))
            return redirect(poll)
    context = {"group": group, "form": form, "asked": len({*people, request.user})}
    return render(request, "reading_groups/poll-open.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def poll_use(request: HttpRequest, slug: str, poll_id: int) -> HttpResponse:
    """The result, and one click that makes a time of it a session, or that of the group."""
    group = open_group(request, slug)
    poll = get_object_or_404(Poll.objects.about(group.key), pk=poll_id)
    if request.method != "POST":
        return _use_page(request, group, poll)
    form = PositionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the times."))
        return _use_page(request, group, poll, status=422)
    is_session = request.POST.get("make") != "time"
    make = actions.make_session_of_poll if is_session else actions.make_time_of_group
    try:
        path = make(
            actor=request.user,
            group_id=group.pk,
            poll_id=poll.pk,
            position=form.cleaned_data["position"],
            now=timezone.now(),
        )
    except (ReadingGroup.DoesNotExist, actions.NotAboutThisGroup):
        raise Http404 from None
    except tuple(_NOT_DONE) as error:
        messages.error(request, _NOT_DONE[type(error)])
        return _use_page(request, group, poll, status=409)
    messages.success(request, _("It is a session of the group.") if is_session else _("The group meets at that time."))
    return redirect(path)


def poll_ask(request: HttpRequest, slug: str, poll_id: int) -> HttpResponse:
    """Ask those, too, who have come into the group since."""
    group = open_group(request, slug)
    poll = get_object_or_404(Poll.objects.about(group.key), pk=poll_id)
    if request.method == "POST":
        try:
            n = actions.ask_newcomers(actor=request.user, group_id=group.pk, poll_id=poll.pk, now=timezone.now())
        except (ReadingGroup.DoesNotExist, actions.NotAboutThisGroup):
            raise Http404 from None
        except PollIsClosed:
            messages.error(request, _("The poll is closed, and stays as it is."))
        except TooManyPeople:
            messages.error(request, _("These are more people than one poll asks."))
        else:
            told = ngettext("%(n)s person more is asked.", "%(n)s people more are asked.", n) % {"n": n}
            messages.success(request, told if n else _("Everybody in the group has been asked already."))
    return redirect("reading_groups:poll-use", group.slug, poll.pk)


def _use_page(request: HttpRequest, group: ReadingGroup, poll: Poll, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    times = list(poll.times.order_by("position").fetch_mode(FETCH_RAISE))
    results = results_of(poll, times, now)
    context = {
        "group": group,
        "poll": poll,
        "is_open": poll.is_open(now),
        "results": results,
        "turnout": turnout(results),
        "coming": coming_sessions(group, now).count(),
        "planned_at_first": SESSIONS_AT_FIRST,
        **result_parts(poll, moments_of(poll, times), results),
    }
    return render(request, "reading_groups/poll-use.html", context, status=status)
