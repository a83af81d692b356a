"""When one member is free, as spans of time that other apps can hold their own times against."""

from datetime import date, datetime

import numpy as np

from members.availability.algebra import start_of
from members.availability.overlap import weeks_of


def free_in(member_id: int, *, first_week: date, weeks: int) -> list[tuple[datetime, datetime]]:
    """The spans in which a member usually can, at any strength, in order; empty where they have marked no week.

    One query. Days away are not taken out. Nobody but the member is shown what follows from it.
    """
    can = weeks_of([member_id], first_week=first_week, weeks=weeks).reshape(-1) != 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], can, [False]]))).tolist()
    instants = [start_of(slot, first_week=first_week) for slot in edges]
    return list(zip(instants[::2], instants[1::2], strict=True))
