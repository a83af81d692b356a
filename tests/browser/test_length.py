"""Pages that stay short on a phone, however long a group has met."""

import pytest
from playwright.sync_api import Browser

from reading_groups.models import ReadingGroup
from tests.browser.test_proposing import as_whom
from tests.factories import (
    AdminFactory,
    EnrolmentFactory,
    IdeaFactory,
    MemberFactory,
    PresentationFactory,
    QuestionFactory,
    ReadingFactory,
)
from tests.real_lists import sixteen_years

PHONE = {"width": 360, "height": 740}
LONGEST = 5_000


@pytest.fixture
def group(transactional_db, real_data) -> ReadingGroup:
    """Sixteen years of real sessions, with people who talk about the next ones, ideas and a full pool."""
    group = sixteen_years(real_data)
    group.capacity = group.places_limit = 40
    group.call_url = "https://meet.example.org/statml"
    group.save()
    people = [EnrolmentFactory(group=group, member__email=f"member-{n}@example.org").member for n in range(30)]
    group.organizers.add(people[0])
    for session in group.sessions.order_by("-held_on")[:40]:
        for member in people[:2]:
            PresentationFactory(session=session, member=member)
        for member in people[:4]:
            QuestionFactory(session=session, member=member, text=f"{'Why is that so? ' * 12}")
    for member in people[:20]:
        IdeaFactory(group=group, member=member, text="What if we tried it on smaller data first? " * 8)
        ReadingFactory(group=group)
    MemberFactory(email="guest@example.org")
    AdminFactory(email="admin@example.org")
    return group


def test_a_long_group_is_a_short_page(browser: Browser, site, group):
    lengths = {}
    for who in ("", "guest@example.org", "member-0@example.org", "member-5@example.org", "admin@example.org"):
        page = as_whom(browser, site, who, [], viewport=PHONE)
        page.goto(f"{site}/groups/statml/")
        lengths[who] = page.evaluate("document.documentElement.scrollHeight")
    assert [who for who, length in lengths.items() if length >= LONGEST] == [], lengths
