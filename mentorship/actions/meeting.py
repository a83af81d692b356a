from datetime import datetime

from django.db import transaction

from members.availability.actions import plan_meeting
from members.availability.models import Meeting
from members.models import Member
from mentorship.actions.failures import TimeIsGone
from mentorship.meeting import times_for, title_for
from mentorship.models import Mentorship


@transaction.atomic
def plan_pair_meeting(*, actor: Member, mentorship_id: int, starts_at: datetime, now: datetime) -> Meeting:
    """Put a meeting of the two into both weeks, at one of the times that suit both. The actor is one of the two.

    Either of them can move or cancel it. Planning the same again returns it. Raises TimeIsGone, and
    Mentorship.DoesNotExist where the pair is not the actor's or has ended. Records a `meeting_changed` mail to the
    other.
    """
    pair = Mentorship.objects.going_on().of(actor).select_related("mentor", "mentee").get(pk=mentorship_id)
    time = next((time for time in times_for(pair, now) if time.starts_at == starts_at), None)
    if time is None:
        raise TimeIsGone
    return plan_meeting(
        actor=actor,
        title=title_for(pair.mentor, pair.mentee),
        starts_at=time.starts_at,
        ends_at=time.ends_at,
        zone=actor.time_zone or "UTC",
        participants=[pair.mentor, pair.mentee],
        about=pair.key,
        now=now,
    )
