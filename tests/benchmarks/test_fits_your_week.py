"""Browsing with “fits your week” beside browsing without it, at three sizes, as ratios within one run."""

from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
from django.test import Client
from django.utils import timezone

from reading_groups.models import ReadingGroup, Session
from tests.benchmarks.test_browse_and_join import SIZES, grow_to
from tests.factories import MemberFactory, TopicFactory, TypicalWeekFactory
from tests.factories.availability import marks

ROUNDS = 12
WEEK = marks(mon="18-22:2", tue="17-21:3", wed="18-22:1", sat="9-18:2", sun="10-16:1")
PAGES = {"browse": "/groups/", "its filter": "/groups/?fits=1", "its order": "/groups/?order=fits"}


@pytest.mark.django_db
@pytest.mark.urls("tests.benchmarks.urls")
def test_browsing_with_fits_your_week_beside_without(capsys):
    topic, plain, marked = TopicFactory(slug="networks"), MemberFactory(), MemberFactory()
    TypicalWeekFactory(member=marked, marks=WEEK)
    without, with_week = Client(), Client()
    without.force_login(plain)
    with_week.force_login(marked)
    rows, have = [], 0
    for size in SIZES:
        grow_to(size, topic)
        _six_more_weeks(have)
        have = ReadingGroup.objects.order_by("-pk").values_list("pk", flat=True).first()
        ratios = {}
        for name, url in PAGES.items():
            turns = [_turn(with_week, url) / _turn(without, "/groups/") for _round in range(ROUNDS)]
            # The first one warms up.
            ratios[name] = median(turns[1:])
        rows.append((size, ratios))
    with capsys.disabled():
        print("\nBrowsing with “fits your week”, as multiples of browsing without:")  # noqa: T201
        for size, ratios in rows:
            print(f"  {size:>6} groups: " + ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items()))  # noqa: T201
    assert all(ratios["browse"] <= 1.3 for _size, ratios in rows)


def _turn(client: Client, url: str) -> float:
    """How long a page takes. Turns are taken in pairs, so that what else the machine does falls on both."""
    start = perf_counter()
    client.get(url)
    return perf_counter() - start


def _six_more_weeks(after: int) -> None:
    """Each new group meets in six more weeks, so that there is something to hold against a week."""
    first = {}
    for session in Session.objects.filter(group__gt=after, starts_at__gt=timezone.now()).order_by("-starts_at"):
        first[session.group_id] = session
    Session.objects.bulk_create(
        Session(
            group_id=group_id,
            held_on=session.held_on + timedelta(weeks=week),
            starts_at=session.starts_at + timedelta(weeks=week),
            ends_at=session.ends_at + timedelta(weeks=week),
        )
        for group_id, session in first.items()
        for week in range(1, 7)
    )
