"""What becomes of a member's part in mentoring when the member leaves the site."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from members.actions import FORMER_NAME
from members.availability.models import Meeting
from members.models import Member
from mentorship.actions.drafts import WITHDRAWN
from mentorship.actions.rounds import count_change, lock_round
from mentorship.meeting import title_for
from mentorship.models import Alternative, DraftGap, DraftPair, Mentorship, Offer, PairRule, Request, Round, Wish
from mentorship.reminders import PAIR_ENDED

State = Round.State


@transaction.atomic
def leave_mentoring(*, actor: Member, now: datetime) -> None:
    """End the actor's pairs, and take back all they offered and asked for, with what they wrote there.

    Drafts of rounds that are not published yet leave them out, and are out of date; whoever was proposed to be their
    mentee stands among those without a mentor. Rules, wishes and lists that name them go, and so does what was settled
    about who looks after them, or whom they look after. Pairs that were made stay, without their goals; their meetings
    are called after a former member. Records
    `pair_ended` for the other of each pair that was going on.
    """
    pair = Q(mentor=actor) | Q(mentee=actor)
    offers, requests = Offer.objects.filter(member=actor), Request.objects.filter(member=actor)
    rules = PairRule.objects.filter(pair)
    alternatives = Alternative.objects.filter(Q(mentee=actor) | Q(responsible=actor))
    concerned = Q(pk__in=DraftPair.objects.filter(pair).values("draft__round"))
    for rows in (offers, requests, rules, alternatives):
        concerned |= Q(pk__in=rows.values("round"))
    unpublished = Round.objects.filter(concerned, state__in=Round.UNPUBLISHED).order_by("pk")
    # A round that is published meanwhile is waited for; its pairs are ended below.
    for round_id in list(unpublished.values_list("pk", flat=True)):
        mentoring_round = lock_round(round_id)
        if mentoring_round.state != State.PUBLISHED:
            _take_out_of_drafts(mentoring_round, actor)
            count_change(mentoring_round)
    for rows in (offers, requests, rules, alternatives, DraftGap.objects.filter(mentee=actor)):
        rows.delete()
    Wish.objects.filter(mentor=actor).delete()
    Offer.avoid.through.objects.filter(member=actor).delete()
    Request.avoid.through.objects.filter(member=actor).delete()
    pairs = Mentorship.objects.of(actor).select_for_update(of=("self",)).select_related("mentor", "mentee")
    for mentorship in pairs.order_by("pk"):
        _end(mentorship, actor, now)
        _rename_meetings(mentorship, actor)


def _take_out_of_drafts(mentoring_round: Round, actor: Member) -> None:
    pairs = DraftPair.objects.filter(draft__round=mentoring_round)
    DraftGap.objects.bulk_create(
        DraftGap(draft_id=pair.draft_id, mentee_id=pair.mentee_id, causes={WITHDRAWN: [actor.pk]})
        for pair in pairs.filter(mentor=actor)
    )
    pairs.filter(Q(mentor=actor) | Q(mentee=actor)).delete()


def _end(mentorship: Mentorship, actor: Member, now: datetime) -> None:
    if mentorship.state == Mentorship.State.ACTIVE:
        mentorship.state = Mentorship.State.ENDED
        # One that was still to begin has been nothing but its first day.
        mentorship.ends_on = max(mentorship.starts_on, min(mentorship.ends_on, now.date()))
        other_id = mentorship.mentor_id if mentorship.mentee_id == actor.pk else mentorship.mentee_id
        PAIR_ENDED.record(mentorship, member_id=other_id, now=now)
    if mentorship.mentee_id == actor.pk:
        mentorship.goals = ""
    mentorship.save(update_fields=["state", "ends_on", "goals"])


def _rename_meetings(mentorship: Mentorship, actor: Member) -> None:
    """A pair's meetings are called after the two."""
    names = [FORMER_NAME if person == actor else person for person in (mentorship.mentor, mentorship.mentee)]
    Meeting.objects.about(mentorship.key).update(title=title_for(*names))
