"""Scores against the same computed pair by pair in plain words, and each rule and factor on its own."""

from dataclasses import replace

import numpy as np
import pytest

from mentorship.matching import InvalidInstance, solve
from mentorship.matching.scoring import (
    Factor,
    Mentees,
    People,
    Reason,
    Rules,
    Weights,
    pairs,
    parents_of,
    score,
    weeks,
)
from tests.mentorship.one_pair import (
    CS,
    CURIOUS,
    EXPERIENCED,
    LEARNS,
    MATH,
    NLP,
    PARENTS,
    PRACTISED,
    STATISTICS,
    TOPIC_MODELLING,
    TRANSLATION,
    VISION,
    evenings,
    one,
    part,
)
from tests.mentorship.rounds import random_round


def test_a_year_of_language_processing_mentors_a_vision_student_into_topic_modelling():
    """The collaborative's own example of a good pair of non-experts, with two evenings that both have."""
    floor = Rules().floor
    common = {"weeks": evenings(2), "languages": [["English"]]}
    scored = one(common, common, rules=Rules())
    assert scored.scores[0] > 2 * floor
    assert part(scored, Factor.TOPICS) == 8_000
    assert part(scored, Factor.LEVEL) > 9_900
    stranger = one(common, common | {"experience": [[0, STATISTICS, EXPERIENCED, 36]]}, rules=Rules())
    assert not len(stranger.scores) or stranger.scores[0] < scored.scores[0] - 300_000
    # Nothing but the topic is known, and it still is a pair.
    assert one(rules=Rules()).scores[0] > floor


@pytest.mark.parametrize(
    ("goal", "experience", "expected"),
    [
        (TOPIC_MODELLING, TOPIC_MODELLING, 10_000),
        # What lies below a goal is part of it.
        (NLP, TOPIC_MODELLING, 10_000),
        (CS, TOPIC_MODELLING, 10_000),
        (TOPIC_MODELLING, NLP, 8_000),
        (TOPIC_MODELLING, TRANSLATION, 3_200),
        (TOPIC_MODELLING, CS, 3_200),
        (NLP, VISION, 1_600),
        (TOPIC_MODELLING, VISION, 1_280),
        (STATISTICS, NLP, 0),
    ],
)
def test_topics_count_by_where_they_stand_in_the_tree(goal, experience, expected):
    scored = one({"goals": [[0, goal]]}, {"experience": [[0, experience, PRACTISED, 12]]})
    assert part(scored, Factor.TOPICS) == expected


def test_one_mentor_need_not_cover_every_goal():
    scored = one({"goals": [[0, NLP], [0, STATISTICS], [0, NLP]]})
    assert part(scored, Factor.TOPICS) == (10_000 + 5_000) // 2
    assert part(one({"goals": [[0, NLP]]}), Factor.TOPICS) == 10_000


def test_curiosity_alone_covers_nothing():
    assert part(one(mentor={"experience": [[0, NLP, CURIOUS, 0]]}), Factor.TOPICS) == 0
    assert part(one(mentor={"experience": [[0, TOPIC_MODELLING, CURIOUS, 6]]}), Factor.TOPICS) == 5_000


def fit(mentor_level: int, mentor_months: int, own_level: int = CURIOUS, own_months: int = 0) -> int:
    return part(
        one(
            {"experience": [[0, TOPIC_MODELLING, own_level, own_months]]},
            {"experience": [[0, TOPIC_MODELLING, mentor_level, mentor_months]]},
        ),
        Factor.LEVEL,
    )


def test_a_step_or_two_ahead_is_best_and_ten_are_not_better():
    assert fit(LEARNS, 0) == fit(PRACTISED, 0) == fit(LEARNS, 12) == 10_000
    assert 2_000 <= fit(EXPERIENCED, 84) < fit(EXPERIENCED, 36) < fit(EXPERIENCED, 0) < 10_000
    assert fit(EXPERIENCED, 240) == 2_000
    # The mentee's own level is compared with the mentor's, not with itself.
    assert fit(EXPERIENCED, 0, LEARNS, 0) == 10_000
    assert fit(PRACTISED, 0, PRACTISED, 0) == 4_000
    assert fit(LEARNS, 0, EXPERIENCED, 0) == 0
    assert fit(PRACTISED, 0) > fit(PRACTISED, 0, LEARNS, 6) > fit(PRACTISED, 0, PRACTISED, 0)


def test_numbers_beyond_belief_count_as_the_most():
    assert fit(EXPERIENCED, 2**62) == fit(EXPERIENCED, 240)
    assert part(one({"wishes": [[0, 0, 2**62]]}), Factor.WISHES) == 6_000


def test_a_mentor_from_elsewhere_has_no_level():
    assert part(one(mentor={"experience": [[0, STATISTICS, EXPERIENCED, 0]]}), Factor.LEVEL) == 0


@pytest.mark.parametrize(
    ("minutes", "expected"), [(60, 1_666), (180, 5_000), (360, 10_000), (900, 10_000), (-1, 5_000)]
)
def test_shared_time_stops_counting_where_there_is_plenty(minutes, expected):
    assert part(one(minutes=[[minutes]]), Factor.HOURS) == expected


@pytest.mark.parametrize(
    ("mentee", "mentor", "expected"),
    [
        (["English"], ["English"], 10_000),
        (["Hindi", "English"], ["English", "Hindi"], 9_000),
        (["Hindi", "French", "English"], ["English"], 8_000),
        (["a", "b", "c", "d", "e", "f", "English"], ["English"], 6_000),
        ([], ["English"], 5_000),
        (["English"], [], 5_000),
    ],
)
def test_the_language_both_find_easiest_counts(mentee, mentor, expected):
    assert part(one({"languages": [mentee]}, {"languages": [mentor]}), Factor.LANGUAGE) == expected


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [(60, 60, 10_000), (60, 120, 10_000), (120, 60, 5_000), (90, 0, 0), (-1, 60, 5_000), (60, -1, 5_000)],
)
def test_time_offered_is_measured_by_time_wanted(wanted, offered, expected):
    assert part(one({"minutes": [wanted]}, {"minutes": [offered]}), Factor.LOAD) == expected


def test_wishes_count_by_rank_and_lower_nobody_else():
    mentees = Mentees(people=[1, 2], goals=[[0, NLP], [1, NLP]], wishes=[[0, 1, 1], [0, 2, 2], [0, 2, 9], [0, 3, 30]])
    mentors = People(people=[3, 4, 5, 6], experience=[[who, NLP, PRACTISED, 0] for who in range(4)])
    scored = score(mentees, mentors, parents=PARENTS)
    wishes = scored.parts[:, list(Factor).index(Factor.WISHES)].reshape(2, 4)
    assert wishes.tolist() == [[5_000, 10_000, 9_000, 6_000], [5_000] * 4]
    assert scored.scores[0] == scored.scores[4]


def test_a_hundred_thousand_wishes_are_only_wishes():
    mentees, mentors, parents = random_round(0, 20, 10)
    pasted = np.tile([[3, 4, 1], [3, 4, 2], [5, 9, 7], [19, 0, 1]], (25_000, 1))
    short = score(replace(mentees, wishes=[[3, 4, 1], [5, 9, 7], [19, 0, 1]]), mentors, parents=parents)
    assert np.array_equal(score(replace(mentees, wishes=pasted), mentors, parents=parents).scores, short.scores)


COMMON = {"weeks": evenings(2), "languages": [["English"]], "institutions": [7]}


@pytest.mark.parametrize(
    ("mentee", "mentor", "more", "reason"),
    [
        ({}, {}, {}, 0),
        ({}, {}, {"blocked": [[0, 0]]}, Reason.BLOCKED),
        ({"people": [5]}, {"people": [5]}, {}, Reason.SAME_PERSON),
        ({}, {}, {"rules": Rules(floor=0, same_institution=False)}, Reason.SAME_INSTITUTION),
        ({"institutions": [8]}, {}, {"rules": Rules(floor=0, same_institution=False)}, 0),
        ({"institutions": [-1]}, {"institutions": [-1]}, {"rules": Rules(floor=0, same_institution=False)}, 0),
        ({"languages": [["Hindi"]]}, {}, {}, Reason.NO_SHARED_LANGUAGE),
        ({"weeks": np.roll(evenings(2), 40, axis=2)}, {}, {}, Reason.TOO_FEW_SHARED_HOURS),
        # Half an hour at a time is no shared hour.
        ({"weeks": np.roll(evenings(2), 6, axis=2)}, {}, {}, Reason.TOO_FEW_SHARED_HOURS),
        ({}, {}, {"rules": Rules(floor=0, minimum_minutes=241)}, Reason.TOO_FEW_SHARED_HOURS),
        ({}, {}, {"rules": Rules(floor=0, minimum_minutes=240)}, 0),
        ({}, {}, {"rules": Rules(floor=990_000)}, Reason.UNDER_FLOOR),
        (
            {"languages": [["Hindi"]], "people": [5]},
            {"people": [5]},
            {"blocked": [[0, 0], [0, 0]]},
            Reason.NO_SHARED_LANGUAGE | Reason.SAME_PERSON | Reason.BLOCKED,
        ),
    ],
)
def test_each_hard_rule_removes_the_pair_and_says_so(mentee, mentor, more, reason):
    scored = one(COMMON | mentee, COMMON | mentor, **more)
    assert scored.removed[0, 0] == reason
    assert len(scored.pairs) == len(scored.scores) == len(scored.parts) == (reason == 0)


def test_a_score_at_the_floor_stays():
    exact = int(one(COMMON, COMMON).scores[0])
    assert len(one(COMMON, COMMON, rules=Rules(floor=exact)).scores) == 1
    assert len(one(COMMON, COMMON, rules=Rules(floor=exact + 1)).scores) == 0


def test_weights_count_and_zero_leaves_a_factor_out():
    nothing = dict.fromkeys(("topics", "level", "hours", "language", "load", "wishes"), 0)
    for factor in Factor:
        only = Weights(**nothing | {factor.value: 3})
        scored = one({"wishes": [[0, 0, 2]], "minutes": [90]}, {"minutes": [60]}, minutes=[[90]], weights=only)
        assert scored.scores[0] == part(scored, factor) * 100
    with pytest.raises(InvalidInstance):
        Weights(**nothing)


def test_every_pair_of_a_round_scores_as_it_would_alone():
    """A whole round at once against one pair at a time, each by the parts and weights written out."""
    mentees, mentors, parents = random_round(3, 40, 15)
    rules, weights = Rules(same_institution=False), Weights(topics=47, wishes=0)
    scored = score(mentees, mentors, parents=parents, rules=rules, weights=weights, blocked=[[0, 1], [7, 3]])
    broken = int(np.bitwise_or.reduce(scored.removed, axis=None))
    assert broken == Reason.BLOCKED | Reason.SAME_INSTITUTION | Reason.TOO_FEW_SHARED_HOURS | Reason.UNDER_FLOOR
    row = 0
    for mentee, mentor in np.ndindex(40, 15):

        def own(side: People, who: int, **more):
            first = {name: getattr(side, name)[getattr(side, name)[:, 0] == who] for name in ("experience", *more)}
            tables = {name: table - [who, *[0] * (table.shape[1] - 1)] for name, table in first.items()}
            return {
                "people": side.people[[who]],
                "languages": [side.languages[who]],
                "institutions": side.institutions[[who]],
                "minutes": side.minutes[[who]],
                "weeks": side.weeks[:, [who]],
            } | tables

        left = own(mentees, mentee, goals=2, wishes=3)
        wishes = left["wishes"]
        left["wishes"] = wishes[wishes[:, 1] == mentor] * [1, 0, 1]
        alone = score(
            Mentees(**left),
            People(**own(mentors, mentor)),
            parents=parents,
            rules=rules,
            weights=weights,
            blocked=[[0, 0]] if (mentee, mentor) in {(0, 1), (7, 3)} else (),
        )
        assert alone.removed[0, 0] == scored.removed[mentee, mentor]
        assert alone.all_scores[0, 0] == scored.all_scores[mentee, mentor]
        if not alone.removed[0, 0]:
            assert scored.pairs[row].tolist() == [mentee, mentor]
            assert np.array_equal(alone.parts[0], scored.parts[row])
            assert np.array_equal(alone.stated[0], scored.stated[row])
            points = sum(
                weights.of(factor) * int(value) for factor, value in zip(Factor, scored.parts[row], strict=True)
            )
            assert scored.scores[row] == points * 100 // 97
            row += 1
    assert row == len(scored.pairs)


def test_small_blocks_give_the_same(monkeypatch):
    mentees, mentors, parents = random_round(4, 50, 20)
    whole = score(mentees, mentors, parents=parents)
    monkeypatch.setattr(pairs, "BLOCK", 70)
    monkeypatch.setattr(weeks, "BLOCK", 70)
    blocks = score(mentees, mentors, parents=parents)
    for name in ("pairs", "scores", "parts", "stated", "removed", "minutes", "all_scores"):
        assert np.array_equal(getattr(whole, name), getattr(blocks, name))


def test_ranks_are_places_among_the_candidates_of_a_mentee():
    mentees, mentors, parents = random_round(5, 30, 12)
    scored = score(mentees, mentors, parents=parents)
    for row in range(len(scored.pairs)):
        own = scored.scores[scored.pairs[:, 0] == scored.pairs[row, 0]]
        assert scored.ranks[row] == 1 + (own > scored.scores[row]).sum()


@pytest.mark.parametrize(("mentees", "mentors"), [(0, 0), (0, 3), (3, 0)])
def test_a_side_without_people_gives_no_pairs(mentees, mentors):
    scored = score(Mentees(people=range(mentees)), People(people=range(mentors)), parents=[])
    assert scored.pairs.shape == (0, 2)
    assert scored.parts.shape == scored.stated.shape == (0, len(Factor))
    assert len(solve(scored.instance([1] * mentors)).unmatched) == mentees


def test_people_of_whom_nothing_is_known_are_a_middling_pair():
    scored = score(Mentees(people=[1]), People(people=[2]), parents=PARENTS)
    assert scored.scores.tolist() == [500_000]
    assert not scored.stated.any()


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (lambda: Mentees(people=[1], goals=[[1, 0]]), "goals_out_of_range"),
        (lambda: Mentees(people=[1], goals=[[0, 0, 0]]), "goals_shape"),
        (lambda: Mentees(people=[1], wishes=[[0, 0, 0]]), "wishes_out_of_range"),
        (lambda: Mentees(people=["a"]), "people_type"),
        (lambda: People(people=[1], experience=[[0, 0, 4, 0]]), "experience_out_of_range"),
        (lambda: People(people=[1], experience=[[0, 0, 1, -1]]), "experience_out_of_range"),
        (lambda: People(people=[1], experience=[[0, 0, 0.5, 1]]), "experience_type"),
        (lambda: People(people=[1], institutions=[1, 2]), "institutions_shape"),
        (lambda: People(people=[1], minutes=[-2]), "minutes_out_of_range"),
        (lambda: People(people=[1], languages=[]), "languages_shape"),
        (lambda: People(people=[1], weeks=np.zeros((1, 2, 672), bool)), "weeks_shape"),
        (lambda: People(people=[1], weeks=np.zeros((0, 1, 672), bool)), "weeks_shape"),
        (lambda: People(people=[1], weeks=np.zeros((1, 1, 672))), "weeks_type"),
        (lambda: one({"weeks": evenings(1)}, {"weeks": np.zeros((1, 1, 168), bool)}), "weeks_shape"),
        (lambda: one({"goals": [[0, 8]]}), "goals_out_of_range"),
        (lambda: one({"experience": [[0, 8, 1, 1]]}), "experience_out_of_range"),
        (lambda: one(mentor={"experience": [[0, 8, 1, 1]]}), "experience_out_of_range"),
        (lambda: one({"wishes": [[0, 1, 1]]}), "wishes_out_of_range"),
        (lambda: one(blocked=[[0, 1]]), "blocked_out_of_range"),
        (lambda: one(blocked=[[-1, 0]]), "blocked_out_of_range"),
        (lambda: one(minutes=[[1.5]]), "minutes_type"),
        (lambda: one(minutes=[1]), "minutes_shape"),
        (lambda: one(minutes=[[-2]]), "minutes_out_of_range"),
        (lambda: one(minutes=[[10_081]]), "minutes_out_of_range"),
        (lambda: Rules(floor=1_000_001), "floor_out_of_range"),
        (lambda: Rules(minimum_minutes=1.5), "minimum_minutes_type"),
        (lambda: Rules(plenty_minutes=0), "plenty_minutes_out_of_range"),
        (lambda: Weights(topics=-1), "weights_out_of_range"),
        (lambda: Weights(topics=0.4), "weights_type"),
        (lambda: score(Mentees(people=[1]), People(people=[2]), parents=[1, 0]), "parents_in_a_circle"),
        (lambda: score(Mentees(people=[1]), People(people=[2]), parents=[0]), "parents_in_a_circle"),
        (lambda: score(Mentees(people=[1]), People(people=[2]), parents=[5]), "parents_out_of_range"),
    ],
)
def test_malformed_people_and_rules_are_refused(build, code):
    with pytest.raises(InvalidInstance) as refusal:
        build()
    assert refusal.value.code == code


def test_paths_give_parents():
    assert PARENTS.tolist() == [-1, CS, NLP, NLP, CS, CS, -1, MATH]
    assert parents_of(["a/b/", "c/"]).tolist() == [-1, -1]
