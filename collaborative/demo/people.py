"""The demo's members: three hundred, from the countries of a real programme's members, at real institutions."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from string import ascii_uppercase
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress

from collaborative.demo.plan import COLLECTIVES
from members.actions import add_to_collective, find_or_create_institution, update_profile
from members.models import Collective, Member, Position, Topic

# Accounts with a short address; everybody else is member-d@example.org and so on.
ACCOUNTS = {"member": "A", "admin": "B", "organizer": "C"}
LIVES_IN = {"A": "IN", "B": "GB", "C": "KE"}

POSITIONS = {
    Position.SCHOOL: 3,
    Position.UNDERGRADUATE: 40,
    Position.MASTERS: 22,
    Position.GRADUATE: 12,
    Position.PHD: 17,
    Position.POSTDOC: 3,
    Position.LECTURER: 2,
    Position.PROFESSOR: 1,
}
DAYTIME = range(7, 23)


@dataclass(kw_only=True)
class Person:
    """A member and what the demo remembers of them while it is made."""

    label: str
    member: Member
    collective: str
    institution: str
    languages: list[str]
    groups: list[str] = field(default_factory=list)

    def is_awake_at(self, instant: datetime) -> bool:
        return instant.astimezone(ZoneInfo(self.member.time_zone)).hour in DAYTIME


def labels() -> Iterator[str]:
    """A to Z, AA to AZ, BA …"""
    yield from ascii_uppercase
    yield from (first + second for first in ascii_uppercase for second in ascii_uppercase)


def email_of(label: str) -> str:
    short = {letter: role for role, letter in ACCOUNTS.items()}
    return f"{short.get(label) or f'member-{label.lower()}'}@example.org"


def make_people(
    *,
    countries: list[dict],
    institutions: list[dict],
    password_hash: str,
    now: datetime,
    chance: random.Random,
    most: int | None = None,
) -> list[Person]:
    """Sign everybody up with a confirmed address, over the three years before `now`; or the first `most` of them."""
    for row in institutions:
        institution = find_or_create_institution(name=row["name"], country=row["country"])
        assert institution is not None
        institution.mail_domains = row["mail_domains"]
        institution.save(update_fields=["mail_domains"])
    homes = [row for row in countries for _ in range(row["members"])]
    chance.shuffle(homes)
    for label, code in LIVES_IN.items():
        _swap(homes, ascii_uppercase.index(label), code)
    areas = cycle(plan.slug for plan in COLLECTIVES)
    leads = {label: plan.slug for plan in COLLECTIVES for label in plan.leads}
    people = []
    for label, home in zip(labels(), homes[:most], strict=False):
        here = [row["name"] for row in institutions if row["country"] == home["code"]]
        member = Member(
            email=email_of(label),
            password=password_hash,
            name=f"Member {label}",
            time_zone=chance.choices(list(home["zones"]), home["zones"].values())[0],
            country=home["code"],
            is_staff=label == ACCOUNTS["admin"],
            is_superuser=label == ACCOUNTS["admin"],
            joined_at=(now - timedelta(days=chance.randint(90, 1100))).astimezone(UTC),
        )
        area = next(areas)
        people.append(
            Person(
                label=label,
                member=member,
                collective=leads.get(label, area),
                institution=chance.choice(here) if here and (label in LIVES_IN or chance.random() < 0.8) else "",
                languages=home["languages"][: chance.randint(1, len(home["languages"]))],
            )
        )
    Member.objects.bulk_create([person.member for person in people])
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=person.member, email=person.member.email, verified=True, primary=True) for person in people]
    )
    return people


def _swap(homes: list[dict], index: int, code: str) -> None:
    """Give one member a home in that country, and whoever had it theirs."""
    if homes[index]["code"] != code:
        other = next(n for n, home in enumerate(homes) if home["code"] == code and n > len(LIVES_IN))
        homes[index], homes[other] = homes[other], homes[index]


def fill_profiles(*, people: list[Person], group_topics: dict[str, tuple[str, ...]], chance: random.Random) -> None:
    """Say for each member where they study, what they speak and how far they are with which topics."""
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    interests = {plan.slug: plan.topics for plan in COLLECTIVES}
    for person in people:
        position = chance.choices(list(POSITIONS), list(POSITIONS.values()))[0]
        rank = position.rank
        read_about = [slug for group in person.groups for slug in group_topics[group]]
        liked = chance.sample(interests[person.collective], chance.randint(1, 3))
        known = []
        for slug in dict.fromkeys(read_about[:3] + liked):
            level = min(max(chance.randint(0, 2) + (rank >= Position.PHD.rank), 0), 3)
            known.append((topics[slug], level, 0 if level == 0 else level * chance.randint(2, 9)))
        update_profile(
            actor=person.member,
            name=person.member.name,
            time_zone=person.member.time_zone,
            institution_name=person.institution,
            language="en",
            spoken_languages=person.languages,
            academic_position="" if chance.random() < 0.1 else position,
            citation_count=chance.randint(0, 40) * rank if rank >= Position.PHD.rank else None,
            topics=known,
        )


def make_collectives(*, people: list[Person], chance: random.Random) -> dict[str, Collective]:
    """Two leads for each collective, and about a third of those who care for its topics."""
    made = {}
    for plan in COLLECTIVES:
        collective = Collective.objects.create(slug=plan.slug, name=plan.name, description=plan.description)
        for person in people:
            if person.label in plan.leads or (person.collective == plan.slug and chance.random() < 0.35):
                add_to_collective(collective=collective, member=person.member, is_lead=person.label in plan.leads)
        made[plan.slug] = collective
    return made
