"""Rounds to be matched, the same for the same seed. The benchmarks use seeds 0 to 9."""

import numpy as np

from mentorship.matching import Instance
from mentorship.matching.scoring import Mentees, People, parents_of

SEEDS = range(10)
LANGUAGES = ("English", "Hindi", "French", "Spanish", "Swahili", "Portuguese", "Arabic", "German")


def random_instance(seed: int, mentees: int, mentors: int, candidates: int) -> Instance:
    """Every mentee has so many candidates, well-known mentors more often; a score has parts of the mentee's, of the
    mentor's and of the pair's own. There are about 1.3 places for each mentee."""
    rng = np.random.default_rng([seed, mentees, mentors, candidates])
    fame = rng.normal(0, 0.7, mentors)
    chosen = []
    for start in range(0, mentees, 1000):
        count = min(1000, mentees - start)
        # The largest of weights with Gumbel noise are a draw without replacement.
        draw = fame + rng.gumbel(size=(count, mentors))
        chosen.append(np.sort(np.argpartition(-draw, candidates - 1, axis=1)[:, :candidates], axis=1))
    mentor = np.concatenate(chosen).ravel()
    mentee = np.repeat(np.arange(mentees), candidates)
    merit = 0.55 + 0.15 * rng.normal(size=len(mentor))
    merit += 0.07 * rng.normal(size=mentees)[mentee] + 0.07 * rng.normal(size=mentors)[mentor]
    scores = (np.clip(merit, 0, 1) * 1_000_000).astype(np.int64)
    capacity = np.ones(mentors, np.int64)
    np.add.at(capacity, rng.integers(0, mentors, max(0, round(1.3 * mentees) - mentors)), 1)
    return Instance(mentees, mentors, np.stack([mentee, mentor], axis=1), scores, capacity)


def random_round(seed: int, mentees: int, mentors: int, weeks: int = 2) -> tuple[Mentees, People, np.ndarray]:
    """Both sides of a round and the tree of topics: people of all zones, some of whom left fields empty."""
    rng = np.random.default_rng([seed, mentees, mentors])
    paths = [
        path
        for archive in range(6)
        for path in (
            f"a{archive}/",
            *(f"a{archive}/b{area}/" for area in range(6)),
            *(f"a{archive}/b{area}/c{topic}/" for area in range(6) for topic in range(3)),
        )
    ]
    liking = rng.dirichlet(np.full(len(paths), 0.5))

    def topics(least: int, most: int) -> np.ndarray:
        return rng.choice(len(paths), rng.integers(least, most + 1), replace=False, p=liking)

    def side(first: int, count: int, levels: tuple[int, int], most_topics: int) -> dict:
        experience = [
            (who, topic, rng.integers(levels[0], levels[1] + 1), rng.integers(0, 40))
            for who in range(count)
            for topic in topics(1, most_topics)
        ]
        others = [rng.choice(LANGUAGES[1:], rng.integers(0, 3), replace=False).tolist() for _who in range(count)]
        return {
            "people": np.arange(first, first + count),
            "experience": np.array(experience),
            "languages": [["English", *own] if rng.random() < 0.9 else own for own in others],
            "institutions": rng.integers(-1, 60, count),
            "minutes": rng.choice([-1, 60, 90, 120, 180], count),
            "weeks": _weeks(rng, count, weeks),
        }

    goals = [(who, topic) for who in range(mentees) for topic in topics(1, 4)]
    wishes = [
        (who, mentor, rank)
        for who in range(mentees)
        for rank, mentor in enumerate(rng.choice(mentors, min(mentors, rng.integers(0, 4)), replace=False), 1)
    ]
    return (
        Mentees(**side(0, mentees, (0, 1), 3), goals=np.array(goals), wishes=np.array(wishes, np.int64).reshape(-1, 3)),
        # A few are on both sides.
        People(**side(mentees - mentees // 50, mentors, (1, 3), 6)),
        parents_of(paths),
    )


def _weeks(rng: np.random.Generator, count: int, weeks: int) -> np.ndarray:
    """Quarter hours: most days a stretch of one to five hours, in a zone of one's own; half of the people change their
    clocks between two weeks."""
    typical = np.zeros((count, 672), bool)
    for own in typical:
        zone = rng.integers(0, 96)
        for day in np.flatnonzero(rng.random(7) < 0.7):
            own[(day * 96 + rng.integers(28, 80) + np.arange(rng.integers(4, 20)) - zone) % 672] = True
    shift = rng.random(count) < 0.5
    return np.stack([np.where(shift[:, None], np.roll(typical, 4 * week, axis=1), typical) for week in range(weeks)])


def churned(both: Instance, mentees: int, mentors: int) -> tuple[Instance, Instance, np.ndarray]:
    """A round of so many before and after people leave and join: without the last of `both`, who join, and without the
    first, who leave. And how many left, of each side."""
    left = np.array([both.mentees - mentees, both.mentors - mentors])

    def part(first: np.ndarray) -> Instance:
        moved = both.pairs - first
        there = ((moved >= 0) & (moved < (mentees, mentors))).all(axis=1)
        capacity = both.capacity[first[1] : first[1] + mentors]
        keys = tuple(range(start, start + count) for start, count in zip(first, (mentees, mentors), strict=True))
        return Instance(mentees, mentors, moved[there], both.scores[there], capacity, keys=keys)

    return part(0 * left), part(left), left


def stayed(pairs: np.ndarray, after: Instance, left: np.ndarray) -> np.ndarray:
    """The pairs of before of which both are still there, as they are numbered after."""
    moved = pairs - left
    return moved[((moved >= 0) & (moved < (after.mentees, after.mentors))).all(axis=1)]
