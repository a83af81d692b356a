from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from members.models import Member


def local_day(member: Member, now: datetime) -> date:
    """The day that it is where the member is."""
    return now.astimezone(ZoneInfo(member.time_zone or settings.TIME_ZONE)).date()
