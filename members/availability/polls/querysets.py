"""Every reusable read of polls and ballots. Lists begin at `visible_to(member)`.

What somebody answered is read by `of(member)` alone, or as numbers by `results.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from members.models import Member


def _ballots() -> Any:
    return apps.get_model("availability", "Ballot").objects


class PollQuerySet(QuerySet):
    model: Any

    def visible_to(self, viewer: Member) -> PollQuerySet:
        """A poll is seen by those who are asked, by its organizers, and by admins."""
        if not viewer.is_authenticated:
            return self.none()
        return self.all() if viewer.is_superuser else self.concerning(viewer)

    def concerning(self, member: Member) -> PollQuerySet:
        """Those that ask a member, and those that they run."""
        return self.filter(self._organized(member) | self._asked(member))

    def organized_by(self, member: Member) -> PollQuerySet:
        return self.filter(self._organized(member))

    def about(self, key: str) -> PollQuerySet:
        """Those of a thing, named by its key, the latest first."""
        return self.filter(about=key).order_by("-opened_at", "-id")

    def open(self, now: datetime) -> PollQuerySet:
        return self.filter(opened_at__lte=now, closes_at__gt=now)

    def closing_between(self, start: datetime, end: datetime) -> PollQuerySet:
        return self.filter(closes_at__gte=start, closes_at__lt=end)

    def waiting_for(self, member: Member, now: datetime) -> PollQuerySet:
        """Those that take answers and have none of this member yet, the first to close on top."""
        own = _ballots().filter(poll=OuterRef("pk"), member=member.pk, answered_at=None)
        return self.open(now).filter(Exists(own)).order_by("closes_at", "id")

    def with_standing(self, viewer: Member) -> PollQuerySet:
        """Adds `is_organized`, `is_asked` and `own_answered_at`, as they are for the viewer."""
        own = _ballots().filter(poll=OuterRef("pk"), member=viewer.pk)
        return self.annotate(
            is_organized=self._organized(viewer),
            is_asked=Exists(own),
            own_answered_at=Subquery(own.values("answered_at")[:1]),
        )

    def with_turnout(self) -> PollQuerySet:
        """Adds `asked` and `answered`, how many."""
        own = _ballots().filter(poll=OuterRef("pk")).order_by().values("poll")
        asked = own.annotate(n=Count("pk")).values("n")
        answered = own.annotate(n=Count("pk", filter=Q(answered_at__isnull=False))).values("n")
        zero = {"output_field": IntegerField()}
        return self.annotate(
            asked=Coalesce(Subquery(asked), 0, **zero), answered=Coalesce(Subquery(answered), 0, **zero)
        )

    def _organized(self, member: Member) -> Exists:
        return Exists(self.model.organizers.through.objects.filter(poll=OuterRef("pk"), member=member.pk))

    def _asked(self, member: Member) -> Exists:
        return Exists(_ballots().filter(poll=OuterRef("pk"), member=member.pk))


class BallotQuerySet(QuerySet):
    def of(self, member: Member) -> BallotQuerySet:
        return self.filter(member=member)

    def answered(self) -> BallotQuerySet:
        return self.filter(answered_at__isnull=False)

    def unanswered(self) -> BallotQuerySet:
        return self.filter(answered_at=None)

    def reachable(self) -> BallotQuerySet:
        """Of members who can sign in, and of guests with an address."""
        return self.filter(Q(member__is_active=True) | Q(is_guest=True) & ~Q(email=""))
