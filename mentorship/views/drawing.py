"""What the board shows, read in a fixed number of queries."""

from collections import Counter
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import FETCH_RAISE, Exists, OuterRef, Q

from members.models import Member, Role
from mentorship import words
from mentorship.models import Draft, DraftGap, DraftPair, PairRule, Round

# Pairs below this are to be read before publishing.
READ_BELOW = 500_000
PAIRS_SHOWN = 25


def board_of(mentoring_round: Round, now: datetime, page: str | None = None) -> dict[str, Any]:
    """A round, its latest drafts, a page of pairs weakest first, and who has none. Ten queries at any size."""
    drafts = list(mentoring_round.drafts.order_by("-id")[:5])
    latest = drafts[0] if drafts else None
    draft = next((row for row in drafts if row.state == Draft.State.SOLVED), None)
    offers = list(mentoring_round.offers.standing().select_related("member").by_name().fetch_mode(FETCH_RAISE))
    requests = list(mentoring_round.requests.standing().select_related("member").by_name().fetch_mode(FETCH_RAISE))
    people = {row.member_id: row.member for row in [*offers, *requests]}
    rules = list(mentoring_round.rules.select_related("mentor", "mentee").order_by("id").fetch_mode(FETCH_RAISE))
    pairs = list(
        DraftPair.objects.filter(draft=draft).select_related("mentor", "mentee").weakest_first().fetch_mode(FETCH_RAISE)
    )
    gaps = list(
        DraftGap.objects.filter(draft=draft)
        .select_related("mentee")
        .order_by("mentee__name_key", "id")
        .fetch_mode(FETCH_RAISE)
    )
    looked_after = {
        row.mentee_id: row for row in mentoring_round.alternatives.select_related("responsible").fetch_mode(FETCH_RAISE)
    }
    names = {pk: str(person) for pk, person in people.items()}
    names |= {side.pk: str(side) for row in [*rules, *pairs] for side in (row.mentor, row.mentee)}
    by_pair = {(rule.mentor_id, rule.mentee_id): rule for rule in rules}
    load = Counter(pair.mentor_id for pair in pairs)
    capacity = {offer.member_id: offer.capacity for offer in offers}
    asks = {row.member_id: row for row in requests}
    is_settled = mentoring_round.state == Round.State.PUBLISHED
    is_current = draft is not None and draft == latest and draft.revision == mentoring_round.revision
    shown = Paginator(pairs, PAIRS_SHOWN).get_page(page)
    unnamed = [gap for gap in gaps if gap.mentee_id not in looked_after]
    return {
        "round": mentoring_round,
        "takes_people": mentoring_round.takes_people(now),
        "offers": len(offers),
        "places": sum(capacity.values()),
        "requests": len(requests),
        "draft": draft,
        "is_working": latest is not None and latest.state == Draft.State.WAITING,
        "has_failed": latest is not None and latest.state == Draft.State.FAILED,
        "problems": words.problems_of(latest, names) if latest else [],
        "is_settled": is_settled,
        "may_solve": not is_settled and mentoring_round.state != Round.State.DRAFT,
        "is_current": is_current,
        "may_publish": is_current and mentoring_round.state == Round.State.SOLVED,
        "unnamed": len(unnamed),
        "to_tell": len({*load, *(pair.mentee_id for pair in pairs), *(gap.mentee_id for gap in gaps)}),
        "mean": _as_share(draft.mean) if draft else "",
        "worst": _as_share(draft.worst) if draft and draft.worst is not None else "–",
        "kept": sum(rule.kind == PairRule.Kind.LOCK for rule in rules),
        "ruled_out": [rule for rule in rules if rule.kind == PairRule.Kind.FORBID],
        "responsible": responsible_people(offers, now.date()) if gaps and not is_settled else [],
        "gaps": [
            {
                "mentee": gap.mentee,
                "reason": words.gap_reason(gap, names),
                "remedy": words.remedy_of(gap, names),
                "alternative": looked_after.get(gap.mentee_id),
            }
            for gap in gaps
        ],
        "pair_count": len(pairs),
        "page": shown,
        "pairs": [
            {
                "mentor": pair.mentor,
                "mentee": pair.mentee,
                "value": f"{pair.mentor_id}-{pair.mentee_id}",
                "score": _as_share(pair.score),
                "reason": words.reason_of(pair),
                "better": words.better_of(pair, names),
                "numbers": words.numbers_of(pair),
                "rank": pair.rank,
                "candidates": pair.candidates,
                "load": load[pair.mentor_id],
                "capacity": capacity.get(pair.mentor_id, 0),
                "rule": by_pair.get((pair.mentor_id, pair.mentee_id)),
                "goals": asks[pair.mentee_id].goals if pair.mentee_id in asks else "",
                "has_gone": pair.mentee_id not in asks or pair.mentor_id not in capacity,
                "is_weakest": n == 1,
                "is_weak": pair.score < READ_BELOW,
            }
            for n, pair in enumerate(shown, shown.start_index())
        ],
    }


def responsible_people(offers: list, today: date) -> list[Member]:
    """Who can be asked to look after somebody: those who match, then those who mentor. One query."""
    role = Role.objects.live(today).filter(member=OuterRef("pk"), kind=Role.Kind.MENTORING_ORGANIZER, scope="")
    organizers = list(Member.objects.active().filter(Q(is_superuser=True) | Exists(role)).by_name())
    return organizers + [offer.member for offer in offers if offer.member not in organizers]


def _as_share(score: int) -> str:
    return f"{score / 1_000_000:.2f}"
