"""What works behind the pages: the post, and the worker with its clock."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import time_machine
from django.utils import timezone

from cohorts.tasks import apply_decisions
from collaborative.home.tasks import send_due, write_obligations
from mentorship.models import Draft
from mentorship.tasks import solve_draft
from reading_groups.tasks import pass_on_expired_holds


class Post:
    """What has been mailed. The server's own mails and the worker's lie in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for file in folder.glob("*.eml"):
            file.unlink()

    def to(self, address: str) -> list[EmailMessage]:
        """Somebody's mails, the oldest first."""
        mails = (message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(self._files()))
        return [mail for mail in mails if mail["To"] == address]

    def subjects(self, address: str) -> list[str]:
        return [mail["Subject"] for mail in self.to(address)]

    def written(self, subject: str) -> int:
        """How many mails of this subject there are, to whomever."""
        mails = (message_from_bytes(file.read_bytes(), policy=policy.default) for file in self._files())
        return sum(mail["Subject"] == subject for mail in mails)

    def _files(self) -> Iterator[Path]:
        return self.folder.glob("*.eml")


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()


def link_in(mail: EmailMessage, part: str) -> str:
    """The one address in a mail that has this part."""
    links = set(re.findall(rf"https?://\S*{re.escape(part)}\S*", text_of(mail)))
    assert len(links) == 1, (part, links, text_of(mail))
    return links.pop()


class Worker:
    """The worker. A test waits for nobody, so its ticks come when an act says so, at whatever hour."""

    def tick(self, at: datetime | None = None) -> None:
        """What the clock asks for every few seconds."""
        with self._clock(at):
            apply_decisions()
            pass_on_expired_holds()
            write_obligations()
            send_due()

    def live_through(self, start: datetime, days: int) -> None:
        """Tick every hour for some days."""
        for hours in range(days * 24 + 1):
            self.tick(start + timedelta(hours=hours))

    def solve(self) -> None:
        """The one thing that somebody has asked it to do."""
        solve_draft(draft_id=Draft.objects.get(state=Draft.State.WAITING).pk)

    @contextmanager
    def _clock(self, at: datetime | None) -> Iterator[None]:
        with time_machine.travel(at or timezone.now()):
            yield
