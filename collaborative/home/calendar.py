"""A member's sessions and meetings as a calendar that other programs subscribe to."""

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from icalendar import Calendar, Event

from collaborative.home import actions
from collaborative.home.agenda import items_for
from collaborative.home.models import CalendarToken
from core.agenda import AgendaItem

BACK, AHEAD = timedelta(days=90), timedelta(days=366)
# How often a program should look again, where it asks the calendar rather than its owner.
REFRESH = timedelta(hours=4)


def write_calendar(items: list[AgendaItem], *, name: str, stamp: datetime) -> bytes:
    """The items as RFC 5545 has them; equal items, name and stamp give equal bytes.

    Times are in UTC: each session is an instant of its own, so nothing repeats that would need a zone's rules, and no
    program has to trust our idea of them. A member's program shows them on its own clock. What is cancelled stays, and
    says so, since programs keep what merely vanishes. Says nobody's name, and of meetings not where the call is: the
    address of a calendar is passed on to companies, and the page behind each entry asks for a sign-in. The call of a
    group's session is its place, since many join from their calendar; the page that gives the address says so.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Research collaborative//Agenda//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    host = urlsplit(settings.BASE_URL).hostname
    for item in items:
        event = Event()
        event.add("uid", f"{item.uid}@{host}")
        event.add("sequence", item.revision)
        event.add("dtstamp", stamp)
        event.add("dtstart", item.starts_at.astimezone(UTC))
        event.add("dtend", item.ends_at.astimezone(UTC))
        event.add("summary", item.title)
        if item.kind == "session" and item.context != item.title:
            event.add("description", item.context)
        if item.kind == "session" and item.call_url and not item.is_cancelled:
            event.add("location", item.call_url)
        event.add("url", settings.BASE_URL + item.url)
        event.add("status", "CANCELLED" if item.is_cancelled else "CONFIRMED")
        calendar.add_component(event)
    return calendar.to_ical()


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a secret address; a program that has it already is told so. Six queries at most."""
    row = CalendarToken.objects.select_related("member").filter(token=token, member__is_active=True).first()
    if row is None:
        raise Http404
    now = timezone.now()
    name, parts = request.site.name, request.parts  # type: ignore[attr-defined]
    # In the language of the member, not of the program that asks.
    with translation.override(row.member.language or settings.LANGUAGE_CODE):
        items = items_for(row.member, now - BACK, now + AHEAD, parts=parts, include_cancelled=True)
    contents = write_calendar(items, name=name, stamp=row.created_at)
    fingerprint = hashlib.sha256(contents).hexdigest()
    changed_at = row.changed_at
    if row.fingerprint != fingerprint:
        changed_at = actions.note_calendar_contents(token=row, fingerprint=fingerprint, now=now)
    body = write_calendar(items, name=name, stamp=changed_at)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response.headers["Referrer-Policy"] = "no-referrer"
    etag, last_modified = f'W/"{fingerprint}"', int(changed_at.timestamp())
    response.headers["ETag"], response.headers["Last-Modified"] = etag, http_date(last_modified)
    return get_conditional_response(request, etag, last_modified, response) or response


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_edit(request: HttpRequest) -> HttpResponse:
    """The address of one's calendar: get it, renew it, take it back."""
    if request.method == "POST":
        action = request.POST.get("action", "get")
        if action == "renew":
            actions.renew_calendar_address(actor=request.user, now=timezone.now())
            messages.success(request, _("Your calendar has a new address. The old one no longer works."))
        elif action == "stop":
            actions.stop_calendar(actor=request.user)
            messages.success(request, _("Your calendar's address no longer works."))
        else:
            actions.give_calendar_address(actor=request.user, now=timezone.now())
        return redirect("home:calendar-edit")
    token = CalendarToken.objects.filter(member=request.user).first()
    address = settings.BASE_URL + reverse("home:calendar-feed", args=[token.token]) if token else ""
    context = {"token": token, "address": address, "subscribe": "webcal:" + address.partition(":")[2]}
    return render(request, "home/calendar-edit.html", context)
