"""What people are mailed of presenting together, the links in it, and the pages behind them."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from collaborative.home.kinds import BY_KEY
from core.logs import without_secrets_in_paths
from notifications.actions import send_due, write_obligations
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.links import invitation_path, swap_path
from reading_groups.models import Presentation, PresentingInvitation
from tests.clients import client_of
from tests.factories import (
    EnrolmentFactory,
    MemberFactory,
    PresentationFactory,
    PresentingInvitationFactory,
    PresentingSwapFactory,
    ReadingGroupFactory,
    SessionFactory,
)
from tests.smtp import mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}
WANTED = BY_KEY["presenter_wanted"]


@pytest.fixture
def group():
    return ReadingGroupFactory(slug="attention", title="Attention group")


@pytest.fixture
def session(now, group):
    return SessionFactory(group=group, starts_at=now + timedelta(days=5), title="Attention")


def somebody(group, name="", **kwargs):
    return EnrolmentFactory(group=group, member__name=name or "Member X", **kwargs).member


def send(mail_server, now):
    """The mails that go out now: to whom, the subject and the text."""
    before = len(mail_server.messages)
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now)
    return [
        (message["To"], message["Subject"], message.get_body(preferencelist=("plain",)).get_content())
        for message in mail_server.messages[before:]
    ]


def words(response):
    return " ".join(response.text.split())


# Asking and answering


def test_an_invitation_goes_by_mail_and_its_answer_comes_back(now, mail_server, group, session, client):
    asker, asked = somebody(group, "Member A"), somebody(group, "Member B")
    actions.offer_to_present(actor=asker, session_id=session.pk, now=now)
    actions.invite_to_present(actor=asker, session_id=session.pk, member_id=asked.pk, now=now)
    [(to, subject, text)] = send(mail_server, now)
    assert (to, subject) == (asked.email, "Member A asks you to present Attention")
    assert "Member A presents it too." in text
    path = invitation_path("attention", PresentingInvitation.objects.get().pk)
    assert path in text
    actions.accept_invitation(actor=asked, invitation_id=PresentingInvitation.objects.get().pk, now=now)
    [(to, subject, _text)] = send(mail_server, now)
    assert (to, subject) == (asker.email, "Member B presents: Attention")


def test_a_swap_goes_by_mail_and_its_answer_comes_back(now, mail_server, group, session):
    later = SessionFactory(group=group, starts_at=now + timedelta(days=12), title="Transformers")
    offered = PresentationFactory(session=session, member=somebody(group, "Member A"))
    wanted = PresentationFactory(session=later, member=somebody(group, "Member B"))
    swap = actions.ask_to_swap(actor=offered.member, session_id=session.pk, presentation_id=wanted.pk, now=now)
    [(to, subject, text)] = send(mail_server, now)
    assert (to, subject) == (wanted.member.email, "Member A asks you to swap sessions")
    assert "Yours now: Transformers, Sun 6 Dec" in text
    assert "Yours after the swap: Attention, Sun 29 Nov" in text
    assert swap_path("attention", swap.pk) in text
    actions.accept_swap(actor=wanted.member, swap_id=swap.pk, now=now)
    [(to, subject, text)] = send(mail_server, now)
    assert (to, subject) == (offered.member.email, "Member B swaps with you: Transformers")
    assert "This is your session now:" in text


def test_what_is_not_asked_any_more_is_not_sent(now, mail_server, group, session):
    invitation = actions.invite_to_present(
        actor=somebody(group), session_id=session.pk, member_id=somebody(group).pk, now=now
    )
    actions.take_back_invitation(actor=invitation.invited_by, invitation_id=invitation.pk, now=now)
    assert send(mail_server, now) == []


@pytest.fixture
def soon(group):
    return SessionFactory(group=group, starts_at=timezone.now() + timedelta(days=5), title="Attention")


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_the_link_answers_without_a_sign_in_by_one_click(client, soon, answer):
    invitation = PresentingInvitationFactory(session=soon)
    path = invitation_path("attention", invitation.pk)
    page = client.get(path)
    assert "asks you to present" in words(page)
    assert not Presentation.objects.exists()
    for _twice in range(2):
        page = client.post(path, {"answer": answer})
        assert ("You present</h1>" if answer == "yes" else "Not this time</h1>") in words(page)
    assert Presentation.objects.exists() is (answer == "yes")


def test_the_link_of_a_swap(client, soon):
    swap = PresentingSwapFactory(offered__session=soon)
    path = swap_path("attention", swap.pk)
    assert "asks you to swap" in words(client.get(path))
    for _twice in range(2):
        assert "You have swapped</h1>" in words(client.post(path, {"answer": "yes"}))
    swap.wanted.refresh_from_db()
    assert swap.wanted.session == soon


def test_somebody_else_who_is_signed_in_is_told_that_they_are_not_asked(soon):
    invitation, swap = PresentingInvitationFactory(session=soon), PresentingSwapFactory(offered__session=soon)
    other = client_of(somebody(soon.group))
    for path in (invitation_path("attention", invitation.pk), swap_path("attention", swap.pk)):
        for response in (other.get(path), other.post(path, {"answer": "yes"})):
            assert response.status_code == 403
            assert "Somebody else is asked. Only they can answer." in words(response)
    assert Presentation.objects.count() == 2


def test_a_link_is_good_for_its_own_question_alone(client, soon):
    invitation, swap = PresentingInvitationFactory(session=soon), PresentingSwapFactory(offered__session=soon)
    own, other = invitation_path("attention", invitation.pk), swap_path("attention", swap.pk)
    for path in (
        own.replace("asked-to-present", "asked-to-swap"),
        other.replace("asked-to-swap", "asked-to-present"),
        own.replace("attention", "elsewhere"),
        own[:-3] + "xx/",
    ):
        assert client.get(path).status_code == 404, path
    logged = without_secrets_in_paths(None, "", {"request": f"POST {own}"})["request"]
    assert logged == "POST /groups/attention/asked-to-present/…/"


def test_what_has_lapsed_is_said(client, soon):
    invitation = PresentingInvitationFactory(session=soon)
    actions.leave_group(actor=invitation.invited_by, group_id=soon.group_id, now=timezone.now())
    path = invitation_path("attention", invitation.pk)
    for response in (client.get(path), client.post(path, {"answer": "yes"})):
        assert "This is not asked any more</h1>" in words(response)


def test_what_waits_stands_on_the_week_the_group_and_the_session(soon):
    asked = somebody(soon.group)
    invitation = PresentingInvitationFactory(session=soon, member=asked)
    client, path = client_of(asked), invitation_path("attention", invitation.pk)
    for page in ("/me/", "/groups/attention/", soon.get_absolute_url()):
        assert f'href="{path}"' in client.get(page).text, page
    assert path not in client_of(invitation.invited_by).get(soon.get_absolute_url()).text


# The page on which people ask


def test_asking_on_the_page(soon):
    asker, asked = somebody(soon.group, "Member A"), somebody(soon.group, "Member B")
    PresentationFactory(session=SessionFactory(group=soon.group), member=somebody(soon.group, "Member C"))
    client, page = client_of(asker), f"{soon.get_absolute_url()}presenters/"
    text = words(client.get(page))
    assert text.index("Member B, has not presented yet") < text.index("Member C, has presented once")
    for number, told in (("", "Choose whom to ask."), ("0", "They cannot be asked now"), ("x", "They cannot be asked")):
        response = client.post(f"{page}invite/", {"member": number})
        assert (response.status_code, told in words(response)) == (422, True)
    response = client.post(f"{page}invite/", {"member": asked.pk}, follow=True)
    assert "Member B is asked by email. We tell you the answer." in words(response)
    assert "You have asked Member B. No answer yet." in words(response)
    invitation = PresentingInvitation.objects.get()
    assert "You have not asked that, or it has gone." in words(
        client_of(asked).post(f"{page}take-back/", {"invitation": invitation.pk}, follow=True)
    )
    client.post(f"{page}take-back/", {"invitation": invitation.pk})
    assert not PresentingInvitation.objects.waiting().exists()


def test_swapping_on_the_page(soon):
    own, other = PresentationFactory(session=soon), PresentingSwapFactory(offered__session=soon).wanted
    client, page = client_of(own.member), f"{soon.get_absolute_url()}presenters/"
    assert str(other.member) in words(client.get(page))
    for number in ("", own.pk, "9" * 30):
        assert client.post(f"{page}swap/", {"presentation": number}).status_code == 422
    response = client.post(f"{page}swap/", {"presentation": other.pk}, follow=True)
    assert "They are asked by email." in words(response)
    swap = own.swaps_offered.get()
    client.post(f"{page}take-back/", {"swap": swap.pk})
    swap.refresh_from_db()
    assert swap.state == "lapsed"


# Withdrawing late


def test_who_withdraws_shortly_before_is_told_that_others_are_told(mail_server, group):
    now = timezone.now()
    session = SessionFactory(group=group, starts_at=now + timedelta(hours=30), title="Attention")
    organizer = MemberFactory()
    group.organizers.add(organizer)
    part = PresentationFactory(session=session, member=somebody(group, "Member A"))
    beside = PresentationFactory(session=session, member=somebody(group, "Member B"))
    client = client_of(part.member)
    told = "It is soon: if you withdraw, we tell the organizers and those who present it too."
    assert told in words(client.get(session.get_absolute_url()))
    response = client.post(f"{session.get_absolute_url()}withdraw/", follow=True)
    assert "As it is soon, we tell the organizers and those who present it too." in words(response)
    mails = {to: (subject, text) for to, subject, text in send(mail_server, timezone.now())}
    assert set(mails) == {organizer.email, beside.member.email}
    assert mails[organizer.email][0] == "Member A cannot present after all: Attention"
    assert "Still presenting: Member B." in mails[organizer.email][1]
    assert "So far you present alone." in mails[beside.member.email][1]


@pytest.mark.parametrize("how", ["in time", "called off", "offers again", "leaves"])
def test_whom_nobody_counts_on_is_not_told_of(now, mail_server, group, session, how):
    group.organizers.add(MemberFactory())
    member = PresentationFactory(session=session, member=somebody(group)).member
    about = {"actor": member, "now": session.starts_at - timedelta(hours=49 if how == "in time" else 20)}
    if how == "called off":
        actions.cancel_session(session_id=session.pk, **about | {"actor": MemberFactory()})
    if how == "leaves":
        actions.leave_group(group_id=group.pk, **about)
    else:
        assert actions.withdraw_from_presenting(session_id=session.pk, **about) is (how == "offers again")
    if how == "offers again":
        actions.offer_to_present(session_id=session.pk, **about)
    mails = [subject for _to, subject, _text in send(mail_server, about["now"])]
    told = [subject for subject in mails if not subject.startswith("Called off")]
    assert told == (["Member X cannot present after all: Attention"] if how == "leaves" else [])


# Open slots


def owed(now):
    """Who is owed a mail that presenters are wanted, and why."""
    write_obligations(kinds=[WANTED], now=now)
    rows = Delivery.objects.filter(kind=WANTED.key).order_by("id")
    return {(row.member_id, row.occurrence.rsplit(" ", 1)[1]) for row in rows}


def test_a_week_before_those_who_have_presented_least_are_asked(now, mail_server, group, session):
    organizer = MemberFactory()
    group.organizers.add(organizer)
    people = [somebody(group, f"Member {letter}") for letter in "ABCDEF"]
    past = SessionFactory(group=group, starts_at=now - timedelta(days=7))
    PresentationFactory(session=past, member=people[0])
    PresentationFactory(session=session, member=people[1])
    PresentingInvitationFactory(session=session, member=people[2], state="declined", answered_at=now)
    assert owed(now) == {(people[n].pk, "turn") for n in (3, 4, 5)} | {(organizer.pk, "organizer")}
    mails = {to: subject for to, subject, _text in send(mail_server, now)}
    assert set(mails) == {organizer.email, *(people[n].email for n in (3, 4, 5))}
    assert all(subject.startswith("Presenter wanted Sun 29 Nov") for subject in mails.values())


def test_nobody_is_asked_where_nothing_is_open(now, group, session):
    somebody(group)
    cases = [
        lambda: [PresentationFactory(session=session) for _ in range(2)],
        lambda: type(session).objects.filter(pk=session.pk).update(presenters_wanted=0),
        lambda: type(session).objects.filter(pk=session.pk).update(is_cancelled=True),
        lambda: type(group).objects.filter(pk=group.pk).update(state="paused"),
        lambda: type(session).objects.filter(pk=session.pk).update(starts_at=now + timedelta(hours=40)),
    ]
    for case in cases:
        with transaction.atomic():
            case()
            assert owed(now) == set()
            transaction.set_rollback(True)
    assert owed(now) != set()


def test_no_more_than_three_are_asked_whoever_offers_meanwhile(now, mail_server, group, session):
    people = [somebody(group) for _ in range(6)]
    assert len(owed(now)) == 3
    assert len(send(mail_server, now)) == 3
    other = SessionFactory(group=group, starts_at=now + timedelta(days=30))
    for member in people[:3]:
        actions.offer_to_present(actor=member, session_id=other.pk, now=now)
    assert len(owed(now + timedelta(minutes=1))) == 6
    assert send(mail_server, now + timedelta(minutes=2)) == []


def test_it_is_not_sent_once_enough_have_offered(now, mail_server, group, session):
    people = [somebody(group) for _ in range(3)]
    assert len(owed(now)) == 3
    for member in people[:2]:
        actions.offer_to_present(actor=member, session_id=session.pk, now=now)
    assert send(mail_server, now) == []
