"""Polls for guests, who have no account: a shared link to answer by, and one of their own to change the answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from members.availability.polls import actions
from members.availability.polls.forms import AnswerForm
from members.availability.polls.links import answer_path, ballot_to_answer
from members.availability.polls.models import Ballot, Poll
from members.availability.polls.results import moments_of, results_of
from members.availability.polls.suggested import suggestion_for
from members.availability.polls.views import answer_parts, result_parts, turnout
from members.redirects import profile_first

# In which a browser keeps the key of its own answer, so that the shared link leads back to it.
COOKIE_DAYS = 60
REFUSED: dict[type[Exception], Any] = {
    actions.PollTakesNoGuests: lambda: _("This link is closed. Your answer was not saved."),
    actions.PollIsClosed: lambda: _("The poll is closed. Your answer was not saved."),
    actions.GuestsAreFull: lambda: _("As many have answered by this link as may. Ask whoever sent it to you."),
}


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guest_new(request: HttpRequest, token: str) -> HttpResponse:
    """Where the shared link leads. Members answer as themselves; a browser that has answered comes to its answer."""
    poll = get_object_or_404(Poll.objects.all(), guest_token=token)
    if request.user.is_authenticated:
        return _for_member(request, poll)
    own = _own_ballot(request, poll)
    if own is not None:
        if request.method != "POST":
            messages.info(request, _("You have answered by this link already. This is your answer; you may change it."))
            return redirect(answer_path(own.pk))
        return _change(request, own)
    if request.method != "POST":
        return _page(request, poll)
    return _answer(request, poll, token)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guest_answer(request: HttpRequest, token: str) -> HttpResponse:
    """A guest's own answer, by the link that is theirs: to give, to read and to change."""
    ballot = ballot_to_answer(token)
    if ballot is None:
        raise Http404
    if request.method == "POST":
        return _change(request, ballot)
    return _page(request, ballot.poll, ballot=ballot)


def _answer(request: HttpRequest, poll: Poll, token: str) -> HttpResponse:
    """The first answer of a guest; where it is saved, the way to the page that is theirs."""
    form = AnswerForm(request.POST, times=poll.times.count(), asks_name=poll.shows_names)
    if not form.is_valid():
        return _page(request, poll, form=form, status=422)
    key = form.cleaned_data["key"]
    try:
        ballot = actions.answer_as_guest(
            token=token,
            key=key,
            marks=form.marks,
            name=form.cleaned_data.get("name", ""),
            time_zone=_zone(request),
            now=timezone.now(),
        )
    except tuple(REFUSED) as error:
        return _refused(request, poll, form, error)
    messages.success(
        request, _("Your answer is saved. Keep the address of this page: with it you can change the answer.")
    )
    response = redirect(answer_path(ballot.pk))
    response.set_cookie(
        _cookie(poll),
        str(key),
        max_age=COOKIE_DAYS * 24 * 3600,
        path=request.path,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )
    return response


def _refused(request: HttpRequest, poll: Poll, form: AnswerForm, error: Exception) -> HttpResponse:
    """What was typed comes back with the reason why it was not saved."""
    messages.error(request, REFUSED[type(error)]())
    return _page(request, poll, form=form, status=409)


def _change(request: HttpRequest, ballot: Ballot) -> HttpResponse:
    poll = ballot.poll
    form = AnswerForm(request.POST, times=poll.times.count(), asks_name=poll.shows_names)
    if not form.is_valid() and poll.is_open(timezone.now()):
        return _page(request, poll, ballot=ballot, form=form, status=422)
    try:
        actions.change_guests_answer(
            ballot_id=ballot.pk,
            marks=form.marks,
            name=form.cleaned_data.get("name", ""),
            time_zone=_zone(request),
            now=timezone.now(),
        )
    except (Ballot.DoesNotExist, Poll.DoesNotExist):
        raise Http404 from None
    except (actions.PollIsClosed, actions.NameIsMissing):
        messages.error(request, _("The poll is closed. Your answer was not saved."))
    else:
        messages.success(request, _("Your answer is saved. You may change it until the poll closes."))
    return redirect(answer_path(ballot.pk))


def _for_member(request: HttpRequest, poll: Poll) -> HttpResponse:
    """A member who is asked already answers on the poll's page; another one is asked by answering here."""
    if not request.user.has_profile:
        return profile_first(request, then=request.path)
    if request.method != "POST":
        is_asked = poll.ballots.filter(member=request.user).exists()
        return redirect(poll) if is_asked else _page(request, poll)
    form = AnswerForm(request.POST, times=poll.times.count())
    if not form.is_valid():
        return _page(request, poll, form=form, status=422)
    try:
        actions.answer_by_link(actor=request.user, token=poll.guest_token, marks=form.marks, now=timezone.now())
    except tuple(REFUSED) as error:
        return _refused(request, poll, form, error)
    messages.success(request, _("Your answer is saved. You may change it until the poll closes."))
    return redirect(poll)


def _own_ballot(request: HttpRequest, poll: Poll) -> Ballot | None:
    try:
        key = UUID(request.COOKIES.get(_cookie(poll), ""))
    except ValueError:
        return None
    return poll.ballots.filter(key=key, is_guest=True).first()


def _cookie(poll: Poll) -> str:
    return f"poll-{poll.pk}"


def _zone(request: HttpRequest) -> str:
    return timezone.get_current_timezone_name() if request.zone_is_known else ""  # type: ignore[attr-defined]


def _page(
    request: HttpRequest,
    poll: Poll,
    *,
    ballot: Ballot | None = None,
    form: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    times = list(poll.times.order_by("position"))
    moments = moments_of(poll, times)
    results = results_of(poll, times, now)
    is_open, is_member = poll.is_open(now), request.user.is_authenticated and ballot is None
    marks, is_suggested = ballot.marks if ballot else "", False
    if is_member and is_open:
        marks = suggestion_for(request.user, poll, moments)
        is_suggested = marks != ""
    has_answered = ballot is not None and ballot.answered_at is not None
    asks_name = poll.shows_names and not is_member
    initial = {"name": ballot.name} if ballot else {}
    context: dict[str, Any] = {
        "poll": poll,
        "is_open": is_open,
        "may_answer": is_open,
        "has_answered": has_answered,
        "is_suggested": is_suggested,
        "form": form or AnswerForm(times=len(times), asks_name=asks_name, initial=initial),
        "organizers": list(poll.organizers.named_publicly()),
        "results": results if has_answered else None,
        "turnout": turnout(results),
        "own_url": request.build_absolute_uri(answer_path(ballot.pk)) if ballot and has_answered else "",
        **answer_parts(poll, moments, form.marks if form else marks),
        **result_parts(poll, moments, results),
    }
    return render(request, "polls/guest.html", context, status=status)
