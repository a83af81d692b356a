"""Whatever is malformed is refused by name when the instance is made, and never reaches the solver."""

import numpy as np
import pytest

from mentorship.matching import Instance, InvalidInstance, solve

GOOD = {
    "mentees": 3,
    "mentors": 2,
    "pairs": [[0, 0], [1, 1], [2, 0]],
    "scores": [1, 2, 3],
    "capacity": [1, 1],
}
HUGE = 2**70


@pytest.mark.parametrize(
    ("changed", "code", "where"),
    [
        ({"mentees": -1}, "mentees_out_of_range", (-1,)),
        ({"mentees": 3.0}, "mentees_type", ("float",)),
        ({"mentors": True}, "mentors_type", ("bool",)),
        ({"mentors": "2"}, "mentors_type", ("str",)),
        ({"mentees": HUGE}, "mentees_out_of_range", (HUGE,)),
        ({"pairs": [0, 1, 2]}, "pairs_shape", (3,)),
        ({"pairs": [[0, 0, 0]] * 3}, "pairs_shape", (3, 3)),
        ({"pairs": [[0, 0], [1]]}, "pairs_type", ()),
        ({"pairs": [[0.0, 0.0], [1, 1], [2, 0]]}, "pairs_type", ("float64",)),
        ({"pairs": [[0, 0], [3, 1], [2, -1]]}, "pairs_out_of_range", (1, 2)),
        ({"pairs": [[0, 0], [1, 2], [2, 0]]}, "pairs_out_of_range", (1,)),
        ({"pairs": [[2, 0], [1, 1], [2, 0]]}, "pairs_repeated", (2,)),
        ({"pairs": None}, "pairs_shape", ()),
        ({"scores": [1, 2]}, "scores_shape", (2,)),
        ({"scores": [0.5, 0.2, 0.1]}, "scores_type", ("float64",)),
        ({"scores": [1.0, 2.0, 3.0]}, "scores_type", ("float64",)),
        ({"scores": [1, float("nan"), 3]}, "scores_type", ("float64",)),
        ({"scores": ["1", "2", "3"]}, "scores_type", ("<U1",)),
        ({"scores": [True, False, True]}, "scores_type", ("bool",)),
        ({"scores": [1, HUGE, 3]}, "scores_type", ("object",)),
        ({"scores": np.array([1, 2**63 + 1, 3], np.uint64)}, "scores_out_of_range", (1,)),
        ({"scores": [1, 1_000_001, -1]}, "scores_out_of_range", (1, 2)),
        ({"capacity": [1]}, "capacity_shape", (1,)),
        ({"capacity": None}, "capacity_shape", ()),
        ({"capacity": [1, -1]}, "capacity_out_of_range", (1,)),
        ({"capacity": [1.5, 1]}, "capacity_type", ("float64",)),
        ({"capacity": [1, 2**40]}, "capacity_out_of_range", (1,)),
        ({"minimum": [0, -2]}, "minimum_out_of_range", (1,)),
        ({"minimum": [0, 2]}, "minimum_above_capacity", (1,)),
        ({"minimum": [[0, 0]]}, "minimum_shape", (1, 2)),
        ({"needs": [1, 1]}, "needs_shape", (2,)),
        ({"needs": [1, 1, -1]}, "needs_out_of_range", (2,)),
        ({"needs": [10_000_000, 10_000_000, 1]}, "too_large", (20_000_001,)),
        ({"keys": 5}, "keys_type", ()),
        ({"keys": ("abc",)}, "keys_shape", (3,)),
        ({"keys": ("abc", "d")}, "keys_shape", (3, 1)),
        ({"keys": ("aba", "de")}, "keys_repeated", ("a",)),
        ({"pinned": [0, 0]}, "pinned_shape", (2,)),
        ({"pinned": [[0.0, 0.0]]}, "pinned_type", ("float64",)),
        ({"pinned": [[0, 1]]}, "pins_cannot_hold", (("0", "1", "not_a_candidate"),)),
        ({"pinned": [[-1, 0]]}, "pins_cannot_hold", (("-1", "0", "unknown"),)),
        (
            {"pinned": [[0, 0], [2, 0]]},
            "pins_cannot_hold",
            (("0", "0", "mentor_is_full"), ("2", "0", "mentor_is_full")),
        ),
        ({"pinned": [[0, 0]], "needs": [0, 1, 1]}, "pins_cannot_hold", (("0", "0", "mentee_has_enough"),)),
    ],
)
def test_a_malformed_instance_is_refused(changed, code, where):
    with pytest.raises(InvalidInstance) as refusal:
        Instance(**GOOD | changed)
    assert (refusal.value.code, refusal.value.where) == (code, where)
    assert str(refusal.value).startswith(code)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"objective": "best"}, "objective_unknown"),
        ({"objective": None}, "objective_unknown"),
        ({"inertia": -0.1}, "inertia_out_of_range"),
        ({"inertia": 1.1}, "inertia_out_of_range"),
        ({"inertia": float("nan")}, "inertia_out_of_range"),
        ({"inertia": "0.1"}, "inertia_out_of_range"),
        ({"inertia": True}, "inertia_out_of_range"),
        ({"previous": [[0, 2]]}, "previous_out_of_range"),
        ({"previous": [[-1, 0]]}, "previous_out_of_range"),
        ({"previous": [0, 1, 2]}, "previous_shape"),
        ({"previous": [[0.5, 1]]}, "previous_type"),
        ({"seed": 0.5}, "seed_type"),
    ],
)
def test_a_malformed_question_is_refused(asked, code):
    with pytest.raises(InvalidInstance) as refusal:
        solve(Instance(**GOOD), **asked)
    assert refusal.value.code == code


def test_everyone_forbidden_is_not_malformed():
    instance = Instance(**GOOD | {"pairs": [], "scores": []})
    assert solve(instance).unmatched.tolist() == [0, 1, 2]


def test_any_kind_of_whole_number_will_do():
    instance = Instance(
        np.int32(3),
        np.uint8(2),
        np.array(GOOD["pairs"], np.uint16),
        np.array(GOOD["scores"], np.int8),
        (1, 1),
        needs=np.ones(3, np.uint64),
    )
    matching = solve(instance, previous=np.array([[1, 1]], np.int16), inertia=1, seed=np.int64(3))
    assert matching.pairs.tolist() == [[1, 1], [2, 0]]


def test_the_input_is_left_as_it_was():
    given = {name: np.array(value) if isinstance(value, list) else value for name, value in GOOD.items()}
    before = {name: np.copy(value) for name, value in given.items()}
    solve(Instance(**given), previous=given["pairs"], inertia=0.5)
    for name, value in before.items():
        assert np.array_equal(value, given[name])
