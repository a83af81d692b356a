"""Taking, holding and giving up places. Each action locks the group's row first; that row guards the count."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from members.models import Member
from reading_groups.actions.promised import give_up_promised
from reading_groups.models import Enrolment, GroupInvitation, ReadingGroup, Rsvp, Seat
from reading_groups.reminders import NEXT_TERM, PLACE_OFFERED, SIGN_UP_CONFIRMED, WAITLISTED

State = Enrolment.State


class GroupIsClosed(Exception):
    """The group does not take members: it is a draft, paused, completed or archived."""


class NotInGroup(Exception):
    """The member has no place in this group and does not wait for one."""


class NotHeld(Exception):
    """The place is not held any more: its time is over, it was let go, or another hold came after it."""


def lock_group(group_id: int) -> ReadingGroup:
    """The group, with its row locked until the transaction ends. Raises ReadingGroup.DoesNotExist."""
    # Sessions and readings may be added meanwhile: the key that they point to does not change.
    return ReadingGroup.objects.select_for_update(no_key=True).defer("search").get(pk=group_id)


def lock_place(*, actor: Member, group_id: int) -> Enrolment:
    """The actor's place in a group, locked until the transaction ends, so that it is still theirs when that commits.

    What one member sends twice at once happens one after the other. Raises NotInGroup.
    """
    places = Enrolment.objects.enrolled().filter(group=group_id, member=actor)
    place = places.select_for_update(no_key=True).first()
    if place is None:
        raise NotInGroup
    return place


@transaction.atomic
def join_group(*, actor: Member, group_id: int, now: datetime) -> Enrolment:
    """Give the actor a place, or the last position in line where the group is full.

    Guarantees one live enrolment per member and group, never a place at or above the capacity, and that nobody gets
    in line ahead of somebody who stands there already. Takes up the place that is held for the actor, if one is; once
    the hold has run out the actor joins anew. Joining twice changes nothing. Raises ReadingGroup.DoesNotExist and
    GroupIsClosed. Records a `sign_up_confirmed` or a `waitlisted` mail. Holds that have run out are passed on first, so
    it may record `place_offered` mails to others.
    """
    group = lock_group(group_id)
    if not group.is_listed:
        raise GroupIsClosed
    _pass_on_holds(group, now)
    enrolment = group.enrolments.live().filter(member=actor).first()
    if enrolment is None:
        enrolment = Enrolment(group=group, member=actor, joined_at=now)
        if group.is_full:
            enrolment.state = State.WAITLISTED
            enrolment.joined_at = _end_of_line(group, now)
            enrolment.save()
            WAITLISTED.record(enrolment, now=now)
        else:
            _enrol(group, enrolment, now)
            SIGN_UP_CONFIRMED.record(enrolment, now=now)
    elif enrolment.state == State.HELD:
        _take_up(enrolment, now)
    return enrolment


@transaction.atomic
def take_held_place(*, enrolment_id: int, held_until: datetime, now: datetime) -> Enrolment:
    """Take up the place that is held for somebody until then. Twice changes nothing, however late.

    Raises Enrolment.DoesNotExist, GroupIsClosed, and NotHeld where that hold has run out, was let go, or is another.
    Records a `sign_up_confirmed` mail.
    """
    group, enrolment = _lock_enrolment(enrolment_id)
    if enrolment.state == State.ENROLLED:
        return enrolment
    if not group.is_listed:
        raise GroupIsClosed
    _require_held(enrolment, held_until, now)
    _take_up(enrolment, now)
    return enrolment


@transaction.atomic
def let_held_place_go(*, enrolment_id: int, held_until: datetime, now: datetime) -> Enrolment:
    """Leave the place that is held for somebody until then to the next in line. Twice changes nothing.

    Raises Enrolment.DoesNotExist, and NotHeld where they took it, or it is another hold. May record a `place_offered`
    mail to the next in line.
    """
    group, enrolment = _lock_enrolment(enrolment_id)
    if enrolment.state == State.LEFT:
        return enrolment
    _require_held(enrolment, held_until, now)
    _end(group, enrolment, now)
    fill_places(group, now)
    return enrolment


@transaction.atomic
def leave_group(*, actor: Member, group_id: int, now: datetime) -> Enrolment:
    """Give up a place, a held place or a position in line; a freed place passes to the first who waits.

    Sessions to come that the actor would have presented are open to other presenters again, what they were asked
    about presenting lapses, and what they said of coming, and their seats in small groups, go. Raises
    ReadingGroup.DoesNotExist and NotInGroup. May record a `place_offered` mail to the next in line, and
    `presenter_withdrew` mails where a session is close.
    """
    group = lock_group(group_id)
    enrolment = group.enrolments.live().filter(member=actor).first()
    if enrolment is None:
        raise NotInGroup
    _end(group, enrolment, now)
    fill_places(group, now)
    return enrolment


@transaction.atomic
def pass_on_holds(*, group_id: int, now: datetime) -> int:
    """End the holds of a group that have run out and offer its free places to the next in line; how many ended.

    A place can have stayed free where nobody in line could sign in. Safe to repeat and to run twice at once. May record
    `place_offered` mails.
    """
    return _pass_on_holds(lock_group(group_id), now)


def fill_places(group: ReadingGroup, now: datetime) -> None:
    """Offer each free place of a locked group to the first in line, as a hold, or at once with `hold_hours` 0.

    Nobody who cannot sign in is offered one.
    """
    if not group.is_listed:
        return
    for enrolment in group.enrolments.in_line()[: max(group.capacity - group.places_taken, 0)]:
        if group.hold_hours == 0:
            _enrol(group, enrolment, now)
        else:
            _hold(group, enrolment, _end_of_hold(group, now, timedelta(hours=group.hold_hours)))
        PLACE_OFFERED.record(enrolment, now=now)


def put_back_holds(group: ReadingGroup) -> None:
    """Take held places of a locked group back; those for whom they were held stand first in line again."""
    first = group.enrolments.in_line().values_list("joined_at", flat=True).first()
    for enrolment in group.enrolments.filter(state=State.HELD):
        enrolment.state, enrolment.held_until = State.WAITLISTED, None
        # Clocks of machines differ; among equals the older row stands first, and theirs is older.
        enrolment.joined_at = min(enrolment.joined_at, first) if first else enrolment.joined_at
        enrolment.save()
        _give_back_place(group)


def invite_term_before(group: ReadingGroup, now: datetime) -> None:
    """Hold a place of a locked group that opens for each who was in the term before, as long as the head start lasts.

    Where there are fewer places, those who were in it longest come first, and the others are invited to take what is
    left: they see the group, whoever else does. Once for each group: whoever came or went meanwhile is asked no more.
    Records `next_term` mails.
    """
    if group.head_start_days == 0 or group.copied_from_id is None or group.invited_at is not None:
        return
    group.invited_at = now
    group.save(update_fields=["invited_at"])
    until = _end_of_hold(group, now, timedelta(days=group.head_start_days))
    member_ids = list(members_of_term_before(group).values_list("member_id", flat=True))
    invitations = [GroupInvitation(group=group, member_id=member_id, invited_at=now) for member_id in member_ids]
    GroupInvitation.objects.bulk_create(invitations, ignore_conflicts=True)
    for member_id in member_ids:
        enrolment = None
        if not group.is_full:
            enrolment = Enrolment(group=group, member_id=member_id, joined_at=now)
            _hold(group, enrolment, until)
        NEXT_TERM.record(group, member_id, enrolment, now=now)


def members_of_term_before(group: ReadingGroup) -> QuerySet[Enrolment]:
    """The last place in the term before of each who had one and is not in this group yet; the oldest places first."""
    before = Enrolment.objects.filter(group=group.copied_from_id, state__in=[State.ENROLLED, State.COMPLETED])
    before = before.filter(member__is_active=True).exclude(member__in=group.enrolments.values("member"))
    later = before.filter(member=OuterRef("member"), pk__gt=OuterRef("pk"))
    return before.filter(~Exists(later)).order_by("enrolled_at", "id")


def _end_of_line(group: ReadingGroup, now: datetime) -> datetime:
    """When somebody joins who now gets in line: who gets the lock first stands first, whatever the clocks said.

    Requests overtake each other and clocks of machines differ, but nobody who was told a position is pushed back.
    """
    # Those who cannot sign in at the moment keep their position as well.
    waiting = group.enrolments.filter(state=State.WAITLISTED)
    last = waiting.order_by("joined_at").values_list("joined_at", flat=True).last()
    return max(last, now) if last else now


def _end_of_hold(group: ReadingGroup, now: datetime, lasting: timedelta) -> datetime:
    """A hold never outlasts the start of the next session: an empty chair helps nobody.

    A session that is added later does not shorten it, since the mail has named its end.
    """
    end = now + lasting
    next_session = group.sessions.coming(now).filter(starts_at__gt=now).order_by("starts_at").first()
    return min(end, next_session.starts_at) if next_session else end


def _pass_on_holds(group: ReadingGroup, now: datetime) -> int:
    ended = list(group.enrolments.run_out(now))
    for enrolment in ended:
        _end(group, enrolment, now)
    fill_places(group, now)
    return len(ended)


def _enrol(group: ReadingGroup, enrolment: Enrolment, now: datetime) -> None:
    enrolment.state, enrolment.enrolled_at = State.ENROLLED, now
    _take_place(group)
    enrolment.save()


def _hold(group: ReadingGroup, enrolment: Enrolment, until: datetime) -> None:
    enrolment.state, enrolment.held_until = State.HELD, until
    _take_place(group)
    enrolment.save()


def _take_up(enrolment: Enrolment, now: datetime) -> None:
    enrolment.state, enrolment.held_until, enrolment.enrolled_at = State.ENROLLED, None, now
    enrolment.save()
    SIGN_UP_CONFIRMED.record(enrolment, now=now)


def _lock_enrolment(enrolment_id: int) -> tuple[ReadingGroup, Enrolment]:
    group = lock_group(Enrolment.objects.values_list("group_id", flat=True).get(pk=enrolment_id))
    return group, Enrolment.objects.get(pk=enrolment_id)


def _require_held(enrolment: Enrolment, held_until: datetime, now: datetime) -> None:
    if enrolment.state != State.HELD or enrolment.held_until != held_until or held_until <= now:
        raise NotHeld


def _take_place(group: ReadingGroup) -> None:
    group.places_taken += 1
    group.save(update_fields=["places_taken"])


def _end(group: ReadingGroup, enrolment: Enrolment, now: datetime) -> None:
    took_place = enrolment.state in Enrolment.TAKES_PLACE
    enrolment.state, enrolment.held_until, enrolment.left_at = State.LEFT, None, now
    enrolment.save()
    # After the row of the place is written: somebody who offers to present holds a lock on it until they have.
    give_up_promised(member_id=enrolment.member_id, now=now, group=group)
    Seat.objects.filter(member=enrolment.member_id, split__session__in=group.sessions.coming(now)).delete()
    Rsvp.objects.to_come(now).filter(session__group=group, member=enrolment.member_id).delete()
    if took_place:
        _give_back_place(group)


def _give_back_place(group: ReadingGroup) -> None:
    group.places_taken -= 1
    group.places_limit = max(group.capacity, group.places_taken)
    group.save(update_fields=["places_taken", "places_limit"])
