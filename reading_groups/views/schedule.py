"""What organizers do with single sessions: add, move, call off, bring back, and say what stands about them."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.clock import city_of
from reading_groups import actions
from reading_groups.actions.sessions import moment_of
from reading_groups.agenda import loaded, title_of
from reading_groups.forms.sessions import REFUSED_TIMES, AddSessionForm, MomentForm, SessionForm
from reading_groups.models import ReadingGroup, Session
from reading_groups.views.loading import own_group


@require_http_methods(["GET", "HEAD", "POST"])
def session_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add one session, from the time that clocks in the group's zone show."""
    group = own_group(request, slug)
    if group.is_on_review:
        return redirect(group.get_proposal_url())
    data = request.POST if request.method == "POST" else None
    form = AddSessionForm(data, initial={"at": group.starts_at_time}, group=group, today=_today(group))
    if form.is_bound and form.is_valid():
        try:
            session = actions.add_session(group_id=group.pk, moment=form.moment, title=form.cleaned_data["title"])
        except ReadingGroup.DoesNotExist:
            raise Http404 from None
        except REFUSED_TIMES as error:
            form.add_refusal(error)
        else:
            messages.success(request, _("The session is added. People are reminded a day before."))
            return redirect(session)
    words = {
        "heading": _("Add a session"),
        "lead": _("One more, beside those that are planned. Nobody gets a mail now."),
        "button": _("Add the session"),
        "back": group.get_absolute_url(),
    }
    return _page(request, group, form, **words)


@require_http_methods(["GET", "HEAD", "POST"])
def session_move(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Move a session, or bring one back at another time; first what it means for people, then it is done."""
    group, session = _own_session(request, slug, session_id)
    if session.has_started(timezone.now()):
        return _it_has_started(request, session)
    was = moment_of(session)
    data = request.POST if request.method == "POST" else None
    initial = {"held_on": was.held_on, "at": was.at, "minutes": was.minutes}
    form = MomentForm(data, initial=initial, group=group, today=_today(group))
    if form.is_bound and form.is_valid():
        revision = session.revision
        try:
            moved = actions.move_session(
                actor=request.user, session_id=session.pk, moment=form.moment, now=timezone.now()
            )
        except Session.DoesNotExist:
            raise Http404 from None
        except actions.SessionHasStarted:
            return _it_has_started(request, session)
        except REFUSED_TIMES as error:
            form.add_refusal(error)
        else:
            if moved.revision == revision:
                messages.info(request, _("The session is at that time already."))
            else:
                messages.success(request, _("The session has moved. %(told)s") % {"told": _told(group)})
            return redirect(session)
    words = {
        "heading": _("Bring the session back at another time") if session.is_cancelled else _("Move the session"),
        "lead": title_of(session),
        "button": _("Bring it back") if session.is_cancelled else _("Move it"),
        "back": session.get_absolute_url(),
        "session": session,
    }
    return _page(request, group, form, template="reading_groups/session-move.html", **words)


@require_http_methods(["GET", "HEAD", "POST"])
def session_cancel(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Call a session off: first what it means for people, then, by POST, it is done."""
    group, session = _own_session(request, slug, session_id)
    if session.is_cancelled:
        return redirect(session)
    if session.has_started(timezone.now()):
        return _it_has_started(request, session)
    if request.method == "POST":
        try:
            actions.cancel_session(actor=request.user, session_id=session.pk, now=timezone.now())
        except Session.DoesNotExist:
            raise Http404 from None
        except actions.SessionHasStarted:
            return _it_has_started(request, session)
        messages.success(request, _("The session is called off. %(told)s") % {"told": _told(group)})
        return redirect(session)
    presenters = [str(part.member) for part in session.presentations.in_order()]
    context = {"group": group, "session": session, "title": title_of(session), "presenters": presenters}
    return render(request, "reading_groups/session-cancel.html", context)


def session_bring_back(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Let a session that was called off take place after all, at its time."""
    group, session = _own_session(request, slug, session_id)
    if request.method != "POST" or not session.is_cancelled:
        return redirect(session)
    try:
        actions.bring_back_session(actor=request.user, session_id=session.pk, now=timezone.now())
    except Session.DoesNotExist:
        raise Http404 from None
    except actions.SessionHasStarted:
        messages.error(request, _("The time of this session has come, so it stays called off."))
    except actions.SessionIsThere:
        messages.error(request, _("The group has another session at that time. Bring this one back at another time."))
        return redirect("reading_groups:session-move", group.slug, session.pk)
    else:
        messages.success(request, _("The session takes place after all. %(told)s") % {"told": _told(group)})
    return redirect(session)


@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """The title of a session, its own call and how many present it; afterwards its recording."""
    group, session = _own_session(request, slug, session_id)
    is_over = session.is_over(timezone.now())
    names = ("title", "call_url", "presenters_wanted", "recording_url")
    initial = {name: getattr(session, name) for name in names}
    form = SessionForm(request.POST if request.method == "POST" else None, initial=initial, is_over=is_over)
    if form.is_bound and form.is_valid():
        try:
            actions.describe_session(
                actor=request.user, session_id=session.pk, now=timezone.now(), **(initial | form.cleaned_data)
            )
        except Session.DoesNotExist:
            raise Http404 from None
        messages.success(request, _("The session is saved."))
        return redirect(session)
    words = {
        "heading": _("What stands about the session"),
        "lead": title_of(session),
        "button": _("Save the session"),
        "back": session.get_absolute_url(),
    }
    return _page(request, group, form, **words)


def _own_session(request: HttpRequest, slug: str, session_id: int) -> tuple[ReadingGroup, Session]:
    """A session of a group that the viewer may edit, with its readings. Raises Http404 and PermissionDenied."""
    group = own_group(request, slug)
    session = get_object_or_404(loaded(Session.objects.filter(group=group)), pk=session_id)
    if group.is_on_review:
        raise PermissionDenied
    return group, session


def _it_has_started(request: HttpRequest, session: Session) -> HttpResponse:
    messages.error(request, _("This session has started or is over, so when it is stays as it is."))
    return redirect(session)


def _told(group: ReadingGroup) -> str:
    """Who hears of a change."""
    if group.is_listed:
        return _("Those who would come are told by email.")
    return _("Nobody is told by email, as the group is not open or running.")


def _today(group: ReadingGroup) -> Any:
    return timezone.localdate(timezone=ZoneInfo(group.zone))


def _page(
    request: HttpRequest,
    group: ReadingGroup,
    form: Any,
    *,
    template: str = "reading_groups/session-form.html",
    **words: object,
) -> HttpResponse:
    context = {"group": group, "form": form, "city": city_of(group.zone), **words}
    return render(request, template, context, status=422 if form.is_bound else 200)
