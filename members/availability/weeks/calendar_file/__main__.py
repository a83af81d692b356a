"""Reads a calendar file from the standard input and prints, as JSON, when somebody is busy. Nothing else is printed.

    python -m members.availability.weeks.calendar_file ZONE START END

It gives itself little time and memory: a few lines can ask for a meeting every second since 1900.
"""

import json
import resource
import sys
import warnings
from datetime import datetime
from typing import Any

from members.availability.weeks.calendar_file import reading

CPU_SECONDS = 6
MEMORY = 1024**3

FAILURES = {
    reading.NotACalendar: "not_a_calendar",
    reading.Truncated: "truncated",
    reading.NothingReadable: "nothing_readable",
}


def main(zone: str, start: str, end: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    answer: dict[str, Any]
    try:
        found = reading.read(
            sys.stdin.buffer.read(), zone=zone, start=datetime.fromisoformat(start), end=datetime.fromisoformat(end)
        )
    except tuple(FAILURES) as failure:
        answer = {"failure": FAILURES[type(failure)]}
    else:
        busy = [[first.isoformat(), last.isoformat()] for first, last in found.busy]
        answer = {"busy": busy, "read": found.read, "unread": found.unread}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
