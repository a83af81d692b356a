"""A member's week as their digest tells it, for many members at once: as many queries for a hundred as for one."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max

from collaborative.models import Site
from core.agenda import AgendaItem
from core.clock import first_weekday_from, instant_of
from members.availability import digest as availability_digest
from members.models import Member
from notifications.kinds import Kind
from notifications.models import Delivery, Preferences
from projects import digest as projects_digest
from projects.models import Task
from reading_groups import digest as reading_groups_digest
from reading_groups.asked import Asked
from reading_groups.digest import News
from reading_groups.models import Enrolment, ReadingGroup

MONDAY, MORNING, DAY, WEEK = 0, time(8), timedelta(days=1), timedelta(days=7)
NEVER = Preferences.Digest.NEVER
# The fields of a member that a `Wish` is made of.
WISH = ("time_zone", *(f"mail_preferences__{name}" for name in ("digest", "digest_weekday", "digest_at")))
# What came before is no news, whenever the last digest was.
LONGEST_NEWS = timedelta(days=14)
# What comes while a digest is made is told by the next one.
IN_HAND = timedelta(minutes=1)
MOST_NEWS = 4
MOST_LEFT = 6


class Wish(NamedTuple):
    """When those digests fall due that members of one zone and one choice get; nothing where nobody has chosen."""

    zone: str
    digest: str | None
    weekday: int | None
    at: time | None

    @property
    def is_daily(self) -> bool:
        return self.digest == Preferences.Digest.DAILY

    @property
    def day_of_week(self) -> int:
        return MONDAY if self.weekday is None else self.weekday

    def moment_of(self, occurrence: str) -> datetime | None:
        """When one falls due; None where digests of another rhythm were meant."""
        is_weekly = "W" in occurrence
        if is_weekly == self.is_daily:
            return None
        if is_weekly:
            year, week = occurrence.split("-W")
            day = date.fromisocalendar(int(year), int(week), 1 + self.day_of_week)
        else:
            day = date.fromisoformat(occurrence)
        return instant_of(day, self.at or MORNING, self.zone or settings.TIME_ZONE)

    def days(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, date]]:
        """Each moment from `start` to before `end`, with its date in the zone."""
        zone = self.zone or settings.TIME_ZONE
        day, step = start.astimezone(ZoneInfo(zone)).date(), DAY
        if not self.is_daily:
            day, step = first_weekday_from(day, self.day_of_week), WEEK
        while (due_at := instant_of(day, self.at or MORNING, zone)) < end:
            if due_at >= start:
                yield due_at, day
            day += step


@dataclass(frozen=True, kw_only=True)
class Week:
    """What a digest tells one member at one moment, and why it may not be sent at all."""

    wish: Wish
    zone: ZoneInfo
    now: datetime
    # Away on all seven days.
    is_away: bool
    # Has signed in or opened their week today, by their own clock.
    is_seen: bool
    # What waits for them.
    asked: Sequence[Asked]
    holds: Sequence[Enrolment]
    tasks: Sequence[Task]
    # The sessions and meetings of seven days of their calendar, today among them.
    items: Sequence[AgendaItem]
    # What came to their groups, and what was not mailed as they had enough mails, since their last digest.
    news: Sequence[News]
    left: Sequence[Delivery]
    suggested: ReadingGroup | None

    @property
    def is_empty(self) -> bool:
        return not (self.asked or self.holds or self.tasks or self.items or self.news or self.left)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def first(self) -> AgendaItem | None:
        """What is on today, or comes next today."""
        if self.items and self.items[0].starts_at.astimezone(self.zone).date() == self.today:
            return self.items[0]
        return None


def members_of(deliveries: Sequence[Delivery]) -> dict[int, Member]:
    """The members whom these are for, each with what they have chosen. One query."""
    ids = {delivery.member_id for delivery in deliveries}
    return Member.objects.select_related("mail_preferences").in_bulk(ids - {None})


def weeks_of(
    members: Mapping[int, Member], now: datetime, *, kinds_with: Callable[[Collection[str]], Mapping[str, Kind]]
) -> dict[int, Week]:
    """The week of each member. About thirty queries, however many members, and those of what was left to the digest."""
    parts = Site.current().parts
    zones = {pk: ZoneInfo(member.time_zone or settings.TIME_ZONE) for pk, member in members.items()}
    today = {pk: now.astimezone(zone).date() for pk, zone in zones.items()}
    ends = {pk: instant_of(today[pk] + WEEK, time(0), str(zones[pk])) for pk in members}
    last_day = {pk: day + WEEK - DAY for pk, day in today.items()}
    since = _since(members, now)
    away = availability_digest.away_all_days({pk: (today[pk], last_day[pk]) for pk in members})
    meetings = availability_digest.items_of_members(members, ends, now)
    tasks = projects_digest.tasks_of_members(last_day) if "projects" in parts else {}
    groups = _of_groups(members, ends, since, now) if "groups" in parts else _OfGroups({}, {}, {}, {}, {})
    items = {
        pk: sorted([*groups.items.get(pk, ()), *meetings.get(pk, ())], key=lambda item: (item.starts_at, item.uid))
        for pk in members
    }
    left = _left_to(members, since, items, kinds_with(parts), now)
    return {
        pk: Week(
            wish=_wish_of(member),
            zone=zones[pk],
            now=now,
            is_away=pk in away,
            is_seen=member.here_at is not None and member.here_at.astimezone(zones[pk]).date() >= today[pk],
            asked=groups.asked.get(pk, ()),
            holds=groups.holds.get(pk, ()),
            tasks=tasks.get(pk, ()),
            items=items[pk],
            news=groups.news.get(pk, ()),
            left=left.get(pk, ()),
            suggested=groups.suggested.get(pk),
        )
        for pk, member in members.items()
    }


class _OfGroups(NamedTuple):
    """What reading groups have to tell, by member."""

    items: Mapping[int, Sequence[AgendaItem]]
    asked: Mapping[int, Sequence[Asked]]
    holds: Mapping[int, Sequence[Enrolment]]
    news: Mapping[int, Sequence[News]]
    suggested: Mapping[int, ReadingGroup]


def _of_groups(
    members: Mapping[int, Member], ends: Mapping[int, datetime], since: Mapping[int, datetime], now: datetime
) -> _OfGroups:
    belonging = reading_groups_digest.belonging_of(list(members))
    items = reading_groups_digest.items_of_members(members, belonging, ends, now)
    return _OfGroups(
        items=items,
        asked=reading_groups_digest.asked_of_members(list(members), now),
        holds=reading_groups_digest.held_for_members(list(members), now),
        news=reading_groups_digest.news_of_members(belonging, since, now, told=items, most=MOST_NEWS),
        suggested=reading_groups_digest.might_like(belonging, list(members), now),
    )


def _wish_of(member: Member) -> Wish:
    own = getattr(member, "mail_preferences", None)
    if own is None:
        return Wish(member.time_zone, None, None, None)
    return Wish(member.time_zone, own.digest, own.digest_weekday, own.digest_at)


def _since(members: Mapping[int, Member], now: datetime) -> dict[int, datetime]:
    """When each was last sent a digest, where that is not too long ago. One query."""
    earliest = now - LONGEST_NEWS
    digests = Delivery.objects.filter(
        member__in=members, urgency=Delivery.Urgency.DIGEST, state=Delivery.State.SENT, sent_at__gt=earliest
    )
    sent = dict(digests.order_by().values_list("member_id").annotate(Max("sent_at")))
    return {pk: sent[pk] - IN_HAND if pk in sent else earliest for pk in members}


def _left_to(
    members: Mapping[int, Member],
    since: Mapping[int, datetime],
    items: Mapping[int, Sequence[AgendaItem]],
    kinds: Mapping[str, Kind],
    now: datetime,
) -> dict[int, list[Delivery]]:
    """What was left to each digest, is not read yet and still true, the latest first. One query, and its kind's for
    each, of which so many are looked at. What stands among the items anyway is not told again."""
    rows = Delivery.objects.notices().filter(
        member__in=members, left_to_digest_at__gt=min(since.values(), default=now), read_at=None
    )
    looked_at: dict[int, list[Delivery]] = defaultdict(list)
    for row in rows.filter(state=Delivery.State.SUPPRESSED).order_by("-left_to_digest_at", "-id"):
        assert row.member_id is not None
        assert row.left_to_digest_at is not None
        is_late = row.expires_at is not None and row.expires_at <= now
        is_told = row.object_key in {item.uid for item in items[row.member_id]}
        if row.left_to_digest_at > since[row.member_id] and not is_late and not is_told and row.kind in kinds:
            row.member = members[row.member_id]
            looked_at[row.member_id].append(row)
    return {
        pk: [row for row in own[:MOST_LEFT] if kinds[row.kind].still_wanted(row, now)] for pk, own in looked_at.items()
    }
