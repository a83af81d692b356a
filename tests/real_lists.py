"""Real reading lists as groups that go on."""

from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from reading_groups import actions
from reading_groups.models import ReadingGroup

COMING = 40


def sixteen_years(real_data: Path) -> ReadingGroup:
    """All 345 sessions that the importer takes of the longest list, moved so that the last ones are still to come."""
    file = real_data / "reading-groups/cmu_statml.json"
    call_command("import_reading_list", str(file), "--as=group", "--slug=statml", verbosity=0)
    group = ReadingGroup.objects.get(slug="statml")
    last_past = group.sessions.order_by("-held_on")[COMING].held_on
    ahead = timedelta(weeks=(timezone.localdate() - last_past).days // 7)
    group.sessions.update(held_on=F("held_on") + ahead, starts_at=F("starts_at") + ahead, ends_at=F("ends_at") + ahead)
    actions.set_state(group_id=group.pk, state="open", now=timezone.now())
    group.refresh_from_db()
    return group
