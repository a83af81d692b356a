"""Every kind can be sent: its key is its own, and its templates are there."""

import pytest
from django.template.loader import get_template

from collaborative.home.kinds import BY_KEY, KINDS


def test_each_kind_has_a_key_of_its_own():
    assert len(BY_KEY) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
@pytest.mark.parametrize("part", ["subject.txt", "message.txt", "message.html"])
def test_each_kind_has_its_templates(kind, part):
    assert get_template(f"emails/{kind.key}/{part}")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_each_kind_fits_the_ledger(kind):
    assert len(kind.key) <= 60
    assert str(kind.title)
