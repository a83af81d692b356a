from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from members.models import Member


def zone_of(member: Member) -> str:
    """The zone whose clocks a member lives by; that of the site while they have chosen none."""
    return member.time_zone or settings.TIME_ZONE


def local_day(member: Member, moment: datetime) -> date:
    """The day that it is then where the member is."""
    return moment.astimezone(ZoneInfo(zone_of(member))).date()
