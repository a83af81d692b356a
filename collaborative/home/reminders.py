"""The one kind of message that no part of the site sends alone: a member's week, told on Monday morning."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collaborative.home.agenda import items_for
from collaborative.models import Site
from core.clock import first_weekday_from, instant_of
from members.availability.models import Away
from members.models import Member
from notifications.kinds import Kind, Obligation
from notifications.models import Delivery
from reading_groups.models import Enrolment, ReadingGroup

MONDAY, MORNING, WEEK = 0, time(8), timedelta(days=7)


class WeeklyDigest(Kind):
    """To every member, on Monday at eight by their own clock, once a week: what waits for them and what is on.

    Something that they might like is told along, and is no reason to write by itself; nor is a week spent away.
    """

    key = "weekly_digest"
    title = _("Your week, on Monday morning")
    # On Tuesday morning it is yesterday's news.
    stale_after = timedelta(hours=24)
    is_optional = True

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        """Two queries, however many members and zones."""
        members = Member.objects.active()
        zones = members.order_by("time_zone").values_list("time_zone", flat=True).distinct()
        mornings = sorted((due_at, day, zone) for zone in zones for due_at, day in _mondays(zone, start, end))
        if not mornings:
            return
        by_zone = defaultdict(list)
        reached = members.filter(time_zone__in={zone for _due_at, _day, zone in mornings}, joined_at__lt=end)
        for zone, member_id, joined_at in reached.order_by("id").values_list("time_zone", "id", "joined_at").iterator():
            by_zone[zone].append((member_id, joined_at))
        for due_at, day, zone in mornings:
            for member_id, joined_at in by_zone[zone]:
                # Whoever comes in the middle of a week is not sent its beginning.
                if joined_at <= due_at:
                    yield Obligation(
                        member_id=member_id,
                        object_key=f"members.member:{member_id}",
                        occurrence=f"{day:%G-W%V}",
                        due_at=due_at,
                    )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        member = delivery.member
        assert member is not None
        today = now.astimezone(_zone_of(member)).date()
        if Away.objects.of(member).filter(starts_on__lte=today, ends_on__gte=today + WEEK - timedelta(days=1)).exists():
            return False
        parts = Site.current().parts
        return bool(_held_for(member, now, parts) or items_for(member, now, _end_of_week(member, now), parts=parts))

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        member = delivery.member
        assert member is not None
        parts = Site.current().parts
        items = items_for(member, now, _end_of_week(member, now), parts=parts)
        today = now.astimezone(_zone_of(member)).date()
        first = items[0] if items and items[0].starts_at.astimezone(_zone_of(member)).date() == today else None
        return {
            "first": first,
            "holds": _held_for(member, now, parts),
            "later": items[1:] if first else items,
            "suggested": _might_like(member, now, parts),
            "path": reverse("home:me"),
        }


def _mondays(zone: str, start: datetime, end: datetime) -> Iterator[tuple[datetime, date]]:
    """Each Monday at eight in a zone, from `start` to before `end`."""
    zone = zone or settings.TIME_ZONE
    day = first_weekday_from(start.astimezone(ZoneInfo(zone)).date(), MONDAY)
    while (due_at := instant_of(day, MORNING, zone)) < end:
        if due_at >= start:
            yield due_at, day
        day += WEEK


def _zone_of(member: Member) -> ZoneInfo:
    return ZoneInfo(member.time_zone or settings.TIME_ZONE)


def _end_of_week(member: Member, now: datetime) -> datetime:
    """Seven days of the member's calendar, today among them."""
    zone = member.time_zone or settings.TIME_ZONE
    return instant_of(now.astimezone(ZoneInfo(zone)).date() + WEEK, time(0), zone)


def _held_for(member: Member, now: datetime, parts: Collection[str]) -> list[Enrolment]:
    """Places that are held for the member and wait for an answer, the most pressing first."""
    if "groups" not in parts:
        return []
    held = Enrolment.objects.filter(member=member, state=Enrolment.State.HELD, held_until__gt=now)
    return list(held.select_related("group").defer("group__search").order_by("held_until", "id"))


def _might_like(member: Member, now: datetime, parts: Collection[str]) -> ReadingGroup | None:
    """A group with free places on one of the member's topics, which they are not in; the one that meets next."""
    if "groups" not in parts:
        return None
    own = Enrolment.objects.live().filter(member=member).values("group")
    groups = ReadingGroup.objects.visible_to(member).listed().with_places().with_next_session(now)
    fitting = groups.filter(pk__in=ReadingGroup.objects.filter(topics__in=member.topics.all()).values("pk"))
    fitting = fitting.exclude(pk__in=own).exclude(organizers=member).defer("search")
    return fitting.order_by(F("next_starts_at").asc(nulls_last=True), "id").first()


WEEKLY_DIGEST = WeeklyDigest()
KINDS: list[Kind] = [WEEKLY_DIGEST]
