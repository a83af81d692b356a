"""Single sessions: adding, moving, calling off and bringing back. The group's row guards when it meets."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from core.clock import check_wall_time, instant_of
from members.models import Member
from reading_groups.actions.places import lock_group
from reading_groups.actions.presenting import SessionHasStarted
from reading_groups.models import ReadingGroup, Session
from reading_groups.reminders import SESSION_CHANGED

# Within this time before a session people have had their reminder, with the link to the call in it.
REMINDED = timedelta(hours=24)


class SessionIsThere(Exception):
    """The group has another session, `other`, at that time."""

    def __init__(self, other: Session) -> None:
        super().__init__(other)
        self.other = other


class TimeHasPassed(Exception):
    """Nobody could come to a session that is moved there."""


class SessionIsNotOver(Exception):
    """There is no recording yet."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When a session is, as clocks in the group's zone show it; without a time while only the day is known.

    Without minutes it is as long as the group usually meets.
    """

    held_on: date
    at: time | None = None
    minutes: int | None = None


@transaction.atomic
def add_session(*, group_id: int, moment: Moment, title: str = "") -> Session:
    """Add one session to a group; it may be one that was, for the record.

    Guarantees that no two sessions that take place overlap, among those that are set one by one. Raises
    ReadingGroup.DoesNotExist, NoSuchTime, TimeComesTwice and SessionIsThere. Sends nothing; reminders fall due by its
    time.
    """
    session = Session(group=lock_group(group_id), title=title)
    set_time(session, moment)
    session.save()
    return session


@transaction.atomic
def move_session(*, actor: Member, session_id: int, moment: Moment, now: datetime) -> Session:
    """Move a session that has not started; one that is called off takes place again.

    It stays the same session, with its readings, presenters and questions, and those who sit in. Answers to whether
    people come were to the old time, and go. Moving it to where it is changes nothing. Raises Session.DoesNotExist,
    SessionHasStarted, NoSuchTime, TimeComesTwice, TimeHasPassed and SessionIsThere. Raises the revision, so that
    reminders of the old time are no longer wanted, and records `session_changed` mails.
    """
    session = lock_session(session_id)
    was = (session.held_on, session.starts_at, session.ends_at, session.is_cancelled)
    check_move(session, moment, now)
    if (session.held_on, session.starts_at, session.ends_at, False) == was:
        return session
    if (session.held_on, session.starts_at) != was[:2]:
        session.rsvps.all().delete()
        # Whoever checked in ahead of the old time has not come to the new one.
        session.attendances.all().delete()
        session.attendance_taken_at = None
    session.is_cancelled = False
    _change(session, "back" if was[3] and session.starts_at == was[1] else "moved", actor, now, was_at=was[1])
    return session


@transaction.atomic
def cancel_session(*, actor: Member, session_id: int, now: datetime) -> Session:
    """Call off a session that has not started. Twice is once.

    Its readings, questions, answers and presenters stay with it, in case it is brought back; who presents it has not
    presented. Those who sit in may ask for another. Raises Session.DoesNotExist and SessionHasStarted. Raises the
    revision and records `session_changed` mails.
    """
    session = lock_session(session_id)
    if session.is_cancelled:
        return session
    if session.has_started(now):
        raise SessionHasStarted
    session.is_cancelled = True
    _change(session, "off", actor, now)
    return session


@transaction.atomic
def bring_back_session(*, actor: Member, session_id: int, now: datetime) -> Session:
    """Let a session that was called off take place after all, at its time. One that is on stays as it is.

    Raises Session.DoesNotExist, SessionHasStarted where its time has come, and SessionIsThere. Raises the revision and
    records `session_changed` mails.
    """
    session = lock_session(session_id)
    if not session.is_cancelled:
        return session
    if session.has_started(now):
        raise SessionHasStarted
    session.is_cancelled = False
    _check_free(session)
    _change(session, "back", actor, now)
    return session


@transaction.atomic
def describe_session(
    *,
    actor: Member,
    session_id: int,
    title: str,
    call_url: str,
    presenters_wanted: int | None,
    recording_url: str,
    now: datetime,
) -> Session:
    """Change what stands about a session, beside its time.

    Raises Session.DoesNotExist, and SessionIsNotOver for a recording. Where the call changes so late that people have
    been reminded with the old link, it records `session_changed` mails.
    """
    session = lock_session(session_id)
    if recording_url and not session.is_over(now):
        raise SessionIsNotOver
    was = session.call_link
    if recording_url != session.recording_url:
        session.recording_added_at = now if recording_url else None
    if (session.title, session.call_url) != (title, call_url):
        session.changed_at = now
    session.title, session.call_url, session.recording_url = title, call_url, recording_url
    session.presenters_wanted = presenters_wanted
    session.save(
        update_fields=["title", "call_url", "recording_url", "recording_added_at", "presenters_wanted", "changed_at"]
    )
    is_near = session.starts_at is not None and now < session.starts_at <= now + REMINDED
    if session.call_link != was and is_near and not session.is_cancelled:
        SESSION_CHANGED.record(session, "call", actor=actor, now=now)
    return session


@transaction.atomic
def save_session(*, actor: Member, session: Session, moment: Moment, now: datetime) -> Session:
    """Create or change a session from a validated form, through the same rules as every other way.

    Raises and records what `add_session`, `move_session`, `cancel_session` and `describe_session` do.
    """
    if session.pk is None:
        session.pk = add_session(group_id=session.group_id, moment=moment).pk
    stored = lock_session(session.pk)
    if session.is_cancelled:
        cancel_session(actor=actor, session_id=session.pk, now=now)
    elif stored.is_cancelled or not is_at(stored, moment):
        move_session(actor=actor, session_id=session.pk, moment=moment, now=now)
    describe_session(
        actor=actor,
        session_id=session.pk,
        title=session.title,
        call_url=session.call_url,
        presenters_wanted=session.presenters_wanted,
        recording_url=session.recording_url,
        now=now,
    )
    session.refresh_from_db()
    return session


def lock_session(session_id: int) -> Session:
    """A session with its group, both locked until the transaction ends. Raises Session.DoesNotExist."""
    group_id = Session.objects.values_list("group_id", flat=True).get(pk=session_id)
    try:
        group = lock_group(group_id)
    except ReadingGroup.DoesNotExist:
        raise Session.DoesNotExist from None
    session = group.sessions.select_for_update(no_key=True).get(pk=session_id)
    session.group = group
    return session


def check_move(session: Session, moment: Moment, now: datetime) -> None:
    """Give a session, with its group loaded, the time that it would have, if it may; nothing is saved.

    Raises what `move_session` does.
    """
    if session.has_started(now):
        raise SessionHasStarted
    if not is_at(session, moment):
        set_time(session, moment)
        if session.has_started(now):
            raise TimeHasPassed
    elif session.is_cancelled:
        _check_free(session)


def set_time(session: Session, moment: Moment) -> None:
    """Set the time of a session, with its group loaded. Raises NoSuchTime, TimeComesTwice and SessionIsThere.

    Clocks must show the time once on that day; one that only becomes shorter or longer keeps its start, whichever of
    two it is.
    """
    zone, is_kept = session.group.zone, session.starts_at is not None and _starts_at(session, moment)
    session.held_on, session.ends_at = moment.held_on, None
    if moment.at is None:
        session.starts_at = None
        return
    if not is_kept:
        check_wall_time(moment.held_on, moment.at, zone)
        session.starts_at = instant_of(moment.held_on, moment.at, zone)
    assert session.starts_at is not None
    session.ends_at = session.starts_at + timedelta(minutes=moment.minutes or session.group.duration_minutes)
    _check_free(session)


def moment_of(session: Session) -> Moment:
    """When a session is, as a form shows it: to the minute. The group must be loaded."""
    if session.starts_at is None or session.ends_at is None:
        return Moment(held_on=session.held_on)
    local = session.starts_at.astimezone(ZoneInfo(session.group.zone))
    minutes = (session.ends_at - session.starts_at) // timedelta(minutes=1)
    return Moment(held_on=session.held_on, at=local.time().replace(second=0, microsecond=0), minutes=minutes)


def is_at(session: Session, moment: Moment) -> bool:
    """Whether a session is there already. Clocks that show a time twice give nobody reason to move it."""
    now_at = moment_of(session)
    minutes = moment.minutes or session.group.duration_minutes if moment.at is not None else None
    return now_at == Moment(held_on=moment.held_on, at=moment.at, minutes=minutes)


def _starts_at(session: Session, moment: Moment) -> bool:
    before = moment_of(session)
    return (before.held_on, before.at) == (moment.held_on, moment.at)


def _check_free(session: Session) -> None:
    if session.starts_at is None:
        return
    other = session.group.sessions.at_the_time_of(session).order_by("is_cancelled", "starts_at", "id").first()
    if other is not None:
        raise SessionIsThere(other)


def _change(session: Session, what: str, actor: Member, now: datetime, was_at: datetime | None = None) -> None:
    session.revision += 1
    session.changed_at = now
    session.save(
        update_fields=[
            "held_on",
            "starts_at",
            "ends_at",
            "is_cancelled",
            "revision",
            "changed_at",
            "attendance_taken_at",
        ]
    )
    SESSION_CHANGED.record(session, what, actor=actor, now=now, was_at=was_at)
