"""What people are told of a session that comes: a day before it, and an hour before it with the call."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from members.availability.absence import PausesWhileAway, is_away_at
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from reading_groups.agenda import loaded_session
from reading_groups.links import check_in_path, rsvp_path
from reading_groups.models import Enrolment, ReadingGroup, Rsvp, Session, SitIn
from reading_groups.querysets import SessionQuerySet
from reading_groups.reminders.about import PutsInCalendar, words_about

PAUSED = ReadingGroup.State.PAUSED
# Why somebody is reminded, beside their place: the words that the occurrence of their reminder ends with.
ORGANIZES, SITS_IN = "organizer", "sits in"


class Due(NamedTuple):
    """Somebody whom a session concerns, and why: `place 12`, or one of the words above."""

    member_id: int
    session_id: int
    starts_at: datetime
    ends_at: datetime
    revision: int
    why: str

    @property
    def object_key(self) -> str:
        return f"reading_groups.session:{self.session_id}"

    @property
    def occurrence(self) -> str:
        """What a reminder was true for. A session that moves, and a member who leaves and comes back, are owed another.

        The start, which is known, stands by the revision, so that a move that did not count itself up is not lost.
        """
        return f"{moment_of(self.starts_at, self.revision)} {self.why}"


class SessionTomorrow(PutsInCalendar, PausesWhileAway):
    """To everybody with a place and to those who organize the group, a day before a session.

    To those who come later, as soon as they have a place. Not to those who are away on its day.
    """

    key = "session_tomorrow"
    title = _("A session is a day away")
    when = _("A day before a session")
    to_whom = _("Everybody with a place, and the group's organizers")
    # A reminder that was held up is still useful until two hours before the session.
    stale_after = timedelta(hours=22)
    is_optional = True
    ahead = timedelta(hours=24)

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        """Two queries."""
        sessions = Session.objects.starting_between(start + self.ahead, end + self.ahead)
        for due in (*_with_places(sessions), *_organizing(sessions)):
            yield Obligation(
                member_id=due.member_id,
                object_key=due.object_key,
                occurrence=due.occurrence,
                due_at=due.starts_at - self.ahead,
            )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where the session has moved, is off or has begun, nor to those who left, or are away then."""
        session = _session_of(delivery)
        if session is None or session.has_started(now) or _is_away(delivery, session):
            return False
        return _is_still_due(delivery, session)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        return _context(delivery)


class SessionSoon(PutsInCalendar, PausesWhileAway):
    """To everybody whom a session concerns, an hour before it: those with a place, who sit in, or who organize it.

    The call comes first, and the link by which they check in. Not to those who do not come, or are away.
    """

    key = "session_soon"
    title = _("A session begins in an hour")
    when = _("An hour before a session, until it is over")
    to_whom = _("Everybody with a place or who sits in, and the group's organizers, but those who do not come")
    # Whoever gets a place in the middle of a session has just been told of it. What is owed is useful until its end.
    stale_after = timedelta(hours=1)
    is_optional = True
    ignores_quiet_hours = True
    ahead = timedelta(hours=1)

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        """Three queries."""
        sessions = Session.objects.starting_between(start + self.ahead, end + self.ahead)
        for due in (*_with_places(sessions), *_organizing(sessions), *_sitting_in(sessions)):
            yield Obligation(
                member_id=due.member_id,
                object_key=due.object_key,
                occurrence=due.occurrence,
                due_at=due.starts_at - self.ahead,
                expires_at=due.ends_at,
            )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """As a day before; and not to those who have said that they do not come, or are there already."""
        session = _session_of(delivery)
        if session is None or session.is_over(now) or _is_away(delivery, session):
            return False
        says_no = session.rsvps.filter(member=delivery.member_id, answer=Rsvp.Answer.NO).exists()
        is_there = session.attendances.filter(member=delivery.member_id).exists()
        return not says_no and not is_there and _is_still_due(delivery, session)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        context = _context(delivery)
        assert delivery.member_id is not None  # as `due` says
        organizes = context["organizes"]
        return context | {
            "check_in_path": "" if organizes else check_in_path(context["session"], delivery.member_id),
            "presents": context["session"].presentations.filter(member=delivery.member_id).exists(),
            "path": context["session"].get_absolute_url(),
        }


def moment_of(starts_at: datetime | None, revision: int) -> str:
    """When a session begins, as occurrences have it."""
    assert starts_at is not None
    return f"{starts_at.astimezone(UTC):%Y-%m-%dT%H:%MZ} revision {revision}"


def _with_places(sessions: SessionQuerySet) -> Iterator[Due]:
    places = Enrolment.objects.enrolled().filter(member__is_active=True, group__sessions__in=sessions)
    rows = places.exclude(group__state=PAUSED).order_by("group__sessions__starts_at", "group__sessions__id", "id")
    columns = ("id", "starts_at", "ends_at", "revision")
    for pk, member_id, session_id, starts_at, ends_at, revision in rows.values_list(
        "id", "member_id", *(f"group__sessions__{column}" for column in columns)
    ).iterator():
        yield Due(member_id, session_id, starts_at, ends_at, revision, f"place {pk}")


def _organizing(sessions: SessionQuerySet) -> Iterator[Due]:
    """Those without a place, of groups that take members."""
    place = Enrolment.objects.enrolled().filter(group=OuterRef("readinggroup"), member=OuterRef("member"))
    through = ReadingGroup.organizers.through.objects.filter(
        ~Exists(place),
        member__is_active=True,
        readinggroup__state__in=ReadingGroup.LISTED,
        readinggroup__sessions__in=sessions,
    )
    rows = through.order_by("readinggroup__sessions__starts_at", "readinggroup__sessions__id", "id")
    columns = ("id", "starts_at", "ends_at", "revision")
    for row in rows.values_list("member_id", *(f"readinggroup__sessions__{column}" for column in columns)).iterator():
        yield Due._make((*row, ORGANIZES))


def _sitting_in(sessions: SessionQuerySet) -> Iterator[Due]:
    """Those who neither have a place nor organize the group."""
    place = Enrolment.objects.enrolled().filter(group=OuterRef("group"), member=OuterRef("member"))
    runs = ReadingGroup.organizers.through.objects.filter(readinggroup=OuterRef("group"), member=OuterRef("member"))
    visits = SitIn.objects.at_sessions_that_take_place().filter(
        ~Exists(place), ~Exists(runs), session__in=sessions, member__is_active=True
    )
    columns = ("id", "starts_at", "ends_at", "revision")
    rows = visits.order_by("session__starts_at", "id")
    for row in rows.values_list("member_id", *(f"session__{column}" for column in columns)).iterator():
        yield Due._make((*row, SITS_IN))


def _session_of(delivery: Delivery) -> Session | None:
    """The session that a reminder is about, where it takes place and is what the reminder was true for."""
    sessions = Session.objects.select_related("group").defer("group__search").exclude(group__state=PAUSED)
    session = sessions.filter(pk=id_from(delivery.object_key), is_cancelled=False, starts_at__isnull=False).first()
    is_same = session is not None and delivery.occurrence.startswith(
        f"{moment_of(session.starts_at, session.revision)} "
    )
    return session if is_same else None


def _is_still_due(delivery: Delivery, session: Session) -> bool:
    """Whether whom it concerned is still concerned, and in the same way."""
    why = delivery.occurrence.removeprefix(moment_of(session.starts_at, session.revision)).strip()
    places = Enrolment.objects.enrolled().filter(group=session.group_id, member=delivery.member_id)
    if why.startswith("place "):
        return places.filter(pk=int(why.removeprefix("place "))).exists()
    if places.exists():
        return False
    if why == SITS_IN:
        return session.sit_ins.filter(member=delivery.member_id).exists()
    return session.group.is_listed and session.group.organizers.filter(pk=delivery.member_id).exists()


def _is_away(delivery: Delivery, session: Session) -> bool:
    """Whether somebody is away on the day of a session, and has not said otherwise."""
    if delivery.member is None or not is_away_at(delivery.member, session):
        return False
    return not session.rsvps.filter(member=delivery.member_id).exclude(answer=Rsvp.Answer.NO).exists()


def _context(delivery: Delivery) -> dict[str, Any]:
    session = loaded_session(id_from(delivery.object_key))
    assert delivery.member_id is not None  # as `due` says
    has_place = "place " in delivery.occurrence
    return words_about(session) | {
        "call_link": session.call_link,
        "has_place": has_place,
        "organizes": delivery.occurrence.endswith(ORGANIZES),
        "rsvp_path": rsvp_path(session, delivery.member_id) if has_place else "",
        "path": session.group.get_absolute_url(),
    }


SESSION_TOMORROW = SessionTomorrow()
SESSION_SOON = SessionSoon()
KINDS: list[Kind] = [SESSION_TOMORROW, SESSION_SOON]
