"""The shared hours of a set, drawn as a table: a heat map with a count in each half hour."""

from dataclasses import dataclass

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from members.availability.besttimes.loading import Hours

DAYS = [(WEEKDAYS_ABBR[day], WEEKDAYS[day]) for day in range(7)]


@dataclass(frozen=True)
class Row:
    """A half hour, with how many can on each day and how large a share of them that is, from 0 to 5."""

    time: str
    is_whole_hour: bool
    cells: list[tuple[int, int]]


def rows_of(hours: Hours) -> list[Row]:
    """From the first half hour at which anybody can to the last."""
    marked = hours.counts.any(axis=1).nonzero()[0]
    span = range(int(marked[0]), int(marked[-1]) + 1) if len(marked) else range(0)
    return [
        Row(
            f"{at // 2:02}:{at % 2 * 30:02}",
            at % 2 == 0,
            list(zip(hours.counts[at].tolist(), hours.levels[at].tolist(), strict=True)),
        )
        for at in span
    ]
