"""Making and sending mails: one connection for many, each in its reader's language and zone."""

import re
import smtplib
import uuid
import zoneinfo
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.utils import make_msgid, parseaddr
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.calendars import method_of, write_invitation
from core.text import one_line
from notifications.preferences import stop_path

if TYPE_CHECKING:
    from notifications.kinds import Kind, Reader
    from notifications.models import Delivery


# Parts that are left out of a text leave their line breaks behind.
BLANK_LINES = re.compile(r"\n{3,}")


# What stands before the words of an answer (RFC 3463). A full mailbox, a system that takes nothing at present, and a
# sender who has reached the day's limit, are matters of hours, whatever the code before them says.
ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
PASSING = {"5.2.2", "5.3.2", "5.4.5"}


class Invitation(NamedTuple):
    """What a mail says to its reader's calendar program (iTIP, RFC 5546): the method, and the entry."""

    method: str
    text: str


class Words(NamedTuple):
    """What a mail says, the page that it is about, and the one that ends such mails, where there is one."""

    subject: str
    text: str
    html: str
    path: str
    stop_path: str
    invitation: Invitation | None = None


class Refused(Exception):
    """The server will not take this message, now or later."""


class NotNow(Exception):
    """The message may go through later."""


class Lost(NotNow):
    """The connection broke on the way: the server may have the message."""


class Unreachable(NotNow):
    """There is no server to talk to, or it does not let this site in; no message has been tried."""


class Outbox:
    """A connection to the mail server that is opened when first needed and again after it broke."""

    def __init__(self, frame: Mapping[str, str]) -> None:
        self._frame = frame
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> "Outbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def words(self, *, delivery: "Delivery", kind: "Kind", reader: "Reader", now: datetime) -> Words:
        """What one delivery says."""
        return words_of(delivery=delivery, kind=kind, reader=reader, frame=self._frame, now=now)

    def send(self, *, delivery: "Delivery", reader: "Reader", words: Words) -> str:
        """Send one delivery and return its Message-ID. Raises Refused, NotNow and Unreachable."""
        message = message_of(delivery=delivery, reader=reader, words=words, frame=self._frame)
        self.hand_over(message)
        return message.extra_headers["Message-ID"]

    def hand_over(self, message: EmailMultiAlternatives) -> None:
        """Give one message to the mail server. Raises Refused, NotNow and Unreachable."""
        connection = self._open()
        try:
            connection.send_messages([message])
        except Exception as error:
            failure = _failure(error)
            if not isinstance(failure, Refused):
                self._close()
            if failure is None:
                raise
            raise failure from error

    def _open(self) -> BaseEmailBackend:
        if self._connection is None:
            connection = mailers.create_connection("default")
            try:
                connection.open()
            except smtplib.SMTPResponseException as error:
                raise Unreachable(f"no session: answered {error.smtp_code}") from error
            except OSError as error:
                raise Unreachable(f"no session: {type(error).__name__}") from error
            self._connection = connection
        return self._connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # What has been accepted stays accepted, however badly the server says goodbye.
            with suppress(OSError):
                connection.close()


def _failure(error: Exception) -> Refused | NotNow | None:
    """What an error means for this one message, if it is about mail. The recipient's address stays out of the words.

    Only a refusal of the recipient or of the message itself is final. A refused sender is a matter of settings, which
    an operator puts right while the messages wait.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = min(error.recipients.values())
        # 552 is what a full mailbox says, and what RFC 5321 has us take for 452; 530 means us, not the address.
        is_final = code not in {530, 552} and _is_final(code, answer)
        return Refused(f"address refused: {code}") if is_final else NotNow(f"address not accepted now: {code}")
    if isinstance(error, smtplib.SMTPDataError):
        code = error.smtp_code
        is_final = _is_final(code, error.smtp_error)
        return Refused(f"message refused: {code}") if is_final else NotNow(f"message not accepted now: {code}")
    if isinstance(error, smtplib.SMTPResponseException):
        return NotNow(f"answered {error.smtp_code}")
    if isinstance(error, OSError):
        return Lost(f"connection: {type(error).__name__}")
    if isinstance(error, ValueError):
        return Refused("address cannot be written")
    return None


def _is_final(code: int, answer: bytes | str) -> bool:
    """Whether an answer holds for ever. Servers say some things that pass with a code that does not."""
    words = answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
    said = ENHANCED.match(words)
    return code >= 500 and (said is None or said[0] not in PASSING)


def render(
    *, delivery: "Delivery", kind: "Kind", reader: "Reader", frame: Mapping[str, str], now: datetime
) -> EmailMultiAlternatives:
    """The mail of a delivery, for showing it."""
    words = words_of(delivery=delivery, kind=kind, reader=reader, frame=frame, now=now)
    return message_of(delivery=delivery, reader=reader, words=words, frame=frame)


def words_of(*, delivery: "Delivery", kind: "Kind", reader: "Reader", frame: Mapping[str, str], now: datetime) -> Words:
    """Subject, text and HTML of a delivery in the reader's language, every time in the reader's zone.

    `frame` is what the site shows around every message: `site_name`, `contact_email` (may be empty), `week_path` and
    `mails_path`, where members choose their mails. The text parts are written without HTML escapes.
    """
    stop = ""
    if kind.is_optional and delivery.member_id is not None:
        stop = stop_path(member_id=delivery.member_id, kind=kind.key)
    invitation: Invitation | None = None

    def context() -> dict[str, Any]:
        nonlocal invitation
        said = kind.context(delivery, now)
        item = kind.calendar(delivery, said)
        if item is not None:
            name, address = parseaddr(_sender(frame["site_name"]))
            text = write_invitation(item, organizer=address, organizer_name=name, attendee=reader.email, now=now)
            invitation = Invitation(method_of(item), text)
        return {**frame, "stop_path": stop, **said}

    words = compose(key=kind.key, reader=reader, context=context)
    return words._replace(invitation=invitation)


def message_of(
    *, delivery: "Delivery", reader: "Reader", words: Words, frame: Mapping[str, str]
) -> EmailMultiAlternatives:
    """The mail of a delivery. What a member can do without has a button in mail programs that ends it (RFC 8058).

    What is about a session or a meeting has it for calendar programs as well, as one more form of the same message
    (RFC 6047), which others do not show.
    """
    message = _message(words.subject, reader=reader, words=words, frame=frame, identity=message_id(delivery))
    if words.stop_path:
        message.extra_headers |= {
            "List-Unsubscribe": f"<{settings.BASE_URL}{words.stop_path}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    if words.invitation is not None:
        # Django adds the character set.
        message.attach_alternative(words.invitation.text, f"text/calendar; method={words.invitation.method}")
    return message


def test_message_of(*, reader: "Reader", words: Words, frame: Mapping[str, str]) -> EmailMultiAlternatives:
    """A mail that shows an operator what others get. It carries nothing but its words."""
    subject = f"[{_('Test')}] {words.subject}"
    return _message(subject, reader=reader, words=words, frame=frame, identity=make_msgid("test", _domain()))


def _message(
    subject: str, *, reader: "Reader", words: Words, frame: Mapping[str, str], identity: str
) -> EmailMultiAlternatives:
    """What every mail of the site has: the words in both forms, its sender, and where an answer goes."""
    message = EmailMultiAlternatives(
        subject=subject,
        body=words.text,
        from_email=_sender(frame["site_name"]),
        to=[reader.email],
        reply_to=[frame["contact_email"]] if frame["contact_email"] else None,
        headers={"Message-ID": identity, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(words.html, "text/html")
    return message


def compose(*, key: str, reader: "Reader", context: Callable[[], Mapping[str, Any]]) -> Words:
    """The words of a mail, for sending it and for showing it beforehand.

    The context is made inside the reader's language and zone; it holds the frame and what the kind says.
    """
    language = reader.language or settings.LANGUAGE_CODE
    zone = zoneinfo.ZoneInfo(reader.time_zone or settings.TIME_ZONE)
    with translation.override(language), timezone.override(zone):
        shown: dict[str, Any] = {"base_url": settings.BASE_URL, **context()}
        shown["url"] = settings.BASE_URL + shown["path"]
        shown["subject"] = one_line(_text(f"emails/{key}/subject.txt", shown))
        text = _text(f"emails/{key}/message.txt", shown)
        html = render_to_string(f"emails/{key}/message.html", shown)
    text = BLANK_LINES.sub("\n\n", text).strip() + "\n"
    return Words(
        subject=shown["subject"], text=text, html=html, path=shown["path"], stop_path=shown.get("stop_path", "")
    )


def _text(template: str, context: dict[str, Any]) -> str:
    return get_template(template).template.render(Context(context, autoescape=False))  # type: ignore[attr-defined]


def _sender(site_name: str) -> str:
    """The site's name before its address, unless the setting names a sender itself."""
    address = settings.DEFAULT_FROM_EMAIL
    return address if "<" in address else str(Address(one_line(site_name), addr_spec=address))


def message_id(delivery: "Delivery") -> str:
    """The same for every attempt at a row, so that a mail program shows a duplicate once."""
    return f"<delivery-{delivery.pk}-{delivery.created_at:%Y%m%d%H%M%S}@{_domain()}>"


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")


class FolderBackend(BaseEmailBackend):
    """Keeps each mail as one .eml file, for a site that runs on somebody's own machine."""

    def __init__(self, *, folder: str, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Any) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:6]}"
            part = self.folder / f"{name}.part"
            part.write_bytes(message.message().as_bytes())
            part.rename(self.folder / f"{name}.eml")
        return len(email_messages)
