"""Two intakes: one that is over, with sections and their leaders, and one that takes applications."""

import random
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from cohorts.actions import apply_decision, apply_to_cohort, claim_place, decide, distribute_places
from cohorts.actions.decisions import HELD_FOR
from cohorts.models import Application, Cohort, DecisionBatch, Section
from collaborative.demo.people import Person
from collaborative.demo.plan import GROUPS
from collaborative.demo.term import Term
from members.models import Member, Topic

State, Outcome = Cohort.State, DecisionBatch.Outcome

# Everybody has joined the collaborative by the first of these weeks, which count from the term's first Monday.
FIRST_OPENS, FIRST_DECIDES, FIRST_STARTS, FIRST_ENDS = -11, -9, -8, -1
SECOND_OPENS, SECOND_CLOSES, SECOND_STARTS, SECOND_ENDS = 6, 11, 14, 22
FIRST_PEOPLE, FIRST_ACCEPTED = 40, 30
SECOND_PEOPLE, SECOND_MEMBERS, SECOND_ACCEPTED, SECOND_CLAIMED = 120, 30, 24, 16
SECTIONS = {"Morning": ("C", "H"), "Afternoon": ("D", "G"), "Evening": ("F", "J")}

MOTIVATIONS = (
    "Nobody near me works on {topic}. I would like to read with people who do not mind slow questions.",
    "I have taught myself some {topic} from videos and would like to find out what I have missed.",
    "My course ends before {topic} begins. I can give two evenings a week.",
    "I would like to present a paper on {topic} once, with somebody beside me.",
    "I work, and I miss reading. {topic} is what I would begin with.",
    "I am looking for two or three people who would repeat an experiment on {topic} with me.",
)


def make_intakes(*, people: list[Person], term: Term, admin: Member, newcomer: Person, chance: random.Random) -> None:
    """The newcomer took part in the first. The second is open, with a decision that has been applied."""
    topics = sorted({slug for plan in GROUPS for slug in plan.topics})
    names = list(Topic.objects.filter(slug__in=topics).order_by("slug").values_list("name", flat=True))
    _make_first(people=people, term=term, admin=admin, newcomer=newcomer, topics=names, chance=chance)
    _make_second(people=people, term=term, admin=admin, newcomer=newcomer, topics=names, chance=chance)


def _make_first(
    *, people: list[Person], term: Term, admin: Member, newcomer: Person, topics: list[str], chance: random.Random
) -> None:
    """Forty members applied, thirty were accepted, and all of these took part."""
    cohort = Cohort.objects.create(
        name="First intake",
        slug="first-intake",
        description="Eight weeks in small sections: how to read a paper, how to ask, how to present with somebody.",
        zone=term.zone,
        starts_on=term.monday(FIRST_STARTS),
        ends_on=term.monday(FIRST_ENDS) + timedelta(days=4),
        capacity=FIRST_ACCEPTED,
        applications_open_at=term.morning(FIRST_OPENS),
        applications_close_at=term.morning(FIRST_DECIDES),
        state=State.APPLICATIONS,
    )
    leaders = {label for labels in SECTIONS.values() for label in labels}
    others = [person for person in people if person.label not in leaders and person is not newcomer]
    applicants = [newcomer, *chance.sample([person for person in others if person.member != admin], FIRST_PEOPLE - 1)]
    sent = _apply(cohort, applicants, topics=topics, chance=chance, opens_at=term.morning(FIRST_OPENS), hours=13 * 24)
    decided_at = term.morning(FIRST_DECIDES) + timedelta(hours=2)
    accepted = sent[:FIRST_ACCEPTED]
    _decide(cohort, accepted, Outcome.ACCEPTED, admin=admin, at=decided_at, chance=chance)
    _decide(cohort, sent[FIRST_ACCEPTED:], Outcome.DECLINED, admin=admin, at=decided_at, chance=chance)
    for hours, (application, person) in enumerate(zip(accepted, applicants, strict=False), 1):
        claim_place(actor=person.member, application_id=application.pk, now=decided_at + timedelta(hours=3 * hours))
    by_label = {person.label: person.member for person in people}
    for name, labels in SECTIONS.items():
        section = Section.objects.create(cohort=cohort, name=name, capacity=FIRST_ACCEPTED // len(SECTIONS))
        section.leaders.set([by_label[label] for label in labels])
    distribute_places(cohort_id=cohort.pk)
    Cohort.objects.filter(pk=cohort.pk).update(state=State.COMPLETED)


def _make_second(
    *, people: list[Person], term: Term, admin: Member, newcomer: Person, topics: list[str], chance: random.Random
) -> None:
    """People with and without an account; some are accepted already, and most of these have taken their place."""
    cohort = Cohort.objects.create(
        name="Second intake",
        slug="second-intake",
        description=(
            "Eight weeks in small sections, in three parts of the day. You need no account to apply, and nobody asks "
            "for certificates. We answer by the end of the term."
        ),
        zone=term.zone,
        starts_on=term.monday(SECOND_STARTS),
        ends_on=term.monday(SECOND_ENDS) + timedelta(days=4),
        capacity=48,
        applications_open_at=term.morning(SECOND_OPENS),
        applications_close_at=term.morning(SECOND_CLOSES),
        state=State.APPLICATIONS,
    )
    for name in SECTIONS:
        Section.objects.create(cohort=cohort, name=name, capacity=16)
    unread = [person for person in people if not person.groups and person is not newcomer]
    members = chance.sample(unread, SECOND_MEMBERS)
    opens_at = term.morning(SECOND_OPENS)
    sent = _apply(cohort, members, topics=topics, chance=chance, opens_at=opens_at, hours=13 * 24)
    homes = [(person.member.country, person.member.time_zone) for person in people if person.member.country]
    for number in range(1, SECOND_PEOPLE - SECOND_MEMBERS + 1):
        country, zone = chance.choice(homes)
        at = opens_at + timedelta(minutes=chance.randint(1, 20 * 24 * 60))
        _apply_as(
            cohort,
            email=f"applicant-{number}@example.org",
            name=f"Applicant {number}",
            country=country,
            zone=zone,
            at=min(at, term.now - timedelta(hours=1)),
            topic=chance.choice(topics),
            words=chance.choice(MOTIVATIONS),
        )
    decided_at = term.morning(8) + timedelta(days=1)
    accepted = sent[:SECOND_ACCEPTED]
    _decide(cohort, accepted, Outcome.ACCEPTED, admin=admin, at=decided_at, chance=chance)
    for hours, (application, person) in enumerate(zip(accepted[:SECOND_CLAIMED], members, strict=False), 1):
        claim_place(actor=person.member, application_id=application.pk, now=decided_at + timedelta(hours=5 * hours))
    distribute_places(cohort_id=cohort.pk)


def _apply(
    cohort: Cohort,
    people: Iterable[Person],
    *,
    topics: list[str],
    chance: random.Random,
    opens_at: datetime,
    hours: int,
) -> list[Application]:
    """Members apply while they are signed out, with their own address."""
    return [
        _apply_as(
            cohort,
            email=person.member.email,
            name=person.member.name,
            country=person.member.country,
            zone=person.member.time_zone,
            institution=person.institution,
            at=opens_at + timedelta(minutes=chance.randint(1, hours * 60)),
            topic=chance.choice(topics),
            words=chance.choice(MOTIVATIONS),
        )
        for person in people
    ]


def _apply_as(
    cohort: Cohort,
    *,
    email: str,
    name: str,
    country: str,
    zone: str,
    at: datetime,
    topic: str,
    words: str,
    institution: str = "",
) -> Application:
    words = words.format(topic=topic[0].lower() + topic[1:])
    answers = {
        "name": name,
        "country": country,
        "zone": zone,
        "institution": institution,
        "motivation": words[0].upper() + words[1:],
        "topics": topic,
    }
    application, _is_new = apply_to_cohort(cohort_id=cohort.pk, actor=None, email=email, answers=answers, now=at)
    return application


def _decide(
    cohort: Cohort, applications: list[Application], outcome: str, *, admin: Member, at: datetime, chance: random.Random
) -> None:
    batch = decide(
        actor=admin,
        cohort_id=cohort.pk,
        application_ids=[application.pk for application in applications],
        outcome=outcome,
        key=uuid.UUID(int=chance.getrandbits(128), version=4),
        now=at,
    )
    apply_decision(batch_id=batch.pk, now=at + HELD_FOR)
