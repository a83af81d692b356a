"""Offering and asking, until the deadline; stepping back, until the pairs are published."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from members.models import Member, Topic
from mentorship.actions.failures import NotAPeer, NothingToWithdraw, RoundIsClosed, RoundIsPublished
from mentorship.actions.rounds import count_change, lock_round
from mentorship.models import Offer, Request, Round, Wish
from mentorship.rules import is_peer


@transaction.atomic
def save_offer(
    *,
    actor: Member,
    round_id: int,
    capacity: int,
    minutes: int,
    note: str,
    avoid: Sequence[Member],
    now: datetime,
) -> Offer:
    """Offer to mentor, or change the offer. One per member and round, and only by a peer as the round defines one.

    `avoid` is read by the solver alone. Raises Round.DoesNotExist, RoundIsClosed and NotAPeer. Sends nothing.
    """
    mentoring_round = _taking(round_id, now)
    if not is_peer(actor, mentoring_round):
        raise NotAPeer
    offer, _is_new = Offer.objects.update_or_create(
        round=mentoring_round,
        member=actor,
        defaults={"capacity": capacity, "minutes": minutes, "note": note, "saved_at": now},
    )
    offer.avoid.set(member for member in avoid if member != actor)
    count_change(mentoring_round)
    return offer


@transaction.atomic
def save_request(
    *,
    actor: Member,
    round_id: int,
    goal_topics: Sequence[Topic],
    goals: str,
    level: int,
    minutes: int,
    wishes: Sequence[Member],
    avoid: Sequence[Member],
    now: datetime,
) -> Request:
    """Ask for a mentor, or change what was asked. One per member and round.

    `wishes` come in order, the first most. `avoid` is read by the solver alone. Raises Round.DoesNotExist and
    RoundIsClosed. Sends nothing.
    """
    mentoring_round = _taking(round_id, now)
    request, _is_new = Request.objects.update_or_create(
        round=mentoring_round,
        member=actor,
        defaults={"goals": goals, "level": level, "minutes": minutes, "saved_at": now},
    )
    request.goal_topics.set(goal_topics)
    request.avoid.set(member for member in avoid if member != actor)
    request.wishes.all().delete()
    named = [mentor for mentor in dict.fromkeys(wishes) if mentor != actor]
    Wish.objects.bulk_create(Wish(request=request, mentor=mentor, rank=n) for n, mentor in enumerate(named, 1))
    count_change(mentoring_round)
    return request


@transaction.atomic
def withdraw_offer(*, actor: Member, round_id: int) -> None:
    """Take an offer back, also after the deadline and while the round is being solved.

    A draft that used it is out of date from then on. Raises Round.DoesNotExist, RoundIsPublished, NothingToWithdraw.
    """
    _withdraw(Offer.objects.filter(round=round_id, member=actor), round_id)


@transaction.atomic
def withdraw_request(*, actor: Member, round_id: int) -> None:
    """Take a request back, as `withdraw_offer` does with an offer; raises the same."""
    _withdraw(Request.objects.filter(round=round_id, member=actor), round_id)


def _taking(round_id: int, now: datetime) -> Round:
    mentoring_round = lock_round(round_id)
    if not mentoring_round.takes_people(now):
        raise RoundIsClosed
    return mentoring_round


def _withdraw(rows, round_id: int) -> None:
    mentoring_round = lock_round(round_id)
    if mentoring_round.state == Round.State.PUBLISHED:
        raise RoundIsPublished
    deleted, _by_model = rows.delete()
    if not deleted:
        raise NothingToWithdraw
    count_change(mentoring_round)
