"""Reads of certificates and of those who are invited by name."""

from __future__ import annotations

from django.db.models import FETCH_RAISE, QuerySet


class CertificateQuerySet(QuerySet):
    def valid(self) -> CertificateQuerySet:
        return self.filter(revoked_at=None)

    def newest_first(self) -> CertificateQuerySet:
        """Each with its group."""
        rows = self.select_related("group").defer("group__search")
        return rows.order_by("-issued_at", "-id").fetch_mode(FETCH_RAISE)

    def by_name(self) -> CertificateQuerySet:
        """Each with its member."""
        return self.select_related("member").order_by("member__name_key", "member_id").fetch_mode(FETCH_RAISE)


class GroupInvitationQuerySet(QuerySet):
    def by_name(self) -> GroupInvitationQuerySet:
        """Each with its member."""
        return self.select_related("member").order_by("member__name_key", "member_id").fetch_mode(FETCH_RAISE)
