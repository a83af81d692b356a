"""Times in mails, in words that read the same in text and HTML. The mail's reader is the active zone and language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.clock import city_of, offset_of

register = template.Library()


def _words(local: datetime) -> str:
    return _("%(day)s, %(hour)s") % {"day": date_format(local, "D j M"), "hour": date_format(local, "H:i")}


@register.filter
def day_and_hour(moment: datetime) -> str:
    """“Tue 24 Nov, 19:00” on the reader's clock."""
    return _words(timezone.localtime(moment))


@register.simple_tag
def local_time(moment: datetime) -> str:
    """“Tue 24 Nov, 19:00 in Kolkata (UTC+5:30), your time”: for the first time in a mail.

    The offset is that of the day itself, not of the day of sending. Whoever never chose a zone gets UTC, and is not
    told that it is theirs.
    """
    zone = timezone.get_current_timezone_name()
    if zone == "UTC":
        return f"{day_and_hour(moment)} UTC"
    return _("%(when)s in %(city)s (%(offset)s), your time") % {
        "when": day_and_hour(moment),
        "city": city_of(zone),
        "offset": offset_of(zone, moment),
    }


@register.simple_tag
def time_there(moment: datetime, zone: str) -> str:
    """“14:30 in Berlin”, with the day where it is another, or nothing where the clocks agree with the reader's."""
    here, there = timezone.localtime(moment), moment.astimezone(ZoneInfo(zone))
    if here.utcoffset() == there.utcoffset():
        return ""
    when = date_format(there, "H:i") if here.date() == there.date() else _words(there)
    if zone == "UTC":
        return f"{when} UTC"
    return _("%(when)s in %(city)s") % {"when": when, "city": city_of(zone)}
