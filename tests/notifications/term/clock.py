"""A clock that the test sets and its workers read, in the Valkey that they share."""

from datetime import datetime
from functools import cache

import redis
from django.conf import settings

KEY = "term:now"


@cache
def valkey() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)


def now() -> datetime:
    return datetime.fromisoformat(valkey().get(KEY))  # type: ignore[arg-type]


def set_to(moment: datetime) -> None:
    valkey().set(KEY, moment.isoformat())
