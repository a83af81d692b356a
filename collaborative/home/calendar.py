"""Sessions and meetings as calendars that other programs subscribe to, and a session as a file.

Whoever may see a group has its calendar: a public one at an open address, which holds what visitors see and no call;
any other below the reader's own secret, with the calls for those who are inside it. Programs cannot sign in, so an
open address gives everybody the same.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.validators import slug_re
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from collaborative.home import actions
from collaborative.home.agenda import items_for
from collaborative.home.models import CalendarToken, SharedCalendar
from core.agenda import AgendaItem
from core.calendars import write_calendar, write_file
from reading_groups.agenda import NOT_ON, item_of, items_of, loaded
from reading_groups.models import Enrolment, ReadingGroup
from reading_groups.querysets import ReadingGroupQuerySet
from reading_groups.views.loading import visible_groups

BACK, AHEAD = timedelta(days=90), timedelta(days=366)
# The calendar of all groups is for finding something, and may be long.
PUBLIC_BACK, PUBLIC_AHEAD = timedelta(days=7), timedelta(days=183)
TYPE = "text/calendar; charset=utf-8"


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """A member's own sessions and meetings, behind a secret address. Six queries at most.

    Of meetings it says neither with whom nor where the call is: the address of a calendar is passed on to companies,
    and the page behind each entry asks for a sign-in. The call of a group's session is its place, since many join from
    their calendar; the page that gives the address says so.
    """
    row, now = _token(token), timezone.now()
    name, parts = request.site.name, request.parts  # type: ignore[attr-defined]
    # In the language of the member, not of the program that asks.
    with translation.override(row.member.language or settings.LANGUAGE_CODE):
        items = items_for(row.member, now - BACK, now + AHEAD, parts=parts, include_cancelled=True)
    items = [item if item.kind == "session" else replace(item, call_url="") for item in items]
    body = write_calendar(items, key=f"home.calendar:{row.pk}", name=name, path=reverse("home:me"))

    def changed_at(fingerprint: str) -> datetime:
        if row.fingerprint == fingerprint:
            return row.changed_at
        return actions.note_calendar_contents(token=row, fingerprint=fingerprint, now=now)

    return _feed(request, body, changed_at, is_secret=True)


@login_not_required
@require_safe
def own_group_calendar(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """The sessions of a group that a member may see, below their secret; with the calls where they are inside it.

    Six queries at most.
    """
    _check_part(request)
    member, now = _token(token).member, timezone.now()
    groups = ReadingGroup.objects.visible_to(member).with_standing(member).defer("search")
    group = get_object_or_404(groups, pk=pk)
    is_inside = member.has_perm("reading_groups.see_inside", group)
    return _shared_feed(request, group=group, is_inside=is_inside, is_secret=True, now=now)


@login_not_required
@require_safe
def group_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The sessions of a public group, as visitors see them, whoever asks. Five queries at most."""
    _check_part(request)
    group = get_object_or_404(_public_groups().defer("search"), slug=slug)
    return _shared_feed(request, group=group, is_inside=False, is_secret=False, now=timezone.now())


@login_not_required
@require_safe
def public_calendar(request: HttpRequest) -> HttpResponse:
    """What all public groups meet for in the next months, as visitors see it, whoever asks. Four queries at most."""
    _check_part(request)
    now = timezone.now()
    items = items_of(_public_groups(), now - PUBLIC_BACK, now + PUBLIC_AHEAD, has_calls=False, include_cancelled=True)
    name = request.site.name  # type: ignore[attr-defined]
    body = write_calendar(items, key="home.calendar:public", name=name, path=reverse("reading_groups:group-list"))
    return _feed(request, body, _shared(None, is_inside=False, now=now), is_secret=False)


@login_not_required
@require_safe
def session_file(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """One session to put into a calendar, for whoever sees it; with the call for those inside the group.

    Who asks decides what is in it, so a program is told by its tag alone whether it has it already.
    """
    _check_part(request)
    group = get_object_or_404(visible_groups(request), slug=slug)
    session = get_object_or_404(loaded(group.sessions.filter(starts_at__isnull=False)), pk=session_id)
    item = item_of(session)
    if not request.user.has_perm("reading_groups.see_inside", group):
        item = replace(item, call_url="")
    body = write_file(replace(item, url=session.get_absolute_url()))
    response = _response(body, f"session-{session.pk}.ics", disposition="attachment", is_secret=True)
    etag = response.headers["ETag"] = _tag(_fingerprint(body))
    return get_conditional_response(request, etag, None, response) or response


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_edit(request: HttpRequest) -> HttpResponse:
    """The addresses of one's calendars: get them, renew them, take them back."""
    if request.method == "POST":
        action = request.POST.get("action", "get")
        if action == "renew":
            actions.renew_calendar_address(actor=request.user, now=timezone.now())
            messages.success(request, _("Your calendars have new addresses. The old ones no longer work."))
        elif action == "stop":
            actions.stop_calendar(actor=request.user)
            messages.success(request, _("The addresses of your calendars no longer work."))
        else:
            actions.give_calendar_address(actor=request.user, now=timezone.now())
        group = _named(request)
        here = reverse("home:calendar-edit")
        return redirect(f"{here}?{urlencode({'group': group})}#groups" if group else here)
    token = CalendarToken.objects.filter(member=request.user).first()
    has_groups = "groups" in request.parts  # type: ignore[attr-defined]
    context = {
        "token": token,
        "own": _address("home:calendar-feed", token.token) if token else None,
        "groups": _addresses_of_groups(request, token) if token and has_groups else [],
        "public": _address("home:public-calendar") if has_groups else None,
    }
    return render(request, "home/calendar-edit.html", context)


def _addresses_of_groups(request: HttpRequest, token: CalendarToken) -> list[dict[str, object]]:
    """The groups that the viewer is in or runs, and the one whose page has sent them here, each with its address."""
    places = Enrolment.objects.enrolled().filter(member=request.user)
    run = ReadingGroup.organizers.through.objects.filter(member=request.user)
    own = Q(pk__in=places.values("group")) | Q(pk__in=run.values("readinggroup"))
    groups = visible_groups(request).filter(own | Q(slug=_named(request)))
    groups = groups.exclude(state__in=(*NOT_ON, *ReadingGroup.OVER)).order_by("title_key", "pk")
    return [{"group": group, **_address("home:own-group-calendar", token.token, group.pk)} for group in groups]


def _named(request: HttpRequest) -> str:
    """The group whose page has sent somebody here, if one has."""
    slug = request.GET.get("group", "")
    return slug if slug_re.fullmatch(slug) else ""


def _address(name: str, *args: object) -> dict[str, str]:
    """An address to copy, and as programs open it by themselves."""
    address = settings.BASE_URL + reverse(name, args=args)
    return {"address": address, "subscribe": "webcal:" + address.partition(":")[2]}


def _token(token: str) -> CalendarToken:
    """The row of a secret that works. Raises Http404."""
    rows = CalendarToken.objects.select_related("member").filter(member__is_active=True)
    return get_object_or_404(rows, token=token)


def _check_part(request: HttpRequest) -> None:
    """These addresses are the home's, so the middleware does not know that they are about groups."""
    if "groups" not in request.parts:  # type: ignore[attr-defined]
        raise Http404


def _public_groups() -> ReadingGroupQuerySet:
    return ReadingGroup.objects.visible_to(AnonymousUser())


def _shared_feed(
    request: HttpRequest, *, group: ReadingGroup, is_inside: bool, is_secret: bool, now: datetime
) -> HttpResponse:
    items = _items_of(group, now, has_calls=is_inside)
    key = f"{group.key}:calendar"
    body = write_calendar(items, key=key, name=group.title, path=group.get_absolute_url())
    return _feed(request, body, _shared(group.pk, is_inside=is_inside, now=now), is_secret=is_secret)


def _items_of(group: ReadingGroup, now: datetime, *, has_calls: bool) -> list[AgendaItem]:
    groups = ReadingGroup.objects.filter(pk=group.pk)
    return items_of(groups, now - BACK, now + AHEAD, has_calls=has_calls, include_cancelled=True)


def _shared(group_id: int | None, *, is_inside: bool, now: datetime) -> Callable[[str], datetime]:
    """Since when a shared calendar holds what it holds; written down where that is new."""

    def changed_at(fingerprint: str) -> datetime:
        row = SharedCalendar.objects.filter(group=group_id, is_inside=is_inside, fingerprint=fingerprint).first()
        if row is not None:
            return row.changed_at
        return actions.note_shared_contents(group_id=group_id, is_inside=is_inside, fingerprint=fingerprint, now=now)

    return changed_at


def _feed(request: HttpRequest, body: bytes, changed_at: Callable[[str], datetime], *, is_secret: bool) -> HttpResponse:
    """A calendar, or 304 for a program that has it already."""
    fingerprint = _fingerprint(body)
    response = _response(body, "calendar.ics", disposition="inline", is_secret=is_secret)
    etag, last_modified = _tag(fingerprint), int(changed_at(fingerprint).timestamp())
    response.headers["ETag"], response.headers["Last-Modified"] = etag, http_date(last_modified)
    return get_conditional_response(request, etag, last_modified, response) or response


def _response(body: bytes, name: str, *, disposition: str, is_secret: bool) -> HttpResponse:
    response = HttpResponse(body, content_type=TYPE)
    response.headers["Cache-Control"] = "private, no-cache" if is_secret else "public, no-cache"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}"'
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _fingerprint(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _tag(fingerprint: str) -> str:
    """Weak, as the answer may be packed on its way."""
    return f'W/"{fingerprint}"'
