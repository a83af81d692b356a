"""Times of day as people write them: “3:30-5:00 pm”, “11am”, “12:30 - 2:30 pm”, “16:00”."""

import re
from datetime import time
from typing import NamedTuple

MOST_MINUTES = 480
_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?:(?P<half>[ap])\.?\s?m\.?)?", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[-‐‑–—]|\bto\b|\buntil\b)\s*", re.IGNORECASE)


class CannotReadTime(Exception):
    """The text is no time of day, or could be two; the message says which."""


class WallTimes(NamedTuple):
    start: time
    minutes: int | None


def parse_times(text: str) -> WallTimes:
    """When something starts and, where the text gives an end, how many minutes it takes. Raises CannotReadTime."""
    ends = _BETWEEN.split(text.strip(), maxsplit=1)
    says_half = any(match and match["half"] for match in map(_CLOCK.fullmatch, ends))
    readings = [_minutes_of_day(end, is_24_hours=not says_half) for end in ends]
    if len(readings) == 1:
        if len(readings[0]) > 1:
            raise CannotReadTime("could be morning or afternoon")
        return WallTimes(_time(readings[0][0]), None)
    # “4-5 pm” says the half of the day once; the other is the one that makes a session of a sensible length.
    spans = [(start, (end - start) % 1440) for start in readings[0] for end in readings[1]]
    sensible = [(start, length) for start, length in spans if 0 < length <= MOST_MINUTES]
    if not sensible:
        raise CannotReadTime("does not end within eight hours")
    if len({start for start, _length in sensible}) > 1:
        raise CannotReadTime("could be morning or afternoon")
    start, length = sensible[0]
    return WallTimes(_time(start), length)


def _minutes_of_day(text: str, *, is_24_hours: bool) -> list[int]:
    """The one or two minutes of the day that a clock time may mean."""
    match = _CLOCK.fullmatch(text)
    hour, minute = (int(match["hour"]), int(match["minute"] or 0)) if match else (24, 0)
    may_be_half = 1 <= hour <= 12
    if match is None or hour > 23 or minute > 59 or (match["half"] and not may_be_half):
        raise CannotReadTime("is not a time")
    if match["half"]:
        return [_in_half(hour, minute, is_afternoon=match["half"] in "pP")]
    # Two digits and minutes are a 24-hour clock; “3:30” or “4” may be either half of the day.
    if match["minute"] and (not may_be_half or (is_24_hours and len(match["hour"]) == 2)):
        return [hour * 60 + minute]
    if may_be_half:
        return [_in_half(hour, minute, is_afternoon=False), _in_half(hour, minute, is_afternoon=True)]
    raise CannotReadTime("is not a time")


def _in_half(hour: int, minute: int, *, is_afternoon: bool) -> int:
    return (hour % 12 + 12 * is_afternoon) * 60 + minute


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
