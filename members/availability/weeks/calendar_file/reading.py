"""When somebody is busy, out of a calendar file (RFC 5545). Pure: bytes in, instants out, and no Django.

Before anything is parsed, every line but those that say when something takes place is dropped, so titles, places and
guests never get any further. What cannot be read is counted, and left out.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component

# What is kept of each component.
EVENT_LINES = {
    "UID", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID",
    "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS",
}  # fmt: skip
ZONE_LINES = {"TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "RRULE", "RDATE"}
KEPT = {
    "VCALENDAR": {"X-WR-TIMEZONE"},
    "VEVENT": EVENT_LINES,
    "VFREEBUSY": {"UID", "DTSTART", "DTEND", "FREEBUSY"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": ZONE_LINES,
    "DAYLIGHT": ZONE_LINES,
}
# Where each of them may stand; what stands elsewhere is dropped with all that is in it.
INSIDE = {
    "VCALENDAR": {""},
    "VEVENT": {"", "VCALENDAR"},
    "VFREEBUSY": {"", "VCALENDAR"},
    "VTIMEZONE": {"", "VCALENDAR"},
}
INSIDE |= {"STANDARD": {"VTIMEZONE"}, "DAYLIGHT": {"VTIMEZONE"}}
FREE = {("STATUS", "CANCELLED"), ("TRANSP", "TRANSPARENT"), ("X-MICROSOFT-CDO-BUSYSTATUS", "FREE")}
_NAME = re.compile(r"\s*([A-Za-z0-9-]+)\s*[;:]")
DAY = timedelta(days=1)


class NotACalendar(Exception):
    """There is no calendar in the bytes."""


class Truncated(Exception):
    """The file stops within a component."""


class NothingReadable(Exception):
    """There are entries, and not one of them says when it is."""


@dataclass
class Reading:
    """Stretches in which somebody is busy, and how many entries could be read, and could not."""

    busy: list[tuple[datetime, datetime]]
    read: int
    unread: int


@dataclass
class _Component:
    name: str
    lines: list[str] = field(default_factory=list)
    parts: list["_Component"] = field(default_factory=list)

    def text(self) -> str:
        inner = [*self.lines, *(part.text() for part in self.parts)]
        return "\r\n".join([f"BEGIN:{self.name}", *inner, f"END:{self.name}"])


def read(content: bytes, *, zone: str, start: datetime, end: datetime) -> Reading:
    """The busy stretches between two instants, sorted, joined where they touch, and cut to these.

    Whole days, and times without a zone, are those of `zone`. Raises NotACalendar, Truncated and NothingReadable.
    It takes as long as the file's recurrences make it take: call it where time is limited.
    """
    place = ZoneInfo(zone)
    zones, entries, of_calendar = _slim(content)
    unread = 0
    calendar = _parse([*of_calendar, *(each for each in zones if _parse([each]) is not None)], entries)
    if calendar is None:
        entries, unread = _readable(entries)
        calendar = _parse(of_calendar, entries)
    found: list[tuple[datetime, datetime]] = []
    known, unknown = [], 0
    for component in calendar.subcomponents if calendar is not None else []:
        if component.name in {"VEVENT", "VFREEBUSY"}:
            if _is_sound(component):
                known.append(component)
            else:
                unknown += 1
    unread += unknown
    periods = [component for component in known if component.name == "VFREEBUSY"]
    series = [component for component in known if component.name == "VEVENT"]
    for component in periods:
        found += _periods(component, place)
    times, failed = _occurrences(calendar, series, place, start - DAY, end + DAY)
    unread += failed
    readable = len(known) - failed
    if unread and not readable:
        raise NothingReadable
    return Reading(_joined(found + times, start, end), readable, unread)


def _slim(content: bytes) -> tuple[list[_Component], list[_Component], list[str]]:
    """The zones, the entries, and the calendar's own lines, without all that does not say when."""
    zones: list[_Component] = []
    entries: list[_Component] = []
    lines: list[str] = []
    for part in _tree(content).parts:
        lines += part.lines if part.name == "VCALENDAR" else []
        for component in part.parts if part.name == "VCALENDAR" else [part]:
            (zones if component.name == "VTIMEZONE" else entries).append(component)
    return zones, entries, lines


def _tree(content: bytes) -> _Component:
    """What is kept of the file, in a component without a name."""
    root = _Component("")
    stack = [root]
    # How deep within something that is dropped.
    dropped = 0
    for line in _unfolded(content):
        match = _NAME.match(line)
        name = match[1].upper() if match else ""
        if name == "BEGIN":
            inner = line.partition(":")[2].strip().upper()
            if dropped or stack[-1].name not in INSIDE.get(inner, set()):
                dropped += 1
            else:
                stack.append(_Component(inner))
                stack[-2].parts.append(stack[-1])
        elif name == "END":
            if dropped:
                dropped -= 1
            elif len(stack) > 1:
                stack.pop()
        elif not dropped and name in KEPT.get(stack[-1].name, set()):
            stack[-1].lines.append(line.strip())
    if len(stack) > 1 or dropped:
        raise Truncated
    if not root.parts:
        raise NotACalendar
    return root


def _unfolded(content: bytes) -> Iterator[str]:
    """The lines of the file, with those that were broken put together again."""
    line = ""
    for piece in re.split(r"\r\n|\n|\r", _decoded(content)):
        if piece[:1] in {" ", "\t"} and line:
            line += piece[1:]
            continue
        if line:
            yield line
        line = piece
    if line:
        yield line


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16",) if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "latin-1"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotACalendar


def _parse(outer: list[Any], entries: list[_Component] | None = None) -> Component | None:
    texts = [part if isinstance(part, str) else part.text() for part in [*outer, *(entries or [])]]
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-", *texts, "END:VCALENDAR", ""])
    try:
        return Calendar.from_ical(text)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None


def _readable(entries: list[_Component]) -> tuple[list[_Component], int]:
    """Those of the entries that can be parsed one by one, and how many cannot."""
    sound = [entry for entry in entries if _parse([], [entry]) is not None]
    return sound, len(entries) - len(sound)


def _is_sound(component: Component) -> bool:
    """Whether all that says when an entry is was understood; nothing is guessed from half of it."""
    if component.errors:
        return False
    if component.name == "VFREEBUSY":
        return "FREEBUSY" in component
    return "DTSTART" in component and all(
        _zone_is_known(component[name]) for name in ("DTSTART", "DTEND") if name in component
    )


def _zone_is_known(value: Any) -> bool:
    """A time that names a zone which nobody knows would be read as a time without one."""
    moment = getattr(value, "dt", None)
    return isinstance(moment, date) and (
        not isinstance(moment, datetime) or moment.tzinfo is not None or "TZID" not in value.params
    )


def _occurrences(
    calendar: Component | None, events: list[Component], place: ZoneInfo, start: datetime, end: datetime
) -> tuple[list[tuple[datetime, datetime]], int]:
    """The stretches of all occurrences of the events, and how many events cannot be followed."""
    if calendar is None or not events:
        return [], 0
    by_uid: dict[str, list[Component]] = defaultdict(list)
    for number, event in enumerate(events):
        by_uid[str(event.get("UID", f"no. {number}"))].append(event)
    found: list[tuple[datetime, datetime]] = []
    failed = 0
    for series in by_uid.values():
        own = calendar.copy()
        own.subcomponents = series
        try:
            occurrences = recurring_ical_events.of(own).between(start.astimezone(place), end.astimezone(place))
            found += [stretch for each in occurrences if not _is_free(each) and (stretch := _stretch(each, place))]
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError):
            failed += len(series)
    return found, failed


def _is_free(event: Component) -> bool:
    return any(str(event.get(name, "")).strip().upper() == value for name, value in FREE)


def _stretch(event: Component, place: ZoneInfo) -> tuple[datetime, datetime] | None:
    start, end = _instant(event["DTSTART"].dt, place), _instant(event["DTEND"].dt, place)
    return (start, end) if start < end else None


def _periods(component: Component, place: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    values = component["FREEBUSY"]
    for value in values if isinstance(values, list) else [values]:
        if str(value.params.get("FBTYPE", "BUSY")).upper() == "FREE":
            continue
        for period in value if isinstance(value, list) else [value]:
            start, end = _instant(period.start, place), _instant(period.end, place)
            if start < end:
                yield start, end


def _instant(moment: date, place: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(0))
    return (moment if moment.tzinfo else moment.replace(tzinfo=place)).astimezone(UTC)


def _joined(
    stretches: list[tuple[datetime, datetime]], first: datetime, last: datetime
) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(stretches):
        start, end = max(begins, first), min(ends, last)
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
