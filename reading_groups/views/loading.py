"""What several pages of a group load and ask in the same way."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from members.models import Member
from reading_groups import actions
from reading_groups.actions.promised import is_counted_on
from reading_groups.asked import questions_about
from reading_groups.models import Presentation, PresentationFile, Reading, ReadingGroup, Session
from reading_groups.querysets import ReadingGroupQuerySet


def visible_groups(request: HttpRequest) -> ReadingGroupQuerySet:
    """The groups that the viewer may see, each with how they stand to it."""
    return ReadingGroup.objects.visible_to(request.user).with_standing(request.user).defer("search")


def group_seen_inside(request: HttpRequest, slug: str) -> ReadingGroup:
    """A group whose people and discussion the viewer may see: else a 404 where they see nothing of it, and a 403."""
    group = get_object_or_404(visible_groups(request), slug=slug)
    if not request.user.has_perm("reading_groups.see_inside", group):
        raise PermissionDenied
    return group


def own_group(request: HttpRequest, slug: str) -> ReadingGroup:
    """A group that the viewer may edit. Raises Http404 and PermissionDenied."""
    group = get_object_or_404(visible_groups(request).select_related("collective"), slug=slug)
    if not request.user.has_perm("reading_groups.edit_group", group):
        raise PermissionDenied
    return group


def open_group(request: HttpRequest, slug: str) -> ReadingGroup:
    """As `own_group`, and no proposal any more: before it opens nobody is invited, asked or listed."""
    group = own_group(request, slug)
    if group.is_on_review:
        raise PermissionDenied
    return group


def session_of(group: ReadingGroup, session_id: int) -> Session:
    """A session of this group. Raises Http404."""
    return get_object_or_404(group.sessions.all(), pk=session_id)


def back_from(request: HttpRequest, session: Session, anchor: str = "") -> str:
    """The page that a form stood on: that of the session or of its group."""
    if request.POST.get("from") == "group":
        return session.group.get_absolute_url() + (anchor and "#next")
    return session.get_absolute_url() + anchor


def tell(request: HttpRequest, told: str, problem: str) -> None:
    """Tell on the page that comes next what was done or, where there was one, the problem."""
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, told)


def load_sessions(
    sessions: Sequence[Session], *, viewer: Member, now: datetime, with_presenters: bool, with_files: bool = False
) -> None:
    """Load what sessions of a group show: one query for their readings, and one for who presents them, if wanted, and
    one for what those attached.

    Adds `presenters_short`, how many are still looked for, `own_part`, the viewer's, `is_open_to_presenters`,
    `is_counted_on`, whether others are told of who withdraws, and `asked`, what waits for the viewer's answer.
    """
    prefetch_related_objects(sessions, Prefetch("readings", queryset=Reading.objects.in_order()))
    if with_presenters:
        presentations = Presentation.objects.in_order()
        if with_files:
            files = Prefetch("files", queryset=PresentationFile.objects.in_order())
            presentations = presentations.prefetch_related(files)
        prefetch_related_objects(sessions, Prefetch("presentations", queryset=presentations))
    for session in sessions:
        parts = list(session.presentations.all()) if with_presenters else []
        is_open = with_presenters and not session.is_cancelled and not session.has_started(now)
        session.own_part = next((part for part in parts if part.member_id == viewer.pk), None)
        session.presenters_short = max(session.presenters_asked_for - len(parts), 0) if is_open else 0
        session.is_open_to_presenters = is_open and session.presenters_asked_for > 0
        session.is_counted_on = is_counted_on(session, now)
        session.asked = questions_about(session) if is_open else []


def say(
    request: HttpRequest, *, form: forms.Form, act: Callable[[dict[str, Any]], HttpResponse], **words: object
) -> HttpResponse:
    """A page with one form, and what happens when it is sent; nothing that was typed is lost.

    The words are those of `say.html`. The action may raise NotInGroup.
    """
    if form.is_bound and form.is_valid():
        try:
            return act(form.cleaned_data)
        except actions.NotInGroup:
            form.add_error(None, _("You need a place in this group for that."))
        except actions.IdeaIsThere:
            form.add_error("title", _("You have put up an idea of that title. Choose another title."))
    return render(request, "reading_groups/say.html", {"form": form, **words}, status=422 if form.is_bound else 200)
