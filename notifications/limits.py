"""How much is sent: of optional mails to a member in a week, and of all mails of the site in a day.

A mail is taken from both before it is handed to the server, so that no number of workers sends more together, and a
worker that is killed has at most taken one too many. No lock is held while the server is talked to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from notifications.mail import Lost, NotNow, Refused
from notifications.models import Budget, Delivery, Preferences
from notifications.preferences import preferences_of

if TYPE_CHECKING:
    from notifications.kinds import Kind

State, Urgency = Delivery.State, Delivery.Urgency
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
# What is kept of a day's mails for those that are more urgent, in hundredths.
KEPT = {Urgency.URGENT: 0, Urgency.USUAL: 10, Urgency.DIGEST: 30}
WAITS = "waits for the daily limit"
TOLD_IN_DIGEST = "told in the digest"
MARKED_AT_ONCE = 1000


class OverTheWeek(Exception):
    """The member has had as many optional mails in the last seven days as members get."""


class Spent(Exception):
    """The site has sent as many mails of this urgency in the last day as it may."""


@contextmanager
def taken(*, delivery: Delivery, kind: Kind, now: datetime) -> Iterator[None]:
    """Take a claimed delivery from its member's week and the site's day, and hand it over inside.

    Both are given back where the server says that it has not taken it. Raises OverTheWeek and Spent, with nothing
    taken. No query where neither limit is set; where both are, two rows are locked for a moment, the member's first.
    """
    counts_in_week = kind.counts_in_week and delivery.member_id is not None
    if settings.OPTIONAL_MAILS_A_WEEK is None or not counts_in_week:
        taken_of_day = _take_of_day(delivery.urgency, now)
    else:
        with transaction.atomic():
            _take_of_week(delivery, now)
            taken_of_day = _take_of_day(delivery.urgency, now)
    try:
        yield
    except (Refused, NotNow) as error:
        # The row itself says whether it counts for the member; where the server may have it, it is tried again.
        if taken_of_day is not None and not isinstance(error, Lost):
            _give_back(taken_of_day)
        raise


def left_over(*, delivery: Delivery, now: datetime) -> dict[str, object]:
    """What becomes of the row of a mail that is over the week's limit: the digest tells it, where there is one."""
    assert delivery.member_id is not None
    if preferences_of(delivery.member_id).digest == Preferences.Digest.NEVER:
        return {"state": State.SUPPRESSED, "reason": "over the weekly limit"}
    return {"state": State.SUPPRESSED, "reason": TOLD_IN_DIGEST, "left_to_digest_at": now}


def open_urgencies(now: datetime) -> list[int]:
    """Of which urgencies the site may still send something. One query where there is a daily limit."""
    limit = settings.MAILS_A_DAY
    if limit is None:
        return Urgency.values
    budget = Budget.objects.filter(pk=1).first()
    mails = sum(_rolled(budget, now)[1]) if budget else 0
    return [urgency for urgency in Urgency if mails < limit - _kept(urgency, limit)]


@transaction.atomic
def note_waiting(*, open_now: list[int], now: datetime) -> None:
    """Say in the ledger which mails wait for the daily limit, and close those that have waited until too late.

    At most a thousand at once, which others do not have in hand; two queries more where there are any.
    """
    closed = [urgency for urgency in Urgency if urgency not in open_now]
    rows = Delivery.objects.claimable(now, urgencies=closed).filter(state=State.DUE)
    rows = rows.exclude(reason=WAITS, expires_at=None).exclude(reason=WAITS, expires_at__gt=now)
    found = rows.select_for_update(skip_locked=True).values_list("pk", "expires_at")[:MARKED_AT_ONCE]
    late, early = [], []
    for pk, expires_at in found:
        (late if expires_at is not None and expires_at <= now else early).append(pk)
    if early:
        Delivery.objects.filter(pk__in=early).update(reason=WAITS)
    if late:
        reason = "the daily limit until it was too late"
        Delivery.objects.filter(pk__in=late).update(state=State.SUPPRESSED, reason=reason, lease_until=None)


def _take_of_week(delivery: Delivery, now: datetime) -> None:
    """Raises OverTheWeek. The member's row is locked while it is counted, so that workers count one after another."""
    members = get_user_model()._default_manager.select_for_update(no_key=True)
    list(members.filter(pk=delivery.member_id).values_list("pk"))
    week = Delivery.objects.filter(member=delivery.member_id, counts_from__gt=now - WEEK).exclude(pk=delivery.pk)
    if week.count() >= settings.OPTIONAL_MAILS_A_WEEK:
        raise OverTheWeek
    own = Delivery.objects.filter(pk=delivery.pk, state=State.SENDING, attempts=delivery.attempts)
    own.update(counts_from=now)


def _take_of_day(urgency: int, now: datetime) -> datetime | None:
    """One mail from the site's day; the hour that it counts in, or None where there is no limit. Raises Spent."""
    limit = settings.MAILS_A_DAY
    if limit is None:
        return None
    with transaction.atomic():
        budget = _locked_budget(now, limit)
        hour, by_hour = _rolled(budget, now)
        if sum(by_hour) >= limit - _kept(urgency, limit):
            raise Spent
        by_hour[-1] += 1
        budget.hour, budget.by_hour, budget.mails, budget.allowed = hour, by_hour, sum(by_hour), limit
        budget.save()
    return hour


@transaction.atomic
def _give_back(hour: datetime) -> None:
    budget = Budget.objects.select_for_update().get(pk=1)
    place = -1 - (budget.hour - hour) // HOUR
    if -place <= Budget.HOURS and budget.by_hour[place] > 0:
        budget.by_hour[place] -= 1
        budget.mails = sum(budget.by_hour)
        budget.save(update_fields=["by_hour", "mails"])


def _locked_budget(now: datetime, limit: int) -> Budget:
    locked = Budget.objects.select_for_update()
    budget = locked.filter(pk=1).first()
    if budget is None:
        new = Budget(pk=1, hour=_hour_of(now), by_hour=[0] * Budget.HOURS, allowed=limit)
        Budget.objects.bulk_create([new], ignore_conflicts=True)
        budget = locked.get(pk=1)
    return budget


def _rolled(budget: Budget, now: datetime) -> tuple[datetime, list[int]]:
    """The hour it is, and the mails of that hour and of the 24 before it. A clock that goes after changes nothing."""
    hour = max(_hour_of(now), budget.hour)
    passed = min((hour - budget.hour) // HOUR, Budget.HOURS)
    return hour, budget.by_hour[passed:] + [0] * passed


def _hour_of(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _kept(urgency: int, limit: int) -> int:
    return limit * KEPT[Urgency(urgency)] // 100
