"""From a round in the database to a proved matching with its reasons. Reads only; `actions` store what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import numpy as np

from core.text import fold
from members.availability.overlap import weeks_of
from members.models import Topic, TopicExperience
from mentorship.matching import Instance, InvalidInstance, Matching, solve
from mentorship.matching.explanations import PairExplained, UnmatchedExplained, explain_pairs, explain_unmatched
from mentorship.matching.scoring import Mentees, People, Rules, Scored, Weights, parents_of, score
from mentorship.matching.solver import Objective
from mentorship.models import Offer, PairRule, Request, Round, Wish
from mentorship.rules import is_peer


class PinsCannotHold(Exception):
    """Kept pairs that cannot be, all of them: `pins` are (mentee id, mentor id, reason).

    The reasons are those of `mentorship.matching.InvalidInstance`, and `gone` where one of the two has stepped back.
    """

    def __init__(self, pins: list[tuple[int, int, str]]) -> None:
        self.pins = pins
        super().__init__(f"{len(pins)} kept pairs cannot be")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A round as it was read at its revision: who asks and who offers, by their ids and in the order of these."""

    revision: int
    requests: Sequence[Request]
    offers: Sequence[Offer]
    scored: Scored
    kept: Sequence[tuple[int, int]]

    @cached_property
    def mentees(self) -> list[int]:
        return [request.member_id for request in self.requests]

    @cached_property
    def mentors(self) -> list[int]:
        return [offer.member_id for offer in self.offers]


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A proved matching of a problem, and why it is as it is. Positions in it are those of the problem's lists."""

    problem: Problem
    objective: Objective
    matching: Matching
    pairs: list[PairExplained] = field(default_factory=list)
    gaps: list[UnmatchedExplained] = field(default_factory=list)


def solve_round(mentoring_round: Round, *, objective: Objective = "fair") -> Solution:
    """Match a round as it stands now. Eleven queries, none that writes. Raises PinsCannotHold."""
    return solve_problem(read_problem(mentoring_round), objective=objective)


def solve_problem(problem: Problem, *, objective: Objective = "fair") -> Solution:
    """The matching and its reasons, without the database. Raises PinsCannotHold."""
    instance = _instance(problem)
    matching = solve(instance, objective)
    return Solution(
        problem=problem,
        objective=objective,
        matching=matching,
        pairs=explain_pairs(problem.scored, instance, matching),
        gaps=explain_unmatched(problem.scored, instance, matching),
    )


def read_problem(mentoring_round: Round) -> Problem:
    """Everybody in the round who is still here, and every mentor who is a peer, with all pairs scored."""
    # The revision comes first: what changes while the rest is read makes the solution out of date, never the reverse.
    current = Round.objects.get(pk=mentoring_round.pk)
    requests = list(current.requests.standing().select_related("member").order_by("member_id"))
    standing = current.offers.standing().select_related("member").order_by("member_id")
    offers = [offer for offer in standing if is_peer(offer.member, current)]
    tree = dict(Topic.objects.in_tree_order().values_list("pk", "path"))
    places = {topic_id: n for n, topic_id in enumerate(tree)}
    mentees = [request.member_id for request in requests]
    mentors = [offer.member_id for offer in offers]
    weeks = shared_weeks(current, mentees + mentors)
    experience = _experience(mentees, mentors, requests, places)
    scored = score(
        Mentees(
            **_common(requests),
            experience=experience[0],
            goals=_goals(requests, places),
            wishes=_wishes(current, mentees, mentors),
            weeks=weeks[:, : len(mentees)],
        ),
        People(**_common(offers), experience=experience[1], weeks=weeks[:, len(mentees) :]),
        parents=parents_of(list(tree.values())),
        rules=Rules(floor=current.floor, minimum_minutes=current.minimum_shared_minutes),
        weights=Weights(**current.weights),
        blocked=_blocked(current, mentees, mentors),
    )
    kept = current.rules.filter(kind=PairRule.Kind.LOCK).order_by("mentee_id").values_list("mentee_id", "mentor_id")
    return Problem(revision=current.revision, requests=requests, offers=offers, scored=scored, kept=list(kept))


def shared_weeks(mentoring_round: Round, member_ids: list[int]) -> np.ndarray:
    """When each can meet in the round's different weeks, clock changes included: bool (weeks, members, slots).

    One query. Weeks that are the same for everybody are there once.
    """
    weeks = weeks_of(member_ids, first_week=mentoring_round.starts_on, weeks=mentoring_round.weeks) > 0
    by_week = weeks.swapaxes(0, 1)
    first: dict[bytes, int] = {}
    for number, week in enumerate(by_week):
        first.setdefault(week.tobytes(), number)
    return by_week[list(first.values())]


def _instance(problem: Problem) -> Instance:
    place_of = ({pk: n for n, pk in enumerate(problem.mentees)}, {pk: n for n, pk in enumerate(problem.mentors)})
    here = [pin for pin in problem.kept if pin[0] in place_of[0] and pin[1] in place_of[1]]
    wrong = [(*pin, "gone") for pin in problem.kept if pin not in here]
    pinned = [[place_of[side][pk] for side, pk in enumerate(pin)] for pin in here]
    capacity = np.array([offer.capacity for offer in problem.offers], np.int64)
    try:
        instance = problem.scored.instance(capacity, pinned=pinned, keys=(problem.mentees, problem.mentors))
    except InvalidInstance as error:
        if error.code != "pins_cannot_hold":
            raise
        wrong += [(int(mentee), int(mentor), reason) for mentee, mentor, reason in error.where]
        raise PinsCannotHold(wrong) from None
    if wrong:
        raise PinsCannotHold(wrong)
    return instance


def _common(rows: Sequence[Request] | Sequence[Offer]) -> dict:
    """What both sides state, from their profile and from their offer or request."""
    people = [row.member for row in rows]
    return {
        "people": np.array([person.pk for person in people], np.int64),
        "languages": [[fold(name) for name in person.spoken_languages] for person in people],
        "institutions": np.array([person.institution_id or -1 for person in people], np.int64),
        "minutes": np.array([row.minutes or -1 for row in rows], np.int64),
    }


def _goals(requests: Sequence[Request], places: dict[int, int]) -> np.ndarray:
    through = Request.goal_topics.through.objects.filter(request__in=[request.pk for request in requests])
    place_of = {request.pk: n for n, request in enumerate(requests)}
    rows = through.values_list("request_id", "topic_id")
    return _table([(place_of[request], places[topic]) for request, topic in rows], 2)


def _experience(
    mentees: list[int], mentors: list[int], requests: Sequence[Request], places: dict[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """(position, topic, level, months) of both sides. What mentees say of their goals counts where the profile is
    silent."""
    rows = list(
        TopicExperience.objects.filter(member__in={*mentees, *mentors}).values_list(
            "member_id", "topic_id", "level", "months"
        )
    )
    stated = {(member, topic) for member, topic, _level, _months in rows}
    sides = []
    for ids in (mentees, mentors):
        place_of = {pk: n for n, pk in enumerate(ids)}
        sides.append([(place_of[pk], places[topic], *rest) for pk, topic, *rest in rows if pk in place_of])
    by_pk = {request.pk: n for n, request in enumerate(requests)}
    through = Request.goal_topics.through.objects.filter(request__in=list(by_pk), request__level__gt=0)
    for request_id, topic_id in through.values_list("request_id", "topic_id"):
        request = requests[by_pk[request_id]]
        if (request.member_id, topic_id) not in stated:
            sides[0].append((by_pk[request_id], places[topic_id], request.level, 0))
    return _table(sides[0], 4), _table(sides[1], 4)


def _wishes(mentoring_round: Round, mentees: list[int], mentors: list[int]) -> np.ndarray:
    mentee_of, mentor_of = {pk: n for n, pk in enumerate(mentees)}, {pk: n for n, pk in enumerate(mentors)}
    rows = Wish.objects.filter(request__round=mentoring_round).values_list("request__member_id", "mentor_id", "rank")
    return _table(
        [
            (mentee_of[mentee], mentor_of[mentor], rank)
            for mentee, mentor, rank in rows
            if mentee in mentee_of and mentor in mentor_of
        ],
        3,
    )


def _blocked(mentoring_round: Round, mentees: list[int], mentors: list[int]) -> np.ndarray:
    """Pairs ruled out by somebody. Who did it is forgotten here, and nothing further on can tell."""
    mentee_of, mentor_of = {pk: n for n, pk in enumerate(mentees)}, {pk: n for n, pk in enumerate(mentors)}
    by_mentee = Request.avoid.through.objects.filter(request__round=mentoring_round)
    by_mentor = Offer.avoid.through.objects.filter(offer__round=mentoring_round)
    by_organizer = mentoring_round.rules.filter(kind=PairRule.Kind.FORBID)
    pairs = {
        *by_mentee.values_list("request__member_id", "member_id"),
        *by_mentor.values_list("member_id", "offer__member_id"),
        *by_organizer.values_list("mentee_id", "mentor_id"),
    }
    rows = [
        (mentee_of[mentee], mentor_of[mentor])
        for mentee, mentor in pairs
        if mentee in mentee_of and mentor in mentor_of
    ]
    return _table(rows, 2)


def _table(rows: Sequence[tuple], columns: int) -> np.ndarray:
    return np.array(cast(list, rows), np.int64).reshape(-1, columns)
