"""Which failures of mail are final and which pass: by what servers say, and by what happens before they do."""

import smtplib
import socket
import ssl

import pytest

from notifications.mail import NotNow, Refused, Unreachable, _failure
from notifications.models import Delivery
from tests.notifications.conftest import offered_place

State = Delivery.State
WHO = "member@example.org"


def rcpt(code, answer):
    return smtplib.SMTPRecipientsRefused({WHO: (code, answer)})


def data(code, answer):
    return smtplib.SMTPDataError(code, answer)


@pytest.mark.parametrize(
    "error",
    [
        rcpt(550, b"5.1.1 no such user"),
        rcpt(550, b"no such user"),
        rcpt(551, b"5.7.1 moved"),
        rcpt(553, b"5.1.3 not an address"),
        rcpt(554, b"5.7.1 not that"),
        data(550, b"5.7.1 looks like spam"),
        data(552, b"5.3.4 message too big"),
        data(552, b"message too big"),
        data(554, b"5.6.0 not that"),
        ValueError("not an address"),
    ],
    ids=str,
)
def test_what_is_said_of_this_address_or_message_for_good_is_final(error):
    assert type(_failure(error)) is Refused


@pytest.mark.parametrize(
    "error",
    [
        rcpt(450, b"4.2.1 later"),
        rcpt(451, b"4.7.1 greylisted"),
        # A full mailbox, whichever code its server thinks is right.
        rcpt(452, b"4.2.2 mailbox full"),
        rcpt(552, b"mailbox full"),
        rcpt(550, b"5.2.2 mailbox full"),
        data(452, b"4.3.1 no room"),
        data(552, b"5.2.2 mailbox full"),
        # What is said of us: an operator puts it right, or the day ends.
        rcpt(530, b"5.7.0 authenticate first"),
        rcpt(550, b"5.4.5 daily limit exceeded"),
        data(550, "5.4.5 daily limit exceeded"),
        rcpt(554, b"5.3.2 not taking mail now"),
        smtplib.SMTPSenderRefused(550, b"5.7.1 who are you", "us@example.org"),
        smtplib.SMTPSenderRefused(452, b"4.3.1 no room", "us@example.org"),
        smtplib.SMTPSenderRefused(530, b"5.7.0 authenticate first", "us@example.org"),
        smtplib.SMTPResponseException(421, b"closing"),
        # Nothing was said at all.
        smtplib.SMTPServerDisconnected("gone"),
        TimeoutError(),
        ConnectionResetError(),
        BrokenPipeError(),
        ssl.SSLError("bad record"),
    ],
    ids=str,
)
def test_what_may_be_otherwise_in_an_hour_is_tried_again(error):
    failure = _failure(error)
    assert isinstance(failure, NotNow)
    assert not isinstance(failure, Unreachable)


def test_what_is_no_matter_of_mail_is_none_of_its_failures():
    assert _failure(ZeroDivisionError()) is None


@pytest.mark.parametrize(
    "error", [rcpt(550, b"5.1.1 <member@example.org> unknown"), data(554, b"for member@example.org")]
)
def test_the_address_and_the_servers_words_stay_out_of_the_reason(error):
    assert WHO not in str(_failure(error))


# Before the first word: the message counts no attempt, and the run ends


def elsewhere(mail_server, **options):
    mailers = mail_server.mailers(timeout=2)
    mailers["default"]["OPTIONS"] |= options
    return mailers


@pytest.fixture
def silent_port():
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


AWAY = {
    "no such host": {"host": "mail.invalid"},
    "nobody listens": {"port": 1},
    "no TLS there": {"use_tls": True},
    "not TLS from the start": {"use_ssl": True},
    "no sign-in there": {"username": "us", "password": "secret"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("options", AWAY.values(), ids=AWAY)
def test_a_server_that_cannot_be_talked_to_costs_no_attempt(post, mail_server, settings, options, caplog):
    offered_place(post.now, hold_hours=0)
    settings.MAILERS = elsewhere(mail_server, **options)
    assert post.send() == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (State.DUE, 0)
    assert delivery.reason.startswith("no session: ")
    assert "mail_server_unreachable" in caplog.text
    assert "secret" not in caplog.text + delivery.reason


@pytest.mark.django_db
def test_a_server_that_says_nothing_costs_no_attempt(post, mail_server, settings, silent_port):
    offered_place(post.now, hold_hours=0)
    settings.MAILERS = elsewhere(mail_server, port=silent_port, timeout=0.3)
    assert post.send() == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.reason) == (State.DUE, 0, "no session: SMTPServerDisconnected")


@pytest.mark.django_db
def test_a_full_mailbox_is_tried_again_until_there_is_room(post, mail_server):
    offered_place(post.now, hold_hours=0)
    mail_server.answers = [("RCPT", "552 5.2.2 mailbox full")]
    post.send()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.reason) == (State.DUE, "address not accepted now: 552")
    post.advance(minutes=1)
    assert post.send() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (State.SENT, 2)


@pytest.mark.django_db
def test_the_message_id_is_that_of_the_row_at_every_attempt(post, mail_server, settings):
    offered_place(post.now, hold_hours=0)
    mail_server.answers = [("DATA", "450 later")]
    post.send()
    post.advance(minutes=1)
    post.send()
    delivery = Delivery.objects.get()
    [message] = mail_server.messages
    domain = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1]
    made = f"<delivery-{delivery.pk}-{delivery.created_at:%Y%m%d%H%M%S}@{domain}>"
    assert message["Message-ID"] == delivery.message_id == made


def test_unreachable_is_a_kind_of_not_now():
    """So that whoever sends one message alone, such as a test, need not know the difference."""
    assert issubclass(Unreachable, NotNow)
    assert not issubclass(Refused, NotNow)
