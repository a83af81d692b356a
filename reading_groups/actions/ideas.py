"""Ideas and hands up. Each change of hands locks the idea's row, which guards its state."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from reading_groups.actions.places import lock_place
from reading_groups.models import Hand, Idea, Paper, ReadingGroup

State = Idea.State


class IdeaIsSettled(Exception):
    """The idea is parked or has become a project, so hands no longer count."""


class IdeaIsThere(Exception):
    """The member has put up another idea of that title in this group."""


@transaction.atomic
def put_up_idea(*, actor: Member, group_id: int, title: str, text: str, paper: Paper | None, now: datetime) -> Idea:
    """Put an idea on a group's board. The same idea sent twice is put up once.

    Raises NotInGroup, and IdeaIsThere where the actor's other idea has that title. Sends nothing.
    """
    lock_place(actor=actor, group_id=group_id)
    if paper is not None:
        # One that is found to be a duplicate of another meanwhile is gone; the idea is not.
        paper = Paper.objects.select_for_update(no_key=True).filter(pk=paper.pk).first()
    idea, is_new = Idea.objects.get_or_create(
        group_id=group_id, member=actor, title=title, defaults={"text": text, "paper": paper, "put_up_at": now}
    )
    if not is_new and (idea.text, idea.paper_id) != (text, paper.pk if paper else None):
        raise IdeaIsThere
    return idea


@transaction.atomic
def raise_hand(*, actor: Member, idea_id: int, now: datetime) -> Idea:
    """Put the actor's one hand up for an idea; with as many as the group asks for it is ready.

    Raises Idea.DoesNotExist, NotInGroup and IdeaIsSettled. Sends nothing.
    """
    idea = _lock_for_hands(actor, idea_id)
    Hand.objects.get_or_create(idea=idea, member=actor, defaults={"raised_at": now})
    _settle(idea)
    return idea


@transaction.atomic
def lower_hand(*, actor: Member, idea_id: int) -> Idea:
    """Take the actor's hand down, if it is up. An idea that is left with too few hands is open again.

    Raises Idea.DoesNotExist, NotInGroup and IdeaIsSettled. Sends nothing.
    """
    idea = _lock_for_hands(actor, idea_id)
    idea.hands.filter(member=actor).delete()
    _settle(idea)
    return idea


@transaction.atomic
def take_down_hands(*, actor: Member) -> None:
    """Take all of the actor's hands down, whatever became of the ideas. One with too few hands left is open again.

    Sends nothing.
    """
    ideas = Idea.objects.select_for_update(no_key=True).filter(pk__in=actor.hands.values("idea")).order_by("pk")
    for idea in list(ideas):
        idea.hands.filter(member=actor).delete()
        if idea.state in Idea.STANDING:
            _settle(idea)


@transaction.atomic
def park_idea(*, idea_id: int) -> Idea:
    """Set an idea aside, with its hands. The caller has asked whether the actor may.

    Raises Idea.DoesNotExist, and IdeaIsSettled where it has become a project. Sends nothing.
    """
    idea = _lock(idea_id)
    if idea.state == State.ADOPTED:
        raise IdeaIsSettled
    idea.state = State.PARKED
    idea.save(update_fields=["state"])
    return idea


@transaction.atomic
def unpark_idea(*, idea_id: int) -> Idea:
    """Put an idea that was set aside on the board again, open or ready by its hands.

    Raises Idea.DoesNotExist, and IdeaIsSettled where it has become a project. Sends nothing.
    """
    idea = _lock(idea_id)
    if idea.state == State.ADOPTED:
        raise IdeaIsSettled
    idea.state = State.OPEN
    _settle(idea)
    return idea


@transaction.atomic
def mark_idea_adopted(*, idea: Idea, actor: Member, now: datetime) -> Idea:
    """Note that an idea has become a project, and through whom; once, however often it is noted.

    The caller has asked whether the actor may. Raises Idea.DoesNotExist, and IdeaIsSettled where the idea is parked.
    Sends nothing.
    """
    stored = _lock(idea.pk)
    if stored.state == State.PARKED:
        raise IdeaIsSettled
    if stored.state != State.ADOPTED:
        stored.state, stored.adopted_at, stored.adopted_by = State.ADOPTED, now, actor
        stored.save(update_fields=["state", "adopted_at", "adopted_by"])
    idea.state, idea.adopted_at, idea.adopted_by = stored.state, stored.adopted_at, stored.adopted_by
    return stored


def settle_ideas(group: ReadingGroup) -> None:
    """Renew which ideas of a group are ready, after it asks for another number of hands."""
    for idea in Idea.objects.select_for_update(no_key=True).filter(group=group, state__in=Idea.STANDING).order_by("pk"):
        _settle(idea)


def _lock(idea_id: int) -> Idea:
    return Idea.objects.select_for_update(no_key=True).get(pk=idea_id)


def _lock_for_hands(actor: Member, idea_id: int) -> Idea:
    """Always the place before the idea, so that nobody waits for somebody who waits for them."""
    lock_place(actor=actor, group_id=Idea.objects.values_list("group_id", flat=True).get(pk=idea_id))
    idea = _lock(idea_id)
    if idea.state not in Idea.STANDING:
        raise IdeaIsSettled
    return idea


def _settle(idea: Idea) -> None:
    needed = ReadingGroup.objects.values_list("hands_needed", flat=True).get(pk=idea.group_id)
    idea.state = State.READY if idea.hands.count() >= needed else State.OPEN
    idea.save(update_fields=["state"])
