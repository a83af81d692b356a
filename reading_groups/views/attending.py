"""Whether people come to a session, and who came."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from members.models import Member
from reading_groups import actions
from reading_groups.agenda import title_of
from reading_groups.audiences import who_can_have_come
from reading_groups.links import check_in_of, rsvp_of
from reading_groups.models import Rsvp, Session
from reading_groups.views.loading import (
    back_from,
    group_seen_inside,
    load_sessions,
    own_group,
    session_of,
    tell,
    visible_groups,
)

Answer = Rsvp.Answer
ANSWERED = {
    Answer.YES: gettext_lazy("You come. The group sees it."),
    Answer.MAYBE: gettext_lazy("You may come. The group sees it."),
    Answer.NO: gettext_lazy("You do not come. The group sees it."),
}
# What is said where an action refuses.
NOT_ANSWERED = {
    actions.NotInGroup: gettext_lazy("You need a place in this group for that."),
    actions.SessionIsCancelled: gettext_lazy("This session does not take place."),
    actions.SessionIsOver: gettext_lazy("This session is over."),
}
NOT_CHECKED_IN = {
    actions.NotInGroup: gettext_lazy("You need a place in this group to check in."),
    actions.SessionIsCancelled: gettext_lazy("This session does not take place."),
    actions.NotTimeYet: gettext_lazy("You can check in from ten minutes before the start."),
    actions.SessionIsOver: gettext_lazy("This session is over. Ask an organizer to note that you came."),
}


def session_rsvp(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Say whether one comes, by one button; the last answer counts."""
    session = session_of(group_seen_inside(request, slug), session_id)
    back = back_from(request, session)
    if request.method != "POST":
        return redirect(back)
    tell(request, *_answer(session, request.user, request.POST.get("answer", "")))
    return redirect(back)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rsvp_by_link(request: HttpRequest, slug: str, session_id: int, token: str) -> HttpResponse:
    """Where a reminder leads: says whether its reader comes, without a sign-in. Nothing changes before the POST."""
    session, member = _at(session_id, rsvp_of(token))
    told, problem = _answer(session, member, request.POST.get("answer", "")) if request.method == "POST" else ("", "")
    now = timezone.now()
    load_sessions([session], viewer=member, now=now, with_presenters=False)
    own = session.rsvps.filter(member=member).first()
    asked = request.GET.get("answer", "")
    has_place = session.group.enrolments.enrolled().filter(member=member).exists()
    context = {
        "own_answer": own.answer if own else "",
        "asked": asked if asked in Answer.values and not told else "",
        "answers": Answer.choices,
        "can_answer": has_place and not session.is_cancelled and not session.is_over(now),
        "has_place": has_place,
    }
    return _page_by_link(request, "reading_groups/rsvp.html", session, told=told, problem=problem, context=context)


def session_check_in(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Say that one is there, while the session is on. Those who sit in do so as well."""
    group = get_object_or_404(visible_groups(request).with_sitting_in(request.user), slug=slug)
    session = session_of(group, session_id)
    if group.sits_in_session != session.pk and not request.user.has_perm("reading_groups.see_inside", group):
        raise PermissionDenied
    back = back_from(request, session)
    if request.method != "POST":
        return redirect(back)
    tell(request, *_check_in(session, request.user))
    return redirect(back)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_in_by_link(request: HttpRequest, slug: str, session_id: int, token: str) -> HttpResponse:
    """Where the mail an hour before leads: says that its reader is there, without a sign-in, while one can."""
    session, member = _at(session_id, check_in_of(token))
    told, problem = _check_in(session, member) if request.method == "POST" else ("", "")
    now = timezone.now()
    load_sessions([session], viewer=member, now=now, with_presenters=False)
    is_there = session.attendances.filter(member=member).exists()
    context = {"is_there": is_there, "can_check_in": session.takes_check_ins(now) and not is_there}
    return _page_by_link(
        request, "reading_groups/check-in-by-link.html", session, told=told, problem=problem, context=context
    )


@require_http_methods(["GET", "HEAD", "POST"])
def session_attendance(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Who came, on one screen. Only what was changed on it is changed: others may save, or check in, meanwhile."""
    group = own_group(request, slug)
    session = session_of(group, session_id)
    if not session.has_attendance_to_take(timezone.now()):
        told = _("Attendance can be taken from ten minutes before a session that takes place.")
        messages.error(request, told)
        return redirect(session)
    if request.method == "POST":
        came, shown = _ids(request.POST.getlist("came")), _ids(request.POST.getlist("shown"))
        try:
            actions.take_attendance(
                actor=request.user, session_id=session.pk, came=came, not_came=shown - came, now=timezone.now()
            )
        except Session.DoesNotExist:
            raise Http404 from None
        except actions.NotInGroup:
            messages.error(request, _("Somebody you ticked was in no place of this group. Nothing was saved."))
            return redirect("reading_groups:session-attendance", group.slug, session.pk)
        except (actions.SessionIsCancelled, actions.NotTimeYet):
            messages.error(request, _("Somebody has moved or called off this session. Nothing was saved."))
        else:
            messages.success(request, _("Who came is saved."))
        return redirect(session)
    load_sessions([session], viewer=request.user, now=timezone.now(), with_presenters=False)
    context = {"group": group, "session": session, "title": title_of(session), "people": who_can_have_come(session)}
    return render(request, "reading_groups/session-attendance.html", context)


def _page_by_link(
    request: HttpRequest, template: str, session: Session, *, told: str, problem: str, context: dict[str, Any]
) -> HttpResponse:
    """A page that a mail leads to, about one session, whose readings are loaded."""
    context |= {
        "group": session.group,
        "session": session,
        "title": title_of(session),
        "told": told,
        "problem": problem,
        "is_over": session.is_over(timezone.now()),
    }
    return render(request, template, context, status=422 if problem else 200)


def _at(session_id: int, found: tuple[Session, Member] | None) -> tuple[Session, Member]:
    """What a link says, which stands at the address of that session. Raises Http404."""
    if found is None or found[0].pk != session_id:
        raise Http404
    return found


def _answer(session: Session, member: Member, answer: str) -> tuple[str, str]:
    """What to say once somebody has answered, or why they could not."""
    if answer not in Answer.values:
        return "", _("Choose yes, maybe or no.")
    try:
        actions.answer_rsvp(actor=member, session_id=session.pk, answer=answer, now=timezone.now())
    except Session.DoesNotExist:
        raise Http404 from None
    except tuple(NOT_ANSWERED) as error:
        return "", str(NOT_ANSWERED[type(error)])
    return str(ANSWERED[Answer(answer)]), ""


def _check_in(session: Session, member: Member) -> tuple[str, str]:
    """What to say once somebody has checked in, or why they could not."""
    try:
        actions.check_in(actor=member, session_id=session.pk, now=timezone.now())
    except Session.DoesNotExist:
        raise Http404 from None
    except tuple(NOT_CHECKED_IN) as error:
        return "", str(NOT_CHECKED_IN[type(error)])
    return _("You are checked in."), ""


def _ids(values: list[str]) -> set[int]:
    """The numbers among what was sent; no row has one that is longer."""
    return {int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19}
