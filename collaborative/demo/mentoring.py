"""Mentoring: this term's round, matched and published, and next term's, which is open."""

import random
from datetime import datetime, timedelta

from collaborative.demo.people import Person
from collaborative.demo.plan import TERM_WEEKS
from collaborative.demo.term import Term
from members.availability.actions import plan_meeting
from members.availability.models import TypicalWeek
from members.models import Member, Topic, TopicExperience
from mentorship.actions import (
    close_round,
    name_responsible,
    open_round,
    publish,
    save_offer,
    save_request,
    save_round,
    start_draft,
    store_solution,
)
from mentorship.models import Draft, Mentorship, Round
from mentorship.rules import is_peer
from mentorship.solving import solve_round

MENTORS, MENTEES = 40, 100
NEXT_MENTORS, NEXT_MENTEES = 12, 30
OPENS_WEEK, CLOSES_WEEK = -2, 0
NEXT_OPENS_WEEK, NEXT_CLOSES_WEEK, NEXT_STARTS_WEEK = 8, 11, 14

GOALS = (
    "I would like to finish one small experiment on {topic} and write half a page about it.",
    "Help me to choose what to read about {topic}, and in which order.",
    "I want to present a paper on {topic} and would like to practise it with somebody.",
    "Somebody to ask about {topic} when I am stuck for more than a day.",
    "I would like to find out whether {topic} is what I want to work on.",
)
NOTES = ("", "", "I answer by mail within two days.", "I am good at plans for small experiments.", "Beginners welcome.")


def make_rounds(
    *, people: list[Person], term: Term, organizer: Member, newcomer: Member, chance: random.Random
) -> tuple[int, int]:
    """Both rounds; how many pairs were made, and how many mentees are looked after until the next round.

    The newcomer has a mentor, and has not said anything in the next round yet.
    """
    # Whoever has not said when they have time cannot be matched.
    with_week = set(TypicalWeek.objects.values_list("member_id", flat=True))
    able = [person.member for person in people if person.member.pk in with_week and person.member != newcomer]
    chance.shuffle(able)
    now = term.morning(OPENS_WEEK)
    this_term = _open(term, "Mentoring this term", OPENS_WEEK, CLOSES_WEEK, 1)
    mentors = [member for member in able if is_peer(member, this_term)][:MENTORS]
    mentees = [newcomer, *(member for member in able if member not in mentors)][:MENTEES]
    known = _known_topics()
    _ask(this_term, mentors, mentees, known=known, opened_at=now, chance=chance)
    pairs, later = _match(this_term, term, organizer)
    _meet_mentor(newcomer, term)

    next_term = _open(term, "Mentoring next term", NEXT_OPENS_WEEK, NEXT_CLOSES_WEEK, NEXT_STARTS_WEEK)
    offering = chance.sample(mentors, NEXT_MENTORS)
    asking = chance.sample(mentees[1:], NEXT_MENTEES)
    _ask(next_term, offering, asking, known=known, opened_at=term.morning(NEXT_OPENS_WEEK), chance=chance)
    return pairs, later


def _open(term: Term, title: str, opens: int, closes: int, starts: int) -> Round:
    mentoring_round = save_round(
        mentoring_round=Round(
            title=title,
            opens_on=term.monday(opens),
            closes_at=term.morning(closes),
            starts_on=term.monday(starts),
            weeks=TERM_WEEKS,
            minimum_shared_minutes=60,
        )
    )
    return open_round(round_id=mentoring_round.pk, now=term.morning(opens))


def _known_topics() -> dict[int, list[tuple[Topic, int]]]:
    """The topics of each member's profile, with how far they are."""
    known: dict[int, list[tuple[Topic, int]]] = {}
    for row in TopicExperience.objects.select_related("topic").order_by("member_id", "topic_id"):
        known.setdefault(row.member_id, []).append((row.topic, row.level))
    return known


def _ask(
    mentoring_round: Round,
    mentors: list[Member],
    mentees: list[Member],
    *,
    known: dict[int, list[tuple[Topic, int]]],
    opened_at: datetime,
    chance: random.Random,
) -> None:
    minutes = [chance.randint(1, 6 * 24 * 60) for _ in range(len(mentors) + len(mentees))]
    for member, after in zip(mentors, minutes, strict=False):
        save_offer(
            actor=member,
            round_id=mentoring_round.pk,
            capacity=chance.choice((2, 3, 3, 4)),
            minutes=chance.choice((30, 45, 60)),
            note=chance.choice(NOTES),
            avoid=[],
            now=opened_at + timedelta(minutes=after),
        )
    for member, after in zip(mentees, minutes[len(mentors) :], strict=True):
        topic, level = chance.choice(known[member.pk])
        wishes = chance.sample(mentors, chance.choice((0, 1, 2)))
        save_request(
            actor=member,
            round_id=mentoring_round.pk,
            goal_topics=[topic],
            goals=chance.choice(GOALS).format(topic=topic.name[0].lower() + topic.name[1:]),
            level=level,
            minutes=chance.choice((30, 45, 60)),
            wishes=wishes,
            avoid=[],
            now=opened_at + timedelta(minutes=after),
        )


def _match(mentoring_round: Round, term: Term, organizer: Member) -> tuple[int, int]:
    now = term.morning(CLOSES_WEEK) + timedelta(hours=2)
    close_round(round_id=mentoring_round.pk, now=now)
    draft = start_draft(actor=organizer, round_id=mentoring_round.pk, now=now, objective=Draft.Objective.FAIR)
    draft = store_solution(draft_id=draft.pk, solution=solve_round(mentoring_round), now=now + timedelta(minutes=1))
    left = list(draft.gaps.order_by("mentee_id").values_list("mentee_id", flat=True))
    for mentee_id in left:
        name_responsible(
            round_id=mentoring_round.pk,
            mentee_id=mentee_id,
            responsible=organizer,
            note="Reads one paper with me each month.",
        )
    made = publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=now + timedelta(days=2))
    return len(made), len(left)


def _meet_mentor(newcomer: Member, term: Term) -> None:
    pair = Mentorship.objects.select_related("mentor", "mentee").get(mentee=newcomer)
    at = term.now.replace(hour=14, minute=0, second=0, microsecond=0)
    for days in (-5, 2):
        plan_meeting(
            actor=pair.mentor,
            title=f"{pair.mentor.name} and {pair.mentee.name}",
            starts_at=at + timedelta(days=days),
            ends_at=at + timedelta(days=days, minutes=45),
            zone=pair.mentor.time_zone,
            participants=[pair.mentor, pair.mentee],
            about=pair.key,
            call_url="https://meet.example.org/mentoring",
            now=term.now - timedelta(days=7),
        )
