"""What becomes of a member's part in groups when the member leaves the site."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from reading_groups.actions.ideas import take_down_hands
from reading_groups.actions.places import leave_group
from reading_groups.models import Certificate, Enrolment, Presentation, QuestionVote, ReadingGroup, ReadingVote


@transaction.atomic
def leave_all_groups(*, actor: Member, now: datetime) -> None:
    """Give up every place, held place and position in line, what the actor would have presented, votes and hands.

    Visits without a place, what they said of coming, invitations and proposals that no group came of are deleted.
    Groups that are not over are no longer organized by the actor. Certificates lose the name: their codes then say that
    they were issued, and that whoever held them has left. That they came to sessions, what was presented, asked,
    answered, noted and put up stays. Records `place_offered` mails to those to whom places pass.
    """
    live = Enrolment.objects.live().filter(member=actor)
    # In one order, so that two who leave the same groups at once wait for each other.
    for group_id in live.order_by("group_id").values_list("group_id", flat=True):
        leave_group(actor=actor, group_id=group_id, now=now)
    Presentation.objects.not_started(now).filter(member=actor).delete()
    QuestionVote.objects.filter(member=actor).delete()
    ReadingVote.objects.filter(member=actor).delete()
    take_down_hands(actor=actor)
    actor.sit_ins.all().delete()
    actor.rsvps.all().delete()
    actor.group_invitations.all().delete()
    Certificate.objects.filter(member=actor).update(name="")
    actor.proposed_groups.filter(state__in=ReadingGroup.ON_REVIEW).delete()
    organized = ReadingGroup.objects.filter(organizers=actor).exclude(state__in=ReadingGroup.OVER)
    actor.organized_groups.remove(*organized)
