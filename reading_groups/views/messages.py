"""Organizers write to their people: writing, a preview, ten minutes to undo it, and what was written."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.pages import page_of
from core.templatetags.interface import hour
from reading_groups import actions
from reading_groups.actions.writing import HELD_FOR, MOST_IN_A_DAY
from reading_groups.audiences import audience_of
from reading_groups.forms.talking import MessageForm, key_from
from reading_groups.models import GroupMessage, Presentation, ReadingGroup, Session
from reading_groups.views.loading import visible_groups

PER_PAGE = 20
MOST_COMING, MOST_PAST = 40, 10
MINUTES = int(HELD_FOR.total_seconds() // 60)


@require_safe
def message_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What organizers wrote to the group's people, as far as the viewer may see it."""
    group = get_object_or_404(visible_groups(request), slug=slug)
    rows = _seen(request, group).for_reading()
    page, page_problem = page_of(rows, request.GET.get("page", "1"), PER_PAGE)
    for message in page:
        message.group = group
    context = {"group": group, "page": page, "page_problem": page_problem, "may_write": _may_write(request, group)}
    return render(request, "reading_groups/message-list.html", context)


@require_safe
def message_detail(request: HttpRequest, slug: str, message_id: int) -> HttpResponse:
    """One message; to organizers also to how many it went, and, while it is held, the way to undo it."""
    group = get_object_or_404(visible_groups(request), slug=slug)
    message = get_object_or_404(_seen(request, group).for_reading(), pk=message_id)
    message.group = group
    now, may_write = timezone.now(), _may_write(request, group)
    context = {
        "group": group,
        "message": message,
        "may_write": may_write,
        "may_undo": may_write and message.can_be_undone_at(now),
    }
    return render(request, "reading_groups/message-detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def message_write(request: HttpRequest, slug: str) -> HttpResponse:
    """Write to some of the group's people. What is sent is shown first; with `step=send` from there it is written,
    and with `step=edit` it comes back to be changed."""
    group = _group_to_write_to(request, slug)
    now, sent = timezone.now(), request.method == "POST"
    sessions = _sessions(group, now)
    if not sent:
        form = MessageForm(initial={"to": request.GET.get("to", "")[:40]}, **sessions)
        return _form_page(request, group, form)
    if request.POST.get("step") == "edit":
        words = {name: request.POST.get(name, "") for name in ("to", "subject", "text")}
        return _form_page(request, group, MessageForm(initial=words, **sessions))
    form = MessageForm(request.POST, **sessions)
    if not form.is_valid():
        return _form_page(request, group, form, status=422)
    if request.POST.get("step") == "send":
        return _write(request, group, form, now)
    people = list(
        audience_of(
            group_id=group.pk,
            audience=form.audience,
            session_id=form.session.pk if form.session else None,
            author_id=request.user.pk,
            now=now,
        )
    )
    if not people:
        form.add_error("to", _nobody())
        return _form_page(request, group, form, status=422)
    context = {
        "group": group,
        "form": form,
        "people": people,
        "audience": form.audience,
        "session": form.session,
        "subject": form.cleaned_data["subject"],
        "text": form.cleaned_data["text"],
        "key": uuid4(),
        "minutes": MINUTES,
    }
    return render(request, "reading_groups/message-preview.html", context)


def message_undo(request: HttpRequest, slug: str, message_id: int) -> HttpResponse:
    """Take a held message back."""
    group = _group_to_write_to(request, slug)
    message = get_object_or_404(group.group_messages.all(), pk=message_id)
    message.group = group
    if request.method != "POST":
        return redirect(message)
    try:
        actions.undo_message(actor=request.user, message_id=message.pk, now=timezone.now())
    except GroupMessage.DoesNotExist:
        raise Http404 from None
    except actions.TooLateToUndo:
        messages.error(request, _("Too late: the ten minutes are over, and it is on its way."))
    else:
        messages.success(request, _("Undone. Nobody gets it."))
    return redirect(message)


def _write(request: HttpRequest, group: ReadingGroup, form: MessageForm, now: datetime) -> HttpResponse:
    try:
        message = actions.write_message(
            actor=request.user,
            group_id=group.pk,
            audience=form.audience,
            session_id=form.session.pk if form.session else None,
            subject=form.cleaned_data["subject"],
            text=form.cleaned_data["text"],
            key=key_from(request.POST.get("key", "")),
            now=now,
        )
    except (ReadingGroup.DoesNotExist, Session.DoesNotExist):
        raise Http404 from None
    except actions.NobodyToWriteTo:
        form.add_error("to", _nobody())
        return _form_page(request, group, form, status=422)
    except actions.TooManyMessages:
        told = ngettext(
            "The group has had %(n)s message today, and that is enough for one day. Write again tomorrow.",
            "The group has had %(n)s messages within a day, and that is enough. Write again tomorrow.",
            MOST_IN_A_DAY,
        )
        form.add_error(None, told % {"n": MOST_IN_A_DAY})
        return _form_page(request, group, form, status=422)
    if message.can_be_undone_at(now):
        at = hour(message.held_until)
        messages.success(request, _("It goes out at %(time)s. Until then you can undo it.") % {"time": at})
    message.group = group
    return redirect(message)


def _form_page(request: HttpRequest, group: ReadingGroup, form: MessageForm, *, status: int = 200) -> HttpResponse:
    context = {"group": group, "form": form, "minutes": MINUTES}
    return render(request, "reading_groups/message-write.html", context, status=status)


def _sessions(group: ReadingGroup, now: datetime) -> dict[str, Any]:
    """Whose presenters, and whose absentees, can be written to: those to come and the latest. Five queries."""
    presented = group.sessions.filter(Exists(Presentation.objects.filter(session=OuterRef("pk"))))
    coming = list(presented.coming(now).with_readings()[:MOST_COMING])
    past = list(presented.past(now).with_readings()[:MOST_PAST])
    missed = list(group.sessions.past(now).with_attendance_known().with_readings()[:MOST_PAST])
    for session in [*coming, *past, *missed]:
        session.group = group
    return {"presented": [*coming, *past], "missed": missed}


def _seen(request: HttpRequest, group: ReadingGroup) -> QuerySet[GroupMessage]:
    return group.group_messages.visible_to(request.user)


def _may_write(request: HttpRequest, group: ReadingGroup) -> bool:
    return request.user.has_perm("reading_groups.write_to_people", group)


def _group_to_write_to(request: HttpRequest, slug: str) -> ReadingGroup:
    group = get_object_or_404(visible_groups(request), slug=slug)
    if not _may_write(request, group):
        raise PermissionDenied
    return group


def _nobody() -> str:
    return _("Nobody else belongs to them at present, so nobody would get it.")
