"""Dates of tasks in words."""

from datetime import date

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

register = template.Library()

# As long as people count in days.
COUNTED_DAYS = 6


@register.filter
def due_words(due_on: date) -> str:
    """“Due tomorrow”, “Due in 3 days, Fri 27 Nov”, “Was due on Mon 23 Nov”, by the viewer's own day."""
    today = timezone.localdate()
    days = (due_on - today).days
    day = date_format(due_on, "D j M" if due_on.year == today.year else "D j M Y")
    if days < 0:
        return gettext("Was due on %(day)s") % {"day": day}
    if days == 0:
        return gettext("Due today")
    if days == 1:
        return gettext("Due tomorrow")
    if days <= COUNTED_DAYS:
        text = ngettext("Due in %(n)s day, %(day)s", "Due in %(n)s days, %(day)s", days)
        return text % {"n": days, "day": day}
    return gettext("Due %(day)s") % {"day": day}


@register.filter
def is_late(due_on: date | None) -> bool:
    return due_on is not None and due_on < timezone.localdate()
