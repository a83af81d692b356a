"""The one kind of message that no part of the site sends alone: a member's week, told when they want to hear of it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collaborative.home.weeks import NEVER, WISH, Week, Wish, members_of, weeks_of
from members.models import Member
from notifications.kinds import Kind, Obligation
from notifications.models import Delivery


class WeeklyDigest(Kind):
    """To every member, on Monday at eight by their own clock unless they choose otherwise: what waits and what is on.

    Once a week, or once a day to those who choose so. Something that they might like is told along, and is no reason to
    write by itself. Nothing is written to whoever is away all week, or has been here on the day itself: signed in, or
    opened their week.
    """

    key = "weekly_digest"
    title = _("Your week")
    when = _("Once a week or once a day, at the hour they choose")
    to_whom = _("Members for whom something is on or waits")
    # A day later it is yesterday's news.
    stale_after = timedelta(hours=24)
    is_optional = True
    has_chosen_hour = True
    at_once = 100

    def __init__(self) -> None:
        # Set where all kinds are listed.
        self.kinds_with: Callable[[Collection[str]], Mapping[str, Kind]] = lambda _parts: {}

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        """Two queries, however many members, zones and wishes."""
        members = Member.objects.active().exclude(mail_preferences__digest=NEVER)
        wishes = members.order_by().values_list(*WISH).distinct()
        hours = [(due_at, day, Wish(*wish)) for wish in wishes for due_at, day in Wish(*wish).days(start, end)]
        # By the moment alone: the wish of somebody who has chosen nothing has no order among others.
        hours.sort(key=itemgetter(0))
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

    def prepare(self, deliveries: Sequence[Delivery], now: datetime) -> None:
        """As many queries for a hundred members as for one, and one or two for each message that was left to one."""
        members = members_of(deliveries)
        weeks = weeks_of(members, now, kinds_with=self.kinds_with)
        for delivery in deliveries:
            if delivery.member_id in members:
                delivery.member, delivery.prepared = members[delivery.member_id], weeks[delivery.member_id]

    def waits_until(self, delivery: Delivery, now: datetime) -> datetime | None:
        due_at = self._week_of(delivery, now).wish.moment_of(delivery.occurrence)
        return due_at if due_at is not None and due_at > now else None

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        week = self._week_of(delivery, now)
        is_chosen = week.wish.digest != NEVER and week.wish.moment_of(delivery.occurrence) is not None
        return is_chosen and not (week.is_away or week.is_seen or week.is_empty)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        week = self._week_of(delivery, now)
        return {
            "first": week.first,
            "later": week.items[1:] if week.first else week.items,
            "asked": week.asked,
            "holds": week.holds,
            "tasks": week.tasks,
            "today": week.today,
            "news": week.news,
            "left": week.left,
            "suggested": week.suggested,
            "path": reverse("home:me"),
        }

    def _week_of(self, delivery: Delivery, now: datetime) -> Week:
        if delivery.prepared is None:
            self.prepare([delivery], now)
        assert isinstance(delivery.prepared, Week)
        return delivery.prepared


WEEKLY_DIGEST = WeeklyDigest()
KINDS: list[Kind] = [WEEKLY_DIGEST]
