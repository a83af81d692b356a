"""Every write to typical weeks, days away and meetings."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from core.text import one_line
from members.availability.clock import local_day, zone_of
from members.availability.marks import EMPTY, monday_of
from members.availability.models import Away, Meeting, TypicalWeek
from members.availability.reminders import MEETING_CHANGED
from members.models import Member
from notifications.preferences import stop_waiting_for

# A meeting of one is none.
FEWEST = 2


class NotATime(Exception):
    """A meeting ends after it starts, and is not over yet when it is planned or moved."""


class MeetingIsOver(Exception):
    """What has taken place is neither moved nor cancelled."""


class MeetingIsCancelled(Exception):
    """A cancelled meeting does not move; another one is planned instead."""


class AlreadyAMeetingThen(Exception):
    """What the meeting belongs to has another meeting that starts at the same time."""


# The typical week ----------------------------------------------------------------------------------------------------


@transaction.atomic
def save_week(*, actor: Member, marks: str, now: datetime, holds_from: date | None = None) -> TypicalWeek | None:
    """Save a member's typical week, 336 digits 0 to 3; without any mark there is none, and None is returned.

    The week that holds today is changed and keeps its zone; a first one holds from this Monday in the member's zone.
    With `holds_from`, a Monday to come, it is the week that holds from then on; one that holds no marks is dropped.
    While a later week waits, today is spoken for, by a week without marks if need be, so that none holds before its
    day. Sends nothing.
    """
    member = lock_member(actor)
    today = local_day(member, now)
    weeks = TypicalWeek.objects.of(member)
    if holds_from is not None and holds_from > today:
        week = weeks.filter(valid_from=holds_from).first()
    else:
        holds_from = None
        week = weeks.in_force(today).first()
    if marks == EMPTY:
        if holds_from is not None:
            weeks.filter(valid_from=holds_from).delete()
        else:
            # Those before it as well, since otherwise one of them would hold again.
            weeks.filter(valid_from__lte=today).delete()
        _speak_for_today(member, today, now)
        return None
    if week is None:
        week = TypicalWeek(member=member, zone=zone_of(member), valid_from=holds_from or monday_of(today))
    week.marks, week.confirmed_at = marks, now
    week.save()
    _speak_for_today(member, today, now)
    return week


@transaction.atomic
def drop_later_week(*, actor: Member, week_id: int, now: datetime) -> None:
    """Forget a week of the actor's that does not hold yet. Twice changes nothing. Sends nothing."""
    member = lock_member(actor)
    today = local_day(member, now)
    TypicalWeek.objects.of(member).later(today).filter(pk=week_id).delete()
    _speak_for_today(member, today, now)


@transaction.atomic
def confirm_week(*, actor: Member, now: datetime) -> TypicalWeek | None:
    """Say that the week which holds today is still true; None where there is none. Sends nothing."""
    member = lock_member(actor)
    week = TypicalWeek.objects.of(member).in_force(local_day(member, now)).first()
    if week is not None:
        week.confirmed_at = now
        week.save(update_fields=["confirmed_at"])
    return week


@transaction.atomic
def move_week(*, actor: Member, zone: str, now: datetime) -> TypicalWeek | None:
    """Let a member's typical week, and those to come, hold in another zone, with the same hours on the clock.

    Returns the week that holds today; None where there is none. The zone has been validated. Sends nothing.
    """
    member = lock_member(actor)
    today = local_day(member, now)
    week = TypicalWeek.objects.of(member).in_force(today).first()
    if week is not None:
        moved = Q(pk=week.pk) | Q(valid_from__gt=today)
        TypicalWeek.objects.of(member).filter(moved).update(zone=zone, confirmed_at=now)
        week.refresh_from_db()
    return week


def _speak_for_today(member: Member, today: date, now: datetime) -> None:
    """Keep a week that holds today where a later one waits, and none without marks otherwise."""
    weeks = TypicalWeek.objects.of(member)
    if not weeks.later(today).exists():
        weeks.filter(marks=EMPTY).delete()
    elif not weeks.in_force(today).exists():
        weeks.create(member=member, zone=zone_of(member), valid_from=monday_of(today), marks=EMPTY, confirmed_at=now)


# Days away -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_away(*, actor: Member, starts_on: date, ends_on: date) -> Away:
    """Note that a member is away from the first to the last day, and return the record that says so.

    Days that touch what is noted already become one record with it, so that saying it twice changes nothing. The
    order of the days has been validated. Sends nothing.
    """
    member = lock_member(actor)
    touched = list(Away.objects.of(member).between(starts_on, ends_on))
    away = Away(
        pk=touched[0].pk if touched else None,
        member=member,
        starts_on=min([starts_on, *(other.starts_on for other in touched)]),
        ends_on=max([ends_on, *(other.ends_on for other in touched)]),
    )
    Away.objects.filter(pk__in=[other.pk for other in touched[1:]]).delete()
    away.save()
    return away


@transaction.atomic
def end_away(*, actor: Member, away_id: int, now: datetime) -> None:
    """Let a member be there again from today on: days to come are dropped, days past stay. Twice changes nothing.

    What was kept for them until then goes with the next tick. Whether the actor may has been asked by the caller.
    """
    away = Away.objects.filter(pk=away_id).select_related("member").first()
    if away is None:
        return
    member = lock_member(away.member)
    today = local_day(member, now)
    stored = Away.objects.coming(today).filter(pk=away_id).first()
    if stored is None:
        return
    if stored.starts_on >= today:
        stored.delete()
    else:
        stored.ends_on = today - timedelta(days=1)
        stored.save(update_fields=["ends_on"])
    stop_waiting_for(member_id=member.pk)


# Meetings ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_meeting(
    *,
    actor: Member,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    participants: Iterable[Member],
    now: datetime,
    about: str = "",
    call_url: str = "",
) -> Meeting:
    """Plan a meeting. Whether the actor may has been asked by the caller, who knows what it belongs to.

    What is named by `about` has one meeting at a time, and planning it again returns that. Raises NotATime. Records a
    `meeting_changed` mail to each participant but the actor.
    """
    _check_time(starts_at, ends_at, now)
    fields = {
        "title": one_line(title),
        "ends_at": ends_at,
        "zone": zone,
        "call_url": call_url,
        "changed_at": now,
    }
    if about:
        meeting, is_new = Meeting.objects.get_or_create(
            about=about, starts_at=starts_at, is_cancelled=False, defaults=fields
        )
        if not is_new:
            return meeting
    else:
        meeting = Meeting.objects.create(starts_at=starts_at, **fields)
    meeting.participants.set(participants)
    MEETING_CHANGED.record(meeting, actor=actor, now=now)
    return meeting


@transaction.atomic
def move_meeting(
    *, actor: Member, meeting_id: int, starts_at: datetime, ends_at: datetime, now: datetime, zone: str = ""
) -> Meeting:
    """Move a meeting to another time, and to another zone where one is named. Moving it to where it is changes nothing.

    Raises Meeting.DoesNotExist, MeetingIsCancelled, MeetingIsOver, NotATime and AlreadyAMeetingThen. Raises its
    revision, and records a `meeting_changed` mail to each participant but the actor.
    """
    meeting = Meeting.objects.select_for_update().get(pk=meeting_id)
    zone = zone or meeting.zone
    if meeting.is_cancelled:
        raise MeetingIsCancelled
    if (meeting.starts_at, meeting.ends_at, meeting.zone) == (starts_at, ends_at, zone):
        return meeting
    if meeting.ends_at <= now:
        raise MeetingIsOver
    _check_time(starts_at, ends_at, now)
    meeting.starts_at, meeting.ends_at, meeting.zone = starts_at, ends_at, zone
    try:
        with transaction.atomic():
            _change(meeting, actor, now)
    except IntegrityError as error:
        # The end has been compared with the start, so this is the constraint of one meeting at a time.
        raise AlreadyAMeetingThen from error
    return meeting


@transaction.atomic
def cancel_meeting(*, actor: Member, meeting_id: int, now: datetime) -> Meeting:
    """Cancel a meeting. Cancelling it again changes nothing.

    Raises Meeting.DoesNotExist and MeetingIsOver. Raises its revision, and records a `meeting_changed` mail to each
    participant but the actor.
    """
    meeting = Meeting.objects.select_for_update().get(pk=meeting_id)
    if meeting.is_cancelled:
        return meeting
    if meeting.ends_at <= now:
        raise MeetingIsOver
    meeting.is_cancelled = True
    _change(meeting, actor, now)
    return meeting


@transaction.atomic
def leave_meetings(*, actor: Member, now: datetime) -> None:
    """Take the actor out of every meeting that has not started; one in which fewer than two are left is cancelled.

    Records a `meeting_changed` mail about each that is cancelled to the other participant.
    """
    meetings = Meeting.objects.of(actor).filter(starts_at__gt=now)
    for meeting in meetings.select_for_update(of=("self",)).order_by("pk"):
        if not meeting.is_cancelled and meeting.participants.active().exclude(pk=actor.pk).count() < FEWEST:
            meeting.is_cancelled = True
            _change(meeting, actor, now)
        meeting.participants.remove(actor)


def _change(meeting: Meeting, actor: Member, now: datetime) -> None:
    meeting.revision += 1
    meeting.changed_at = now
    meeting.save()
    MEETING_CHANGED.record(meeting, actor=actor, now=now)


def _check_time(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    if not now < ends_at > starts_at:
        raise NotATime


def lock_member(member: Member) -> Member:
    """The member's row, locked: what is theirs alone is changed by one request at a time."""
    return Member.objects.select_for_update(no_key=True).get(pk=member.pk)
