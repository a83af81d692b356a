"""A term as it happened: groups are planned, people join and leave, places are held, taken and passed on."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from collaborative.demo.attending import attend
from collaborative.demo.discussing import discuss
from collaborative.demo.finishing import write_findings
from collaborative.demo.people import Person
from collaborative.demo.plan import THIS_WEEK, GroupPlan, State
from core.clock import first_weekday_from, instant_of, repeating_days
from members.models import Collective, Member, Topic
from reading_groups.actions import (
    cancel_session,
    join_group,
    leave_group,
    pass_on_holds,
    plan_sessions,
    save_group,
    set_state,
)
from reading_groups.importer import import_reading_list, parse_content
from reading_groups.models import Enrolment, ReadingGroup

SIGN_UP_WEEKS = 3
MOST_GROUPS_EACH = 3


@dataclass(kw_only=True)
class Term:
    """Week 1 begins on the Monday that makes the week of `now` the ninth."""

    now: datetime
    zone: str

    def monday(self, week: int) -> date:
        today = self.now.astimezone(ZoneInfo(self.zone)).date()
        return today - timedelta(days=today.weekday()) + timedelta(weeks=week - THIS_WEEK)

    def morning(self, week: int) -> datetime:
        return instant_of(self.monday(week), time(9, 0), self.zone)


@dataclass(kw_only=True)
class Group:
    plan: GroupPlan
    row: ReadingGroup
    people: list[Person] = field(default_factory=list)

    def member_of(self, enrolment: Enrolment) -> Person:
        return next(person for person in self.people if person.member.pk == enrolment.member_id)


def choose_people(
    *, plans: Sequence[GroupPlan], term: Term, people: list[Person], chance: random.Random
) -> dict[str, list[Person]]:
    """Who signs up for which group, in order: those whom the plan names, then people with the interest and a bed."""
    named = {label for plan in plans for label in (*plan.first, *plan.line)}
    by_label = {person.label: person for person in people}
    chosen = {}
    for plan in plans:
        meets_at = instant_of(first_weekday_from(term.monday(plan.first_week), plan.weekday), plan.at, plan.zone)
        others = [person for person in people if person.label not in named and person.is_awake_at(meets_at)]
        chance.shuffle(others)
        others.sort(key=lambda person: (len(person.groups) >= MOST_GROUPS_EACH, person.collective != plan.collective))
        first, line = ([by_label[label] for label in labels] for labels in (plan.first, plan.line))
        before_line = others[: min(plan.capacity, plan.joins) - len(first)] if line else others[: plan.joins]
        rest = others[len(before_line) :]
        chosen[plan.slug] = [*first, *before_line, *line, *rest][: plan.joins]
        for person in chosen[plan.slug]:
            person.groups.append(plan.slug)
    return chosen


def make_group(
    *,
    plan: GroupPlan,
    number: int,
    term: Term,
    readings: dict,
    collectives: dict[str, Collective],
    topics: dict[str, Topic],
    people: list[Person],
    organizers: list[Person],
) -> Group:
    """A draft with its sessions planned and its reading list in place."""
    planned_at = term.morning(plan.first_week - SIGN_UP_WEEKS - 2) + timedelta(hours=number)
    row = save_group(
        group=ReadingGroup(
            slug=plan.slug,
            title=plan.title,
            description=plan.description,
            format=plan.format,
            collective=collectives.get(plan.collective),
            zone=plan.zone,
            weekday=plan.weekday,
            starts_at_time=plan.at,
            duration_minutes=plan.minutes,
            every_weeks=plan.every_weeks,
            call_url=f"https://meet.example.org/{plan.slug}",
            chat_url=f"https://chat.example.org/{plan.slug}",
            capacity=plan.capacity,
            visibility=plan.visibility,
        ),
        now=planned_at,
    )
    # The column takes the time of loading; the group is older in the story, and lists sort by it.
    ReadingGroup.objects.filter(pk=row.pk).update(created_at=planned_at)
    row.topics.set([topics[slug] for slug in plan.topics])
    row.organizers.set([person.member for person in organizers])
    days: list[date] = []
    if plan.state != State.DRAFT:
        first = first_weekday_from(term.monday(plan.first_week), plan.weekday)
        last = term.monday(plan.last_week + 1) - timedelta(days=1)
        days = list(repeating_days(first, last, every_weeks=plan.every_weeks))
        plan_sessions(group=row, first_on=first, last_on=days[-1])
    sessions = [
        {"date": day.isoformat(), "papers": papers} for day, papers in zip(days, readings["sessions"], strict=False)
    ]
    pool = [{"title": plan.title, "papers": readings["pool"]}] if readings["pool"] else []
    import_reading_list(
        reading_list=parse_content({"sessions": sessions + pool}),
        slug=plan.slug,
        title=plan.title,
        zone=plan.zone,
        now=planned_at,
    )
    if plan.called_off_week is not None:
        session = row.sessions.get(held_on=first_weekday_from(term.monday(plan.called_off_week), plan.weekday))
        cancel_session(actor=organizers[0].member, session_id=session.pk, now=planned_at)
    return Group(plan=plan, row=row, people=people)


def live_through(*, group: Group, term: Term, newcomer: Member, chance: random.Random) -> None:
    """Open the group, let people in, let some leave, let them talk, and bring it to the state that the plan names."""
    plan, row = group.plan, group.row
    if plan.state == State.DRAFT:
        return
    opens_at = term.morning(min(plan.first_week, THIS_WEEK - 1) - SIGN_UP_WEEKS)
    set_state(group_id=row.pk, state=State.OPEN, now=opens_at)
    minutes = sorted(chance.sample(range(SIGN_UP_WEEKS * 7 * 24 * 60), len(group.people)))
    for person, after in zip(group.people, minutes, strict=True):
        join_group(actor=person.member, group_id=row.pk, now=opens_at + timedelta(minutes=after))
    if plan.state == State.OPEN:
        _discuss(group, term, newcomer)
        return
    set_state(group_id=row.pk, state=State.RUNNING, now=term.morning(plan.first_week))
    for week, answer in plan.leaves:
        _somebody_leaves(group, term.morning(week) + timedelta(minutes=chance.randint(0, 600)), answer)
    if plan.has_fresh_hold:
        leave_group(actor=_last_enrolled(group).member, group_id=row.pk, now=term.now)
    _discuss(group, term, newcomer)
    if plan.state == State.COMPLETED:
        write_findings(row)
        set_state(group_id=row.pk, state=State.COMPLETED, now=term.morning(plan.last_week + 1))


def _discuss(group: Group, term: Term, newcomer: Member) -> None:
    discuss(group=group.row, now=term.now, newcomer=newcomer, newcomer_presents=group.plan.newcomer_presents)
    attend(group=group.row, now=term.now, newcomer=newcomer)


def _last_enrolled(group: Group) -> Person:
    return group.member_of(group.row.enrolments.enrolled().latest("joined_at"))


def _somebody_leaves(group: Group, at: datetime, answer: str) -> None:
    """Whoever came last leaves; the first in line answers as said, and the one after them takes the place."""
    leave_group(actor=_last_enrolled(group).member, group_id=group.row.pk, now=at)
    while (held := group.row.enrolments.filter(state=Enrolment.State.HELD).first()) is not None:
        assert held.held_until is not None
        answered_at = at + (held.held_until - at) / 4
        actor = group.member_of(held).member
        if answer == "takes":
            join_group(actor=actor, group_id=group.row.pk, now=answered_at)
        elif answer == "declines":
            leave_group(actor=actor, group_id=group.row.pk, now=answered_at)
        else:
            answered_at = held.held_until.astimezone(UTC)
            pass_on_holds(group_id=group.row.pk, now=answered_at)
        at, answer = answered_at, "takes"
