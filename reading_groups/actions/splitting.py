"""Splitting a session into small groups, and moving people between them. The group's row guards who is seated."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime
from itertools import combinations

from django.db import transaction
from django.db.models import Count, Max

from members.models import Member, TopicExperience
from reading_groups import breakouts
from reading_groups.actions.attending import SessionIsOver
from reading_groups.actions.places import NotInGroup, lock_group
from reading_groups.actions.presenting import SessionIsCancelled
from reading_groups.audiences import people_to_split
from reading_groups.models import Attendance, Enrolment, Seat, Session, Split

# Sessions attended in the group that stand for a level of experience, where somebody has said nothing of its topics.
LEVELS_BY_SESSIONS = ((6, TopicExperience.Level.PRACTISED), (2, TopicExperience.Level.LEARNING))


class SplitWasChanged(Exception):
    """Somebody has drawn the small groups, or moved somebody, since they were looked at."""


class NoSuchSmallGroup(Exception):
    """The session has no small group of this number, and it is not the next one."""


@transaction.atomic
def draw_small_groups(*, actor: Member, session_id: int, size: int, seed: int, base: int, now: datetime) -> Split:
    """Split a session into small groups of at most `size`, in place of the groups that it has.

    Seats those whom `people_to_split` gives: experience is mixed, and those who have sat together in earlier sessions
    of the group are kept apart where that is possible (see `breakouts`). `base` is the version that the actor has
    seen, 0 for none. The caller has asked whether the actor may. Raises Session.DoesNotExist, SessionIsCancelled,
    SessionIsOver, SplitWasChanged, TooFewToSplit, and ValueError for a size below two. Sends nothing.
    """
    session, split = _locked(session_id, base, now)
    ids = list(people_to_split(session).values_list("pk", flat=True))
    people = [breakouts.Person(key=pk, level=level) for pk, level in _levels(session, ids).items()]
    groups = breakouts.draw(people, size=size, met=met_before(session, ids), seed=seed)
    is_known = any(person.level for person in people)
    split = split or Split(session=session, revision=0)
    split.size, split.seed, split.made_at, split.made_by, split.moved_at = size, seed, now, actor, None
    split.without_experienced = breakouts.without_experienced(groups, people) if is_known else None
    split.revision += 1
    split.save()
    split.seats.all().delete()
    Seat.objects.bulk_create(
        Seat(split=split, member_id=pk, number=number) for number, group in enumerate(groups, 1) for pk in group
    )
    return split


@transaction.atomic
def move_to_small_group(*, session_id: int, member_id: int, number: int | None, base: int, now: datetime) -> Split:
    """Put a member with a place into a small group, one that is there or a next one; with None, out of all.

    Moving somebody to where they are changes nothing. The caller has asked whether the actor may. Raises
    Session.DoesNotExist, SessionIsCancelled, SessionIsOver, SplitWasChanged, also where there is no split, NotInGroup
    and NoSuchSmallGroup. Sends nothing.
    """
    session, split = _locked(session_id, base, now)
    if split is None:
        raise SplitWasChanged
    seat = split.seats.filter(member=member_id).first()
    if number == (seat.number if seat else None):
        return split
    if number is None:
        assert seat is not None
        seat.delete()
    else:
        places = Enrolment.objects.enrolled().filter(group=session.group_id, member__is_active=True)
        if not places.filter(member=member_id).exists():
            raise NotInGroup
        last = split.seats.aggregate(last=Max("number"))["last"] or 0
        if not (number == last + 1 or split.seats.filter(number=number).exists()):
            raise NoSuchSmallGroup
        split.seats.update_or_create(member_id=member_id, defaults={"number": number})
    split.moved_at = now
    split.revision += 1
    split.save(update_fields=["moved_at", "revision"])
    return split


@transaction.atomic
def undo_small_groups(*, session_id: int, base: int, now: datetime) -> None:
    """Take a session's small groups away, as if none had been drawn; where there are none, that holds already.

    The caller has asked whether the actor may. Raises Session.DoesNotExist, SessionIsCancelled, SessionIsOver and
    SplitWasChanged. Sends nothing.
    """
    if Split.objects.filter(session=session_id).exists():
        _session, split = _locked(session_id, base, now)
        if split is not None:
            split.delete()


def met_before(session: Session, ids: Collection[int]) -> Counter[breakouts.Pair]:
    """How often each two of the people have sat in one small group in earlier sessions of the group. One query."""
    together = defaultdict(list)
    rows = Seat.objects.before(session).filter(member__in=ids).order_by("member_id")
    for split_id, number, member_id in rows.values_list("split_id", "number", "member_id"):
        together[split_id, number].append(member_id)
    return Counter(pair for group in together.values() for pair in combinations(group, 2))


def _locked(session_id: int, base: int, now: datetime) -> tuple[Session, Split | None]:
    """The session and its split, which nobody changes until the transaction ends: its group is locked."""
    session = Session.objects.get(pk=session_id)
    lock_group(session.group_id)
    session.refresh_from_db()
    if session.is_cancelled:
        raise SessionIsCancelled
    if session.is_over(now):
        raise SessionIsOver
    split = Split.objects.filter(session=session).first()
    if base != (split.revision if split else 0):
        raise SplitWasChanged
    return session, split


def _levels(session: Session, ids: Collection[int]) -> dict[int, int]:
    """How much experience each of the people has with what the group reads. Three queries.

    What they say of its topics, of what is below them and of what these are part of; the most counts. Who says
    nothing of these is taken by how many sessions of the group they have been to.
    """
    levels = dict.fromkeys(ids, 0)
    rows = Attendance.objects.filter(session__group=session.group_id, member__in=ids)
    for member_id, came in rows.values_list("member").annotate(came=Count("pk")):
        levels[member_id] = next((level for least, level in LEVELS_BY_SESSIONS if came >= least), 0)
    paths = list(session.group.topics.values_list("path", flat=True))
    said: dict[int, int] = {}
    experience = TopicExperience.objects.filter(member__in=ids).values_list("member_id", "topic__path", "level")
    for member_id, path, level in experience if paths else ():
        if any(path.startswith(own) or own.startswith(path) for own in paths):
            said[member_id] = max(said.get(member_id, 0), level)
    return levels | said
