"""Where mails about presenting lead: a page with one question each, which needs no sign-in."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import FETCH_RAISE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from members.models import Member
from reading_groups import actions
from reading_groups.agenda import loaded_session, title_of
from reading_groups.forms.presenting import HandOverForm
from reading_groups.links import hand_over_of, invitation_of, swap_of
from reading_groups.models import PresentingInvitation, PresentingSwap, Session
from reading_groups.views.presenting import REFUSALS, REFUSED, ask_to_take_over, who_can_take_over

State = PresentingInvitation.State


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asked_to_present(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The link of an invitation to present: one click accepts, or says not this time. It needs no sign-in."""
    asked = invitation_of(slug, token)
    if asked is None or not asked.member.is_active:
        raise Http404
    about = {"actor": asked.member, "invitation_id": asked.pk}
    problem = _answer(request, asked, actions.accept_invitation, actions.decline_invitation, about)
    if request.method == "POST":
        asked.refresh_from_db(fields=["state"])
    session = loaded_session(asked.session_id)
    return _answer_page(
        request, asked, {"asker": asked.invited_by, "session": session, "group": session.group}, problem
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asked_to_swap(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The link of a question to swap: one click accepts, or says not this time. It needs no sign-in."""
    asked = swap_of(slug, token)
    if asked is None or not asked.wanted.member.is_active:
        raise Http404
    about = {"actor": asked.wanted.member, "swap_id": asked.pk}
    problem = _answer(request, asked, actions.accept_swap, actions.decline_swap, about)
    if request.method == "POST":
        asked = swap_of(slug, token)
        if asked is None:
            raise Http404
    # Once it is accepted, each has the other's.
    own, other = loaded_session(asked.wanted.session_id), loaded_session(asked.offered.session_id)
    context = {"asker": asked.offered.member, "session": own, "other": other, "group": own.group}
    return _answer_page(request, asked, context | {"other_title": title_of(other)}, problem)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_by_link(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Where a reminder leads a presenter who cannot: asks somebody to take over, without a sign-in."""
    part = hand_over_of(slug, token)
    if part is None or not part.member.is_active:
        raise Http404
    if _is_another(request, part.member_id):
        context = {"group": part.session.group, "is_for_another": True}
        return render(request, "reading_groups/hand-over.html", context, status=403)
    session, now = loaded_session(part.session_id), timezone.now()
    form, told, problem = None, "", ""
    if not session.is_cancelled and not session.has_started(now):
        places = who_can_take_over(session.group, session, part.member)
        form = HandOverForm(request.POST if request.method == "POST" else None, places=places, auto_id="hand-over-%s")
        if form.is_bound and form.is_valid():
            told, problem = ask_to_take_over(session, part.member, form, now)
    context = {
        "group": session.group,
        "session": session,
        "title": title_of(session),
        "told": told,
        "problem": problem,
        "form": form,
        "asked": [row.member for row in _asked_to_take_over(session, part.member)],
    }
    is_wrong = bool(problem) or (form is not None and form.is_bound and not form.is_valid())
    return render(request, "reading_groups/hand-over.html", context, status=422 if is_wrong else 200)


def _answer(
    request: HttpRequest,
    asked: PresentingInvitation | PresentingSwap,
    accept: Callable[..., object],
    decline: Callable[..., object],
    about: dict[str, Any],
) -> str:
    """Answer as the form says, if one has come; why that could not be done. Raises Http404 where the question has gone.

    `about` is what both actions take beside `now`.
    """
    if _is_another(request, asked.asked_id):
        return str(REFUSALS[actions.NotAsked])
    if request.method != "POST":
        return ""
    answer = decline if request.POST.get("answer") == "no" else accept
    try:
        answer(**about, now=timezone.now())
    except (PresentingInvitation.DoesNotExist, PresentingSwap.DoesNotExist):
        raise Http404 from None
    except REFUSED as error:
        return str(REFUSALS[type(error)])
    return ""


def _answer_page(
    request: HttpRequest, asked: PresentingInvitation | PresentingSwap, context: dict[str, object], problem: str
) -> HttpResponse:
    now, sessions = timezone.now(), [context["session"], context.get("other", context["session"])]
    is_to_come = not any(session.is_cancelled or session.has_started(now) for session in sessions)
    is_for_another = _is_another(request, asked.asked_id)
    context |= {
        "title": title_of(context["session"]),
        "is_swap": isinstance(asked, PresentingSwap),
        "is_hand_over": isinstance(asked, PresentingInvitation) and asked.is_hand_over,
        "is_for_another": is_for_another,
        "is_open": asked.state == State.WAITING and is_to_come,
        "is_accepted": asked.state == State.ACCEPTED,
        "is_declined": asked.state == State.DECLINED,
        "problem": problem,
    }
    return render(request, "reading_groups/asked.html", context, status=403 if is_for_another else 200)


def _is_another(request: HttpRequest, member_id: int) -> bool:
    """Whether somebody else is signed in than whoever is asked: a mail was passed on."""
    return request.user.is_authenticated and request.user.pk != member_id


def _asked_to_take_over(session: Session, member: Member) -> list[PresentingInvitation]:
    waiting = session.presenting_invitations.waiting().filter(invited_by=member, is_hand_over=True)
    return list(waiting.select_related("member").order_by("asked_at", "id").fetch_mode(FETCH_RAISE))
