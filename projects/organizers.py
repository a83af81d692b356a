"""Who looks after the projects of the whole collaborative: they answer proposals, and can be chosen to help in private.

`members.rules.is_organizer` says it of one person; this lists them.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from members.models import Member, Role


def organizers() -> QuerySet[Member]:
    """Those who are organizers today, and admins, by name. One query. Reads the clock, as the predicate does."""
    roles = Role.objects.live(timezone.now().date()).filter(kind=Role.Kind.ORGANIZER, scope="", member=OuterRef("pk"))
    return Member.objects.active().filter(Q(is_superuser=True) | Exists(roles)).exclude(name="").by_name()
