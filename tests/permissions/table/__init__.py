"""The rows, by app."""

from tests.permissions.table import (
    accounts,
    api,
    availability,
    cohorts,
    handbook,
    home,
    mentorship,
    projects,
    reading_groups,
)

TABLE = [
    *home.ROWS,
    *accounts.ROWS,
    *availability.ROWS,
    *handbook.ROWS,
    *reading_groups.ROWS,
    *cohorts.ROWS,
    *mentorship.ROWS,
    *projects.ROWS,
    *api.ROWS,
]
