"""What a typical week is written in: 336 digits, one per half hour from Monday 00:00 as clocks at a place show it.

3 rather, 2 could, 1 if needed, 0 not.
"""

from datetime import date, timedelta

HALF_HOURS = 336
HALF_HOURS_A_DAY = 48
EMPTY = "0" * HALF_HOURS


def monday_of(day: date) -> date:
    """The Monday that the day's ISO week begins with."""
    return day - timedelta(days=day.weekday())
