"""Reads of what organizers write to their people, of small groups, and of summaries."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FETCH_RAISE, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from reading_groups.querysets.subqueries import counted, related

if TYPE_CHECKING:
    from members.models import Member
    from reading_groups.models import Session

LATEST = 3


class GroupMessageQuerySet(QuerySet):
    model: Any

    def visible_to(self, viewer: Member) -> GroupMessageQuerySet:
        """To organizers of a group and admins, all that was written to its people, held and undone ones as well.

        To others what has gone out: to everybody inside what went to all or to presenters, and to those on the
        waitlist and those who missed a session what went to them. That somebody waits, or was not there, is nobody
        else's business.
        """
        if not viewer.is_authenticated:
            return self.none()
        if viewer.is_superuser:
            return self.all()
        groups, enrolments = related(self.model, "group"), related(self.model, "group", "enrolments")
        organizes = groups.organizers.through.objects.filter(readinggroup=OuterRef("group"), member=viewer.pk)
        states = [enrolments.State.ENROLLED, enrolments.State.COMPLETED]
        inside = enrolments.objects.filter(group=OuterRef("group"), member=viewer.pk, state__in=states)
        got = related(self.model, "recipients").objects.filter(message=OuterRef("pk"), member=viewer.pk)
        theirs = Q(audience__in=self.model.SEEN_BY_ALL) & Exists(inside) | Exists(got)
        return self.filter(Exists(organizes) | Q(sent_at__isnull=False) & theirs)

    def held(self) -> GroupMessageQuerySet:
        """Neither undone nor sent yet."""
        return self.filter(undone_at__isnull=True, sent_at__isnull=True)

    def due(self, now: datetime) -> GroupMessageQuerySet:
        """Held long enough, the oldest first."""
        return self.held().filter(held_until__lte=now).order_by("held_until", "id")

    def newest_first(self) -> GroupMessageQuerySet:
        return self.order_by("-written_at", "-id")

    def with_reach(self) -> GroupMessageQuerySet:
        """Adds `reach`, how many people it has gone to."""
        got = related(self.model, "recipients").objects.filter(message=OuterRef("pk"))
        return self.annotate(reach=counted(got, "message"))

    def for_reading(self) -> GroupMessageQuerySet:
        """What lists and pages show, the newest first."""
        rows = self.select_related("author", "session", "undone_by").with_reach()
        return rows.newest_first().fetch_mode(FETCH_RAISE)

    def latest_of_each_group(self, viewer: Member) -> ArraySubquery:
        """For an annotation of groups: the latest few that the viewer may see, and one more where there are more.

        Each as `id`, `subject` and `is_held`; undone ones are left out.
        """
        own = self.visible_to(viewer).filter(group=OuterRef("pk"), undone_at__isnull=True).newest_first()
        shown = JSONObject(id="id", subject="subject", is_held=Q(sent_at__isnull=True))
        return ArraySubquery(own.values(json=shown)[: LATEST + 1])


class SeatQuerySet(QuerySet):
    def by_group(self) -> SeatQuerySet:
        """Group by group, each with its member."""
        rows = self.select_related("member").order_by("number", "member__name_key", "member_id")
        return rows.fetch_mode(FETCH_RAISE)

    def beside(self, viewer: Member) -> SeatQuerySet:
        """Those of the viewer's own small groups, theirs included."""
        own = self.model._default_manager.filter(split=OuterRef("split"), number=OuterRef("number"), member=viewer.pk)
        return self.filter(Exists(own)).by_group()

    def before(self, session: Session) -> SeatQuerySet:
        """Those in the sessions of the same group up to that one, without it and those that are off."""
        others = self.filter(split__session__group=session.group_id, split__session__is_cancelled=False)
        return others.filter(split__session__held_on__lte=session.held_on).exclude(split__session=session.pk)


class SummaryQuerySet(QuerySet):
    def for_reading(self) -> SummaryQuerySet:
        """Those that say something, of the latest session first, each with who wrote it last."""
        rows = self.exclude(text="").select_related("written_by")
        return rows.order_by("-session__held_on", "-session_id").fetch_mode(FETCH_RAISE)
