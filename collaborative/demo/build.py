"""Making the demo collaborative: a term in its ninth week, by the same actions that users call.

Everything is seeded, so that it is the same each time, and dated from the `now` that is given. The files in `data/`
hold facts only: titles, authors, years, identifiers, links, countries, zones and names of institutions.
"""

import json
import random
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from cohorts.models import Application, Cohort
from collaborative.demo.care import MENTORING_ORGANIZER, care_for_members, load_handbook
from collaborative.demo.finishing import show_names
from collaborative.demo.intakes import make_intakes
from collaborative.demo.joining import come_in
from collaborative.demo.mentoring import make_rounds
from collaborative.demo.people import ACCOUNTS, Person, email_of, fill_profiles, make_collectives, make_people
from collaborative.demo.plan import GROUPS, SMALL_GROUPS, GroupPlan
from collaborative.demo.polls import ask_for_times
from collaborative.demo.proposing import propose
from collaborative.demo.talking import talk
from collaborative.demo.teams import make_teams
from collaborative.demo.term import Term, choose_people, live_through, make_group
from collaborative.demo.weeks import fill_weeks
from collaborative.home.kinds import KINDS
from collaborative.models import Site
from collaborative.parts import PARTS, parts_at_first
from members.models import Collective, Member, Topic
from members.topics_start import load_starting_topics
from notifications.actions import write_obligations
from notifications.models import Delivery
from projects.models import Project, Proposal
from reading_groups.models import Enrolment, Idea, Paper, Question, ReadingGroup, Session

DATA = Path(__file__).parent / "data"
SEED = 2021
ZONE = "Europe/London"
CONTACT = "hello@example.org"
FULL, SMALL = "full", "small"
SIZES = (FULL, SMALL)
PEOPLE = {FULL: None, SMALL: 6}
# The first member whom the small demo does not have.
BEYOND_SMALL = "G"
SITES = {
    FULL: {
        "name": "ML Research Collaborative",
        "lead": (
            "Students on four continents read one paper a week together, in small circles. Nobody is too new to ask, "
            "and some of the questions become research of our own."
        ),
    },
    SMALL: {
        "name": "Fortnightly Readers",
        "lead": "Six of us read one paper in each fortnight and try it on something small. There is room for two more.",
    },
}


class NotEmpty(Exception):
    """The database holds other groups; the demo would mix with them."""


def loaded_size() -> str | None:
    """Which demo is in the database, by its members."""
    emails = {email_of(label): size for size, label in ((SMALL, ACCOUNTS["member"]), (FULL, BEYOND_SMALL))}
    found = set(Member.objects.filter(email__in=emails).values_list("email", flat=True))
    if email_of(ACCOUNTS["member"]) not in found:
        return None
    return FULL if email_of(BEYOND_SMALL) in found else SMALL


@transaction.atomic
def build_demo(*, now: datetime, password: str, tell: Callable[[str], None], size: str = FULL) -> dict[str, str]:
    """Fill an empty database with the demo of a size; the addresses of the three accounts by role.

    All members have the password, which is hashed once. `tell` gets a line for each step. Raises NotEmpty. Deliveries
    that fell due before `now` are over when this returns, so the worker mails nobody about what is long past.
    """
    if ReadingGroup.objects.exists():
        raise NotEmpty
    term = Term(now=now, zone=ZONE)
    plans = GROUPS if size == FULL else SMALL_GROUPS
    parts = [part.key for part in PARTS] if size == FULL else parts_at_first()
    Site.objects.get_or_create(pk=1, defaults=SITES[size] | {"zone": ZONE, "contact_email": CONTACT})
    Site.objects.filter(pk=1).update(parts=parts)
    topics = load_starting_topics()
    tell(f"topics: {topics.created + topics.kept}")
    people, collectives, signed_up = _gather_people(size, plans, term, password, tell)
    by_label = {person.label: person for person in people}
    _read_together(plans=plans, term=term, by_label=by_label, collectives=collectives, signed_up=signed_up, tell=tell)
    admin, organizer, newcomer = (by_label[ACCOUNTS[role]].member for role in ("admin", "organizer", "member"))
    load_handbook(admin=admin, organizer=organizer, newcomer=newcomer, term=term)
    if size == FULL:
        _do_more(people, by_label, term, tell)
    tell(f"polls: {ask_for_times(organizer=organizer, newcomer=newcomer, people=people, now=term.now)}")
    _close_the_past(now)
    return {role: email_of(label) for role, label in ACCOUNTS.items()}


def _gather_people(
    size: str, plans: Sequence[GroupPlan], term: Term, password: str, tell: Callable[[str], None]
) -> tuple[list[Person], dict[str, Collective], dict[str, list[Person]]]:
    """Members, collectives where there are some, and who signs up for which group."""
    chance = _chance(0)
    people = make_people(
        countries=_read("countries"),
        institutions=_read("institutions"),
        password_hash=make_password(password),
        now=term.morning(1),
        most=PEOPLE[size],
        chance=chance,
    )
    signed_up = choose_people(plans=plans, term=term, people=people, chance=chance)
    fill_profiles(people=people, group_topics={plan.slug: plan.topics for plan in plans}, chance=chance)
    zones = {person.member.time_zone for person in people}
    tell(f"members: {len(people)} in {len(zones)} time zones")
    if size == SMALL:
        return people, {}, signed_up
    collectives = make_collectives(people=people, chance=chance)
    tell(f"collectives: {len(collectives)}")
    return people, collectives, signed_up


def _read_together(
    *,
    plans: Sequence[GroupPlan],
    term: Term,
    by_label: dict[str, Person],
    collectives: dict[str, Collective],
    signed_up: dict[str, list[Person]],
    tell: Callable[[str], None],
) -> None:
    chance, readings, proposals = _chance(1), _read("readings"), _read("proposals")
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    for number, plan in enumerate(plans):
        group = make_group(
            plan=plan,
            number=number,
            term=term,
            readings=readings[plan.slug],
            collectives=collectives,
            topics=topics,
            people=signed_up[plan.slug],
            organizers=[by_label[label] for label in plan.organizers] or signed_up[plan.slug][:2],
        )
        live_through(group=group, term=term, newcomer=by_label[ACCOUNTS["member"]].member, chance=chance)
        propose(group=group.row, papers=proposals.get(plan.slug, ()), now=term.now)
        talk(group=group.row, now=term.now)
    show_names()
    tell(f"groups: {len(plans)}, with {Session.objects.count()} sessions and {Paper.objects.count()} papers")
    places = {state: Enrolment.objects.filter(state=state).count() for state in Enrolment.LIVE}
    tell("places: {enrolled} taken, {held} held, {waitlisted} people waiting".format(**places))
    tell(f"questions: {Question.objects.count()}, ideas: {Idea.objects.count()}")


def _do_more(people: list[Person], by_label: dict[str, Person], term: Term, tell: Callable[[str], None]) -> None:
    """What a collaborative of that size does beside reading."""
    newcomer, admin = (by_label[ACCOUNTS[role]] for role in ("member", "admin"))
    care_for_members(people=people, term=term)
    come_in(people=people, by_label=by_label, term=term)
    weeks, away = fill_weeks(people=people, newcomer=newcomer, term=term, chance=_chance(2))
    tell(f"typical weeks: {weeks}, times away: {away}")
    make_teams(term=term, admin=admin.member, newcomer=newcomer.member)
    waiting = Proposal.objects.filter(state=Proposal.State.SUBMITTED)
    tell(f"projects: {Project.objects.count()}, proposals that wait: {waiting.count()}")
    make_intakes(people=people, term=term, admin=admin.member, newcomer=newcomer, chance=_chance(3))
    tell(f"cohorts: {Cohort.objects.count()}, with {Application.objects.count()} applications")
    organizer = by_label[MENTORING_ORGANIZER].member
    pairs, later = make_rounds(
        people=people, term=term, organizer=organizer, newcomer=newcomer.member, chance=_chance(4)
    )
    tell(f"mentoring: {pairs} pairs, {later} without a mentor")


def _chance(part: int) -> random.Random:
    """The demo shall be the same each time, and a change in one part shall change no other; nothing here is secret."""
    return random.Random(SEED + part)  # noqa: S311


def _close_the_past(now: datetime) -> None:
    """Close what fell due in the story, so that a worker that starts mails nobody about it."""
    write_obligations(kinds=KINDS, now=now)
    past = Delivery.objects.filter(state__in=Delivery.OPEN, due_at__lt=now)
    past.update(state=Delivery.State.SUPPRESSED, reason="The demo was made later than this fell due.")


def _read(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
