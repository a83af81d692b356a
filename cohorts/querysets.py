"""Every reusable read of cohorts. Lists begin at `visible_to(member)`.

Models import this file, so it reaches related models through `self.model` and never imports them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from members.models import Member


class CohortQuerySet(QuerySet):
    model: Any

    def visible_to(self, viewer: Member) -> CohortQuerySet:
        """A cohort's own page is for those who are in it, who lead a section of it, and for superusers."""
        if not viewer.is_authenticated:
            return self.none()
        if viewer.is_superuser:
            return self.all()
        places = _related(self.model, "places")
        sections = _related(self.model, "sections")
        inside = Exists(places.filter(cohort=OuterRef("pk"), member=viewer.pk))
        leads = Exists(sections.filter(cohort=OuterRef("pk"), leaders=viewer.pk))
        return self.filter(inside | leads)

    def public(self) -> CohortQuerySet:
        """Those whose application page visitors find."""
        return self.exclude(state__in=[self.model.State.DRAFT, self.model.State.ARCHIVED])

    def taking_applications(self, now: datetime) -> CohortQuerySet:
        return self.filter(self._is_open(now))

    def not_taking_applications(self, now: datetime) -> CohortQuerySet:
        return self.exclude(self._is_open(now))

    def _is_open(self, now: datetime) -> Q:
        opened = Q(applications_open_at__isnull=True) | Q(applications_open_at__lte=now)
        return opened & Q(state=self.model.State.APPLICATIONS, applications_close_at__gt=now)

    def with_numbers(self) -> CohortQuerySet:
        """With `applied`, `accepted`, `claimed` and `placed`, as subqueries of their own."""
        applications = _related(self.model, "applications")
        places = _related(self.model, "places")
        return self.annotate(
            applied=_count(applications.all()),
            accepted=_count(applications.filter(state="accepted")),
            claimed=_count(applications.filter(claimed_at__isnull=False)),
            placed=_count(places.filter(section__isnull=False)),
        )


class SectionQuerySet(QuerySet):
    model: Any

    def by_name(self) -> SectionQuerySet:
        return self.order_by("name_key", "id")

    def with_leaders(self) -> SectionQuerySet:
        """With their leaders by name. One query more."""
        leaders = _related(self.model, "leaders").by_name()
        return self.prefetch_related(Prefetch("leaders", queryset=leaders))

    def with_taken(self) -> SectionQuerySet:
        """With `taken`, how many people are in each."""
        places = _related(self.model, "places")
        return self.annotate(taken=_count(places.all(), key="section"))


class ApplicationQuerySet(QuerySet):
    model: Any

    def from_address(self, email: str) -> ApplicationQuerySet:
        return self.filter(email__iexact=email)

    def decidable(self, outcome: str) -> ApplicationQuerySet:
        """Those that an outcome would change: not withdrawn, not taken up, not decided so, and in no held batch."""
        decisions = _related(self.model, "decisions")
        held = Exists(decisions.filter(application=OuterRef("pk"), state="held"))
        return self.filter(claimed_at__isnull=True).exclude(state__in=["withdrawn", outcome]).exclude(held)

    def by_country(self) -> QuerySet:
        """Rows of country, applied and accepted, the most first."""
        countries = self.order_by().values("country")
        rows = countries.annotate(applied=Count("pk"), accepted=Count("pk", filter=Q(state="accepted")))
        return rows.order_by("-applied", "country")


class PlaceQuerySet(QuerySet):
    model: Any

    def of_member(self, member: Member) -> PlaceQuerySet:
        """What the member is in, with cohort, section and its leaders by name. Two queries."""
        leaders = Prefetch("section__leaders", queryset=_related(self.model, "member").by_name())
        rows = self.filter(member=member.pk).exclude(cohort__state="archived")
        return rows.select_related("cohort", "section").prefetch_related(leaders).order_by("-cohort__starts_on", "id")

    def without_section(self) -> PlaceQuerySet:
        """Those in no section, but for people who cannot sign in any more."""
        return self.filter(section__isnull=True).exclude(member__is_active=False)

    def people(self) -> PlaceQuerySet:
        """Those taken up, with their member, in the order of names."""
        rows = self.filter(member__is_active=True).select_related("member")
        return rows.order_by(F("member__name_key"), "id")


class DecisionBatchQuerySet(QuerySet):
    def due(self, now: datetime) -> DecisionBatchQuerySet:
        """Held long enough, not undone and not applied yet; the oldest first."""
        rows = self.filter(held_until__lte=now, undone_at__isnull=True, applied_at__isnull=True)
        return rows.order_by("held_until", "id")


def _count(rows: QuerySet, key: str = "cohort") -> Coalesce:
    counts = rows.filter(**{key: OuterRef("pk")}).order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def _related(model: Any, field: str) -> Any:
    """The manager of the model that a field or a reverse relation leads to."""
    return model._meta.get_field(field).related_model.objects
