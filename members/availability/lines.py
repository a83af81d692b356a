"""A week as lines of text and back: “Tue 18:00-19:00 could, 19:00-21:00 rather”.

The words are those of the active language, and English is always understood.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from core.text import fold
from members.availability.marks import EMPTY, HALF_HOURS_A_DAY
from members.availability.models import Strength

ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ENGLISH_STRENGTHS = {"rather": 3, "could": 2, "if needed": 1, "needed": 1}
# What a stretch counts as when nothing is said.
UNSAID = Strength.COULD
END_OF_DAY = HALF_HOURS_A_DAY

_HOUR = r"(\d{1,2}(?:[:.h]\d{2}|h)?)\s*(am|pm)?"
# Days, then perhaps a stretch, then perhaps how gladly.
_PIECE = re.compile(rf"^(?P<days>\D*?)\s*(?:{_HOUR}\s*(?:-|to|until)\s*{_HOUR}\s*(?P<word>\D*))?$")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_TO = re.compile(r"\s*-\s*|\s+to\s+")


@dataclass(frozen=True)
class Problem:
    """A line that cannot be read, counted from 1, and why not."""

    number: int
    line: str
    reason: str


class _CannotRead(Exception):
    pass


def parse(text: str) -> tuple[str, list[Problem]]:
    """The 336 marks that lines of text stand for, and the lines that cannot be read.

    Stretches go by whole and half hours and end on the day on which they begin. Half hours named twice are fine
    where both say the same, a problem otherwise.
    """
    marks = list(EMPTY)
    named_in: dict[int, int] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        for statement in line.split(";"):
            try:
                for half_hour, strength in _read(statement):
                    mark = str(int(strength))
                    if half_hour in named_in and marks[half_hour] != mark:
                        raise _CannotRead(
                            _("%(time)s is “%(strength)s” in line %(number)s. Keep one of the two.")
                            % {
                                "time": _moment(half_hour),
                                "strength": Strength(int(marks[half_hour])).label,
                                "number": named_in[half_hour],
                            }
                        )
                    marks[half_hour] = mark
                    named_in[half_hour] = number
            except _CannotRead as error:
                problems.append(Problem(number, statement.strip(), str(error)))
    return "".join(marks), problems


def write(marks: str) -> str:
    """The lines that stand for the marks: one for each set of days that are alike."""
    alike: dict[tuple, list[int]] = {}
    for day in range(7):
        stretches = tuple(_stretches(marks[day * HALF_HOURS_A_DAY : (day + 1) * HALF_HOURS_A_DAY]))
        if stretches:
            alike.setdefault(stretches, []).append(day)
    return "\n".join(f"{_write_days(days)} {_write_stretches(stretches)}" for stretches, days in alike.items())


def _read(statement: str) -> Iterator[tuple[int, int]]:
    """Each half hour that one statement names, with its strength."""
    text = " ".join(_DASHES.sub("-", statement).casefold().split()).rstrip(".,")
    days: list[int] = []
    # Stretches of these days that no word has spoken of yet.
    waiting: list[tuple[int, int]] = []
    has_stretch = False
    found: list[tuple[list[int], int, int, int]] = []
    for piece in text.split(","):
        match = _PIECE.match(piece.strip())
        if match is None:
            raise _CannotRead(_("Write days, from and to, then how gladly: Tue 18:00-21:00 rather."))
        named = _read_days(match["days"].strip(" :"))
        if named and has_stretch:
            found += [(days, *stretch, UNSAID) for stretch in waiting]
            days, waiting, has_stretch = named, [], False
        else:
            days = [*days, *named]
        if match["word"] is None:
            continue
        if not days:
            raise _CannotRead(_("Begin with the days: Tue 18:00-21:00 rather."))
        has_stretch = True
        waiting.append(_read_stretch(match))
        if match["word"].strip():
            strength = _read_strength(match["word"].strip())
            found += [(days, *stretch, strength) for stretch in waiting]
            waiting = []
    if days and not has_stretch:
        raise _CannotRead(_("Say from when to when: Tue 18:00-21:00 rather."))
    found += [(days, *stretch, UNSAID) for stretch in waiting]
    for some_days, start, end, strength in found:
        for day in some_days:
            for half_hour in range(start, end):
                yield day * HALF_HOURS_A_DAY + half_hour, strength


def _read_stretch(match: re.Match) -> tuple[int, int]:
    first, first_half, last, last_half = match.groups()[1:5]
    start, end = _read_hour(first, first_half or last_half), _read_hour(last, last_half)
    if last_half and not first_half and start >= max(end, END_OF_DAY // 2):
        # 11-1pm begins before noon.
        start -= END_OF_DAY // 2
    end = end or END_OF_DAY
    if start >= end:
        raise _CannotRead(
            _("%(end)s is not after %(start)s. Past midnight, write two lines: until 24:00, then from 00:00.")
            % {"start": _hour(start), "end": _hour(end)}
        )
    return start, end


def _read_hour(text: str, half: str | None) -> int:
    """The half hour of the day, 0 to 48, at which clocks show this."""
    hours, minutes = (int(part) if part else 0 for part in [*re.split(r"[:.h]", text), ""][:2])
    if half:
        if not 1 <= hours <= 12:
            raise _CannotRead(_("There is no %(time)s.") % {"time": f"{text} {half}"})
        hours = hours % 12 + (12 if half == "pm" else 0)
    if minutes not in {0, 30}:
        raise _CannotRead(_("%(time)s is neither a whole nor a half hour.") % {"time": text})
    found = hours * 2 + minutes // 30
    if found > END_OF_DAY:
        raise _CannotRead(_("There is no %(time)s.") % {"time": text})
    return found


def _read_strength(text: str) -> int:
    words = ENGLISH_STRENGTHS | {fold(str(strength.label)): int(strength) for strength in Strength if strength}
    strength = words.get(fold(text).strip(" ."))
    if strength is None:
        raise _CannotRead(
            _("“%(word)s” is none of %(words)s.")
            % {"word": text[:40], "words": ", ".join(str(strength.label) for strength in Strength if strength)}
        )
    return strength


def _read_days(text: str) -> list[int]:
    sets = _sets_of_days()
    days = sets.get(fold(text))
    if days is not None:
        return days
    found: list[int] = []
    for word in re.split(r"[\s&/+]+", re.sub(rf"\b{re.escape(_('and'))}\b|\band\b", " ", _TO.sub("-", text))):
        if not word:
            continue
        if word in sets:
            found += sets[word]
            continue
        first, dash, last = word.partition("-")
        start = _read_day(first)
        found += [(start + n) % 7 for n in range((_read_day(last) - start) % 7 + 1)] if dash else [start]
    return found


def _read_day(text: str) -> int:
    """A day by its name in either language, or by the beginning of its English name."""
    word = fold(text).strip(" .")
    for names in (WEEKDAYS, WEEKDAYS_ABBR):
        for day, name in names.items():
            if fold(str(name)).strip(".") == word:
                return day
    for form in (word, word.removesuffix("s")):
        days = [day for day, name in enumerate(ENGLISH_DAYS) if len(form) > 1 and name.startswith(form)]
        if len(days) == 1:
            return days[0]
    raise _CannotRead(_("“%(word)s” is not a day.") % {"word": text[:40]})


def _sets_of_days() -> dict[str, list[int]]:
    english = {
        "weekdays": [0, 1, 2, 3, 4],
        "weekday": [0, 1, 2, 3, 4],
        "weekends": [5, 6],
        "weekend": [5, 6],
        "every day": [0, 1, 2, 3, 4, 5, 6],
        "everyday": [0, 1, 2, 3, 4, 5, 6],
        "daily": [0, 1, 2, 3, 4, 5, 6],
    }
    return english | {fold(name): list(days) for name, days in _named_sets()}


def _named_sets() -> Iterable[tuple[str, tuple[int, ...]]]:
    return (
        (_("weekdays"), (0, 1, 2, 3, 4)),
        (_("weekends"), (5, 6)),
        (_("every day"), (0, 1, 2, 3, 4, 5, 6)),
    )


def _stretches(marks: str) -> Iterator[tuple[int, int, str]]:
    start = 0
    for mark, run in groupby(marks):
        end = start + len(list(run))
        if mark != "0":
            yield start, end, mark
        start = end


def _write_days(days: list[int]) -> str:
    for name, members in _named_sets():
        if tuple(days) == members:
            return name
    return ", ".join(str(WEEKDAYS_ABBR[day]) for day in days)


def _write_stretches(stretches: Iterable[tuple[int, int, str]]) -> str:
    return ", ".join(f"{_hour(start)}-{_hour(end)} {Strength(int(mark)).label}" for start, end, mark in stretches)


def _hour(half_hour: int) -> str:
    return f"{half_hour // 2:02}:{half_hour % 2 * 30:02}"


def _moment(half_hour: int) -> str:
    day, index = divmod(half_hour, HALF_HOURS_A_DAY)
    return f"{WEEKDAYS_ABBR[day]} {_hour(index)}"
