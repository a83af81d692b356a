"""Writing iCalendar (RFC 5545, 7986 and 5546): items as a calendar to subscribe to, and one as a part of a mail.

It stands on this floor because two floors write it, with the same entries: `collaborative/home` in the calendars that
programs subscribe to, and `notifications` in mails, which know nothing of what they are about.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from core.agenda import AgendaItem
from core.clock import canonical_zone
from core.text import one_line
from core.vtimezone import timezone_of

# How often a program should look again, where it asks the calendar rather than its owner.
REFRESH = timedelta(hours=4)
# Of the names that CSS has, the one nearest to the site's own green.
COLOR = "seagreen"
REQUEST, CANCEL = "REQUEST", "CANCEL"


def write_calendar(items: Sequence[AgendaItem], *, key: str, name: str, path: str) -> bytes:
    """The items as a calendar of that key and name, about the page at `path`; equal items give equal bytes.

    Times are on the clock of what they belong to, whose changes are told beside them, so that a program can show them
    on either clock. What is cancelled stays, and says so, since programs keep what merely vanishes. Says nobody's
    name. Where an item has a call, it is its place: the caller leaves out what a reader may not have.
    """
    calendar = _calendar()
    calendar.add("uid", _uid(key))
    name = one_line(name)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("color", COLOR)
    calendar.add("url", _uri(settings.BASE_URL + path))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT4H")
    _fill(calendar, items, [_event(item, stamp=item.changed_at) for item in items])
    return calendar.to_ical()


def write_file(item: AgendaItem) -> bytes:
    """One item, to be put into a calendar once: it carries the same identity as in those to subscribe to."""
    calendar = _calendar()
    _fill(calendar, [item], [_event(item, stamp=item.changed_at)])
    return calendar.to_ical()


def method_of(item: AgendaItem) -> str:
    return CANCEL if item.is_cancelled else REQUEST


def write_invitation(item: AgendaItem, *, organizer: str, organizer_name: str, attendee: str, now: datetime) -> str:
    """One item as an iTIP message to one person: asks them in, or takes back what was asked.

    It names nobody but the site, which sends it, and its reader. Its identity and revision are those of the calendars,
    so programs put a later one in place of an earlier one. With a method the stamp is when it was written; when the
    item changed stands beside it. Nobody is asked for an answer by mail: the site has its own ways for that.
    """
    calendar = _calendar()
    calendar.add("method", method_of(item))
    event = _event(item, stamp=now)
    sender = vCalAddress(f"mailto:{organizer}")
    sender.params["CN"] = vText(one_line(organizer_name).replace('"', "'"))
    event.add("organizer", sender)
    reader = vCalAddress(f"mailto:{attendee}")
    reader.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"}
    event.add("attendee", reader)
    _fill(calendar, [item], [event])
    return calendar.to_ical().decode()


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Research collaborative//Agenda//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _fill(calendar: Calendar, items: Sequence[AgendaItem], events: Iterable[Event]) -> None:
    """Add the entries, and before them each zone that they are told in, for as long as they need it."""
    spans: dict[str, tuple[datetime, datetime]] = {}
    for item in items:
        if zone := _zone(item):
            first, last = spans.get(zone, (item.starts_at, item.ends_at))
            spans[zone] = (min(first, item.starts_at), max(last, item.ends_at))
    if not items:
        # A calendar has at least one component; programs refuse one that has none.
        long_ago = datetime(1970, 1, 1, tzinfo=UTC)
        spans["UTC"] = (long_ago, long_ago)
    for zone, (first, last) in sorted(spans.items()):
        calendar.add_component(timezone_of(zone, first, last))
    for event in events:
        calendar.add_component(event)


def _event(item: AgendaItem, *, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", _uid(item.uid))
    event.add("sequence", item.revision)
    event.add("dtstamp", stamp)
    event.add("last-modified", item.changed_at)
    zone = _zone(item)
    clock = ZoneInfo(zone) if zone else UTC
    event.add("dtstart", item.starts_at.astimezone(clock))
    event.add("dtend", item.ends_at.astimezone(clock))
    event.add("summary", one_line(item.title))
    # Of a meeting it would be who takes part in it.
    if item.kind == "session" and item.context != item.title:
        event.add("description", one_line(item.context))
    if item.call_url and not item.is_cancelled:
        event.add("location", one_line(item.call_url))
        event.add("conference", _uri(item.call_url), parameters={"VALUE": "URI", "FEATURE": "VIDEO"})
    event.add("url", _uri(settings.BASE_URL + item.url))
    event.add("status", "CANCELLED" if item.is_cancelled else "CONFIRMED")
    return event


def _zone(item: AgendaItem) -> str:
    """The zone in which an item is told; empty where it is told in UTC.

    So it is in the hour that clocks show twice, of which a wall time does not say which is meant.
    """
    name = canonical_zone(item.zone)
    if name == "UTC":
        return ""
    for moment in (item.starts_at, item.ends_at):
        local = moment.astimezone(ZoneInfo(name))
        if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
            return ""
    return name


def _uid(key: str) -> str:
    return f"{key}@{urlsplit(settings.BASE_URL).hostname}"


def _uri(address: str) -> str:
    """An address is written as it is; whatever would end its line is not part of one."""
    return quote(address, safe=":/?#[]@!$&'()*+,;=%~-._")
