from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import FETCH_RAISE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from members.redirects import profile_first
from projects import actions
from projects.forms import DecisionForm, ProposalForm
from projects.models import Proposal
from reading_groups.actions import IdeaIsSettled
from reading_groups.models import Idea

State = Proposal.State

SAME_TITLE = gettext_lazy(
    "Another proposal of yours with this title waits for an answer. Change that one, or this title."
)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Write a proposal."""
    if not request.user.has_profile:
        return profile_first(request, _("Tell us your name and time zone first; then write your proposal."))
    idea = _idea(request)
    initial = {"title": idea.title, "question": idea.text} if idea else None
    form = ProposalForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            proposal = actions.submit_proposal(actor=request.user, **form.cleaned_data, idea=idea, now=timezone.now())
        except actions.IdeaIsNotReady:
            form.add_error(None, _("This idea has a proposal already, or its hands went down meanwhile."))
        except actions.ProposalIsThere:
            form.add_error("title", SAME_TITLE)
        else:
            messages.success(request, _("Your proposal is with the organizers. We will email you their answer."))
            return redirect(proposal)
    return render(request, "projects/propose.html", {"form": form, "idea": idea}, status=422 if form.is_bound else 200)


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """For organizers: what waits for an answer first. Everybody else finds their own here."""
    proposals = Proposal.objects.visible_to(request.user).select_related("author", "project").waiting_first()
    context = {
        "proposals": proposals.fetch_mode(FETCH_RAISE)[:200],
        "decides": request.user.has_perm("projects.decide_proposal"),
    }
    return render(request, "projects/proposal-list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_detail(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One proposal; its author changes it here until it is accepted or parked, and sends a returned one again."""
    proposal = _proposal(request, proposal_id)
    if request.method != "POST":
        return _page(request, proposal)
    if proposal.author_id != request.user.pk:
        raise PermissionDenied
    form = ProposalForm(request.POST)
    if form.is_valid():
        try:
            actions.submit_again(proposal_id=proposal.pk, **form.cleaned_data, now=timezone.now())
        except actions.ProposalIsThere:
            form.add_error("title", SAME_TITLE)
        except actions.AlreadyDecided:
            messages.error(request, _("This proposal has had its answer meanwhile, so it was not changed."))
            return redirect(proposal)
        else:
            messages.success(request, _("Your proposal is with the organizers. We will email you their answer."))
            return redirect(proposal)
    return _page(request, proposal, form=form)


def proposal_decide(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Accept, return or park a proposal."""
    proposal = _proposal(request, proposal_id)
    if not request.user.has_perm("projects.decide_proposal"):
        raise PermissionDenied
    if request.method != "POST":
        return redirect(proposal)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, proposal, decision=form)
    try:
        page = _answer(request, proposal, **form.cleaned_data)
    except actions.NeedsReasons:
        form.add_error("reasons", _("Say what is missing, so that the author can send it again."))
    except IdeaIsSettled:
        form.add_error(None, _("Its idea has been parked in the reading group meanwhile. Have it put up again first."))
    except actions.AuthorHasLeft:
        form.add_error(None, _("Its author cannot sign in any more, so nobody would lead it. Park it instead."))
    except actions.AlreadyDecided:
        messages.error(request, _("This proposal has had its answer meanwhile, so yours was not saved."))
        proposal = _proposal(request, proposal_id)
    else:
        return page
    return _page(request, proposal, decision=form)


def _answer(request: HttpRequest, proposal: Proposal, *, decision: str, reasons: str) -> HttpResponse:
    what = {"actor": request.user, "proposal_id": proposal.pk, "reasons": reasons, "now": timezone.now()}
    if decision == "accept":
        project = actions.accept_proposal(**what)
        messages.success(request, _("Accepted. The project is there, and its author leads it."))
        return redirect(project)
    if decision == "return":
        actions.return_proposal(**what)
        messages.success(request, _("Returned. The author gets your reasons by email."))
    else:
        actions.park_proposal(**what)
        messages.success(request, _("Parked. The author is told by email."))
    return redirect("projects:proposal-list")


def _idea(request: HttpRequest) -> Idea | None:
    """The idea of a reading group that the proposal begins with, which only those behind it bring (else 404)."""
    number = request.GET.get("idea", "")
    if not number:
        return None
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    ideas = Idea.objects.select_related("group").defer("group__search")
    idea = get_object_or_404(ideas, pk=int(number) if is_number else 0)
    if not request.user.has_perm("projects.propose_idea", idea):
        raise Http404
    return idea


def _proposal(request: HttpRequest, proposal_id: int) -> Proposal:
    proposals = Proposal.objects.visible_to(request.user)
    related = ("author", "decided_by", "collective", "project", "idea__group")
    proposals = proposals.select_related(*related).defer("idea__group__search", "project__search")
    return get_object_or_404(proposals, pk=proposal_id)


def _page(
    request: HttpRequest,
    proposal: Proposal,
    form: ProposalForm | None = None,
    decision: DecisionForm | None = None,
) -> HttpResponse:
    may_change = proposal.author_id == request.user.pk and proposal.state in {State.SUBMITTED, State.RETURNED}
    is_open = proposal.state in Proposal.UNDECIDED
    context: dict[str, Any] = {
        "proposal": proposal,
        "may_change": may_change,
        "form": form or (ProposalForm(initial=_initial(proposal)) if may_change else None),
        "may_decide": is_open and request.user.has_perm("projects.decide_proposal"),
        "decision": decision or DecisionForm(),
    }
    is_wrong = form is not None or decision is not None
    return render(request, "projects/proposal-detail.html", context, status=422 if is_wrong else 200)


def _initial(proposal: Proposal) -> dict[str, Any]:
    names = ("title", "question", "why", "first_experiment", "team_size", "collective_id")
    return {name.removesuffix("_id"): getattr(proposal, name) for name in names}
