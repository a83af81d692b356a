"""A typical week as clocks of another place show it."""

from datetime import date

import numpy as np

from members.availability.algebra import expand, wall_half_hours
from members.availability.marks import HALF_HOURS, monday_of


def on_clocks_of(other: str, *, marks: str, zone: str, week_of: date) -> str:
    """The marks of a typical week in `zone`, as 336 marks of the other zone, by the offsets of that week.

    Where half hours of the two do not begin together, one counts by the weaker of the two that it lies in. A half
    hour that clocks skip in that week is not marked.
    """
    monday = monday_of(week_of)
    strengths = expand(marks, zone=zone, first_week=monday, weeks=1).reshape(-1)
    half_hours = wall_half_hours(other, monday, 1)
    found = np.full(HALF_HOURS, 9, np.uint8)
    np.minimum.at(found, half_hours, strengths)
    found[found == 9] = 0
    return "".join(map(str, found))
