from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.db.models.functions import Greatest

if TYPE_CHECKING:
    from notifications.models import Delivery


class DeliveryQuerySet(QuerySet["Delivery"]):
    def claimable(self, now: datetime, *, urgencies: Collection[int] | None = None) -> DeliveryQuerySet:
        """Due, and in nobody's hands: a lease that has run out belonged to a worker that died. The most urgent first.

        What waits is not looked at, as an index has each row where its wait ends.
        """
        urgencies = self.model.Urgency.values if urgencies is None else urgencies
        rows = self.alias(ready_at=Greatest("due_at", "lease_until"))
        rows = rows.filter(state__in=self.model.OPEN, urgency__in=urgencies, ready_at__lte=now)
        return rows.order_by("urgency", "ready_at", "id")

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
