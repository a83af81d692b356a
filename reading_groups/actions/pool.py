"""A group's pool: papers are proposed and voted for, and organizers give them a session.

What changes a list locks the group first, then places, papers and readings, so that nobody waits for somebody who
waits for them.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from members.models import Member
from reading_groups.actions.groups import index_groups
from reading_groups.actions.papers import CannotMerge, drop_if_unused, find_or_add_paper, give_paper, unite
from reading_groups.actions.places import GroupIsClosed, NotInGroup, lock_group, lock_place
from reading_groups.models import Paper, Reading, ReadingGroup, ReadingVote, Session
from reading_groups.papers.rows import PaperRow
from reading_groups.querysets import ReadingQuerySet

# What the position column holds; what comes after it shares the last place.
LAST_POSITION = 32_767


class OnListAlready(Exception):
    """The group has the paper on its list."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading.pk)
        self.reading = reading


class NotInPool(Exception):
    """The paper has got its session, or has been taken off the list."""


class ReadingHasNotes(Exception):
    """What people have noted about a paper is their work, so it stays on the list."""


class OthersWantIt(Exception):
    """Others have voted for the paper, so it is not for its proposer alone to take it away."""


@transaction.atomic
def propose_paper(
    *,
    actor: Member,
    group_id: int,
    row: PaperRow,
    now: datetime,
    same_as: int | None = None,
    is_another: bool = False,
) -> Reading:
    """Put a paper into a group's pool, with the proposer's vote if they have a place.

    Guarantees that the paper is on the site once, as `find_or_add_paper` says, and in the pool once. Raises
    ReadingGroup.DoesNotExist, GroupIsClosed, NotInGroup to those who neither have a place nor organize it, SameTitle,
    and OnListAlready. Sends nothing.
    """
    _ask_to_add(actor, group_id)
    paper, _is_new = find_or_add_paper(row=row, same_as=same_as, is_another=is_another)
    # The paper is locked, so whoever proposes the same one waits here.
    there = (
        Reading.objects.filter(group=group_id, paper=paper, part=row.part).select_related("session", "paper").first()
    )
    if there is not None:
        raise OnListAlready(there)
    reading = Reading.objects.create(
        group_id=group_id,
        paper=paper,
        part=row.part,
        position=_next_position(Reading.objects.filter(group=group_id)),
        proposed_by=actor,
        proposed_at=now,
    )
    if _has_place(actor, group_id):
        ReadingVote.objects.create(reading=reading, member=actor, voted_at=now)
    index_groups(group_ids=[group_id])
    return reading


@transaction.atomic
def vote_for_reading(*, actor: Member, reading_id: int, now: datetime) -> Reading:
    """Give the actor's one vote to a paper in the pool; giving it twice changes nothing.

    Raises Reading.DoesNotExist, NotInGroup and NotInPool. Sends nothing.
    """
    reading = _open_to_votes(actor, reading_id)
    ReadingVote.objects.get_or_create(reading=reading, member=actor, defaults={"voted_at": now})
    return reading


@transaction.atomic
def take_back_reading_vote(*, actor: Member, reading_id: int) -> Reading:
    """Take the actor's vote for a paper in the pool back, if there is one.

    Raises Reading.DoesNotExist, NotInGroup and NotInPool. Sends nothing.
    """
    reading = _open_to_votes(actor, reading_id)
    reading.votes.filter(member=actor).delete()
    return reading


@transaction.atomic
def schedule_reading(*, reading_id: int, session_id: int) -> Reading:
    """Give a paper of the pool its session, behind what is read there already; its votes stay with it.

    The caller has asked whether the actor may. Raises Reading.DoesNotExist, NotInPool where somebody was faster,
    Session.DoesNotExist where the session is no session of the group, or is called off, and OnListAlready where the
    session has the paper. Sends nothing.
    """
    reading = _lock_to_arrange(reading_id)
    session = Session.objects.select_for_update(no_key=True).get(
        pk=session_id, group=reading.group_id, is_cancelled=False
    )
    there = Reading.objects.filter(session=session, paper=reading.paper_id, part=reading.part).first()
    if there is not None:
        raise OnListAlready(there)
    reading.session = session
    reading.position = _next_position(Reading.objects.filter(session=session))
    reading.save(update_fields=["session", "position"])
    return reading


@transaction.atomic
def unschedule_reading(*, reading_id: int) -> Reading:
    """Put what a session reads into the pool again, with its votes and notes.

    Where the pool has it, they become one. The caller has asked whether the actor may. Raises Reading.DoesNotExist,
    also where it is in the pool. Sends nothing.
    """
    lock_group(Reading.objects.values_list("group_id", flat=True).get(pk=reading_id))
    reading = Reading.objects.select_for_update().exclude(session=None).get(pk=reading_id)
    same = Reading.objects.select_for_update().in_pool().filter(group=reading.group_id, paper=reading.paper_id)
    other = same.filter(part=reading.part).first()
    if other is not None:
        return unite(reading, other)
    reading.session = None
    reading.position = _next_position(Reading.objects.filter(group=reading.group_id))
    reading.save(update_fields=["session", "position"])
    return reading


@transaction.atomic
def remove_reading(*, reading_id: int) -> None:
    """Take a paper out of the pool, with its votes. The paper itself stays on the site.

    The caller has asked whether the actor may. Raises Reading.DoesNotExist, NotInPool and ReadingHasNotes.
    Sends nothing.
    """
    _remove(_lock_to_arrange(reading_id))


@transaction.atomic
def withdraw_proposal(*, actor: Member, reading_id: int) -> None:
    """Take what the actor has proposed out of the pool, as long as nobody else has voted for it.

    Raises Reading.DoesNotExist, also where somebody else proposed it, NotInPool, OthersWantIt and ReadingHasNotes.
    Sends nothing.
    """
    reading = _lock_to_arrange(reading_id)
    if reading.proposed_by_id != actor.pk:
        raise Reading.DoesNotExist
    if reading.votes.exclude(member=actor).exists():
        raise OthersWantIt
    _remove(reading)


@transaction.atomic
def mark_duplicate(*, reading_id: int, paper_id: int) -> Reading:
    """Say that a paper in a group's pool is another paper of the site, in this group alone.

    Its votes, notes and ideas go to that one, united with those it has; where no group reads the duplicate any more,
    it goes, and the other learns what only it said. The caller has asked whether the actor may. Raises
    Reading.DoesNotExist, NotInPool, Paper.DoesNotExist and CannotMerge. Sends nothing.
    """
    group_id, duplicate_id = Reading.objects.values_list("group_id", "paper_id").get(pk=reading_id)
    lock_group(group_id)
    if duplicate_id == paper_id:
        raise CannotMerge
    rows = Paper.objects.select_for_update().filter(pk__in=[duplicate_id, paper_id]).order_by("pk")
    papers = {paper.pk: paper for paper in rows}
    reading = _lock_in_pool(reading_id)
    # Either may have become another paper before it was locked.
    if len(papers) < 2 or reading.paper_id != duplicate_id:
        raise Paper.DoesNotExist
    duplicate, paper = papers[duplicate_id], papers[paper_id]
    # What a session reads is on the list once, so the proposal joins it there.
    read = Reading.objects.select_for_update().filter(group=group_id, paper=paper, part=reading.part)
    other = read.order_by(F("session").desc(nulls_last=True), "pk").first()
    kept = unite(reading, other) if other is not None else give_paper(reading, paper)
    duplicate.ideas.filter(group=group_id).update(paper=paper)
    drop_if_unused(duplicate, into=paper)
    index_groups(group_ids=[group_id])
    return kept


def _ask_to_add(actor: Member, group_id: int) -> None:
    group = lock_group(group_id)
    if group.state not in ReadingGroup.TAKES_PAPERS:
        raise GroupIsClosed
    if not (_has_place(actor, group_id) or actor.is_superuser or group.organizers.filter(pk=actor.pk).exists()):
        raise NotInGroup


def _has_place(actor: Member, group_id: int) -> bool:
    """Whether the actor has a place, which then stays theirs until the transaction ends."""
    try:
        lock_place(actor=actor, group_id=group_id)
    except NotInGroup:
        return False
    return True


def _open_to_votes(actor: Member, reading_id: int) -> Reading:
    """Always the place before the reading, as `propose_paper` locks them."""
    lock_place(actor=actor, group_id=Reading.objects.values_list("group_id", flat=True).get(pk=reading_id))
    return _lock_in_pool(reading_id)


def _lock_to_arrange(reading_id: int) -> Reading:
    lock_group(Reading.objects.values_list("group_id", flat=True).get(pk=reading_id))
    return _lock_in_pool(reading_id)


def _lock_in_pool(reading_id: int) -> Reading:
    # Not the key: a vote that is given meanwhile only points to it.
    reading = Reading.objects.select_for_update(no_key=True).get(pk=reading_id)
    if reading.session_id is not None:
        raise NotInPool
    return reading


def _remove(reading: Reading) -> None:
    if reading.notes.exists():
        raise ReadingHasNotes
    group_id = reading.group_id
    reading.delete()
    index_groups(group_ids=[group_id])


def _next_position(readings: ReadingQuerySet) -> int:
    last = readings.aggregate(last=Max("position"))["last"]
    return 0 if last is None else min(last + 1, LAST_POSITION)
