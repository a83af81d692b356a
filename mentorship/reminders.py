"""The kinds of message that mentoring sends. `notifications` knows how; this says when, to whom and what."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.availability.absence import PausesWhileAway
from members.models import Member
from mentorship.meeting import times_for
from mentorship.models import Alternative, Mentorship, Offer, Request, Round
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery


class OncePublished(Kind):
    """Told once for each person and round, when the round is published."""

    ignores_quiet_hours = True

    def record(self, mentoring_round: Round, member_ids: Iterable[int], *, now: datetime) -> None:
        """Write the deliveries inside the action's transaction; however often, each person is owed one."""
        self.write(
            Obligation(member_id=member_id, object_key=mentoring_round.key, occurrence="published", due_at=now)
            for member_id in member_ids
        )


class Matched(OncePublished):
    """To both sides of every pair: who, why, and two times to meet first. One mail for all pairs of a person."""

    key = "matched"
    title = _("You have a mentor, or somebody to mentor")
    when = _("When a round is published")
    to_whom = _("Everybody who is in a pair")

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        return _pairs(delivery).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        pairs = list(_pairs(delivery).select_related("round", "mentor", "mentee").order_by("mentor_id", "mentee_id"))
        rows = [
            {
                "mentorship": pair,
                "other": pair.mentor if pair.mentee_id == delivery.member_id else pair.mentee,
                "is_mentee": pair.mentee_id == delivery.member_id,
                "times": times_for(pair, now),
            }
            for pair in pairs
        ]
        path = pairs[0].get_absolute_url() if len(pairs) == 1 else reverse("mentorship:round-list")
        return {"pairs": rows, "round": pairs[0].round, "path": path}


class MentorLater(OncePublished):
    """To a mentee for whom this round has no mentor: who looks after them until the next one."""

    key = "mentor_later"
    title = _("Somebody looks after you until the next mentoring round")
    when = _("When a round is published")
    to_whom = _("Those for whom it has no mentor")

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        return _alternatives(delivery).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        alternative = _alternatives(delivery).select_related("round", "responsible").get()
        return {
            "alternative": alternative,
            "round": alternative.round,
            "path": reverse("mentorship:round-list"),
        }


class PairEnded(Kind):
    """To the other of a pair, when one of them has left the site. It cannot say who: the name is gone by then."""

    key = "pair_ended"
    title = _("Your mentor, or somebody whom you mentored, is not a member any more")
    when = _("When one of a pair leaves the site")
    to_whom = _("The other of the pair")

    def record(self, mentorship: Mentorship, *, member_id: int, now: datetime) -> None:
        """Write the delivery inside the action's transaction; a pair ends once."""
        owed = Obligation(member_id=member_id, object_key=mentorship.key, occurrence="ended", due_at=now)
        self.write([owed])

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        own = Mentorship.objects.of(Member(pk=delivery.member_id))
        return own.filter(pk=id_from(delivery.object_key), state=Mentorship.State.ENDED).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        mentorship = Mentorship.objects.select_related("round").get(pk=id_from(delivery.object_key))
        return {
            "round": mentorship.round,
            "is_mentee": mentorship.mentee_id == delivery.member_id,
            "path": reverse("mentorship:round-list"),
        }


class RoundClosesSoon(PausesWhileAway):
    """Two days before the deadline, to members who have neither offered nor asked."""

    key = "round_closes_soon"
    title = _("A mentoring round closes soon")
    when = _("Two days before a round closes")
    to_whom = _("Members who have neither offered nor asked")
    is_optional = True
    ahead = timedelta(hours=48)
    # A reminder that was held up is still useful until six hours before the deadline.
    stale_after = timedelta(hours=42)

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        for mentoring_round in Round.objects.closing_between(start + self.ahead, end + self.ahead).order_by(
            "closes_at"
        ):
            said = [
                Exists(model.objects.filter(round=mentoring_round, member=OuterRef("pk"))) for model in (Offer, Request)
            ]
            silent = Member.objects.active().exclude(name="").exclude(said[0]).exclude(said[1])
            for member_id in silent.order_by("pk").values_list("pk", flat=True).iterator():
                yield Obligation(
                    member_id=member_id,
                    object_key=mentoring_round.key,
                    occurrence=f"until {mentoring_round.closes_at.isoformat()}",
                    due_at=mentoring_round.closes_at - self.ahead,
                )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        mentoring_round = Round.objects.taking_people(now).filter(pk=id_from(delivery.object_key)).first()
        if mentoring_round is None or delivery.occurrence != f"until {mentoring_round.closes_at.isoformat()}":
            return False
        own = {"round": mentoring_round, "member": delivery.member_id}
        return not Offer.objects.filter(**own).exists() and not Request.objects.filter(**own).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        return {
            "round": Round.objects.get(pk=id_from(delivery.object_key)),
            "path": reverse("mentorship:round-list"),
        }


def _pairs(delivery: Delivery):
    own = Mentorship.objects.going_on().filter(round=id_from(delivery.object_key))
    return own.of(Member(pk=delivery.member_id))


def _alternatives(delivery: Delivery):
    return Alternative.objects.filter(round=id_from(delivery.object_key), mentee=delivery.member_id)


MATCHED = Matched()
MENTOR_LATER = MentorLater()
PAIR_ENDED = PairEnded()
ROUND_CLOSES_SOON = RoundClosesSoon()
KINDS: list[Kind] = [MATCHED, MENTOR_LATER, PAIR_ENDED, ROUND_CLOSES_SOON]
