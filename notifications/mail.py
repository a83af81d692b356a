"""Making and sending mails: one connection for many, each in its reader's language and zone."""

import smtplib
import uuid
import zoneinfo
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone, translation

if TYPE_CHECKING:
    from members.models import Member
    from notifications.kinds import Kind
    from notifications.models import Delivery


class Outbox:
    """A connection to the mail server that is opened when first needed and again after it broke."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> "Outbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, *, delivery: "Delivery", kind: "Kind", member: "Member") -> str:
        """Send one delivery and return its Message-ID. Raises what smtplib and sockets raise."""
        message = render(delivery=delivery, kind=kind, member=member)
        if self._connection is None:
            self._connection = mailers.create_connection("default")
            self._connection.open()
        try:
            self._connection.send_messages([message])
        except smtplib.SMTPRecipientsRefused:
            raise
        except Exception:
            self._close()
            raise
        return message.extra_headers["Message-ID"]

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def render(*, delivery: "Delivery", kind: "Kind", member: "Member") -> EmailMultiAlternatives:
    """The mail of a delivery: subject, text and HTML in the member's language, every time in the member's zone."""
    language = member.language or settings.LANGUAGE_CODE
    zone = zoneinfo.ZoneInfo(member.time_zone or settings.TIME_ZONE)
    with translation.override(language), timezone.override(zone):
        context: dict[str, Any] = {
            **kind.context(delivery),
            "member": member,
            "kind": kind,
            "base_url": settings.BASE_URL,
            "viewer_zone": str(zone),
        }
        subject = " ".join(render_to_string(f"emails/{kind.key}/subject.txt", context).split())
        text = render_to_string(f"emails/{kind.key}/message.txt", context).strip() + "\n"
        html = render_to_string(f"emails/{kind.key}/message.html", context | {"subject": subject})
    message = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[member.email],
        headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(html, "text/html")
    return message


def message_id(delivery: "Delivery") -> str:
    """The same for every attempt at a row, so that a mail program shows a duplicate once."""
    domain = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
    return f"<delivery-{delivery.pk}-{delivery.created_at:%Y%m%d%H%M%S}@{domain}>"


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
