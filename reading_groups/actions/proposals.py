"""From a member's wish to an open group. The group's row guards the one answer that organizers give."""

from collections.abc import Collection
from datetime import datetime
from itertools import count

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from core.text import fold
from members.models import Member, Topic
from reading_groups.actions.groups import CONTENT, index_groups
from reading_groups.actions.places import lock_group
from reading_groups.actions.planning import Plan, replace_plan
from reading_groups.models import ReadingGroup
from reading_groups.models.groups import RESERVED_SLUGS
from reading_groups.querysets import ReadingGroupQuerySet
from reading_groups.reminders import GROUP_DECIDED, GROUP_PROPOSED

State = ReadingGroup.State

LONGEST_SLUG = 70


class GroupIsProposed(Exception):
    """Another proposal of that title by the same member waits for an answer."""


class AlreadyAnswered(Exception):
    """The proposal has had its answer, or is with whoever proposed it."""


class NeedsReasons(Exception):
    """Whoever gets a proposal back is told why."""


@transaction.atomic
def propose_group(
    *, actor: Member, group: ReadingGroup, topics: Collection[Topic], plan: Plan, now: datetime
) -> ReadingGroup:
    """Put a group, from a validated form and not saved yet, before the organizers. The same one sent twice is one.

    Nobody else sees it until it opens. Raises GroupIsProposed. Records `group_proposed` for the organizers.
    """
    # One after the other, so that a form that is sent twice at once proposes one group.
    Member.objects.select_for_update(no_key=True).get(pk=actor.pk)
    waiting = _waiting(actor.pk, group.title).first()
    if waiting is not None:
        if any(getattr(waiting, name) != getattr(group, name) for name in CONTENT):
            raise GroupIsProposed
        return waiting
    group.state, group.proposed_by, group.submitted_at = State.PROPOSED, actor, now
    group.places_limit = group.capacity
    save_with_free_slug(group)
    group.topics.set(topics)
    replace_plan(group, plan)
    GROUP_PROPOSED.record(group, now=now)
    return group


@transaction.atomic
def propose_again(*, group: ReadingGroup, topics: Collection[Topic], plan: Plan, now: datetime) -> ReadingGroup:
    """Put a returned proposal before the organizers again, as its proposer has changed it; the reasons stay to be read.

    One that waits already is changed in place. Raises ReadingGroup.DoesNotExist, AlreadyAnswered where it has been
    opened or declined, and GroupIsProposed. Records `group_proposed` for the organizers where it comes back.
    """
    stored = lock_group(group.pk)
    if stored.state not in {State.PROPOSED, State.RETURNED}:
        raise AlreadyAnswered
    assert stored.proposed_by_id is not None
    Member.objects.select_for_update(no_key=True).get(pk=stored.proposed_by_id)
    if _waiting(stored.proposed_by_id, group.title).exclude(pk=stored.pk).exists():
        raise GroupIsProposed
    for name in CONTENT:
        setattr(stored, name, getattr(group, name))
    stored.places_limit = stored.capacity
    comes_back = stored.state == State.RETURNED
    if comes_back:
        stored.state, stored.submitted_at, stored.decided_at, stored.decided_by = State.PROPOSED, now, None, None
    stored.save(
        update_fields=[
            *CONTENT,
            "title_key",
            "places_limit",
            "state",
            "submitted_at",
            "decided_at",
            "decided_by",
        ]
    )
    stored.topics.set(topics)
    replace_plan(stored, plan)
    if comes_back:
        GROUP_PROPOSED.record(stored, now=now)
    return stored


@transaction.atomic
def open_proposal(*, actor: Member, group_id: int, reasons: str = "", now: datetime) -> ReadingGroup:
    """Open a proposed group for sign-up, with whoever proposed it as its organizer; once, however often it is opened.

    Raises ReadingGroup.DoesNotExist, and AlreadyAnswered where it was returned or declined. Records `group_decided`.
    """
    group = lock_group(group_id)
    if group.proposed_by_id is not None and not group.is_on_review:
        return group
    _answer(group, State.OPEN, actor, reasons, now)
    assert group.proposed_by_id is not None
    group.organizers.add(group.proposed_by_id)
    index_groups(group_ids=[group.pk])
    return group


@transaction.atomic
def return_group(*, actor: Member, group_id: int, reasons: str, now: datetime) -> ReadingGroup:
    """Give a proposal back to whoever proposed it, who may send it again; with reasons, always.

    Raises ReadingGroup.DoesNotExist, NeedsReasons, and AlreadyAnswered. Records `group_decided`.
    """
    if not fold(reasons):
        raise NeedsReasons
    return _answer(lock_group(group_id), State.RETURNED, actor, reasons, now)


@transaction.atomic
def decline_group(*, actor: Member, group_id: int, reasons: str = "", now: datetime) -> ReadingGroup:
    """Decline a proposal, for good; declining twice changes nothing.

    Raises ReadingGroup.DoesNotExist, and AlreadyAnswered where it was opened or returned. Records `group_decided`.
    """
    group = lock_group(group_id)
    return group if group.state == State.DECLINED else _answer(group, State.DECLINED, actor, reasons, now)


def save_with_free_slug(group: ReadingGroup) -> None:
    """Save a new group at an address made of its title, with a number where that is taken or has no letters."""
    base = slugify(fold(group.title))[:LONGEST_SLUG].strip("-") or "group"
    for number in count(1):
        slug = base if number == 1 else f"{base}-{number}"
        if slug in RESERVED_SLUGS or ReadingGroup.objects.filter(slug=slug).exists():
            continue
        group.slug = slug
        try:
            with transaction.atomic():
                group.save()
        except IntegrityError:
            # Somebody else's group of that title may have been saved in between.
            if not ReadingGroup.objects.filter(slug=slug).exists():
                raise
        else:
            return


def _waiting(member_id: int, title: str) -> ReadingGroupQuerySet:
    key = ReadingGroup._meta.get_field("title_key").key_of(title)
    return ReadingGroup.objects.filter(proposed_by=member_id, title_key=key, state=State.PROPOSED).defer("search")


def _answer(group: ReadingGroup, state: str, actor: Member, reasons: str, now: datetime) -> ReadingGroup:
    if group.state != State.PROPOSED:
        raise AlreadyAnswered
    group.state, group.reasons, group.decided_at, group.decided_by = state, reasons, now, actor
    group.save(update_fields=["state", "reasons", "decided_at", "decided_by"])
    GROUP_DECIDED.record(group, now=now)
    return group
