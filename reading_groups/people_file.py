"""Who is or was in a group, and who came to which of its sessions, as rows for a spreadsheet."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from reading_groups.models import Attendance, Enrolment, ReadingGroup, Session

# As many rows are loaded at once.
AT_ONCE = 500


def rows_of(group: ReadingGroup, now: datetime) -> Iterator[list[object]]:
    """A row for each who has or had a place or waits, by their latest enrolment, then for each who only sat in.

    A column for each session that is over: yes or no where it is known who came, else nothing; whoever only sat in
    has an answer for that session alone. Five queries, and one more per 500 people.
    """
    sessions = list(group.sessions.past(now).order_by("held_on", "starts_at", "id"))
    past = {session.pk for session in sessions}
    known = set(group.sessions.past(now).with_attendance_known().values_list("pk", flat=True))
    came = defaultdict(set)
    rows = Attendance.objects.filter(session__group=group).values_list("member_id", "session_id")
    for member_id, session_id in rows.iterator(chunk_size=AT_ONCE):
        came[member_id].add(session_id)
    zone = ZoneInfo(group.zone)
    yield [
        _("Name"),
        _("State"),
        _("Joined"),
        _("Got the place"),
        _("Left"),
        _("Sessions attended"),
        _("Of sessions known"),
        *(_heading(session, zone) for session in sessions),
    ]
    later = Enrolment.objects.filter(group=group, member=OuterRef("member"), pk__gt=OuterRef("pk"))
    enrolments = group.enrolments.filter(~Exists(later)).select_related("member").by_name()
    for enrolment in enrolments.iterator(chunk_size=AT_ONCE):
        attended = came[enrolment.member_id]
        yield [
            enrolment.member,
            enrolment.get_state_display(),
            *(_day(moment, zone) for moment in (enrolment.joined_at, enrolment.enrolled_at, enrolment.left_at)),
            len(attended & known),
            len(known),
            *(_answer(session.pk, known, attended) for session in sessions),
        ]
    for guest in group.sit_ins.without_enrolment().select_related("member").by_name().iterator(chunk_size=AT_ONCE):
        attended, asked = came[guest.member_id], known & {guest.session_id}
        yield [
            guest.member,
            _("Sat in") if guest.session_id in past else _("Sits in"),
            _day(guest.asked_at, zone),
            "",
            "",
            len(attended & asked),
            len(asked),
            *(_answer(session.pk, asked, attended) for session in sessions),
        ]


def _heading(session: Session, zone: ZoneInfo) -> str:
    local = session.starts_at.astimezone(zone) if session.starts_at else None
    return f"{local:%Y-%m-%d %H:%M}" if local else str(session.held_on)


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d}" if moment else ""


def _answer(session_id: int, known: set[int], attended: set[int]) -> str:
    if session_id not in known:
        return ""
    return _("yes") if session_id in attended else _("no")
