"""From a member's wish to an open group: proposing it, and the answer of the organizers."""

from copy import copy
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import FETCH_RAISE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.pages import page_of
from core.templatetags.interface import day
from members.redirects import profile_first
from reading_groups import actions
from reading_groups.forms.planning import PlanForm, plan_initial
from reading_groups.forms.proposals import AnswerForm, ProposalForm, are_valid
from reading_groups.models import ReadingGroup
from reading_groups.views.loading import load_sessions, visible_groups

State = ReadingGroup.State

PER_PAGE = 20
SAME_TITLE = gettext_lazy(
    "Another proposal of yours with this title waits for an answer. Change that one, or this title."
)
SENT = gettext_lazy("Your group is with the organizers. We will email you their answer.")


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a group, with the times at which it would meet."""
    if not request.user.has_profile:
        return profile_first(request, _("Tell us your name and time zone first; then propose your group."))
    data = request.POST if request.method == "POST" else None
    form = ProposalForm(data, initial={"zone": request.user.time_zone})
    plan = PlanForm(data, today=timezone.localdate())
    if data is not None and are_valid(form, plan):
        try:
            group = actions.propose_group(
                actor=request.user,
                group=form.instance,
                topics=form.chosen_topics,
                plan=plan.plan,
                now=timezone.now(),
            )
        except actions.GroupIsProposed:
            form.add_error("title", SAME_TITLE)
        else:
            messages.success(request, SENT)
            tell_skipped(request, plan, group.zone)
            return redirect(group.get_proposal_url())
    context = {"form": form, "plan": plan}
    return render(request, "reading_groups/propose.html", context, status=422 if form.is_bound else 200)


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """For organizers: what waits for an answer first. Everybody else finds their own here."""
    groups = ReadingGroup.objects.proposed_to(request.user).select_related("proposed_by").defer("search")
    page, page_problem = page_of(groups.waiting_first().fetch_mode(FETCH_RAISE), request.GET.get("page", "1"), PER_PAGE)
    context = {
        "page": page,
        "page_problem": page_problem,
        "reviews": request.user.has_perm("reading_groups.review_groups"),
    }
    return render(request, "reading_groups/proposal-list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One proposal; its proposer changes it here until it is answered, and sends a returned one again."""
    group = _proposal(request, slug)
    if not group.is_on_review:
        return redirect(group)
    if request.method != "POST":
        return _page(request, group)
    if group.proposed_by_id != request.user.pk:
        raise PermissionDenied
    form = ProposalForm(request.POST, instance=copy(group))
    plan = PlanForm(request.POST, today=timezone.localdate())
    if are_valid(form, plan):
        try:
            group = actions.propose_again(
                group=form.instance, topics=form.chosen_topics, plan=plan.plan, now=timezone.now()
            )
        except actions.GroupIsProposed:
            form.add_error("title", SAME_TITLE)
        except actions.AlreadyAnswered:
            messages.error(request, _("This proposal has had its answer meanwhile, so it was not changed."))
            return redirect(group.get_proposal_url())
        except ReadingGroup.DoesNotExist:
            raise Http404 from None
        else:
            messages.success(request, SENT)
            tell_skipped(request, plan, group.zone)
            return redirect(group.get_proposal_url())
    return _page(request, group, form=form, plan=plan)


def proposal_answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Open, return or decline a proposal."""
    group = _proposal(request, slug)
    if group.is_on_review and not request.user.has_perm("reading_groups.decide_group", group):
        raise PermissionDenied
    if request.method != "POST" or not group.is_on_review:
        return redirect(group.get_proposal_url())
    answer = AnswerForm(request.POST)
    if not answer.is_valid():
        return _page(request, group, answer=answer)
    try:
        return _answer(request, group, **answer.cleaned_data)
    except actions.NeedsReasons:
        answer.add_error("reasons", _("Say what is missing, so that it can be sent again."))
    except actions.AlreadyAnswered:
        messages.error(request, _("This proposal has had its answer meanwhile, so yours was not saved."))
        group = _proposal(request, slug)
        if not group.is_on_review:
            return redirect(group)
    except ReadingGroup.DoesNotExist:
        raise Http404 from None
    return _page(request, group, answer=answer)


def tell_skipped(request: HttpRequest, plan: PlanForm, zone: str) -> None:
    """Say at which hour a session stands whose own hour clocks skip on its day."""
    for session in actions.sessions_at(ReadingGroup(zone=zone, duration_minutes=1), plan.skipped):
        local = session.starts_at.astimezone(ZoneInfo(zone))
        words = {"day": day(session.held_on), "time": f"{local:%H:%M}"}
        messages.info(request, _("On %(day)s clocks skip that hour; the session begins at %(time)s.") % words)


def _answer(request: HttpRequest, group: ReadingGroup, *, answer: str, reasons: str) -> HttpResponse:
    what = {"actor": request.user, "group_id": group.pk, "reasons": reasons, "now": timezone.now()}
    if answer == "open":
        actions.open_proposal(**what)
        messages.success(request, _("The group is open, and whoever proposed it organizes it."))
        return redirect(group)
    if answer == "return":
        actions.return_group(**what)
        messages.success(request, _("Returned. Your reasons go out by email."))
    else:
        actions.decline_group(**what)
        messages.success(request, _("Declined. They are told by email."))
    return redirect("reading_groups:proposal-list")


def _proposal(request: HttpRequest, slug: str) -> ReadingGroup:
    """A group that was once proposed, and that the viewer may see. Raises Http404."""
    groups = visible_groups(request).filter(proposed_by__isnull=False)
    return get_object_or_404(groups.select_related("proposed_by", "decided_by", "collective"), slug=slug)


def _page(
    request: HttpRequest,
    group: ReadingGroup,
    form: ProposalForm | None = None,
    plan: PlanForm | None = None,
    answer: AnswerForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    is_own = group.proposed_by_id == request.user.pk
    may_change = is_own and group.state in {State.PROPOSED, State.RETURNED}
    sessions = list(group.sessions.order_by("held_on", "starts_at", "id"))
    load_sessions(sessions, viewer=request.user, now=now, with_presenters=False)
    context: dict[str, Any] = {
        "group": group,
        "topics": list(group.topics.in_tree_order()),
        "sessions": sessions,
        "pool": list(group.readings.in_pool().in_order()),
        "may_change": may_change,
        "may_answer": group.state == State.PROPOSED and request.user.has_perm("reading_groups.decide_group", group),
        "answer": answer or AnswerForm(),
    }
    if may_change:
        context["form"] = form or ProposalForm(instance=copy(group))
        context["plan"] = plan or PlanForm(initial=plan_initial(group), today=timezone.localdate())
    is_wrong = form is not None or answer is not None
    return render(request, "reading_groups/proposal-detail.html", context, status=422 if is_wrong else 200)
