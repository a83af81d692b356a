"""What people are told of groups: that one is proposed, the answer to it, a pause, and the next term."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.availability.absence import PausesWhileAway
from members.organizers import organizers
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from reading_groups.agenda import loaded, title_of
from reading_groups.links import place_path
from reading_groups.models import Enrolment, ReadingGroup
from reading_groups.reminders.about import instant

State = ReadingGroup.State


class GroupProposed(PausesWhileAway):
    """To those who answer proposals, when a member proposes a group, and when it comes back changed."""

    key = "group_proposed"
    title = _("A member proposes a group")
    when = _("When a proposal is sent, or comes back changed")
    to_whom = _("The organizers of the site")
    stale_after = timedelta(days=7)
    is_optional = True
    is_for_organizers = True

    def record(self, group: ReadingGroup, *, now: datetime) -> None:
        """Write the deliveries inside the action's transaction."""
        assert group.proposed_by_id is not None
        self.write(
            Obligation(member_id=member.pk, object_key=group.key, occurrence=_sent(group), due_at=now)
            for member in organizers(now.date()).exclude(pk=group.proposed_by_id).only("pk")
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where it has its answer already."""
        group = _group_of(delivery)
        return group is not None and group.state == State.PROPOSED and delivery.occurrence == _sent(group)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        groups = ReadingGroup.objects.select_related("proposed_by").defer("search")
        group = groups.get(pk=id_from(delivery.object_key))
        return {"group": group, "proposer": group.proposed_by, "path": group.get_proposal_url()}


class GroupDecided(Kind):
    """To whoever proposed a group, when organizers open, return or decline it."""

    key = "group_decided"
    title = _("The group you proposed has an answer")
    when = _("When it is opened, returned or declined")
    to_whom = _("Whoever proposed it")

    def record(self, group: ReadingGroup, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction; an answer after another is a new occurrence."""
        self.write(
            [
                Obligation(
                    member_id=group.proposed_by_id,
                    object_key=group.key,
                    occurrence=f"answered {instant(now)}",
                    due_at=now,
                )
            ]
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where it went back to the organizers meanwhile."""
        group = _group_of(delivery)
        return (
            group is not None
            and group.decided_at is not None
            and delivery.occurrence == f"answered {instant(group.decided_at)}"
        )

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        group = ReadingGroup.objects.defer("search").get(pk=id_from(delivery.object_key))
        answer = group.state if group.is_on_review else State.OPEN
        path = group.get_proposal_url() if group.is_on_review else group.get_absolute_url()
        return {"group": group, "answer": answer, "path": path}


class GroupPaused(Kind):
    """To everybody with a place, when their group pauses, and when it goes on."""

    key = "group_paused"
    title = _("A group pauses, or goes on")
    when = _("As soon as it does")
    to_whom = _("Everybody with a place")
    stale_after = timedelta(days=7)

    def record(self, group: ReadingGroup, *, now: datetime) -> None:
        """Write the deliveries inside the action's transaction, before held places go back to the line."""
        places = group.enrolments.filter(state__in=Enrolment.TAKES_PLACE, member__is_active=True)
        self.write(
            Obligation(
                member_id=member_id,
                object_key=group.key,
                occurrence=f"{_pause(group)} {instant(now)}",
                due_at=now,
            )
            for member_id in places.order_by("id").values_list("member_id", flat=True)
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where the group has gone on, or paused again, before this could be sent, nor to those who left it."""
        group = _group_of(delivery)
        if group is None or group.state not in {*ReadingGroup.LISTED, State.PAUSED}:
            return False
        is_in = group.enrolments.live().filter(member=delivery.member_id).exists()
        return is_in and delivery.occurrence.startswith(_pause(group))

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        group = ReadingGroup.objects.defer("search").get(pk=id_from(delivery.object_key))
        return {
            "group": group,
            "is_paused": group.state == State.PAUSED,
            **_next_session(group, now),
            "path": group.get_absolute_url(),
        }


class NextTerm(Kind):
    """To those who were in a group, when its next term opens: with a place that is held for them, if there is one."""

    key = "next_term"
    title = _("A group that you were in begins again")
    when = _("When the next term opens")
    to_whom = _("Those who were in the term before")
    stale_after = timedelta(days=14)
    is_optional = True

    def record(self, group: ReadingGroup, member_id: int, enrolment: Enrolment | None, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction; each is invited once."""
        self.write(
            [
                Obligation(
                    member_id=member_id,
                    object_key=group.key,
                    occurrence="held" if enrolment else "invited",
                    due_at=now,
                    expires_at=enrolment.held_until if enrolment else None,
                )
            ]
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where they have answered, or the group has closed."""
        group = _group_of(delivery)
        if group is None or not group.is_listed:
            return False
        own = group.enrolments.filter(member=delivery.member_id)
        if delivery.occurrence == "held":
            return own.filter(state=Enrolment.State.HELD, held_until__gt=now).exists()
        return not own.exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        group = ReadingGroup.objects.defer("search").get(pk=id_from(delivery.object_key))
        held = group.enrolments.filter(member=delivery.member_id, state=Enrolment.State.HELD).first()
        return {
            "group": group,
            "held_until": held.held_until if held else None,
            **_next_session(group, now),
            "path": place_path(held) if held else group.get_absolute_url(),
        }


def _next_session(group: ReadingGroup, now: datetime) -> dict[str, Any]:
    session = loaded(group.sessions.coming(now).filter(starts_at__isnull=False)).first()
    return {"session": session, "title": title_of(session) if session else ""}


def _group_of(delivery: Delivery) -> ReadingGroup | None:
    return ReadingGroup.objects.defer("search").filter(pk=id_from(delivery.object_key)).first()


def _sent(group: ReadingGroup) -> str:
    assert group.submitted_at is not None  # as the constraint on proposals says
    return f"sent {instant(group.submitted_at)}"


def _pause(group: ReadingGroup) -> str:
    return "pauses" if group.state == State.PAUSED else "goes on"


GROUP_PROPOSED = GroupProposed()
GROUP_DECIDED = GroupDecided()
GROUP_PAUSED = GroupPaused()
NEXT_TERM = NextTerm()
KINDS: list[Kind] = [GROUP_PROPOSED, GROUP_DECIDED, GROUP_PAUSED, NEXT_TERM]
