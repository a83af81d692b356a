from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet


class DeliveryQuerySet(QuerySet):
    def claimable(self, now: datetime) -> DeliveryQuerySet:
        """Due, and in nobody's hands: a lease that has run out belonged to a worker that died."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        return self.filter(free, state__in=self.model.OPEN, due_at__lte=now).order_by("due_at", "id")
