"""Who looks after the projects of the whole collaborative: they answer proposals, and can be chosen to help in private.

This is the one place that says who they are.
"""

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from members.models import Member


def is_organizer(member: Member) -> bool:
    return member.is_active and (member.is_staff or member.is_superuser)


def organizers() -> QuerySet[Member]:
    """All of them, by name."""
    looks_after = Q(is_staff=True) | Q(is_superuser=True)
    return get_user_model().objects.active().filter(looks_after).exclude(name="").by_name()
