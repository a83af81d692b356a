"""What is said about pairs and about those without one, and what is never said."""

from dataclasses import replace

import numpy as np
import pytest

from mentorship.matching import Instance, solve
from mentorship.matching.explanations import (
    Alternative,
    Cause,
    Change,
    Remedy,
    alternatives,
    explain_pairs,
    explain_unmatched,
    mentors_with_room,
)
from mentorship.matching.scoring import Factor, Mentees, People, Rules, Weights, score
from tests.mentorship.rounds import random_instance, random_round

NLP, TOPIC_MODELLING, STATISTICS = range(3)
PARENTS = np.array([-1, NLP, -1])


def round_of(mentees: int, mentors: int, *, mentee: dict | None = None, mentor: dict | None = None, **more):
    """People who are all alike: NLP as goal and as experience, an hour and a half a week that all of them share."""
    left = {"people": range(mentees), "goals": [[who, NLP] for who in range(mentees)]}
    right = {"people": range(100, 100 + mentors), "experience": [[who, NLP, 2, 0] for who in range(mentors)]}
    given = {"minutes": np.full((mentees, mentors), 90), "rules": Rules()}
    return score(Mentees(**left | (mentee or {})), People(**right | (mentor or {})), parents=PARENTS, **given | more)


def test_a_pair_leads_with_what_is_weak_and_what_is_strong():
    """“Only 2 shared hours; strong on topics”: as data."""
    scored = round_of(1, 1, minutes=[[120]])
    instance = scored.instance([1])
    (pair,) = explain_pairs(scored, instance, solve(instance))
    assert (pair.mentee, pair.mentor, pair.score) == (0, 0, scored.scores[0])
    assert (pair.weakest, pair.strongest) == (Factor.HOURS, Factor.TOPICS)
    assert pair.minutes == 120
    assert pair.parts == {
        Factor.TOPICS: 10_000,
        Factor.LEVEL: 10_000,
        Factor.HOURS: 3_333,
        Factor.LANGUAGE: None,
        Factor.LOAD: None,
        Factor.WISHES: None,
    }
    assert (pair.rank, pair.candidates, pair.better, pair.is_pinned) == (1, 1, (), False)


def test_what_was_not_stated_or_does_not_count_leads_nothing():
    scored = round_of(1, 1, minutes=[[-1]])
    instance = scored.instance([1])
    (pair,) = explain_pairs(scored, instance, solve(instance))
    assert (pair.weakest, pair.strongest, pair.minutes) == (None, Factor.TOPICS, None)
    scored = round_of(1, 1, minutes=[[60]], weights=Weights(hours=0))
    (pair,) = explain_pairs(scored, instance, solve(instance))
    assert pair.weakest is None
    scored = score(Mentees(people=[1]), People(people=[2]), parents=PARENTS)
    (pair,) = explain_pairs(scored, instance, solve(instance))
    assert (pair.weakest, pair.strongest) == (None, None)


def test_everyone_who_has_a_better_candidate_is_told_that_it_is_full():
    mentees, mentors, parents = random_round(6, 60, 20)
    scored = score(mentees, mentors, parents=parents)
    instance = scored.instance(np.full(20, 4))
    matching = solve(instance)
    load = np.bincount(matching.pairs[:, 1], minlength=20)
    explained = explain_pairs(scored, instance, matching)
    assert [(pair.mentee, pair.mentor) for pair in explained] == [tuple(pair) for pair in matching.pairs.tolist()]
    assert any(pair.better for pair in explained)
    for pair in explained:
        own = scored.scores[scored.pairs[:, 0] == pair.mentee]
        assert pair.candidates == len(own)
        assert pair.rank == 1 + (own > pair.score).sum() == 1 + len(pair.better)
        assert all(load[mentor] == 4 for mentor in pair.better)
        assert list(pair.parts) == list(Factor)


def test_a_pinned_pair_is_marked():
    scored = round_of(2, 2)
    instance = scored.instance([1, 1], pinned=[[1, 0]])
    assert [pair.is_pinned for pair in explain_pairs(scored, instance, solve(instance))] == [False, True]


def explain_one(scored, capacity):
    instance = scored.instance(capacity)
    (explained,) = explain_unmatched(scored, instance, solve(instance))
    return explained


def test_where_all_candidates_are_full_one_more_place_helps():
    scored = round_of(3, 2, mentee={"wishes": [[0, 1, 1]]}, blocked=[[0, 0], [1, 1], [2, 1]])
    explained = explain_one(scored, [1, 1])
    assert explained.mentee in {1, 2}
    assert explained.causes == {Cause.FULL: (0,), Cause.NOT_AVAILABLE: (1,)}
    assert explained.remedy == Remedy(Change.ONE_MORE_PLACE, 0)
    # And it does.
    assert not len(solve(scored.instance([2, 1])).unmatched)


@pytest.mark.parametrize(
    ("more", "cause", "remedy"),
    [
        (
            {"minutes": [[30, 45, 0]]},
            Cause.TOO_FEW_SHARED_HOURS,
            Remedy(Change.MORE_SHARED_MINUTES, 1, 15),
        ),
        (
            {"mentee": {"languages": [["Hindi"]]}, "mentor": {"languages": [["English"]] * 3}},
            Cause.NO_SHARED_LANGUAGE,
            Remedy(Change.SHARED_LANGUAGE, 0),
        ),
        (
            {
                "mentee": {"institutions": [4]},
                "mentor": {"institutions": [4] * 3},
                "rules": Rules(same_institution=False),
            },
            Cause.SAME_INSTITUTION,
            Remedy(Change.SAME_INSTITUTION_ALLOWED, 0),
        ),
        ({"mentor": {"people": [0, 0, 0]}}, Cause.SAME_PERSON, None),
        ({"blocked": [[0, 0], [0, 1], [0, 2]]}, Cause.NOT_AVAILABLE, None),
        ({"rules": Rules(floor=900_000)}, Cause.NOT_AVAILABLE, None),
    ],
)
def test_each_rule_is_told_with_the_smallest_change_that_helps(more, cause, remedy):
    explained = explain_one(round_of(1, 3, **more), [1, 1, 1])
    assert explained.causes == {cause: (0, 1, 2)}
    assert explained.remedy == remedy


def test_the_change_that_is_named_is_enough():
    """Even where a short time also brought the score under the floor."""
    short = round_of(1, 1, minutes=[[0]], rules=Rules(floor=700_000))
    assert explain_one(short, [1]).remedy == Remedy(Change.MORE_SHARED_MINUTES, 0, 60)
    helped = round_of(1, 1, minutes=[[60]], rules=Rules(floor=700_000))
    assert len(helped.scores) == 1
    assert helped.scores[0] >= 700_000


def test_a_mentor_with_room_is_named_before_one_who_is_full():
    """Mentor 0 is full with mentee 1, who can go nowhere else; mentor 1 has a place."""
    rules = Rules(minimum_minutes=60)
    scored = round_of(2, 2, minutes=[[45, 30], [90, 0]], rules=rules)
    assert explain_one(scored, [1, 1]).remedy == Remedy(Change.MORE_SHARED_MINUTES, 1, 30)
    assert explain_one(scored, [1, 0]).remedy == Remedy(Change.MORE_SHARED_MINUTES, 0, 15, needs_place=True)
    # Mentee 1 could move to mentor 1, so mentor 0 has room.
    scored = round_of(2, 2, minutes=[[45, 30], [90, 60]], rules=rules)
    assert explain_one(scored, [1, 1]).remedy == Remedy(Change.MORE_SHARED_MINUTES, 0, 15)
    # Unless an organizer settled that pair.
    instance = scored.instance([1, 1], pinned=[[1, 0]])
    (held,) = explain_unmatched(scored, instance, solve(instance))
    assert held.remedy == Remedy(Change.MORE_SHARED_MINUTES, 1, 30)


def test_room_is_where_one_more_could_be_taken():
    """For every mentor of random rounds: a new mentee who may go only there is matched or not."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        pairs = np.argwhere(rng.random((8, 5)) < 0.4)
        scores, capacity = rng.integers(0, 100, len(pairs)), rng.integers(0, 3, 5)
        instance = Instance(8, 5, pairs, scores, capacity, needs=rng.integers(0, 3, 8))
        matching = solve(instance)
        instance = replace(instance, pinned=matching.pairs[:1])
        matching = solve(instance)
        room = mentors_with_room(instance, matching)
        for mentor in range(5):
            more = Instance(
                9,
                5,
                np.vstack([pairs, [8, mentor]]),
                np.append(scores, 50),
                capacity,
                needs=np.append(instance.needs, 1),
                pinned=instance.pinned,
            )
            assert room[mentor] == (len(solve(more).pairs) > len(matching.pairs))


def test_a_blocked_pair_and_one_under_the_floor_are_told_alike():
    """Nothing that is said differs between a pair that a person ruled out and one that scores too low."""
    poor = {"experience": [[0, STATISTICS, 1, 0], [1, NLP, 2, 0]]}
    rules = Rules(floor=500_000)
    for more in ({}, {"minutes": [[30, 90]] * 2}, {"minutes": [[30, 30]] * 2}):
        under = round_of(2, 2, mentor=poor, rules=rules, **more)
        assert under.removed[0, 0] & 32
        ruled_out = round_of(2, 2, blocked=[[0, 0], [1, 0]], rules=rules, **more)
        told = []
        for scored in (under, ruled_out):
            instance = scored.instance([1, 1])
            matching = solve(instance)
            told.append((explain_unmatched(scored, instance, matching), explain_pairs(scored, instance, matching)))
        assert told[0] == told[1]


def test_nobody_unmatched_needs_no_explanation():
    scored = round_of(1, 1)
    instance = scored.instance([1])
    assert explain_unmatched(scored, instance, solve(instance)) == []


def test_an_alternative_costs_what_forcing_it_costs():
    instance = Instance(2, 2, [[0, 0], [0, 1], [1, 0], [1, 1]], [900, 500, 800, 300], [1, 1])
    matching = solve(instance)
    assert matching.pairs.tolist() == [[0, 1], [1, 0]]
    assert alternatives(instance, matching, 0) == [Alternative(mentor=0, score=900, pairs=0, worst=200, total=100)]
    assert alternatives(instance, matching, 1) == [Alternative(mentor=1, score=300, pairs=0, worst=200, total=100)]


def test_an_alternative_may_cost_a_pair_and_pins_leave_none():
    instance = Instance(2, 2, [[0, 0], [0, 1], [1, 0]], [900, 500, 800], [1, 1])
    (other,) = alternatives(instance, solve(instance), 0)
    assert (other.mentor, other.pairs, other.total) == (0, 1, 400)
    pinned = replace(instance, capacity=[1, 0], pinned=[[0, 0]])
    matching = solve(pinned)
    assert matching.unmatched.tolist() == [1]
    # The only mentor is full with a pin, and the pinned mentee has enough.
    assert alternatives(pinned, matching, 1) == alternatives(pinned, matching, 0) == []


def test_the_best_three_alternatives_come_first():
    instance = random_instance(7, 40, 15, 8)
    matching = solve(instance, "total")
    for mentee in range(5):
        found = alternatives(instance, matching, mentee, objective="total")
        own = instance.pairs[:, 0] == mentee
        given = matching.pairs[matching.pairs[:, 0] == mentee, 1]
        others = instance.scores[own & ~np.isin(instance.pairs[:, 1], given)]
        assert [other.score for other in found] == sorted(others.tolist(), reverse=True)[:3]
        assert all(other.total >= 0 for other in found)
