"""What a group leaves to others when it is over."""

from django.db import transaction

from reading_groups.actions.places import lock_group
from reading_groups.models import ReadingGroup


class FindingsHaveChanged(Exception):
    """Somebody else has written them meanwhile."""


@transaction.atomic
def set_findings(*, group_id: int, text: str, before: str) -> ReadingGroup:
    """Write what a group found. `before` is the mark of what its writer had read there.

    Raises ReadingGroup.DoesNotExist, and FindingsHaveChanged where something else stands there. Sends nothing.
    """
    group = lock_group(group_id)
    if group.findings == text:
        return group
    if group.findings_mark != before:
        raise FindingsHaveChanged
    group.findings = text
    group.save(update_fields=["findings"])
    return group
