"""One mentee and one mentor, of whom a test says only what it is about."""

import numpy as np

from mentorship.matching.scoring import Factor, Mentees, People, Rules, Scored, parents_of, score

PATHS = [
    "cs/",
    "cs/cs-cl/",
    "cs/cs-cl/topic-modelling/",
    "cs/cs-cl/translation/",
    "cs/cs-cv/",
    "cs/cs-lg/",
    "math/",
    "math/math-st/",
]
CS, NLP, TOPIC_MODELLING, TRANSLATION, VISION, LEARNING, MATH, STATISTICS = range(len(PATHS))
PARENTS = parents_of(PATHS)
CURIOUS, LEARNS, PRACTISED, EXPERIENCED = range(4)


def one(mentee: dict | None = None, mentor: dict | None = None, **more) -> Scored:
    """One mentee, who wants topic modelling, with one mentor, who has a year of NLP."""
    mentees = Mentees(
        **{"people": [1], "goals": [[0, TOPIC_MODELLING]], "experience": [[0, VISION, PRACTISED, 12]]} | (mentee or {})
    )
    mentors = People(**{"people": [2], "experience": [[0, NLP, PRACTISED, 12]]} | (mentor or {}))
    return score(mentees, mentors, parents=PARENTS, **{"rules": Rules(floor=0)} | more)


def part(scored: Scored, factor: Factor) -> int:
    return int(scored.parts[0, list(Factor).index(factor)])


def evenings(days: int) -> np.ndarray:
    """18:00 to 20:00 on so many days of one week, quarter hours."""
    week = np.zeros((1, 1, 672), bool)
    for day in range(days):
        week[0, 0, day * 96 + 72 : day * 96 + 80] = True
    return week
