from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of the pathway, and when a member first took it. None is gated; what is not taken yet is open."""

    key: str
    title: str | Promise
    reached_at: datetime | None
