"""How sending goes, in numbers: at this moment, and over a week."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q
from django.db.models.functions import TruncDate

from core.clock import instant_of
from notifications.limits import WAITS
from notifications.models import Delivery

State = Delivery.State
DAY = timedelta(hours=24)
DAYS_SHOWN = 7
# What became of a message, in the order in which it is told.
CLOSED = (State.SENT, State.FAILED, State.SUPPRESSED)
# How late a message went, up to before each of these; the last are those that went later still.
LATENESS = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))


@dataclass(frozen=True, kw_only=True)
class Present:
    """How sending goes at a moment."""

    # Within the last 24 hours; `most` is the limit for that, where the site has one.
    sent: int
    failed: int
    most: int | None
    # What is due and not sent yet; of that, what waits for its next attempt or for an hour to come, and what waits
    # until the limit lets it go.
    waiting: int
    put_off: int
    limited: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why messages failed or were not sent."""

    state: str
    reason: str
    count: int

    @property
    def label(self) -> str:
        return str(State(self.state).label)


@dataclass(frozen=True, kw_only=True)
class Week:
    """What became of the messages that were due on each of the last days, today among them."""

    days: list[date]
    # For each state the number of each day.
    by_state: dict[str, list[int]]
    # For each step of `LATENESS`, and beyond the last, how many of those that were sent.
    lateness: list[int]
    reasons: list[Reason] = field(default_factory=list)


def present(now: datetime) -> Present:
    """Three queries, which look only at what is open and at the last day, however long the ledger is."""
    waiting = Delivery.objects.filter(state__in=Delivery.OPEN, due_at__lte=now).aggregate(
        waiting=Count("pk"),
        put_off=Count("pk", filter=Q(state=State.DUE, lease_until__gt=now)),
        limited=Count("pk", filter=Q(state=State.DUE, reason=WAITS)),
        oldest_due_at=Min("due_at"),
    )
    sent = Delivery.objects.filter(state=State.SENT, sent_at__gt=now - DAY, sent_at__lte=now).count()
    failed = Delivery.objects.filter(state=State.FAILED, due_at__gt=now - DAY, due_at__lte=now).count()
    return Present(**waiting, sent=sent, failed=failed, most=settings.MAILS_A_DAY)


def sent_by_kind(now: datetime) -> dict[str, int]:
    """How many of each kind were sent within the last seven days. One query."""
    sent = Delivery.objects.filter(state=State.SENT, sent_at__gt=now - DAYS_SHOWN * DAY, sent_at__lte=now)
    return dict(sent.order_by().values_list("kind").annotate(count=Count("pk")))


def week(now: datetime, zone: str) -> Week:
    """The last seven days of a zone's calendar up to now. Three queries, which look at these days only."""
    today = now.astimezone(ZoneInfo(zone)).date()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS_SHOWN))]
    start = instant_of(days[0], time(0), zone)
    rows = Delivery.objects.filter(due_at__gte=start, due_at__lte=now, state__in=CLOSED).order_by()
    by_day = rows.annotate(day=TruncDate("due_at", tzinfo=ZoneInfo(zone))).values_list("day", "state")
    counts = Counter({(day, state): count for day, state, count in by_day.annotate(count=Count("pk"))})
    reasons = rows.exclude(state=State.SENT).values("state", "reason").annotate(count=Count("pk"))
    return Week(
        days=days,
        by_state={state: [counts[day, state] for day in days] for state in CLOSED},
        lateness=_lateness(rows.filter(state=State.SENT)),
        reasons=[Reason(**row) for row in reasons.order_by("-count", "state", "reason")],
    )


def _lateness(sent) -> list[int]:
    late = ExpressionWrapper(F("sent_at") - F("due_at"), output_field=DurationField())
    edges = [None, *LATENESS, None]
    counts = {}
    for number, (low, high) in enumerate(pairwise(edges)):
        within = Q() if low is None else Q(late__gte=low)
        within &= Q() if high is None else Q(late__lt=high)
        counts[f"step_{number}"] = Count("pk", filter=within)
    return list(sent.annotate(late=late).aggregate(**counts).values())
