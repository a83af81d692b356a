"""Every reusable read of people, places and topics. Lists begin at `visible_to(member)`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from members.models import Member, Topic


class MemberQuerySet(QuerySet):
    model: Any

    def by_name(self) -> MemberQuerySet:
        return self.order_by("name_key", "id")

    def active(self) -> MemberQuerySet:
        return self.filter(is_active=True)

    def named_publicly(self) -> MemberQuerySet:
        """Those who chose that visitors may read their name."""
        return self.active().filter(shows_name_publicly=True).exclude(name="")

    def visible_to(self, viewer: Member) -> MemberQuerySet:
        """Members see each other's pages, visitors nobody's, and admins also those without a name or an account."""
        if not viewer.is_authenticated:
            return self.none()
        if viewer.is_superuser:
            return self.all()
        own = Q(pk=viewer.pk)
        return self.filter(own | Q(is_active=True) & ~Q(name="") if viewer.is_active else own)

    def called(self, names: Collection[str]) -> dict[str, list[Member]]:
        """Whose name each of these is, by its key; of names with the same key only the last is told. One query."""
        key_of = self.model._meta.get_field("name_key").key_of
        name_of = {key_of(name): name for name in names}
        found: dict[str, list[Member]] = {key: [] for key in name_of}
        rows: Any = self.filter(name_key__in=found).order_by("pk")
        for member in rows:
            found[member.name_key].append(member)
        return {name_of[key]: members for key, members in found.items()}


class InstitutionQuerySet(QuerySet):
    model: Any

    def by_name(self) -> InstitutionQuerySet:
        return self.order_by("name_key", "id")

    def called(self, name: str) -> InstitutionQuerySet:
        return self.filter(name_key=self.model._meta.get_field("name_key").key_of(name))


class TopicQuerySet(QuerySet):
    def in_tree_order(self) -> TopicQuerySet:
        return self.order_by("path")

    def under(self, topic: Topic) -> TopicQuerySet:
        """The topic and all below it."""
        return self.filter(path__startswith=topic.path)


class CollectiveQuerySet(QuerySet):
    def by_name(self) -> CollectiveQuerySet:
        return self.order_by("name_key", "id")


class RoleQuerySet(QuerySet):
    def live(self, on: date) -> RoleQuerySet:
        """Held on that day."""
        not_over = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
        return self.filter(not_over, closed_at__isnull=True, starts_on__lte=on)
