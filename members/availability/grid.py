"""A week as a form of radio buttons, one group for each half hour, drawn and read back."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.availability.marks import HALF_HOURS_A_DAY
from members.availability.models import Strength

DAYS = range(7)
# Parts of the day, and the hours at which they begin and end.
PARTS = (
    (gettext_lazy("Night"), 0, 6),
    (gettext_lazy("Morning"), 6, 12),
    (gettext_lazy("Afternoon"), 12, 17),
    (gettext_lazy("Evening"), 17, 22),
    (gettext_lazy("Late"), 22, 24),
)
# Where an empty week starts: the hours that most people can give.
FIRST_OPEN = 17


class GridIsIncomplete(Exception):
    """Half hours are missing, or hold something else than a strength."""


@dataclass(frozen=True)
class Cell:
    """A half hour of one day. `label` begins what each of its radio buttons is called."""

    name: str
    label: str
    strength: int


@dataclass(frozen=True)
class Row:
    time: str
    is_whole_hour: bool
    cells: list[Cell]


@dataclass(frozen=True)
class Part:
    title: str
    first: str
    last: str
    marked: str
    is_open: bool
    rows: list[Row]


def draw(marks: str) -> list[Part]:
    """The parts of the day, open where something is marked; the evening in an empty week."""
    is_empty = not any(mark != "0" for mark in marks)
    parts = []
    for title, first, last in PARTS:
        rows = [_row(marks, index) for index in range(first * 2, last * 2)]
        count = sum(cell.strength > 0 for row in rows for cell in row.cells)
        parts.append(
            Part(
                title=str(title),
                first=f"{first:02}:00",
                last=f"{last:02}:00",
                marked=hours_in_words(count) if count else _("nothing marked"),
                is_open=count > 0 or (is_empty and first == FIRST_OPEN),
                rows=rows,
            )
        )
    return parts


def read(data: Mapping[str, str]) -> str:
    """The marks that a sent form holds. Raises GridIsIncomplete."""
    marks = [data.get(_name(day, index), "") for day in DAYS for index in range(HALF_HOURS_A_DAY)]
    if not all(mark in {"0", "1", "2", "3"} for mark in marks):
        raise GridIsIncomplete
    return "".join(marks)


def first_day_marked(marks: str) -> int:
    """The day that a narrow screen shows first: the first with something in it, else Monday."""
    return next((index // HALF_HOURS_A_DAY for index, mark in enumerate(marks) if mark != "0"), 0)


def hours_in_words(half_hours: int) -> str:
    """“2.5 hours marked”."""
    hours = f"{half_hours / 2:g}"
    return ngettext("%(n)s hour marked", "%(n)s hours marked", 1 if half_hours == 2 else 2) % {"n": hours}


def length_in_words(half_hours: int) -> str:
    """“2.5 hours”."""
    hours = f"{half_hours / 2:g}"
    return ngettext("%(n)s hour", "%(n)s hours", 1 if half_hours == 2 else 2) % {"n": hours}


def strengths() -> list[tuple[int, str]]:
    return [(int(strength), str(strength.label)) for strength in Strength]


def _row(marks: str, index: int) -> Row:
    time = f"{index // 2:02}:{index % 2 * 30:02}"
    cells = [
        Cell(_name(day, index), f"{WEEKDAYS_ABBR[day]} {time}", int(marks[day * HALF_HOURS_A_DAY + index]))
        for day in DAYS
    ]
    return Row(time, index % 2 == 0, cells)


def _name(day: int, index: int) -> str:
    return f"s{day}-{index}"
