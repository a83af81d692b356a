"""Presenting together: offered by people with a place, withdrawn in time, freed by who leaves, reminded."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError

from collaborative.home.kinds import BY_KEY
from notifications.actions import send_due, write_obligations
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.agenda import items_for
from reading_groups.models import Enrolment, Presentation
from tests.factories import EnrolmentFactory, MemberFactory, PresentationFactory, ReadingGroupFactory, SessionFactory
from tests.smtp import mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}


@pytest.fixture
def session(now):
    return SessionFactory(starts_at=now + timedelta(days=5), title="Attention")


def presenters(session):
    return list(session.presentations.in_order().values_list("member", flat=True))


def test_two_share_a_session_and_offering_twice_changes_nothing(session, now):
    first, second = (EnrolmentFactory(group=session.group).member for _ in range(2))
    for member in (first, second, first):
        actions.offer_to_present(actor=member, session_id=session.pk, now=now)
    assert presenters(session) == [first.pk, second.pk]


@pytest.mark.parametrize("state", [None, *(state for state in Enrolment.State if state != Enrolment.State.ENROLLED)])
def test_only_people_with_a_place_present(session, now, state):
    member = EnrolmentFactory(group=session.group, state=state).member if state else MemberFactory()
    with pytest.raises(actions.NotInGroup):
        actions.offer_to_present(actor=member, session_id=session.pk, now=now)


def test_who_presents_is_settled_once_a_session_has_started(session):
    part = PresentationFactory(session=session)
    late = EnrolmentFactory(group=session.group).member
    for call in (
        lambda: actions.offer_to_present(actor=late, session_id=session.pk, now=session.starts_at),
        lambda: actions.withdraw_from_presenting(actor=part.member, session_id=session.pk, now=session.starts_at),
    ):
        with pytest.raises(actions.SessionHasStarted):
            call()
    assert presenters(session) == [part.member_id]


def test_without_a_time_a_day_lasts_until_it_is_over_everywhere(now):
    session = SessionFactory(starts_at=None, ends_at=None, held_on=now.date() - timedelta(days=1))
    member = EnrolmentFactory(group=session.group).member
    actions.offer_to_present(actor=member, session_id=session.pk, now=now)
    with pytest.raises(actions.SessionHasStarted):
        actions.withdraw_from_presenting(actor=member, session_id=session.pk, now=now + timedelta(days=1))


def test_nobody_presents_what_is_called_off(session, now):
    session.is_cancelled = True
    session.save()
    with pytest.raises(actions.SessionIsCancelled):
        actions.offer_to_present(actor=EnrolmentFactory(group=session.group).member, session_id=session.pk, now=now)


def test_withdrawing_twice_is_told(session, now):
    member = PresentationFactory(session=session).member
    actions.withdraw_from_presenting(actor=member, session_id=session.pk, now=now)
    with pytest.raises(actions.NotPresenting):
        actions.withdraw_from_presenting(actor=member, session_id=session.pk, now=now)


def test_who_leaves_frees_what_is_to_come_and_keeps_what_was(now):
    group = ReadingGroupFactory()
    member = EnrolmentFactory(group=group).member
    past, soon, elsewhere = (
        PresentationFactory(session=SessionFactory(group=group, starts_at=now + timedelta(days=-7)), member=member),
        PresentationFactory(session=SessionFactory(group=group, starts_at=now + timedelta(days=7)), member=member),
        PresentationFactory(session=SessionFactory(starts_at=now + timedelta(days=7)), member=member),
    )
    actions.leave_group(actor=member, group_id=group.pk, now=now)
    assert set(Presentation.objects.values_list("pk", flat=True)) == {past.pk, elsewhere.pk}
    assert soon.pk not in Presentation.objects.values_list("pk", flat=True)


def test_the_database_keeps_one_part_per_presenter(session):
    part = PresentationFactory(session=session)
    with pytest.raises(IntegrityError, match="presents_once"):
        PresentationFactory(session=session, member=part.member)


def test_slides_are_the_presenters_own(session):
    part = PresentationFactory(session=session)
    words = {"part": "The proofs", "slides_url": "https://example.org/slides"}
    actions.save_part(actor=part.member, session_id=session.pk, **words)
    part.refresh_from_db()
    assert (part.part, part.slides_url) == ("The proofs", "https://example.org/slides")
    with pytest.raises(Presentation.DoesNotExist):
        actions.save_part(actor=MemberFactory(), session_id=session.pk, **words)


def test_the_agenda_says_you_present(session, now):
    part, listener = PresentationFactory(session=session), EnrolmentFactory(group=session.group).member
    titles = [items_for(member, now, now + timedelta(days=7))[0].title for member in (part.member, listener)]
    assert titles == ["You present: Attention", "Attention"]


def test_presenters_are_reminded_two_days_before_once(session, mail_server, now):
    part = PresentationFactory(session=session)
    PresentationFactory(session=session, member=EnrolmentFactory(group=session.group, member__name="Member B").member)
    due = session.starts_at - timedelta(hours=48)
    for moment in (now, due - timedelta(minutes=1), due, due):
        write_obligations(kinds=[BY_KEY["presenting_soon"]], now=moment)
        send_due(kinds=BY_KEY, frame=FRAME, clock=lambda at=moment: at)
    mine = [message for message in mail_server.messages if part.member.email in message["To"]]
    assert len(mine) == 1
    assert mine[0]["Subject"].startswith("You present Sun 29 Nov")
    text = mine[0].get_body(preferencelist=("plain",)).get_content()
    assert "With you: Member B." in text
    assert f"/groups/{session.group.slug}/sessions/{session.pk}/" in text


@pytest.mark.parametrize("change", ["withdraws", "leaves", "moves", "called off"])
def test_a_reminder_that_is_not_true_any_more_is_not_sent(session, mail_server, now, change):
    part = PresentationFactory(session=session)
    write_obligations(kinds=[BY_KEY["presenting_soon"]], now=session.starts_at - timedelta(hours=49))
    assert Delivery.objects.count() == 1
    if change == "withdraws":
        actions.withdraw_from_presenting(actor=part.member, session_id=session.pk, now=now)
    elif change == "leaves":
        actions.leave_group(actor=part.member, group_id=session.group_id, now=now)
    elif change == "moves":
        moment = actions.Moment(held_on=session.held_on + timedelta(days=7), at=time(15, 0))
        actions.move_session(actor=part.member, session_id=session.pk, moment=moment, now=now)
    else:
        actions.cancel_session(actor=part.member, session_id=session.pk, now=now)
    sent_at = now + timedelta(days=3, hours=1)
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: sent_at)
    assert mail_server.messages == []
    assert Delivery.objects.get().state == Delivery.State.SUPPRESSED
