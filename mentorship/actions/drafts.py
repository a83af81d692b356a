"""What becomes of a run of the solver: stored, or said to have failed. The worker calls these."""

from datetime import datetime

from django.db import transaction

from mentorship.actions.rounds import lock_round
from mentorship.models import Draft, DraftGap, DraftPair, Round
from mentorship.solving import Solution

WITHDRAWN = "withdrawn"


@transaction.atomic
def store_solution(*, draft_id: int, solution: Solution, now: datetime) -> Draft:
    """Store a matching with its proof and its reasons; a draft that nobody waits for any more is left as it is.

    A pair of which one has stepped back while it was being solved is left out, and its mentee stands among those
    without a mentor; the draft is then out of date and cannot be published. Raises Draft.DoesNotExist.
    """
    mentoring_round = lock_round(Draft.objects.get(pk=draft_id).round_id)
    draft = Draft.objects.get(pk=draft_id)
    if draft.state != Draft.State.WAITING or mentoring_round.state == Round.State.PUBLISHED:
        return draft
    problem, matching = solution.problem, solution.matching
    offer = set(mentoring_round.offers.standing().values_list("member_id", flat=True))
    ask = set(mentoring_round.requests.standing().values_list("member_id", flat=True))
    pairs, gaps = [], []
    for pair in solution.pairs:
        mentor, mentee = problem.mentors[pair.mentor], problem.mentees[pair.mentee]
        if mentee in ask and mentor in offer:
            pairs.append(
                DraftPair(
                    draft=draft,
                    mentor_id=mentor,
                    mentee_id=mentee,
                    score=pair.score,
                    parts={factor.value: part for factor, part in pair.parts.items()},
                    weakest=pair.weakest.value if pair.weakest else "",
                    strongest=pair.strongest.value if pair.strongest else "",
                    minutes=pair.minutes,
                    rank=pair.rank,
                    candidates=pair.candidates,
                    better=[problem.mentors[other] for other in pair.better],
                )
            )
        elif mentee in ask:
            gaps.append(DraftGap(draft=draft, mentee_id=mentee, causes={WITHDRAWN: [mentor]}))
    for gap in solution.gaps:
        mentee = problem.mentees[gap.mentee]
        if mentee in ask:
            causes = {cause.value: [problem.mentors[who] for who in whom] for cause, whom in gap.causes.items()}
            remedy = gap.remedy and {
                "change": gap.remedy.change.value,
                "mentor": problem.mentors[gap.remedy.mentor],
                "minutes": gap.remedy.minutes,
                "needs_place": gap.remedy.needs_place,
            }
            gaps.append(DraftGap(draft=draft, mentee_id=mentee, causes=causes, remedy=remedy or {}))
    DraftPair.objects.bulk_create(pairs)
    DraftGap.objects.bulk_create(gaps)
    draft.state, draft.solved_at, draft.revision = Draft.State.SOLVED, now, problem.revision
    draft.matched, draft.total = len(pairs), sum(pair.score for pair in pairs)
    draft.worst = min((pair.score for pair in pairs), default=None)
    draft.certificate = matching.certificate.as_dict()
    draft.save()
    if mentoring_round.state == Round.State.CLOSED:
        mentoring_round.state = Round.State.SOLVED
        mentoring_round.save(update_fields=["state"])
    return draft


@transaction.atomic
def store_failure(*, draft_id: int, problems: list[tuple[int, int, str]]) -> None:
    """Say that a draft could not be solved: kept pairs that cannot be as (mentee id, mentor id, reason), or nothing
    where it was no fault of the round's. A draft that nobody waits for any more is left as it is."""
    Draft.objects.filter(pk=draft_id, state=Draft.State.WAITING).update(state=Draft.State.FAILED, problems=problems)
