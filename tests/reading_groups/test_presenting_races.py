"""Answers, withdrawals and goodbyes at once, each with a connection of its own."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from reading_groups import actions
from reading_groups.models import Enrolment, Presentation, PresentationFile, PresentingInvitation, PresentingSwap
from reading_groups.models.presenting import MOST_FILES
from tests.factories import (
    EnrolmentFactory,
    PresentationFactory,
    PresentingInvitationFactory,
    PresentingSwapFactory,
    SessionFactory,
)
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(now):
    return SessionFactory(starts_at=now + timedelta(days=3))


def presenters():
    return set(Presentation.objects.values_list("session", "member"))


@pytest.mark.parametrize("run", range(4))
def test_a_swap_that_is_accepted_twice_at_once_happens_once(now, session, run):
    swap = PresentingSwapFactory(offered__session=session)
    offered, wanted = swap.offered, swap.wanted
    race(*[lambda: actions.accept_swap(actor=wanted.member, swap_id=swap.pk, now=now)] * 4)
    assert presenters() == {(session.pk, wanted.member_id), (wanted.session_id, offered.member_id)}


@pytest.mark.parametrize("run", range(4))
def test_one_of_two_swaps_for_the_same_session_happens(now, session, run):
    first = PresentingSwapFactory(offered__session=session)
    second = PresentingSwapFactory(offered__session=session, wanted=first.wanted)
    asked = first.wanted.member
    done = race(
        lambda: actions.accept_swap(actor=asked, swap_id=first.pk, now=now).state,
        lambda: actions.accept_swap(actor=asked, swap_id=second.pk, now=now).state,
        refusals=actions.NoLongerAsked,
    )
    assert sorted(map(str, done)) == sorted(["accepted", str(actions.NoLongerAsked)])
    assert not PresentingSwap.objects.waiting().exists()
    assert len(presenters()) == 3


@pytest.mark.parametrize("who", ["asker", "asked"])
@pytest.mark.parametrize("run", range(4))
def test_nobody_presents_by_invitation_who_leaves_at_that_moment(now, session, run, who):
    invitation = PresentingInvitationFactory(session=session)
    leaving = invitation.member if who == "asked" else invitation.invited_by
    race(
        lambda: actions.accept_invitation(actor=invitation.member, invitation_id=invitation.pk, now=now),
        lambda: actions.leave_group(actor=leaving, group_id=session.group_id, now=now),
        refusals=actions.NoLongerAsked,
    )
    assert not presenters() & {(session.pk, leaving.pk)}
    assert not PresentingInvitation.objects.waiting().exists()


@pytest.mark.parametrize("act", ["withdraw", "leave"])
@pytest.mark.parametrize("side", ["offered", "wanted"])
@pytest.mark.parametrize("run", range(3))
def test_a_swap_happens_whole_or_not_at_all_while_somebody_goes(now, session, run, act, side):
    swap = PresentingSwapFactory(offered__session=session)
    offered, wanted = swap.offered, swap.wanted
    part = getattr(swap, side)

    def go():
        if act == "leave":
            actions.leave_group(actor=part.member, group_id=session.group_id, now=now)
        else:
            actions.withdraw_from_presenting(actor=part.member, session_id=part.session_id, now=now)

    race(
        lambda: actions.accept_swap(actor=wanted.member, swap_id=swap.pk, now=now),
        go,
        refusals=(actions.NoLongerAsked, actions.NotPresenting, PresentingSwap.DoesNotExist),
    )
    stays = wanted if part == offered else offered
    kept = {(session_id, member_id) for session_id, member_id in presenters() if member_id == stays.member_id}
    # The other is where they were before, or where the swap has put them.
    assert kept in ({(stays.session_id, stays.member_id)}, {(part.session_id, stays.member_id)})
    if act == "leave":
        places = Enrolment.objects.enrolled().values("member")
        assert not Presentation.objects.exclude(member__in=places).exists()


@pytest.mark.parametrize("run", range(3))
def test_two_invite_the_same_person_at_once(now, session, run):
    group = session.group
    first, second, asked = (EnrolmentFactory(group=group).member for _ in range(3))
    race(
        *[
            lambda actor=actor: actions.invite_to_present(
                actor=actor, session_id=session.pk, member_id=asked.pk, now=now
            )
            for actor in (first, second, first)
        ],
        refusals=actions.AskedAlready,
    )
    assert PresentingInvitation.objects.count() == 1


def test_more_files_than_there_is_room_for_at_once(now, session, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    part = PresentationFactory(session=session)

    def add(number):
        return actions.add_file(
            actor=part.member,
            session_id=session.pk,
            upload=ContentFile(f"{number}".encode(), name="a.txt"),
            name="a.txt",
            kind="text",
            now=now,
        )

    race(*[lambda n=n: add(n) for n in range(MOST_FILES + 2)], refusals=actions.TooManyFiles)
    kept = PresentationFile.objects.values_list("number", flat=True)
    assert sorted(kept) == list(range(1, MOST_FILES + 1))
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == MOST_FILES
