"""Every reusable read of rounds and pairs; lists begin at `visible_to(member)`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet

from mentorship.rules import is_mentoring_organizer

if TYPE_CHECKING:
    from members.models import Member


class RoundQuerySet(QuerySet):
    def visible_to(self, viewer: Member) -> RoundQuerySet:
        """Members see rounds once they open; those who match see drafts as well; visitors see none."""
        if not viewer.is_authenticated:
            return self.none()
        return self.all() if is_mentoring_organizer(viewer) else self.exclude(state="draft")

    def taking_people(self, now: datetime) -> RoundQuerySet:
        return self.filter(state="open", closes_at__gt=now)

    def with_counts(self) -> RoundQuerySet:
        """Adds `offer_count` and `request_count`, of people who are still here."""
        here = Count("offers", distinct=True, filter=Q(offers__member__is_active=True))
        asking = Count("requests", distinct=True, filter=Q(requests__member__is_active=True))
        return self.annotate(offer_count=here, request_count=asking)

    def latest_first(self) -> RoundQuerySet:
        return self.order_by("-closes_at", "-id")

    def closing_between(self, start: datetime, end: datetime) -> RoundQuerySet:
        return self.filter(state="open", closes_at__gte=start, closes_at__lt=end)


class OfferQuerySet(QuerySet):
    def by_name(self) -> OfferQuerySet:
        return self.order_by("member__name_key", "member_id")

    def standing(self) -> OfferQuerySet:
        """Those of people who are still here."""
        return self.filter(member__is_active=True)


class RequestQuerySet(QuerySet):
    def by_name(self) -> RequestQuerySet:
        return self.order_by("member__name_key", "member_id")

    def standing(self) -> RequestQuerySet:
        """Those of people who are still here."""
        return self.filter(member__is_active=True)


class DraftPairQuerySet(QuerySet):
    def weakest_first(self) -> DraftPairQuerySet:
        return self.order_by("score", "mentee__name_key", "id")


class MentorshipQuerySet(QuerySet):
    def visible_to(self, viewer: Member) -> MentorshipQuerySet:
        """A pair is seen by the two and by those who match."""
        if not viewer.is_authenticated:
            return self.none()
        return self.all() if is_mentoring_organizer(viewer) else self.of(viewer)

    def of(self, member: Member) -> MentorshipQuerySet:
        return self.filter(Q(mentor=member.pk) | Q(mentee=member.pk))

    def going_on(self) -> MentorshipQuerySet:
        return self.filter(state="active")
