"""Solving a round in the background, and publishing what was solved."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from members.models import Member
from mentorship.actions.failures import DraftIsOutdated, NobodyResponsible, RoundIsNotClosed, RoundIsPublished
from mentorship.actions.rounds import lock_round
from mentorship.models import Draft, Mentorship, Request, Round
from mentorship.reminders import MATCHED, MENTOR_LATER
from mentorship.rules import is_peer
from mentorship.tasks import solve_draft

# A worker that has not answered by then never will: it takes seconds.
PATIENCE = timedelta(minutes=5)


@transaction.atomic
def start_solving(
    *, actor: Member | None, round_id: int, now: datetime, objective: str = Draft.Objective.FAIR
) -> Draft:
    """Have a round solved by a worker, once the deadline has passed; the draft says how far it is.

    Guarantees and raises what `start_draft` does. Sends nothing to anybody.
    """
    draft = start_draft(actor=actor, round_id=round_id, now=now, objective=objective)
    if draft.requested_at == now:
        # Where the broker is away, the draft goes on waiting, and asking again later starts anew.
        transaction.on_commit(partial(solve_draft.delay, draft_id=draft.pk), robust=True)
    return draft


@transaction.atomic
def start_draft(*, actor: Member | None, round_id: int, now: datetime, objective: str) -> Draft:
    """A draft that waits for its solution, for whoever will bring it; a round whose deadline has passed is closed.

    Two who ask at the same time get the same draft, unless it has waited for too long. Raises Round.DoesNotExist,
    RoundIsNotClosed and RoundIsPublished.
    """
    mentoring_round = lock_round(round_id)
    if mentoring_round.state == Round.State.PUBLISHED:
        raise RoundIsPublished
    if mentoring_round.state == Round.State.DRAFT or mentoring_round.takes_people(now):
        raise RoundIsNotClosed
    if mentoring_round.state == Round.State.OPEN:
        mentoring_round.state = Round.State.CLOSED
        mentoring_round.save(update_fields=["state"])
    waiting = mentoring_round.drafts.filter(state=Draft.State.WAITING).first()
    if waiting is not None:
        if waiting.requested_at > now - PATIENCE:
            return waiting
        waiting.state = Draft.State.FAILED
        waiting.save(update_fields=["state"])
    return Draft.objects.create(round=mentoring_round, requested_by=actor, requested_at=now, objective=objective)


@transaction.atomic
def publish(*, round_id: int, draft_id: int, now: datetime) -> list[Mentorship]:
    """Make the pairs of the round's latest draft, and tell everybody once.

    Guarantees that each pair is made once, that both still take part and the mentor still is a peer, and that nobody
    without a mentor is without somebody who looks after them. Raises Round.DoesNotExist, RoundIsPublished where it
    was done before, DraftIsOutdated and NobodyResponsible. Records one `matched` mail for each person of a pair,
    however many pairs they are in, and one `mentor_later` mail for each mentee without a mentor.
    """
    mentoring_round = lock_round(round_id)
    if mentoring_round.state == Round.State.PUBLISHED:
        raise RoundIsPublished
    draft = mentoring_round.drafts.order_by("-id").first()
    if mentoring_round.state != Round.State.SOLVED or draft is None or draft.pk != draft_id:
        raise DraftIsOutdated
    if draft.state != Draft.State.SOLVED or draft.revision != mentoring_round.revision:
        raise DraftIsOutdated
    pairs = list(draft.pairs.select_related("mentor", "mentee").order_by("mentee_id"))
    # What changes with a person, not with the round: somebody became a lecturer, or left.
    if not all(is_peer(pair.mentor, mentoring_round) for pair in pairs) or not all(
        person.is_active for pair in pairs for person in (pair.mentor, pair.mentee)
    ):
        raise DraftIsOutdated
    left = sorted(draft.gaps.values_list("mentee_id", flat=True))
    looked_after = set(mentoring_round.alternatives.values_list("mentee_id", flat=True))
    if missing := [mentee for mentee in left if mentee not in looked_after]:
        raise NobodyResponsible(missing)
    goals = dict(Request.objects.filter(round=mentoring_round).values_list("member_id", "goals"))
    made = Mentorship.objects.bulk_create(
        Mentorship(
            round=mentoring_round,
            mentor=pair.mentor,
            mentee=pair.mentee,
            starts_on=mentoring_round.starts_on,
            ends_on=mentoring_round.starts_on + timedelta(weeks=mentoring_round.weeks),
            goals=goals.get(pair.mentee_id, ""),
        )
        for pair in pairs
    )
    mentoring_round.state, mentoring_round.published_at = Round.State.PUBLISHED, now
    mentoring_round.save(update_fields=["state", "published_at"])
    MATCHED.record(mentoring_round, sorted({pk for pair in pairs for pk in (pair.mentor_id, pair.mentee_id)}), now=now)
    MENTOR_LATER.record(mentoring_round, left, now=now)
    return made
