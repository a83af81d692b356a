"""A real mail server on a free loopback port that keeps what it accepts and answers as a test tells it to."""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

PATIENCE = 60

# What a stage of the dialogue answers instead of yes: a line, or something done to the connection.
type Answer = str | Callable[[SMTP], Awaitable[str]]


async def hang(server: SMTP) -> str:
    """Say nothing, for longer than anybody waits."""
    await asyncio.Event().wait()
    return ""


async def drop(server: SMTP) -> str:
    """Break the connection without a word."""
    server.transport.abort()
    return "421 gone"


class MailServer:
    """`messages` are those that were accepted, in order. `answers` are given to coming messages, one for each.

    An answer belongs to a stage, MAIL, RCPT or DATA; None lets the message through. `hold_at(n)` keeps back the
    reply to the n-th accepted message, as if the network were slow, until `release()`. `stages` counts how often a
    dialogue came to each stage; ACCEPTED is the moment before the reply that tells the sender so.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.connections = 0
        self.attempts = 0
        self.answers: list[tuple[str, Answer] | None] = []
        self.stages: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._held_at: int | None = None
        self._released = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._run(self._loop.create_server(self._dialogue, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def mailers(self, timeout: float = 10) -> dict:
        """The Django setting that sends here."""
        options = {"host": "127.0.0.1", "port": self.port, "timeout": timeout}
        return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true of what has arrived. Raises AssertionError when patience ends."""
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE), f"{len(self.messages)} messages arrived; {self.stages}"

    def wait_for(self, count: int) -> None:
        self.wait_until(lambda: len(self.messages) >= count)

    def hold_at(self, count: int) -> None:
        self._held_at = count
        self._loop.call_soon_threadsafe(self._released.clear)

    def release(self) -> None:
        self._held_at = None
        if self._loop.is_running():
            self._loop.call_soon_threadsafe(self._released.set)

    def ids(self) -> Counter[str]:
        return Counter(message["Message-ID"] for message in self.messages)

    def recipients(self) -> Counter[str]:
        return Counter(message["To"] for message in self.messages)

    def close(self) -> None:
        """Stop answering; connections that hang are cut."""

        async def stop() -> None:
            self._server.close()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        if self._loop.is_running():
            self._run(stop())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(PATIENCE)
            self._loop.close()

    def _dialogue(self) -> SMTP:
        self.connections += 1
        return SMTP(self, hostname="sink")

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)

    # What aiosmtpd calls, in its own thread ---------------------------------------------------------------------------

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.attempts += 1
        envelope.answer = self.answers.pop(0) if self.answers else None
        refusal = await self._refusal("MAIL", server, envelope)
        if refusal is None:
            envelope.mail_from = address
        return refusal or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = await self._refusal("RCPT", server, envelope)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        refusal = await self._refusal("DATA", server, envelope)
        if refusal is not None:
            return refusal
        assert isinstance(envelope.content, bytes)
        with self._changed:
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self._came_to("ACCEPTED")
        if self._held_at is not None and len(self.messages) >= self._held_at:
            await self._released.wait()
        return "250 Accepted"

    def _came_to(self, stage: str) -> None:
        with self._changed:
            self.stages[stage] += 1
            self._changed.notify_all()

    async def _refusal(self, stage: str, server: SMTP, envelope: Envelope) -> str | None:
        self._came_to(stage)
        if envelope.answer is None or envelope.answer[0] != stage:
            return None
        answer = envelope.answer[1]
        return answer if isinstance(answer, str) else await answer(server)


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    """A mail server that this process sends to. Other processes find it at its `url`."""
    server = MailServer()
    settings.MAILERS = server.mailers()
    yield server
    server.release()
    server.close()
