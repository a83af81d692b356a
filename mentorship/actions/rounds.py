"""Rounds themselves: made, opened, closed. Whoever changes what may be matched locks the round's row first."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from mentorship.actions.failures import RoundIsClosed, RoundIsPublished
from mentorship.models import Round

State = Round.State


def lock_round(round_id: int) -> Round:
    """The round, with its row locked until the transaction ends. Raises Round.DoesNotExist."""
    return Round.objects.select_for_update(no_key=True).get(pk=round_id)


def count_change(mentoring_round: Round) -> None:
    """Note on a locked round that something of its matching changed, so that its drafts are out of date."""
    mentoring_round.revision += 1
    mentoring_round.save(update_fields=["revision"])


@transaction.atomic
def save_round(*, mentoring_round: Round) -> Round:
    """Create or change a round from a validated form; a new one is a draft with an address made of its title.

    What was solved before the change counts as out of date. Raises Round.DoesNotExist and RoundIsPublished.
    """
    if mentoring_round.pk is None:
        mentoring_round.slug = mentoring_round.slug or _free_slug(mentoring_round.title)
        mentoring_round.save()
        return mentoring_round
    stored = lock_round(mentoring_round.pk)
    if stored.state == State.PUBLISHED:
        raise RoundIsPublished
    mentoring_round.state, mentoring_round.revision = stored.state, stored.revision + 1
    mentoring_round.save()
    return mentoring_round


@transaction.atomic
def open_round(*, round_id: int, now: datetime) -> Round:
    """Let members offer and ask until the deadline. Opening an open round changes nothing.

    Raises Round.DoesNotExist, and RoundIsClosed where the deadline has passed or the round has gone on. A day or two
    before the deadline `round_closes_soon` goes to those who have not said anything yet.
    """
    mentoring_round = lock_round(round_id)
    if mentoring_round.state not in {State.DRAFT, State.OPEN} or mentoring_round.closes_at <= now:
        raise RoundIsClosed
    mentoring_round.state = State.OPEN
    mentoring_round.save(update_fields=["state"])
    return mentoring_round


@transaction.atomic
def close_round(*, round_id: int, now: datetime) -> Round:
    """End offering and asking before the deadline; closing again changes nothing. Raises Round.DoesNotExist."""
    mentoring_round = lock_round(round_id)
    if mentoring_round.state == State.OPEN:
        mentoring_round.state = State.CLOSED
        mentoring_round.closes_at = min(mentoring_round.closes_at, now)
        mentoring_round.save(update_fields=["state", "closes_at"])
    return mentoring_round


def _free_slug(title: str) -> str:
    wanted = slugify(title)[:70].strip("-") or "round"
    taken = set(Round.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)) | {Round.NOT_A_SLUG}
    numbered = (f"{wanted}-{n}" for n in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbered) if slug not in taken)
