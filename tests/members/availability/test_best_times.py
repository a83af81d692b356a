"""Best times as people ask for them: who is counted, in which words, in how many queries, and what stays private."""

from datetime import UTC, date, datetime, time

import pytest

from members.availability.besttimes import FewWeeks, Wish, best_times, hours_of
from members.availability.besttimes.words import cards_of
from tests.factories import AwayFactory, MemberFactory, TypicalWeekFactory
from tests.factories.availability import marks
from tests.queries import exactly

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 12)
FROM = date(2026, 1, 5)


def people(*weeks):
    """Members, each with the marks and the zone of a typical week."""
    return [
        TypicalWeekFactory(
            member=MemberFactory(time_zone=zone), zone=zone, valid_from=FROM, marks=marks(**week)
        ).member_id
        for week, zone in weeks
    ]


def wish(**changes):
    return Wish(**({"minutes": 60, "zone": "Europe/Berlin", "first_on": MONDAY, "weeks": 4} | changes))


def test_a_time_is_explained_without_naming_anybody():
    ids = people(
        *[({"tue": "17-19:3"}, "Europe/Berlin")] * 8,
        ({"tue": "20-24:2"}, "Asia/Kolkata"),
        # Until the clocks change in Berlin, 18:00 there is 21:30 in Kolkata; then 22:30.
        ({"tue": "21-22.5:2"}, "Asia/Kolkata"),
    )
    found = best_times([*ids, MemberFactory().pk], wish(earliest=time(18), latest=time(19)))
    assert (found.people, found.with_week, found.zones) == (11, 10, ["Asia/Kolkata", "Europe/Berlin"])
    [card] = cards_of(found, wish(), zone="Asia/Kolkata")
    assert card.best.starts_at == datetime(2026, 10, 13, 16, tzinfo=UTC)
    assert card.sentence == (
        "9 of 10 every week; one misses 2 weeks after 20 Oct; 8 would rather meet then; "
        "before 8:00 or after 22:00 for 2."
    )
    assert [(clock.city, clock.words) for clock in card.clocks] == [
        ("Kolkata", "Tue 21:30, from 27 Oct on 22:30"),
        ("Berlin", "Tue 18:00"),
    ]


def test_whoever_is_away_misses_those_weeks():
    ids = people(*[({"mon": "9-10:2"}, "UTC")] * 3)
    AwayFactory(member_id=ids[1], starts_on=date(2026, 10, 17), ends_on=date(2026, 10, 20))
    [best] = best_times(ids, wish(zone="UTC")).times
    assert best.attending == (3, 2, 3, 3)
    [card] = cards_of(best_times(ids, wish(zone="UTC")), wish(zone="UTC"), zone="UTC")
    assert card.sentence == "2 of 3 every week; one misses 1 week."


def test_a_later_week_takes_over_within_the_range():
    ids = people(*[({"mon": "9-10:2"}, "UTC")] * 3)
    TypicalWeekFactory(member_id=ids[0], zone="UTC", valid_from=date(2026, 10, 26), marks=marks(mon="15-16:2"))
    assert best_times(ids, wish(zone="UTC")).times[0].attending == (3, 3, 2, 2)


@pytest.mark.parametrize("with_week", [0, 1, 2])
def test_fewer_than_three_are_not_counted(with_week):
    ids = [*people(*[({"mon": "9-10:2"}, "UTC")] * with_week), MemberFactory().pk, MemberFactory().pk]
    with pytest.raises(FewWeeks) as error:
        best_times(ids, wish())
    assert error.value.with_week == with_week
    with pytest.raises(FewWeeks):
        hours_of(ids, zone="UTC", week_on=MONDAY)


@pytest.mark.parametrize("count", [3, 30])
def test_queries_do_not_grow_with_people(count):
    ids = people(*[({"mon": "9-10:2"}, "UTC")] * count)
    # Their weeks, their zones, their days away.
    with exactly(3):
        best_times(ids, wish(), past=[(datetime(2026, 10, 5, 22, tzinfo=UTC), datetime(2026, 10, 5, 23, tzinfo=UTC))])
    with exactly(1):
        hours_of(ids, zone="UTC", week_on=MONDAY)


def test_unsocial_hours_of_the_past_move_the_next_meeting():
    """11:00 is 7:00 in New York, and 17:00 is 22:30 in Kolkata; whoever had it last time does not have it again."""
    ids = people(
        ({"wed": "11-12:2 17-18:2"}, "UTC"),
        ({"wed": "6-14:2"}, "America/New_York"),
        ({"wed": "16-24:2"}, "Asia/Kolkata"),
    )

    def best_after(*hours):
        past = [
            (datetime(2026, 10, 7, hour, tzinfo=UTC), datetime(2026, 10, 7, hour + 1, tzinfo=UTC)) for hour in hours
        ]
        return best_times(ids, wish(zone="UTC", weeks=1), past=past).times[0].starts_at.hour

    assert best_after() == best_after(17) == best_after(11, 17) == 11
    assert best_after(11) == 17


def test_hours_are_counts_on_the_viewers_clock():
    ids = people(
        ({"tue": "17-19:3"}, "Europe/Berlin"),
        ({"tue": "18-19:1"}, "Europe/Berlin"),
        ({"tue": "20-21:2"}, "Asia/Kolkata"),
    )
    hours = hours_of([*ids, MemberFactory().pk], zone="Asia/Kolkata", week_on=date(2026, 11, 24))
    assert (hours.people, hours.with_week) == (4, 3)
    # 17:00 in Berlin is 21:30 in Kolkata in winter, and 20:30 in summer.
    assert [
        (at / 2, int(hours.counts[at, 1]), int(hours.levels[at, 1])) for at in range(48) if hours.counts[at, 1]
    ] == [
        (20, 1, 2),
        (20.5, 1, 2),
        (21.5, 1, 2),
        (22, 1, 2),
        (22.5, 2, 4),
        (23, 2, 4),
    ]
    summer = hours_of(ids, zone="Asia/Kolkata", week_on=date(2026, 10, 12))
    assert int(summer.counts[41, 1]) == 2
    assert int(summer.counts.sum()) == 8
