"""The few tags that every page may use; they are built in, so templates do not load them."""

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from core.clock import city_of, offset_of
from core.markdown import to_html, to_line_html

register = template.Library()

register.filter("city", city_of)
register.filter("markdown", to_html)
register.filter("markdown_line", to_line_html)


@register.filter
def day(moment: datetime) -> str:
    """“Thu 26 Nov”, in the viewer's zone; with the year where it is not the present one."""
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    pattern = "D j M" if local.year == timezone.localdate().year else "D j M Y"
    return date_format(local, pattern)


@register.filter
def full_stop(words: str) -> str:
    """What ends a sentence of these last words: nothing where they do so themselves."""
    return "" if words.endswith((".", "?", "!", "…")) else "."


@register.filter
def hour(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i")


@register.filter
def is_today(moment: datetime | None) -> bool:
    return moment is not None and timezone.localtime(moment).date() == timezone.localdate()


@register.filter
def weekday_of(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "l")


@register.filter
def city_and_offset(zone: str) -> str:
    """“Kolkata, UTC+5:30”: said once per page."""
    return zone if zone == "UTC" else f"{city_of(zone)}, {offset_of(zone, timezone.now())}"


@register.simple_tag(takes_context=True)
def your_time(context: dict) -> str:
    """“your time” where we know the viewer's zone, else the zone that times are shown in: never a wrong claim."""
    if getattr(context.get("request"), "zone_is_known", True):
        return gettext("your time")
    return gettext("in %(city)s") % {"city": city_of(timezone.get_current_timezone_name())}


@register.inclusion_tag("components/when.html", takes_context=True)
def when(context: dict, moment: datetime, zone: str, style: str = "line") -> dict:
    """A moment: the viewer's clock first, then the group's where it differs, with its weekday where that differs.

    Styles: `line` (day and time in one line), `hour` (the time large, as in a contents list), `day` (the day alone).
    """
    ours = timezone.localtime(moment)
    theirs = moment.astimezone(ZoneInfo(zone))
    return {
        "moment": moment,
        "theirs": date_format(theirs, "H:i" if ours.date() == theirs.date() else "D j M, H:i"),
        "zone": zone,
        "style": style,
        "differs": ours.utcoffset() != theirs.utcoffset(),
        "request": context.get("request"),
    }


@register.simple_tag(takes_context=True)
def here(context: dict) -> str:
    """`?next=` with the present page, so that signing in leads back to it; kept through the account pages."""
    request = context["request"]
    target = request.GET.get("next", "") if request.path.startswith("/accounts/") else request.get_full_path()
    return f"?{urlencode({'next': target})}" if target and target != "/" else ""


@register.simple_tag(takes_context=True)
def query(context: dict, **changes: object) -> str:
    """The present query string with some values changed; an empty value is left out."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            params.pop(name, None)
        else:
            params[name] = str(value)
    return "?" + params.urlencode()
