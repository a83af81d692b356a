"""When people can meet, read from their typical weeks in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import numpy as np

from core.clock import instant_of
from members.availability.algebra import SLOTS, CommonTime, best_starts, expand, overlap, shared_minutes, slot_of
from members.availability.clock import zone_of
from members.availability.marks import monday_of
from members.availability.models import Away, TypicalWeek

__all__ = ["CommonTime", "away_in", "common_times", "shared_minutes", "weeks_of"]

MIDNIGHT = time(0)


def weeks_of(member_ids: Sequence[int], *, first_week: date, weeks: int) -> np.ndarray:
    """What each member marked, in concrete weeks: uint8 of shape (members, weeks, 672), values 0 to 3. One query.

    The rows are in the order of the ids. `first_week` is any day of the first ISO week; weeks run from Monday
    00:00 UTC. Somebody without a typical week can at no time. A later typical week takes over from the midnight of
    its first day at its own place; the first one is taken to have held before as well. Days away are not taken
    out, since a holiday says nothing of what two people share for a term; `away_in` has them.
    """
    records = defaultdict(list)
    rows = TypicalWeek.objects.filter(member__in=member_ids).order_by("member_id", "valid_from")
    for member_id, zone, valid_from, marks in rows.values_list("member_id", "zone", "valid_from", "marks"):
        records[member_id].append((zone, valid_from, marks))
    found = np.zeros((len(member_ids), weeks, SLOTS), np.uint8)
    for row, member_id in zip(found.reshape(len(member_ids), weeks * SLOTS), member_ids, strict=True):
        for number, (zone, valid_from, marks) in enumerate(records[member_id]):
            takes_over = instant_of(valid_from, MIDNIGHT, zone)
            first = max(slot_of(takes_over, first_week=first_week), 0) if number else 0
            row[first:] = expand(marks, zone=zone, first_week=first_week, weeks=weeks).reshape(-1)[first:]
    return found


def away_in(member_ids: Sequence[int], *, first_week: date, weeks: int) -> np.ndarray:
    """When each member is away, as bool of the same shape as `weeks_of`. One query.

    Days are those of the member's own zone.
    """
    monday = monday_of(first_week)
    found = np.zeros((len(member_ids), weeks, SLOTS), bool)
    rows_of = defaultdict(list)
    for row, member_id in zip(found.reshape(len(member_ids), weeks * SLOTS), member_ids, strict=True):
        rows_of[member_id].append(row)
    # A day more on either side, as the week begins at another time elsewhere.
    near = Away.objects.between(monday - timedelta(days=1), monday + timedelta(weeks=weeks, days=1))
    for away in near.filter(member__in=member_ids).select_related("member"):
        zone = zone_of(away.member)
        first = slot_of(instant_of(away.starts_on, MIDNIGHT, zone), first_week=first_week)
        after = slot_of(instant_of(away.ends_on + timedelta(days=1), MIDNIGHT, zone), first_week=first_week)
        for row in rows_of[away.member_id]:
            row[max(first, 0) : max(after, 0)] = True
    return found


def common_times(
    member_ids: Sequence[int], *, first_week: date, weeks: int, minutes: int, after: datetime | None = None
) -> list[CommonTime]:
    """Times in these weeks at which all of them can meet and none is away, the best first. Two queries.

    The best is the one that the least willing would rather, then the soonest; no two are on one day. Nothing
    before `after`. Empty where they share no such time, or where one of them has no typical week.
    """
    if not member_ids:
        return []
    can = weeks_of(member_ids, first_week=first_week, weeks=weeks)
    can[away_in(member_ids, first_week=first_week, weeks=weeks)] = 0
    return best_starts(overlap(can), first_week=first_week, minutes=minutes, after=after)
