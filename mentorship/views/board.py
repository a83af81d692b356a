"""The organizers' board: a round from its opening to its publication."""

from collections.abc import Callable
from datetime import time, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import instant_of
from core.redirects import next_url
from members.models import Member
from mentorship import actions
from mentorship.forms import ResponsibleForm, RoundForm, WeightsForm
from mentorship.models import Draft, PairRule, Round
from mentorship.views.drawing import board_of


@require_http_methods(["GET", "HEAD", "POST"])
def round_add(request: HttpRequest) -> HttpResponse:
    _only_organizers(request)
    form = RoundForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        zone = timezone.get_current_timezone_name()
        mentoring_round = actions.save_round(
            mentoring_round=Round(
                title=clean["title"],
                opens_on=timezone.localdate(),
                closes_at=instant_of(clean["closes_on"] + timedelta(days=1), time(0), zone),
                starts_on=clean["starts_on"],
                weeks=clean["weeks"],
                minimum_shared_minutes=clean["minimum_shared_minutes"],
            )
        )
        messages.success(request, _("The round is made. Members see it when you open it."))
        return redirect(mentoring_round)
    return render(request, "mentorship/round-add.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def round_board(request: HttpRequest, slug: str) -> HttpResponse:
    mentoring_round = _round(request, slug)
    template = "mentorship/round-board.html"
    template = f"{template}#progress" if request.htmx else template  # type: ignore[attr-defined]
    return render(request, template, board_of(mentoring_round, timezone.now(), request.GET.get("page")))


def round_open(request: HttpRequest, slug: str) -> HttpResponse:
    def act(mentoring_round: Round) -> str:
        actions.open_round(round_id=mentoring_round.pk, now=timezone.now())
        return _("The round is open. Members can offer and ask.")

    return _act(request, slug, act)


def round_close(request: HttpRequest, slug: str) -> HttpResponse:
    def act(mentoring_round: Round) -> str:
        actions.close_round(round_id=mentoring_round.pk, now=timezone.now())
        return _("The round is closed. Now it can be solved.")

    return _act(request, slug, act)


def round_solve(request: HttpRequest, slug: str) -> HttpResponse:
    def act(mentoring_round: Round) -> str:
        objective = request.POST.get("objective", "")
        actions.start_solving(
            actor=request.user,
            round_id=mentoring_round.pk,
            now=timezone.now(),
            objective=objective if objective in Draft.Objective.values else Draft.Objective.FAIR,
        )
        return _("The round is being solved. It takes a few seconds.")

    return _act(request, slug, act)


@require_http_methods(["GET", "HEAD", "POST"])
def weights_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """How much each part of a score counts in this round."""
    mentoring_round = _round(request, slug)
    form = WeightsForm(request.POST if request.method == "POST" else None, initial=mentoring_round.weights)
    if request.method == "POST" and form.is_valid():
        mentoring_round.weights = form.cleaned_data
        try:
            actions.save_round(mentoring_round=mentoring_round)
        except actions.RoundIsPublished:
            messages.error(request, _said_already())
        else:
            messages.success(request, _("The weights are saved. Solve again to see what they change."))
        return redirect(mentoring_round)
    context = {"round": mentoring_round, "form": form}
    return render(request, "mentorship/weights-edit.html", context, status=422 if form.is_bound else 200)


def round_publish(request: HttpRequest, slug: str) -> HttpResponse:
    def act(mentoring_round: Round) -> str:
        draft_id = request.POST.get("draft", "")
        pairs = actions.publish(
            round_id=mentoring_round.pk, draft_id=int(draft_id) if draft_id.isdecimal() else 0, now=timezone.now()
        )
        return ngettext("Published %(n)s pair.", "Published %(n)s pairs.", len(pairs)) % {"n": len(pairs)}

    return _act(request, slug, act)


def rule_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a pair (`keep`), or rule it out (`forbid`); the button's value is mentor and mentee."""

    def act(mentoring_round: Round) -> str:
        kind = PairRule.Kind.LOCK if "keep" in request.POST else PairRule.Kind.FORBID
        mentor, _dash, mentee = (request.POST.get("keep") or request.POST.get("forbid") or "").partition("-")
        if not (mentor.isdecimal() and mentee.isdecimal()):
            raise actions.NotInRound
        settle = actions.lock_pair if kind == PairRule.Kind.LOCK else actions.forbid_pair
        settle(
            actor=request.user,
            round_id=mentoring_round.pk,
            mentor_id=int(mentor),
            mentee_id=int(mentee),
            now=timezone.now(),
        )
        if kind == PairRule.Kind.LOCK:
            return _("The pair is kept, whatever is solved next.")
        return _("They will not be a pair in this round. Solve again to see who they are with instead.")

    return _act(request, slug, act)


def rule_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    def act(mentoring_round: Round) -> str:
        actions.remove_rule(round_id=mentoring_round.pk, rule_id=pk)
        return _("The pair is left to the solver again.")

    return _act(request, slug, act)


def responsible_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Name who looks after a mentee without a mentor."""

    def act(mentoring_round: Round) -> str:
        form = ResponsibleForm(request.POST)
        if not form.is_valid():
            raise actions.NotInRound
        responsible = Member.objects.active().filter(pk=form.cleaned_data["responsible"]).first()
        if responsible is None:
            raise actions.NotInRound
        actions.name_responsible(
            round_id=mentoring_round.pk,
            mentee_id=form.cleaned_data["mentee"],
            responsible=responsible,
            note=form.cleaned_data["note"],
        )
        return _("%(name)s looks after this until the next round.") % {"name": responsible}

    return _act(request, slug, act)


def _act(request: HttpRequest, slug: str, act: Callable[[Round], str]) -> HttpResponse:
    """One action on a round by POST; what can be refused is told on the board."""
    mentoring_round = _round(request, slug)
    if request.method == "POST":
        try:
            messages.success(request, act(mentoring_round))
        except actions.NobodyResponsible as error:
            names = Member.objects.filter(pk__in=error.mentees).by_name()
            text = _("Not published yet. Name somebody who looks after: %(names)s.")
            messages.error(request, text % {"names": ", ".join(map(str, names))})
        except tuple(REFUSALS) as error:
            messages.error(request, REFUSALS[type(error)]())
    return redirect(next_url(request, default=mentoring_round.get_absolute_url()))


def _said_already() -> str:
    return _("This round is published: the pairs are made and everybody has been told.")


REFUSALS: dict[type[Exception], Callable[[], str]] = {
    actions.RoundIsPublished: _said_already,
    actions.RoundIsClosed: lambda: _("This round cannot be opened: its deadline has passed."),
    actions.RoundIsNotClosed: lambda: _("Members can still offer and ask. Close the round first."),
    actions.DraftIsOutdated: lambda: _(
        "The round has changed since this was solved. Nothing was published: solve again and look at it once more."
    ),
    actions.MenteeIsKept: lambda: _("This mentee is kept with somebody else. Let that pair go first."),
    actions.NotInRound: lambda: _("One of the two takes no part in this round any more."),
}


def _only_organizers(request: HttpRequest) -> None:
    """The board does not exist for anybody else."""
    if not request.user.has_perm("mentorship.match_rounds"):
        raise Http404


def _round(request: HttpRequest, slug: str) -> Round:
    _only_organizers(request)
    return get_object_or_404(Round.objects.visible_to(request.user), slug=slug)
