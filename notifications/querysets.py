from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from notifications.models import Delivery


class DeliveryQuerySet(QuerySet["Delivery"]):
    def claimable(self, now: datetime) -> DeliveryQuerySet:
        """Due, and in nobody's hands: a lease that has run out belonged to a worker that died."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        return self.filter(free, state__in=self.model.OPEN, due_at__lte=now).order_by("due_at", "id")

    def notices(self) -> DeliveryQuerySet:
        """What members read of their messages on the site, the latest first."""
        return self.exclude(notice="").order_by("-due_at", "-id")

    def owe(self, rows: Sequence[Delivery]) -> None:
        """Insert rows of the ledger; one that is there already stays as it is. One query.

        In the order of the unique key, so that two writers of the same rows wait for each other instead of locking
        each other out.
        """
        self.bulk_create(sorted(rows, key=attrgetter("owed")), ignore_conflicts=True)  # type: ignore[arg-type]

    def missing(self, rows: Sequence[Delivery]) -> list[Delivery]:
        """Those of the rows, all of one kind, that the ledger does not have yet. One query.

        Looks where rows of these due times are, as an index of the ledger is in that order; a row that stands there
        with another due time counts as missing, and `owe` leaves it alone.
        """
        due = [row.due_at for row in rows]
        known = self.filter(kind=rows[0].kind, due_at__gte=min(due), due_at__lte=max(due))
        owed = set(known.values_list(*self.model.OWED))
        return [row for row in rows if row.owed not in owed]
