"""Who looks after the whole collaborative: they answer proposals, and can be chosen to help in private.

`members.rules.is_organizer` says it of one person; this lists them.
"""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from members.models import Member, Role


def organizers(on: date) -> QuerySet[Member]:
    """Those who are organizers on that day, by the date in UTC, and admins; by name. One query."""
    roles = Role.objects.live(on).filter(kind=Role.Kind.ORGANIZER, scope="", member=OuterRef("pk"))
    return Member.objects.active().filter(Q(is_superuser=True) | Exists(roles)).exclude(name="").by_name()
