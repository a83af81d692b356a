"""Plots that the server draws: where every bar stands, worked out here and written by one template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Literal

# In units of the drawing, which grows and shrinks with its page.
WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 48, 8, 18, 30
FLOOR = HEIGHT - BOTTOM
GAP = 0.25

type Style = Literal["accent", "alert", "quiet"]


@dataclass(frozen=True, kw_only=True)
class Series:
    """Numbers with a name. A style is told from the others by its pattern as well as by its colour."""

    name: str
    values: Sequence[int]
    style: Style = "accent"


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar of the drawing, as its template writes it; the numbers are text, so that no language puts commas in."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    above: str
    value: int
    style: Style


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A word or a number beside an axis."""

    at: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A drawing, and the same numbers as the rows of a table."""

    title: str
    first_column: str
    series: Sequence[Series]
    bars: list[Bar]
    marks: list[Mark]
    ticks: list[Mark]
    rows: list[tuple[str, list[int]]]

    width, height, left, right, low = WIDTH, HEIGHT, LEFT, WIDTH - RIGHT, FLOOR + 18

    @property
    def is_empty(self) -> bool:
        return not any(any(series.values) for series in self.series)


def bars(*, title: str, first_column: str, labels: Sequence[str], series: Sequence[Series]) -> Plot:
    """Bars side by side for each label, one of each series. `first_column` says what the labels are."""
    return _plot(title, first_column, labels, series, gap=GAP)


def histogram(*, title: str, first_column: str, labels: Sequence[str], counts: Series) -> Plot:
    """How many there are within each step of a scale: bars that touch each other."""
    return _plot(title, first_column, labels, [counts], gap=0.0)


def _plot(title: str, first_column: str, labels: Sequence[str], series: Sequence[Series], *, gap: float) -> Plot:
    """Raises ValueError where a series has not one number, zero or more, for each label."""
    if any(len(one.values) != len(labels) or min(one.values, default=0) < 0 for one in series):
        raise ValueError("a plot needs one number, zero or more, for each label and series")
    top = _round_up(max((value for one in series for value in one.values), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    width = step * (1 - gap) / max(len(series), 1)
    drawn = [
        _bar(LEFT + step * (place + gap / 2) + width * number, width, one.values[place], top, one.style)
        for place in range(len(labels))
        for number, one in enumerate(series)
    ]
    return Plot(
        title=title,
        first_column=first_column,
        series=series,
        bars=drawn,
        marks=[Mark(at=f"{LEFT + step * (place + 0.5):.1f}", text=label) for place, label in enumerate(labels)],
        ticks=[Mark(at=f"{_height_of(value, top):.1f}", text=str(value)) for value in sorted({0, top // 2, top})],
        rows=[(label, [one.values[place] for one in series]) for place, label in enumerate(labels)],
    )


def _bar(x: float, width: float, value: int, top: int, style: Style) -> Bar:
    y = _height_of(value, top)
    # One among thousands is still there to be seen.
    y = min(y, FLOOR - 1.5) if value else y
    return Bar(
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        width=f"{width:.1f}",
        height=f"{FLOOR - y:.1f}",
        middle=f"{x + width / 2:.1f}",
        above=f"{y - 4:.1f}",
        value=value,
        style=style,
    )


def _height_of(value: int, top: int) -> float:
    return FLOOR - (FLOOR - TOP) * value / top


def _round_up(most: int) -> int:
    """The end of the scale: the next of 2, 4, 10, 20, 40, 100 … so that its half is a whole number as well."""
    if most <= 2:
        return 2
    size = 10 ** floor(log10(most))
    return next(end * size for end in (1, 2, 4, 10) if end * size >= most and end * size % 2 == 0)
