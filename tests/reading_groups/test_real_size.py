"""A group as long as the longest real one: its pages cost what those of a new one cost, and stay usable."""

import pytest

from reading_groups.models import ReadingGroup
from tests.factories import EnrolmentFactory
from tests.queries import exactly
from tests.real_lists import COMING, sixteen_years

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(real_data) -> ReadingGroup:
    return sixteen_years(real_data)


def test_sixteen_years_of_sessions_fold_away(client, group):
    assert group.sessions.count() == 345
    client.force_login(EnrolmentFactory(group=group).member)
    with exactly(12, signed_in=True):
        page = client.get("/groups/statml/")
    # The next session first, all that are to come, and the last of those that are over; the rest by page.
    first, coming, past = (page.context[name] for name in ("next_session", "coming", "past"))
    assert first.held_on <= coming[0].held_on
    assert (1 + len(coming), len(past), past.paginator.count) == (COMING, 8, 345 - COMING)
    assert len(page.content) < 60_000
    last = past.paginator.num_pages
    with exactly(12, signed_in=True):
        page = client.get(f"/groups/statml/?past={last}")
    assert page.context["past"][-1].held_on == group.sessions.order_by("held_on")[0].held_on
    assert client.get(first.get_absolute_url()).status_code == 200
    assert list(client.get("/groups/?q=regression").context["page"]) == [group]
