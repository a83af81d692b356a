from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class AgendaItem:
    """Something that happens to a member at a time. Dashboard, digest and calendars are renderings of it.

    `revision` counts the changes of its time; `changed_at` is when it last changed at all.
    """

    uid: str
    revision: int
    changed_at: datetime
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
