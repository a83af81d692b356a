"""`manage.py match`: the same matching from the shell."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mentorship import actions
from mentorship.models import Draft, Offer, Request, Round
from tests.factories.mentorship import AFTER, make_round

pytestmark = pytest.mark.django_db


def match(*arguments) -> str:
    out = StringIO()
    call_command("match", *arguments, stdout=out)
    return out.getvalue()


def test_it_stores_a_draft_and_says_that_it_is_proved():
    make_round(mentors=1, mentees=3, slug="autumn")
    Round.objects.update(state="closed")
    said = match("autumn")
    assert "2 of 3 matched" in said
    assert "proved optimal (gap 0)" in said
    assert said.count("no mentor") == 1
    assert Draft.objects.get().matched == 2


def test_a_dry_run_in_json_stores_nothing_and_is_the_same_each_time():
    make_round(mentors=2, mentees=3, slug="autumn")
    first, second = (match("autumn", "--dry-run", "--json", "--objective", "total") for _run in range(2))
    found = json.loads(first)
    assert first == second
    assert (found["matched"], found["gap"], found["objective"], found["unmatched"]) == (3, 0, "total", [])
    assert found["total"] == sum(pair["score"] for pair in found["pairs"])
    assert not Draft.objects.exists()


def test_what_cannot_be_is_one_line():
    mentoring_round = make_round(mentors=1, mentees=2, slug="autumn", capacity=1)
    mentor = Offer.objects.get().member
    for request in Request.objects.all():
        actions.lock_pair(
            actor=None, round_id=mentoring_round.pk, mentor_id=mentor.pk, mentee_id=request.member_id, now=AFTER
        )
    with pytest.raises(CommandError, match=f"more are kept with {mentor} than there are places"):
        match("autumn", "--dry-run")
    with pytest.raises(CommandError, match="no round called winter"):
        match("winter")


def test_an_open_round_is_only_looked_at():
    from datetime import timedelta

    from django.utils import timezone

    make_round(mentors=1, mentees=1, slug="autumn", closes_at=timezone.now() + timedelta(days=1))
    with pytest.raises(CommandError, match="Close the round first"):
        match("autumn")
    assert not Draft.objects.exists()
