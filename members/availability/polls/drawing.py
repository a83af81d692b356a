"""The times of a poll as its pages show them: on the viewer's clock, by day, with the poll's own where they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.clock import city_of
from core.templatetags.interface import day as day_of
from members.availability.polls.marks import NO, WORDS
from members.availability.polls.models import Poll
from members.availability.polls.ranking import Tally
from members.availability.polls.results import Moment

# Days of a longer poll start folded.
MOST_UNFOLDED = 15
HEAT_LEVELS = 5


@dataclass(frozen=True, kw_only=True)
class Row:
    """One time: `there` is what clocks in the poll's zone show, where that differs; `mark` the answer so far."""

    position: int
    moment: datetime
    time: str
    there: str
    label: str
    mark: str


@dataclass(frozen=True, kw_only=True)
class Day:
    title: str
    rows: list[Row]
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A half hour of one day; without a position the poll does not offer it. `heat` is a level, `count` a number."""

    column: int
    position: int | None = None
    label: str = ""
    mark: str = NO
    count: int = 0
    heat: int = 0


@dataclass(frozen=True, kw_only=True)
class GridRow:
    time: str
    there: str
    is_whole_hour: bool
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class Column:
    number: int
    short: str
    long: str


@dataclass(frozen=True, kw_only=True)
class Grid:
    columns: list[Column]
    rows: list[GridRow]


def words() -> list[tuple[str, str]]:
    return [(mark, str(word)) for mark, word in WORDS.items()]


def when_of(poll: Poll, moment: datetime) -> str:
    """“Thu 26 Nov, 20:30”, or “Thursday, 20:30” of a weekly poll, in the viewer's zone."""
    local = timezone.localtime(moment)
    return f"{_day_title(poll, local)}, {date_format(local, 'H:i')}"


def there_of(poll: Poll, moment: datetime) -> str:
    """“15:00 in London”, with the day where it is another; nothing where the clocks agree with the viewer's."""
    local, there = timezone.localtime(moment), moment.astimezone(ZoneInfo(poll.zone))
    if local.utcoffset() == there.utcoffset():
        return ""
    hour = date_format(there, "H:i")
    if local.date() != there.date():
        hour = f"{WEEKDAYS_ABBR[there.weekday()]} {hour}"
    return _("%(when)s in %(city)s") % {"when": hour, "city": city_of(poll.zone)}


def days_of(poll: Poll, moments: Sequence[Moment], marks: str) -> list[Day]:
    """The times of a poll by day, each with its mark in the answer; where there is none yet, no."""
    by_day: dict[date, list[Row]] = {}
    titles: dict[date, str] = {}
    for moment in moments:
        local = timezone.localtime(moment.starts_at)
        titles.setdefault(local.date(), _day_title(poll, local))
        by_day.setdefault(local.date(), []).append(
            Row(
                position=moment.position,
                moment=moment.starts_at,
                time=date_format(local, "H:i"),
                there=there_of(poll, moment.starts_at),
                label=when_of(poll, moment.starts_at),
                mark=_mark(marks, moment.position),
            )
        )
    is_short = len(moments) <= MOST_UNFOLDED
    days = sorted(by_day, key=lambda day: day.weekday() if poll.is_weekly else day.toordinal())
    first = days[0] if days else None
    return [
        Day(
            title=titles[day],
            rows=by_day[day],
            is_open=is_short or day == first or any(row.mark != NO for row in by_day[day]),
        )
        for day in days
    ]


def grid_of(
    poll: Poll, moments: Sequence[Moment], marks: str = "", tallies: Sequence[Tally] = (), answered: int = 0
) -> Grid:
    """The half hours of a poll with free marking: days side by side, with marks, or with how many can."""
    locals_ = [timezone.localtime(moment.starts_at) for moment in moments]
    days = sorted({_column_key(poll, local) for local in locals_})
    columns = [_column(poll, number, day) for number, day in enumerate(days)]
    number_of = {day: number for number, day in enumerate(days)}
    by_time: dict[tuple, dict[int, Cell]] = {}
    theirs: dict[tuple, list[str]] = {}
    for moment, local in zip(moments, locals_, strict=True):
        # An hour that clocks show twice is two rows.
        key = (local.hour, local.minute, local.fold)
        number = number_of[_column_key(poll, local)]
        can = tallies[moment.position].can if tallies else 0
        by_time.setdefault(key, {})[number] = Cell(
            column=number,
            position=moment.position,
            label=f"{_day_title(poll, local)} {date_format(local, 'H:i')}",
            mark=_mark(marks, moment.position),
            count=can,
            heat=_heat(can, answered),
        )
        there = moment.starts_at.astimezone(ZoneInfo(poll.zone))
        if local.utcoffset() != there.utcoffset():
            theirs.setdefault(key, []).append(date_format(there, "H:i"))
    rows = [
        GridRow(
            time=f"{hour:02}:{minute:02}",
            there="/".join(dict.fromkeys(theirs.get((hour, minute, fold), []))),
            is_whole_hour=minute < 30,
            cells=[cells.get(column.number, Cell(column=column.number)) for column in columns],
        )
        for (hour, minute, fold), cells in sorted(by_time.items())
    ]
    return Grid(columns=columns, rows=rows)


def _column_key(poll: Poll, local: datetime) -> int:
    return local.weekday() if poll.is_weekly else local.date().toordinal()


def _column(poll: Poll, number: int, key: int) -> Column:
    if poll.is_weekly:
        return Column(number=number, short=str(WEEKDAYS_ABBR[key]), long=str(WEEKDAYS[key]))
    day = date.fromordinal(key)
    return Column(number=number, short=date_format(day, "D j"), long=date_format(day, "l j F"))


def _day_title(poll: Poll, local: datetime) -> str:
    return str(WEEKDAYS[local.weekday()]) if poll.is_weekly else day_of(local)


def _mark(marks: str, position: int) -> str:
    return marks[position] if position < len(marks) else NO


def _heat(can: int, answered: int) -> int:
    """The share of those who answered, in five levels."""
    return -(-can * HEAT_LEVELS // answered) if answered else 0
