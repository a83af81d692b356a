"""Each role at each address. How to write a row stands in the package's docstring."""

import pytest

from tests.permissions.addresses import BY_PROGRAMS, addresses
from tests.permissions.asking import ask, outcome
from tests.permissions.table import TABLE

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_everybody_gets_what_the_row_says(scene, row):
    path = row.path()
    got = {(method, role): outcome(scene, role, method, path, row.sends) for method, role in row.expected}
    assert got == row.expected


def test_no_address_is_missing_and_none_is_gone():
    known = {(row.name, method) for row in TABLE for method in row.methods}
    there = {(address.name, method) for address in addresses() if not address.is_of_admin for method in address.methods}
    assert {"missing": there - known, "gone": known - there} == {"missing": set(), "gone": set()}


def test_no_row_stands_twice():
    assert len({str(row) for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize("method", BY_PROGRAMS)
def test_no_other_method_changes_anything(scene, method):
    """A view that asks for a POST by `!= "GET"` would."""
    paths = {row.name: row.path() for row in TABLE if method not in row.methods}
    written = {name: ask(scene, "admin", method, path)[1] for name, path in paths.items()}
    assert {name: tables for name, tables in written.items() if tables} == {}
