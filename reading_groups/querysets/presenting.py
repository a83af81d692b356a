"""Reads of who presents, of what presenters ask each other, and of what they attach."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import FETCH_RAISE, OuterRef, Q, QuerySet, Subquery

from reading_groups.querysets.sessions import SessionQuerySet
from reading_groups.querysets.subqueries import related

if TYPE_CHECKING:
    from members.models import Member


def not_started(session: str, now: datetime) -> Q:
    """That a session, by the name of the relation to it, has not started."""
    yesterday = now.date() - timedelta(days=1)
    return Q(**{f"{session}__starts_at__gt": now}) | Q(
        **{f"{session}__starts_at__isnull": True, f"{session}__held_on__gte": yesterday}
    )


def to_come(session: str, now: datetime) -> Q:
    """That it takes place and has not started."""
    return not_started(session, now) & Q(**{f"{session}__is_cancelled": False})


class PresentationQuerySet(QuerySet):
    def in_order(self) -> PresentationQuerySet:
        """Those who offered first, each with their member."""
        return self.select_related("member").order_by("offered_at", "id").fetch_mode(FETCH_RAISE)

    def not_started(self, now: datetime) -> PresentationQuerySet:
        """Of sessions that can still be withdrawn from."""
        return self.filter(not_started("session", now))


class QuestionToPresentQuerySet(QuerySet):
    """What an invitation and a swap have in common: they wait until they are answered or cannot hold any more."""

    model: Any

    def waiting(self) -> Any:
        return self.filter(state=self.model.State.WAITING)

    def declined(self) -> Any:
        return self.filter(state=self.model.State.DECLINED)

    def settle(self, state: str, now: datetime) -> int:
        """End those that wait; how many they were."""
        return self.waiting().update(state=state, answered_at=now)


class PresentingInvitationQuerySet(QuestionToPresentQuerySet):
    def open(self, now: datetime) -> PresentingInvitationQuerySet:
        """Those that wait and can still be answered."""
        return self.waiting().filter(to_come("session", now))

    def of(self, member_id: int) -> PresentingInvitationQuerySet:
        """Those to or by a member."""
        return self.filter(Q(member=member_id) | Q(invited_by=member_id))


class PresentingSwapQuerySet(QuestionToPresentQuerySet):
    def open(self, now: datetime) -> PresentingSwapQuerySet:
        """Those that wait and can still be answered."""
        return self.waiting().filter(to_come("offered__session", now) & to_come("wanted__session", now))

    def about(self, *presentation_ids: int) -> PresentingSwapQuerySet:
        """Those in which one of these parts would go to somebody else."""
        return self.filter(Q(offered__in=presentation_ids) | Q(wanted__in=presentation_ids))


class PresentationFileQuerySet(QuerySet):
    def in_order(self) -> PresentationFileQuerySet:
        return self.order_by("number").fetch_mode(FETCH_RAISE)


def with_questions_for(sessions: SessionQuerySet, viewer: Member, now: datetime) -> SessionQuerySet:
    """Adds `invitation_id` and `invitation_by`, where somebody asks the viewer to present the session, and `swap_id`
    and `swap_by`, where another presenter asks the viewer to swap it; `by` is a name."""
    invitations = related(sessions.model, "presenting_invitations").objects
    own = invitations.open(now).filter(session=OuterRef("pk"), member=viewer.pk)
    swaps = related(sessions.model, "presentations", "swaps_wanted").objects
    asked = swaps.open(now).filter(wanted__session=OuterRef("pk"), wanted__member=viewer.pk).order_by("asked_at", "id")
    return sessions.annotate(
        invitation_id=Subquery(own.values("id")[:1]),
        invitation_by=Subquery(own.values("invited_by__name")[:1]),
        swap_id=Subquery(asked.values("id")[:1]),
        swap_by=Subquery(asked.values("offered__member__name")[:1]),
    )
