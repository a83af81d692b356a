"""Reads of when groups meet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from reading_groups.querysets.subqueries import counted, related

if TYPE_CHECKING:
    from members.models import Member
    from reading_groups.models import Session


class SessionQuerySet(QuerySet):
    model: Any

    def coming(self, now: datetime) -> SessionQuerySet:
        """On now or later, soonest first; those without a time count until the day is over everywhere."""
        return self.planned(now).filter(is_cancelled=False)

    def planned(self, now: datetime) -> SessionQuerySet:
        """As `coming`, with those among them that are called off."""
        yesterday = now.date() - timedelta(days=1)
        to_come = Q(ends_at__gt=now) | Q(starts_at__isnull=True)
        return self.filter(to_come, held_on__gte=yesterday).order_by("held_on", "starts_at", "id")

    def at_the_time_of(self, session: Session) -> SessionQuerySet:
        """Others that overlap with a session whose time is known; of those that are off, one at the same start."""
        overlap = Q(is_cancelled=False, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at)
        return self.filter(overlap | Q(starts_at=session.starts_at)).exclude(pk=session.pk)

    def past(self, now: datetime) -> SessionQuerySet:
        """Over by now, the latest first."""
        yesterday = now.date() - timedelta(days=1)
        over = Q(ends_at__lte=now) | Q(starts_at__isnull=True, held_on__lt=yesterday)
        return self.filter(over, is_cancelled=False).order_by("-held_on", "-starts_at", "-id")

    def starting_between(self, start: datetime, end: datetime) -> SessionQuerySet:
        return self.filter(is_cancelled=False, starts_at__gte=start, starts_at__lt=end)

    def with_attendance_known(self) -> SessionQuerySet:
        """Those where it was taken, or where somebody checked in; of the others it is not known who came."""
        came = related(self.model, "attendances").objects.filter(session=OuterRef("pk"))
        return self.filter(Q(attendance_taken_at__isnull=False) | Exists(came))

    def with_answers(self, viewer: Member) -> SessionQuerySet:
        """Adds `yes_count`, `maybe_count` and `no_count`, `own_answer`, the viewer's, `answered_by`, the ids of all who
        have answered, and `is_checked_in`."""
        answers = related(self.model, "rsvps").objects.filter(session=OuterRef("pk"))
        came = related(self.model, "attendances").objects.filter(session=OuterRef("pk"), member=viewer.pk)
        return self.annotate(
            **{
                f"{answer}_count": counted(answers.filter(answer=answer), "session")
                for answer in ("yes", "maybe", "no")
            },
            answered_by=ArraySubquery(answers.values("member")),
            own_answer=Subquery(answers.filter(member=viewer.pk).values("answer")[:1]),
            is_checked_in=Exists(came),
        )

    def with_note_counts(self) -> SessionQuerySet:
        """Adds `strength_count` and `limitation_count` of what is read there."""
        notes = related(self.model, "readings", "notes")
        own = notes.objects.filter(reading__session=OuterRef("pk"))
        return self.annotate(
            strength_count=counted(own.filter(kind=notes.Kind.STRENGTH), "reading__session"),
            limitation_count=counted(own.filter(kind=notes.Kind.LIMITATION), "reading__session"),
        )

    def with_readings(self) -> SessionQuerySet:
        readings = self.model._meta.get_field("readings").related_model.objects.in_order()
        return self.prefetch_related(Prefetch("readings", queryset=readings))
