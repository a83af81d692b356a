from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from members.handbook.models import ChecklistItem, Tick
from members.models import Member


@transaction.atomic
def save_ticks(*, actor: Member, shown: Collection[str], done: Collection[str], now: datetime) -> None:
    """Of the items that a member was shown, by their keys, tick those that are done and no other.

    Items that they were not shown stay as they are; keys that there are no more are passed over. Sends nothing.
    """
    items = list(ChecklistItem.objects.filter(key__in=shown))
    ticked = [item for item in items if item.key in done]
    Tick.objects.filter(member=actor, item__in=items).exclude(item__in=ticked).delete()
    Tick.objects.bulk_create([Tick(member=actor, item=item, ticked_at=now) for item in ticked], ignore_conflicts=True)
