"""What becomes of a member's part in groups when the member leaves the site."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from reading_groups.actions.ideas import take_down_hands
from reading_groups.actions.places import leave_group
from reading_groups.actions.presentation_files import forget_names_of_files
from reading_groups.actions.promised import give_up_promised
from reading_groups.models import (
    Certificate,
    Enrolment,
    GroupMessage,
    PresentingInvitation,
    QuestionVote,
    ReadingGroup,
    ReadingVote,
)


@transaction.atomic
def leave_all_groups(*, actor: Member, now: datetime) -> None:
    """Give up every place, held place and position in line, what the actor would have presented, votes and hands.

    Visits without a place, seats in small groups, what they said of coming, invitations, and proposals that no group
    came of, are deleted, as is that a message went to the actor. Messages of the actor that nobody has got yet are
    undone. Groups that are not over are no longer organized by the actor. Certificates lose the name: their codes then
    say that they were issued, and that whoever held them has left. That they came to sessions, and what was presented,
    asked, answered, noted, put up and summed up stays, and files that were shown stay without the names that the actor
    gave them. Records `place_offered` mails to those to whom places pass, and `presenter_withdrew` mails where a
    session is close.
    """
    live = Enrolment.objects.live().filter(member=actor)
    # In one order, so that two who leave the same groups at once wait for each other.
    for group_id in live.order_by("group_id").values_list("group_id", flat=True):
        leave_group(actor=actor, group_id=group_id, now=now)
    give_up_promised(member_id=actor.pk, now=now)
    PresentingInvitation.objects.of(actor.pk).delete()
    forget_names_of_files(actor=actor)
    QuestionVote.objects.filter(member=actor).delete()
    ReadingVote.objects.filter(member=actor).delete()
    take_down_hands(actor=actor)
    actor.sit_ins.all().delete()
    actor.seats.all().delete()
    actor.received_group_messages.all().delete()
    # Each is locked by the statement, so one that goes out at this moment stays sent.
    GroupMessage.objects.held().filter(author=actor).update(undone_at=now, undone_by=actor)
    actor.rsvps.all().delete()
    actor.group_invitations.all().delete()
    Certificate.objects.filter(member=actor).update(name="")
    actor.proposed_groups.filter(state__in=ReadingGroup.ON_REVIEW).delete()
    organized = ReadingGroup.objects.filter(organizers=actor).exclude(state__in=ReadingGroup.OVER)
    actor.organized_groups.remove(*organized)
