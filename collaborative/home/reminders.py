"""The one kind of message that no part of the site sends alone: a member's week, told when they want to hear of it."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
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
from notifications.models import Delivery, Preferences
from reading_groups.models import Enrolment, ReadingGroup

MONDAY, MORNING, WEEK = 0, time(8), timedelta(days=7)
NEVER = Preferences.Digest.NEVER
# The fields of a member that a `Wish` is made of.
WISH = ("time_zone", *(f"mail_preferences__{name}" for name in ("digest", "digest_weekday", "digest_at")))


class WeeklyDigest(Kind):
    """To every member, on Monday at eight by their own clock unless they choose otherwise: what waits and what is on.

    Once a week, or once a day to those who choose so. Something that they might like is told along, and is no reason to
    write by itself; nor is a week spent away.
    """

    key = "weekly_digest"
    title = _("Your week")
    when = _("Once a week or once a day, at the hour they choose")
    to_whom = _("Members for whom something is on or waits")
    # A day later it is yesterday's news.
    stale_after = timedelta(hours=24)
    is_optional = True
    has_chosen_hour = True

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        """Two queries, however many members, zones and wishes."""
        members = Member.objects.active().exclude(mail_preferences__digest=NEVER)
        wishes = members.order_by().values_list(*WISH).distinct()
        hours = sorted((due_at, day, Wish(*wish)) for wish in wishes for due_at, day in Wish(*wish).days(start, end))
        if not hours:
            return
        by_wish = defaultdict(list)
        reached = members.filter(time_zone__in={wish.zone for _due_at, _day, wish in hours}, joined_at__lt=end)
        for member_id, joined_at, *wish in reached.order_by("id").values_list("id", "joined_at", *WISH).iterator():
            by_wish[Wish(*wish)].append((member_id, joined_at))
        for due_at, day, wish in hours:
            for member_id, joined_at in by_wish[wish]:
                # Whoever comes in the middle of a week is not sent its beginning.
                if joined_at <= due_at:
                    yield Obligation(
                        member_id=member_id,
                        object_key=f"members.member:{member_id}",
                        occurrence=f"{day}" if wish.is_daily else f"{day:%G-W%V}",
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


class Wish(NamedTuple):
    """When those digests fall due that members of one zone and one choice get; nothing where nobody has chosen."""

    zone: str
    digest: str | None
    weekday: int | None
    at: time | None

    @property
    def is_daily(self) -> bool:
        return self.digest == Preferences.Digest.DAILY

    def days(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, date]]:
        """Each moment from `start` to before `end`, with its date in the zone."""
        zone = self.zone or settings.TIME_ZONE
        day, step = start.astimezone(ZoneInfo(zone)).date(), timedelta(days=1)
        if not self.is_daily:
            day, step = first_weekday_from(day, MONDAY if self.weekday is None else self.weekday), WEEK
        while (due_at := instant_of(day, self.at or MORNING, zone)) < end:
            if due_at >= start:
                yield due_at, day
            day += step


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
