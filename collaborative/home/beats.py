"""Who has been heard of lately: what the clock and the workers leave in the cache, for a while, when they have done
their part."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis import RedisError

# A beat is missed when more than four of its ticks have gone by without it, and never sooner than after this.
TICKS = 4.5
SECONDS = 90


@dataclass(frozen=True, kw_only=True)
class Beat:
    """`entry` names the tick in the schedule that the beat comes from."""

    name: str
    title: Any
    key: str
    entry: str
    at_least: int = SECONDS

    @property
    def lasts(self) -> float:
        """Seconds after which it counts as missing."""
        ticks = settings.CELERY_BEAT_SCHEDULE[self.entry]["schedule"].run_every.total_seconds()
        return max(self.at_least, TICKS * ticks)


# What has to beat for the next one to do so comes first, so the first that is missing is the cause.
CLOCK = Beat(name="clock", title=_("The clock puts out work"), key="clock-beat", entry="heartbeat")
WORKER = Beat(name="worker", title=_("Workers take up work"), key="worker-heartbeat", entry="heartbeat")
PLANNING = Beat(
    name="planning",
    title=_("What falls due in the next 48 hours is written down"),
    key="planning-beat",
    entry="write-obligations",
)
# A run may take 20 seconds, and its last message as long as a slow mail server likes.
SENDING = Beat(name="sending", title=_("What is due is worked off"), key="sending-beat", entry="send-due", at_least=120)
BEATS = (CLOCK, WORKER, PLANNING, SENDING)


def give(beat: Beat, now: datetime) -> None:
    """Say that a part has done its work at this moment."""
    cache.set(beat.key, now.isoformat(), beat.lasts)


def heard() -> dict[Beat, datetime | None] | None:
    """When each part was last heard of, None where it is missing; None alone where the cache is away."""
    try:
        found = cache.get_many([beat.key for beat in BEATS])
    except (RedisError, OSError):
        return None
    return {beat: datetime.fromisoformat(found[beat.key]) if beat.key in found else None for beat in BEATS}


def forget() -> None:
    """Start anew: nobody has been heard of."""
    cache.delete_many([beat.key for beat in BEATS])
