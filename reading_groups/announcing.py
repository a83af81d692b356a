"""A session as a message to paste wherever a group writes to each other: plain text, by the group's own clocks."""

from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.clock import city_of, offset_of
from reading_groups.agenda import title_of
from reading_groups.models import Session


def message_of(session: Session, *, address: str) -> str:
    """What there is to say of a session whose group, readings and presenters are loaded. No query.

    It names presenters and the call, so it is for those inside the group. `address` is that of the session's page.
    """
    title = title_of(session)
    heading = title if session.group.title == title else f"{session.group.title}: {title}"
    if session.is_cancelled:
        return "\n".join([heading, _when(session), _("This session is called off."), address])
    lines = [heading, _when(session), ""]
    readings = [" ".join(filter(None, (reading.name, reading.paper.link))) for reading in session.readings.all()]
    if readings:
        lines += [_("To read:"), *(f"- {reading}" for reading in readings), ""]
    presenters = [str(part.member) for part in session.presentations.all()]
    if presenters:
        lines.append(_("Presented by %(names)s") % {"names": ", ".join(presenters)})
    if session.call_link:
        lines.append(_("Join the call: %(url)s") % {"url": session.call_link})
    return "\n".join([*lines, address])


def _when(session: Session) -> str:
    """“Tuesday 1 December 2026, 15:00 to 16:15 in London (UTC+0)”."""
    day = date_format(session.held_on, "l j F Y")
    if session.starts_at is None or session.ends_at is None:
        return _("%(day)s; the time is not set yet") % {"day": day}
    zone = ZoneInfo(session.group.zone)
    words = {
        "day": day,
        "start": f"{session.starts_at.astimezone(zone):%H:%M}",
        "end": f"{session.ends_at.astimezone(zone):%H:%M}",
        "city": city_of(session.group.zone),
        "offset": offset_of(session.group.zone, session.starts_at),
    }
    return _("%(day)s, %(start)s to %(end)s in %(city)s (%(offset)s)") % words
