"""What organizers settle by hand: pairs kept, pairs ruled out, and who looks after those without a mentor."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from mentorship.actions.failures import MenteeIsKept, NotInRound, RoundIsPublished
from mentorship.actions.rounds import count_change, lock_round
from mentorship.models import Alternative, DraftPair, Offer, PairRule, Request, Round

Kind = PairRule.Kind


@transaction.atomic
def lock_pair(*, actor: Member, round_id: int, mentor_id: int, mentee_id: int, now: datetime) -> PairRule:
    """Keep two people together, whatever is solved from now on; takes the place of a rule against them.

    Raises Round.DoesNotExist, RoundIsPublished, NotInRound, and MenteeIsKept where the mentee is kept with another.
    Whether a kept pair can hold is told by the next solving, by name.
    """
    mentoring_round = _changeable(round_id)
    kept = PairRule.objects.filter(round=round_id, mentee=mentee_id, kind=Kind.LOCK)
    if kept.exclude(mentor=mentor_id).exists():
        raise MenteeIsKept
    return _rule(mentoring_round, Kind.LOCK, actor=actor, mentor_id=mentor_id, mentee_id=mentee_id, now=now)


@transaction.atomic
def forbid_pair(*, actor: Member, round_id: int, mentor_id: int, mentee_id: int, now: datetime) -> PairRule:
    """Rule two people out as a pair in this round; takes the place of a rule for them.

    Raises Round.DoesNotExist, RoundIsPublished and NotInRound. The reason is nobody's to ask: to the two, and in
    explanations, the other is just not available.
    """
    changeable = _changeable(round_id)
    return _rule(changeable, Kind.FORBID, actor=actor, mentor_id=mentor_id, mentee_id=mentee_id, now=now)


@transaction.atomic
def remove_rule(*, round_id: int, rule_id: int) -> None:
    """Leave a pair to the solver again. A rule that is gone stays gone. Raises Round.DoesNotExist, RoundIsPublished."""
    mentoring_round = _changeable(round_id)
    deleted, _by_model = PairRule.objects.filter(round=round_id, pk=rule_id).delete()
    if deleted:
        count_change(mentoring_round)


@transaction.atomic
def name_responsible(*, round_id: int, mentee_id: int, responsible: Member, note: str) -> Alternative:
    """Say who looks after a mentee without a mentor until the next round, and how; once more replaces it.

    They are told when the round is published. Raises Round.DoesNotExist, RoundIsPublished and NotInRound.
    """
    mentoring_round = _changeable(round_id)
    asked = Request.objects.filter(round=round_id, member=mentee_id).exists()
    if not asked or responsible.pk == mentee_id:
        raise NotInRound
    alternative, _is_new = Alternative.objects.update_or_create(
        round=mentoring_round, mentee_id=mentee_id, defaults={"responsible": responsible, "note": note}
    )
    return alternative


def _changeable(round_id: int) -> Round:
    mentoring_round = lock_round(round_id)
    if mentoring_round.state == Round.State.PUBLISHED:
        raise RoundIsPublished
    return mentoring_round


def _rule(
    mentoring_round: Round, kind: PairRule.Kind, *, actor: Member, mentor_id: int, mentee_id: int, now: datetime
) -> PairRule:
    offers = Offer.objects.filter(round=mentoring_round, member=mentor_id).exists()
    asks = Request.objects.filter(round=mentoring_round, member=mentee_id).exists()
    if not offers or not asks or mentor_id == mentee_id:
        raise NotInRound
    rule, _is_new = PairRule.objects.update_or_create(
        round=mentoring_round,
        mentor_id=mentor_id,
        mentee_id=mentee_id,
        defaults={"kind": kind, "made_by": actor, "made_at": now},
    )
    # A rule that the latest draft keeps already leaves it true, so it can still be published.
    latest = mentoring_round.drafts.filter(state="solved").order_by("-id").first()
    is_pair = DraftPair.objects.filter(draft=latest, mentor=mentor_id, mentee=mentee_id).exists()
    if is_pair != (kind == Kind.LOCK):
        count_change(mentoring_round)
    return rule
