"""When a group meets: from the wall time of a rule, or of single dates, to sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from core.clock import instant_of
from reading_groups.actions.places import lock_group
from reading_groups.models import ReadingGroup, Session

type Moment = tuple[date, time]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Days and times as clocks in the group's zone show them; with a weekday where they follow a rule."""

    moments: tuple[Moment, ...] = ()
    weekday: int | None = None
    at: time | None = None
    every_weeks: int = 1


@transaction.atomic
def follow_plan(*, group_id: int, plan: Plan) -> list[Session]:
    """Write the sessions of a plan, and its rule if it has one; sessions that stand already are kept. The new ones.

    Each is at the wall time of the plan in the group's zone. Raises ReadingGroup.DoesNotExist. Sends nothing.
    """
    group = lock_group(group_id)
    if plan.weekday is not None:
        keep_rule(group, plan)
    return _add(group, plan)


def replace_plan(group: ReadingGroup, plan: Plan) -> None:
    """Give a locked group that nobody is in yet the sessions of this plan alone; those that are in it stay."""
    keep_rule(group, plan)
    starts = [session.starts_at for session in sessions_at(group, plan.moments)]
    group.sessions.exclude(starts_at__in=starts).delete()
    _add(group, plan)


def keep_rule(group: ReadingGroup, plan: Plan) -> None:
    group.weekday, group.starts_at_time, group.every_weeks = plan.weekday, plan.at, plan.every_weeks
    group.save(update_fields=["weekday", "starts_at_time", "every_weeks"])


def sessions_at(group: ReadingGroup, moments: Iterable[Moment]) -> list[Session]:
    """Sessions that are not saved yet, as long as the group meets."""
    sessions = []
    for day, at in moments:
        starts_at = instant_of(day, at, group.zone)
        ends_at = starts_at + timedelta(minutes=group.duration_minutes)
        sessions.append(Session(group=group, held_on=day, starts_at=starts_at, ends_at=ends_at))
    return sessions


def _add(group: ReadingGroup, plan: Plan) -> list[Session]:
    there: set[datetime | None] = set(group.sessions.values_list("starts_at", flat=True))
    new = [session for session in sessions_at(group, plan.moments) if session.starts_at not in there]
    # One that somebody else adds meanwhile is kept as well.
    Session.objects.bulk_create(new, ignore_conflicts=True)
    return new
