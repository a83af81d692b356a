"""Presenting, by programs: offering, withdrawing, and answering what one is asked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.problems import problem_of
from tests.factories import (
    EnrolmentFactory,
    PresentationFactory,
    PresentingInvitationFactory,
    PresentingSwapFactory,
    ReadingGroupFactory,
    SessionFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
HERE = "/api/v1/groups/attention/presenting/"


@pytest.fixture
def session():
    group = ReadingGroupFactory(slug="attention")
    return SessionFactory(group=group, starts_at=timezone.now() + timedelta(days=5), title="Attention")


def post(program, path, data=None):
    return program.post(f"{HERE}{path}", data or {}, content_type="application/json")


def test_offering_and_withdrawing(program, member, session):
    assert program.get(HERE).status_code == 404
    EnrolmentFactory(group=session.group, member=member)
    told = post(program, f"{session.pk}/offer/").json()
    assert (told["presenters_asked_for"], told["presenters"], told["you_present"]) == (2, 1, True)
    assert program.get(HERE).json() == [told]
    assert post(program, f"{session.pk}/withdraw/").json()["you_present"] is False
    assert problem_of(post(program, f"{session.pk}/withdraw/")) == (409, "not_presenting")
    assert post(program, "999/offer/").status_code == 404
    session.is_cancelled = True
    session.save()
    assert problem_of(post(program, f"{session.pk}/offer/")) == (409, "session_is_cancelled")


@pytest.mark.parametrize("accept", [True, False])
def test_only_whoever_is_asked_answers(program, program_of, member, session, accept):
    EnrolmentFactory(group=session.group, member=member)
    invitation = PresentingInvitationFactory(session=session, member=member)
    later = SessionFactory(group=session.group, starts_at=session.starts_at + timedelta(days=7))
    wanted = PresentationFactory(session=session)
    swap = PresentingSwapFactory(offered__session=later, wanted=wanted)
    told = {"about": "swap", "number": swap.pk, "accept": accept}
    assert problem_of(post(program, "answer/", told)) == (409, "not_asked")
    assert program.get(HERE).json()[0]["invitation"] == invitation.pk
    for _twice in range(2):
        answer = {"about": "invitation", "number": invitation.pk, "accept": accept}
        assert post(program, "answer/", answer).status_code == 204
    assert program.get(HERE).json()[0]["you_present"] is accept
    asked = program_of(swap.wanted.member)
    assert post(asked, "answer/", told).status_code == 204
    assert post(program, "answer/", told | {"number": 999_999}).status_code == 404
    assert problem_of(post(program, "answer/", {"about": "nothing"})) == (400, "invalid")


def test_what_has_lapsed_is_told(program, member, session):
    EnrolmentFactory(group=session.group, member=member)
    invitation = PresentingInvitationFactory(session=session, member=member, state="lapsed", answered_at=timezone.now())
    answer = {"about": "invitation", "number": invitation.pk, "accept": True}
    assert problem_of(post(program, "answer/", answer)) == (409, "no_longer_asked")


def test_a_list_costs_the_same_at_any_length(program, member, session):
    EnrolmentFactory(group=session.group, member=member)
    for days in (6, 7, 8):
        later = SessionFactory(group=session.group, starts_at=timezone.now() + timedelta(days=days))
        PresentationFactory(session=later)
        # Site, token with member; group with standing; sessions.
        with exactly(4):
            assert program.get(HERE).status_code == 200
