"""Somebody who walks through weeks minute by minute, looking at the clock on the wall: slow, and plainly right."""

import random
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from core.clock import place_zones
from members.availability.algebra import SLOTS, attendance, expand, overlap
from members.availability.marks import monday_of

WEEK_MINUTES = 7 * 24 * 60
# Whole hours, half hours, quarters; clocks that change by one hour, by half an hour, for Ramadan, and never.
ZONES = (
    "America/New_York",
    "America/St_Johns",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Nairobi",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Chatham",
)
# Weeks in which the clocks change somewhere.
CHANGES = [
    date(2026, 2, 15),
    date(2026, 3, 8),
    date(2026, 3, 22),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 4, 24),
    date(2026, 10, 4),
    date(2026, 10, 25),
    date(2026, 10, 29),
    date(2026, 11, 1),
    date(2027, 2, 7),
    date(2027, 3, 14),
]


@lru_cache(maxsize=512)
def minutes_on_the_wall(zone, monday):
    """For each minute of a week that begins on Monday 00:00 UTC, the half hour that a clock in the zone shows."""
    start, place = datetime(monday.year, monday.month, monday.day, tzinfo=UTC), ZoneInfo(zone)
    shown = []
    for minute in range(WEEK_MINUTES):
        clock = (start + timedelta(minutes=minute)).astimezone(place)
        shown.append(clock.weekday() * 48 + clock.hour * 2 + clock.minute // 30)
    return shown


def walk_alone(person, mondays):
    """The mark of one person in each minute of the weeks, one after the other."""
    typical, zone = person
    marks = [int(mark) for mark in typical]
    return b"".join(bytes(map(marks.__getitem__, minutes_on_the_wall(zone, monday))) for monday in mondays)


def walk(people, mondays):
    """The weakest mark of the people in each minute of the weeks, as one long list."""
    return [min(marks) for marks in zip(*(walk_alone(person, mondays) for person in people), strict=True)]


def random_week(rng):
    """Some stretches of some days, so that people share something now and then."""
    found = ["0"] * 336
    for _stretch in range(rng.randint(1, 12)):
        start, length, strength = rng.randrange(336), rng.randint(1, 24), rng.choice("0123")
        found[start : start + length] = [strength] * len(found[start : start + length])
    return "".join(found)


def random_monday(rng):
    if rng.random() < 0.7:
        return monday_of(rng.choice(CHANGES) + timedelta(weeks=rng.randint(-1, 1)))
    return monday_of(date(2025, 1, 6) + timedelta(days=rng.randrange(1500)))


def random_people(rng, count, zones=None):
    def zone():
        if zones is not None:
            return rng.choice(zones)
        return rng.choice(ZONES) if rng.random() < 0.8 else rng.choice(place_zones())

    return [(random_week(rng), zone()) for _ in range(count)]


def arrays(people, monday, weeks):
    return np.stack([expand(typical, zone=zone, first_week=monday, weeks=weeks) for typical, zone in people])


def check_block(seed, cases):
    """That many cases of one to four people in one to three weeks from one Monday on; every minute is compared.

    A block draws from fifteen zones, whose weeks are walked through once each.
    """
    rng = random.Random(seed)
    monday = random_monday(rng)
    zones = [*ZONES, *rng.sample(place_zones(), 5)]
    for case in range(cases):
        # Longer ranges are the rarer ones, as they take longer to walk through.
        weeks = 1 if case % 4 else rng.choice((2, 3))
        mondays = [monday + timedelta(weeks=n) for n in range(weeks)]
        people = random_people(rng, rng.randint(1, 4), zones)
        expanded = arrays(people, monday, weeks)
        told = (seed, case, people, monday, weeks)
        alone = [walk_alone(person, mondays) for person in people]
        together = bytes(map(min, *alone)) if len(alone) > 1 else alone[0]
        assert np.repeat(overlap(expanded).reshape(-1), 15).tobytes() == together, told
        strength = rng.randint(1, 3)
        counts = [0] * (weeks * WEEK_MINUTES)
        if case % 8 == 0:
            for person in alone:
                counts = [count + (mark >= strength) for count, mark in zip(counts, person, strict=True)]
            found = attendance(expanded, at_least=strength)
            assert found.shape == (weeks, SLOTS), told
            assert np.repeat(found.reshape(-1), 15).tolist() == counts, told
