"""The browse page and the sign-up action at 10, 1,000 and 10,000 groups."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.models import Topic
from reading_groups.actions import index_groups, join_group, leave_group
from reading_groups.models import Paper, Reading, ReadingGroup, Session
from tests.factories import MemberFactory, TopicFactory

SIZES = (10, 1_000, 10_000)


def grow_to(size: int, topic: Topic) -> None:
    """Groups with a past and a coming session each, a paper, a topic, and a search index."""
    have = ReadingGroup.objects.count()
    groups = ReadingGroup.objects.bulk_create(
        ReadingGroup(
            title=f"Group {n} about networks",
            title_key=f"group {n}",
            slug=f"group-{n}",
            state=ReadingGroup.State.OPEN,
            zone="Europe/Berlin",
            weekday=n % 7,
            starts_at_time=time(18),
            capacity=10,
            places_limit=10,
        )
        for n in range(have, size)
    )
    now = timezone.now()
    paper, _made = Paper.objects.get_or_create(title="A paper that all of them read")
    sessions = []
    for number, group in enumerate(groups):
        for days in (-7, 1 + number % 30):
            start = now + timedelta(days=days, minutes=number % 600)
            end = start + timedelta(hours=1)
            sessions.append(Session(group=group, held_on=start.date(), starts_at=start, ends_at=end))
    Session.objects.bulk_create(sessions)
    Reading.objects.bulk_create(Reading(group=session.group, session=session, paper=paper) for session in sessions)
    linked = ReadingGroup.topics.through
    linked.objects.bulk_create(linked(readinggroup=group, topic=topic) for group in groups)
    index_groups(group_ids=[group.pk for group in groups])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.django_db
@pytest.mark.urls("tests.benchmarks.urls")
def test_browse_and_join_at_three_sizes(client, seconds, capsys):
    topic, member = TopicFactory(slug="networks"), MemberFactory()
    client.force_login(member)
    rows, browse_queries, join_queries = [], set(), set()
    for size in SIZES:
        grow_to(size, topic)
        floor = seconds(lambda: client.get("/one-query/"))
        pages = {}
        for name, url in {
            "browse": "/groups/",
            "search": "/groups/?q=networks&topic=networks&open=1",
            "by title": "/groups/?order=title",
        }.items():
            pages[name] = seconds(lambda url=url: client.get(url)) / floor
        with CaptureQueriesContext(connection) as captured:
            client.get("/groups/")
        browse_queries.add(len(captured))
        group = ReadingGroup.objects.order_by("?").first()
        moment = datetime.now(UTC)

        def join_and_leave(group=group, moment=moment):
            join_group(actor=member, group_id=group.pk, now=moment)
            leave_group(actor=member, group_id=group.pk, now=moment)

        pages["join and leave"] = seconds(join_and_leave) / floor
        with CaptureQueriesContext(connection) as captured:
            join_group(actor=member, group_id=group.pk, now=moment)
        join_queries.add(len(captured))
        leave_group(actor=member, group_id=group.pk, now=moment)
        rows.append((size, pages))
    with capsys.disabled():
        print("\nTimes as multiples of a view with one query, in this run:")  # noqa: T201
        for size, pages in rows:
            print(f"  {size:>6} groups: " + ", ".join(f"{name} {ratio:.1f}" for name, ratio in pages.items()))  # noqa: T201
        print(f"  queries: browse {browse_queries}, join {join_queries}")  # noqa: T201
    assert len(browse_queries) == 1
    assert len(join_queries) == 1
