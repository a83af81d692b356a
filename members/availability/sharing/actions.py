"""Letting one person see one's typical week, and no longer."""

from datetime import datetime

from django.db import transaction

from members.availability.sharing.models import WeekShare
from members.models import Member


class WithNobody(Exception):
    """A week is shared with an active member, and not with oneself."""


@transaction.atomic
def share_week(*, actor: Member, viewer: Member, now: datetime) -> WeekShare:
    """Let one person see the actor's typical week. Twice changes nothing. Raises WithNobody. Sends nothing."""
    if viewer.pk == actor.pk or not viewer.is_active:
        raise WithNobody
    return WeekShare.objects.get_or_create(owner=actor, viewer=viewer, defaults={"since": now})[0]


@transaction.atomic
def stop_sharing(*, actor: Member, viewer_id: int) -> None:
    """Let that person see the actor's week no longer, from this moment. Twice changes nothing. Sends nothing."""
    WeekShare.objects.filter(owner=actor, viewer=viewer_id).delete()
