"""Whom something in a group is for: those whom an organizer writes to, and those whom a session splits."""

from datetime import datetime
from typing import Any

from django.db.models import FETCH_RAISE, Q, QuerySet

from members.models import Member
from reading_groups.models import Attendance, Enrolment, GroupMessage, Presentation, Rsvp, Session
from reading_groups.querysets import EnrolmentQuerySet

Audience = GroupMessage.Audience
# Of a group that is over as well: its people can be thanked.
HAS_HAD_PLACE = (Enrolment.State.ENROLLED, Enrolment.State.COMPLETED)


def audience_of(
    *, group_id: int, audience: str, session_id: int | None = None, author_id: int | None = None, now: datetime
) -> QuerySet[Member]:
    """Those who belong to an audience now, by name, without the author and those who cannot sign in.

    Who missed a session is known once it is over and attendance was taken, or somebody checked in; before that, nobody
    did. Those who got their place later missed nothing.
    """
    places = Enrolment.objects.filter(group=group_id)
    sessions = Session.objects.filter(group=group_id, pk=session_id or 0)
    rows: QuerySet
    if audience == Audience.WAITLIST:
        rows = places.in_line()
    elif audience == Audience.PRESENTERS:
        rows = Presentation.objects.filter(session__in=sessions)
    elif audience == Audience.ABSENTEES:
        session = sessions.past(now).with_attendance_known().first()
        rows = _absent(places, session) if session else places.none()
    else:
        rows = places.filter(state__in=HAS_HAD_PLACE)
    people = Member.objects.active().filter(pk__in=rows.order_by().values("member")).by_name()
    return people if author_id is None else people.exclude(pk=author_id)


def people_to_split(session: Session) -> QuerySet[Member]:
    """Those who say that they come, perhaps or surely, or are there; while that is nobody, all with a place."""
    places = Enrolment.objects.enrolled().filter(group=session.group_id)
    everybody = Member.objects.active().filter(pk__in=places.values("member"))
    say_so = Rsvp.objects.filter(session=session, answer__in=[Rsvp.Answer.YES, Rsvp.Answer.MAYBE])
    there = Attendance.objects.filter(session=session)
    coming = everybody.filter(Q(pk__in=say_so.values("member")) | Q(pk__in=there.values("member")))
    return (coming if coming.exists() else everybody).by_name()


def can_have_come(session: Session) -> EnrolmentQuerySet:
    """Enrolments of those who have a place in its group, or had one when it began."""
    still = Q(state__in=[Enrolment.State.ENROLLED, Enrolment.State.COMPLETED])
    gone = Q(state=Enrolment.State.LEFT, enrolled_at__isnull=False)
    if session.starts_at is not None:
        gone &= Q(enrolled_at__lt=session.starts_at, left_at__gt=session.starts_at)
    else:
        gone &= Q(left_at__date__gte=session.held_on)
    return Enrolment.objects.filter(still | gone, group=session.group_id)


def who_can_have_come(session: Session) -> list[dict[str, Any]]:
    """Everybody with a place, who sat in, or came anyway, by name, with how that is known. Three queries."""
    known = {row.member_id: row for row in session.attendances.by_name()}
    places = can_have_come(session).select_related("member").fetch_mode(FETCH_RAISE)
    members = {place.member_id: place.member for place in places}
    visits = session.sit_ins.select_related("member").fetch_mode(FETCH_RAISE)
    guests = {visit.member_id: visit.member for visit in visits if visit.member_id not in members}
    others = {row.member_id: row.member for row in known.values()}
    everybody = others | guests | members
    return [
        {
            "member": member,
            "came": member.pk in known,
            "checked_in": member.pk in known and known[member.pk].how == Attendance.How.CHECKED_IN,
            "sits_in": member.pk in guests,
        }
        for member in sorted(everybody.values(), key=lambda member: (member.name_key, member.pk))
    ]


def _absent(places: QuerySet[Enrolment], session: Session) -> QuerySet[Enrolment]:
    had_place = (
        Q(enrolled_at__lte=session.starts_at) if session.starts_at else Q(enrolled_at__date__lte=session.held_on)
    )
    there = Attendance.objects.filter(session=session)
    return places.filter(had_place, state__in=HAS_HAD_PLACE).exclude(member__in=there.values("member"))
