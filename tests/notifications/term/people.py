"""Who is there in the term, what they plan, and what happens to them: everything that the term is made of.

It runs from 31 August to 22 November 2026. Berlin puts its clocks back on 25 October and New York on 1 November;
those of Santiago, Auckland and Lord Howe go forward in September and October.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import cycle
from uuid import NAMESPACE_URL, uuid5

from collaborative.home.actions import delete_account
from members.actions import deactivate_member, set_time_zone
from members.availability.actions import add_away
from members.models import Member
from notifications.preferences import When, save_preferences
from reading_groups import actions
from reading_groups.actions import Moment
from reading_groups.models import GroupMessage, ReadingGroup, Session
from tests.factories import AdminFactory, MemberFactory, ReadingGroupFactory, SessionFactory

BEGINS = datetime(2026, 8, 31, tzinfo=UTC)
WEEKS = 12
ENDS = BEGINS + timedelta(weeks=WEEKS)
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Pacific/Auckland",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
]
# Weekday and time by the clocks of the group's zone.
GROUPS = [
    ("Europe/Berlin", 1, time(18)),
    ("America/New_York", 3, time(12)),
    ("Asia/Kathmandu", 2, time(19, 30)),
    ("Pacific/Auckland", 5, time(10)),
]
QUIET = (time(22), time(7))
NAMESPACE = uuid5(NAMESPACE_URL, "a-term")

type Happening = tuple[datetime, Callable[..., object]]


@dataclass
class Term:
    members: list[Member]
    groups: list[ReadingGroup]
    organizer: Member
    # Where each was reached, also after they have left the site.
    addresses: dict[int, str] = field(default_factory=dict)
    # Those who are never in another zone than that of their beginning, and want what everybody wants.
    steady: set[int] = field(default_factory=set)

    def sessions(self, group: int) -> list[Session]:
        return list(self.groups[group].sessions.order_by("starts_at"))


def wants(**fields: object) -> When:
    usual = {"quiet_from": QUIET[0], "quiet_until": QUIET[1], "digest": "weekly", "digest_weekday": 0}
    return When(**(usual | {"digest_at": time(8)} | fields))  # type: ignore[arg-type]


def begin() -> Term:
    """Thirty members in six zones, and four groups: the first of them is full, and three wait."""
    zones = cycle(ZONES)
    members = [MemberFactory(time_zone=next(zones), joined_at=BEGINS - timedelta(days=9)) for _ in range(30)]
    organizer = AdminFactory(time_zone="Europe/Berlin", joined_at=BEGINS - timedelta(days=9))
    groups = []
    for number, (zone, weekday, at) in enumerate(GROUPS):
        group = ReadingGroupFactory(
            zone=zone,
            weekday=weekday,
            starts_at_time=at,
            capacity=8 if number == 0 else 15,
            presenters_wanted=1 if number == 1 else 0,
            organizers=[organizer],
        )
        for week in range(WEEKS):
            day = BEGINS.date() + timedelta(weeks=week, days=weekday)
            session = SessionFactory.build(group=group)
            actions.sessions.set_time(session, Moment(held_on=day, at=at))
            session.save()
        groups.append(group)
    before = BEGINS - timedelta(days=5)
    for number, member in enumerate(members[:24]):
        for group in {number % 4, number % 3 + 1}:
            actions.join_group(actor=member, group_id=groups[group].pk, now=before)
    # The six of the first group, two more who fill it, and three in line.
    for member in members[24:29]:
        actions.join_group(actor=member, group_id=groups[0].pk, now=before)
    term = Term(members, groups, organizer)
    term.addresses = {member.pk: member.email for member in [*members, organizer]}
    changed = {members[number].pk for number in (*CHANGES_ZONE, *WANTS_OTHERWISE, *LEAVES_THE_SITE)}
    term.steady = set(term.addresses) - changed
    return term


CHANGES_ZONE, WANTS_OTHERWISE, LEAVES_THE_SITE = (6, 13, 20), (7, 8, 9, 10), (11, 22)


def happenings(term: Term) -> Iterator[Happening]:
    """What people do, and when. Each is called with `now`. The other members go silent: they never answer anything."""
    members, groups = term.members, term.groups
    first, second, third, _fourth = groups

    def on(week: int, weekday: int, hour: int, minute: int = 0) -> datetime:
        return BEGINS + timedelta(weeks=week, days=weekday, hours=hour, minutes=minute)

    def said(number: int, group: ReadingGroup, audience: str = "all") -> Callable[..., object]:
        return partial(
            actions.write_message,
            actor=term.organizer,
            group_id=group.pk,
            audience=audience,
            session_id=None,
            subject=f"Message {number}",
            text="See you soon.",
            key=uuid5(NAMESPACE, str(number)),
        )

    def nothing(*, now: datetime) -> None:
        """Only time passes: what was held for ten minutes is sent."""

    # Joining: late ones, one into the line of the full group.
    yield on(1, 2, 9), partial(actions.join_group, actor=members[29], group_id=second.pk)
    yield on(2, 3, 20), partial(actions.join_group, actor=members[29], group_id=first.pk)
    # So shortly before the session that its reminder is due already.
    yield on(4, 1, 2), partial(actions.join_group, actor=members[29], group_id=third.pk)
    # Leaving the full group: a place goes to the first in line, who takes it; then to one who is silent, and on.
    leaving = [enrolment.member for enrolment in first.enrolments.enrolled().order_by("id")]
    yield on(2, 4, 10), partial(actions.leave_group, actor=leaving[0], group_id=first.pk)
    yield on(2, 4, 15), partial(actions.join_group, actor=members[26], group_id=first.pk)
    yield on(5, 4, 10), partial(actions.leave_group, actor=leaving[1], group_id=first.pk)
    yield on(6, 1, 3), partial(actions.leave_group, actor=members[5], group_id=second.pk)
    # Leaving after the reminder is written and before it is due.
    yield on(7, 1, 6), partial(actions.leave_group, actor=members[1], group_id=second.pk)
    # Away.
    yield on(3, 6, 12), partial(_away, members[2], date(2026, 9, 21), date(2026, 10, 11))
    yield on(8, 0, 5), partial(_away, members[4], date(2026, 10, 26), date(2026, 11, 8))
    # Other wishes, in the middle of a week.
    yield on(1, 3, 12), partial(_wish, members[7], wants(digest="daily", digest_at=time(9)))
    yield on(1, 3, 12), partial(_wish, members[8], wants(digest="never"))
    yield on(6, 0, 12), partial(_wish, members[9], wants(), session_tomorrow="none")
    yield (
        on(6, 0, 12),
        partial(_wish, members[10], wants(digest_weekday=4, quiet_from=time(20)), session_tomorrow="site"),
    )
    # Other zones; one of them in the night before a digest, another while a session is a day away.
    yield on(3, 0, 3), partial(_move, members[6], "Pacific/Auckland")
    yield on(8, 1, 18), partial(_move, members[13], "Asia/Kathmandu")
    yield on(10, 6, 18), partial(_move, members[20], "America/New_York")
    # Leaving the site, and being made inactive.
    yield on(5, 1, 12), partial(delete_account, actor=members[11])
    yield on(9, 2, 6), partial(_deactivate, term.organizer, members[22])
    # Sessions move, are called off, and come back.
    thursday, wednesday, saturday = (term.sessions(number) for number in (1, 2, 3))
    moved = Moment(held_on=thursday[4].held_on + timedelta(days=1), at=time(13))
    yield on(4, 2, 20), partial(actions.move_session, actor=term.organizer, session_id=thursday[4].pk, moment=moved)
    yield on(6, 2, 3), partial(actions.cancel_session, actor=term.organizer, session_id=wednesday[6].pk)
    yield on(8, 3, 3), partial(actions.cancel_session, actor=term.organizer, session_id=saturday[8].pk)
    yield on(8, 3, 9), partial(actions.bring_back_session, actor=term.organizer, session_id=saturday[8].pk)
    # Presenting, asking, withdrawing.
    presenting = [enrolment.member for enrolment in second.enrolments.enrolled().order_by("id")]
    for week in (2, 5, 8):
        presenter = presenting[week % 4 + 4]
        yield on(week, 0, 12), partial(actions.offer_to_present, actor=presenter, session_id=thursday[week].pk)
        question = partial(actions.ask_question, actor=presenting[2], session_id=thursday[week].pk, text="Why?")
        yield on(week, 1, 12), question
    yield (
        on(5, 2, 9),
        partial(actions.withdraw_from_presenting, actor=presenting[5 % 4 + 4], session_id=thursday[5].pk),
    )
    # A week in which organizers write a lot, in the week of Berlin's change.
    for number in range(6):
        moment = on(7, number, 13, 7)
        yield moment, said(number, second)
        yield moment + timedelta(minutes=10), nothing
        yield moment + timedelta(hours=2), said(100 + number, third)
        yield moment + timedelta(hours=2, minutes=10), nothing
    yield on(3, 2, 11), said(200, first, GroupMessage.Audience.WAITLIST)
    yield on(3, 2, 11, 10), nothing


def _away(member: Member, starts_on: date, ends_on: date, *, now: datetime) -> None:
    add_away(actor=member, starts_on=starts_on, ends_on=ends_on)


def _wish(member: Member, when: When, *, now: datetime, **channels: str) -> None:
    save_preferences(member_id=member.pk, when=when, channels=channels)


def _move(member: Member, zone: str, *, now: datetime) -> None:
    set_time_zone(actor=member, time_zone=zone)


def _deactivate(actor: Member, member: Member, *, now: datetime) -> None:
    deactivate_member(actor=actor, member=member)
