from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class AgendaItem:
    """Something that happens to a member at a time. Dashboard, digest and calendars are renderings of it."""

    uid: str
    revision: int
    kind: str
    title: str
    context: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    url: str
    call_url: str = ""
    is_cancelled: bool = False
    needs_answer: bool = False
