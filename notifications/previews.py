"""Showing operators what a kind of message says, with what is really there, and without what is not theirs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from notifications.kinds import Kind, Reader
from notifications.mail import Words, words_of
from notifications.models import Delivery

log = structlog.get_logger(__name__)

# So many of the latest deliveries are tried, as what the first ones are about may be gone.
TRIED = 5
# What a link may hold besides numbers and still say nothing of who follows it. Everything else counts as signed.
PLAIN = {"slug", "words", "code"}
NOT_YOURS = "link-of-the-reader"


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a kind says, by one delivery as it would read if it were sent now; or why there is nothing to show."""

    words: Words | None = None
    # By one that was to the operator; by one that the ledger does not hold yet.
    is_own: bool = False
    is_to_come: bool = False
    # There are deliveries, to others, whose words are not this operator's to read.
    is_private: bool = False
    # What each delivery that was tried broke with; mostly because what it is about is gone.
    broken: tuple[str, ...] = ()

    @property
    def errors(self) -> str:
        return ", ".join(sorted(set(self.broken)))


def preview(
    *, kind: Kind, member_id: int, reader: Reader, may_read_others: bool, frame: Mapping[str, str], now: datetime
) -> Preview:
    """The latest delivery of a kind that still has what it is about: the operator's own, then anybody's.

    Those of others only where `may_read_others`. Where the ledger has none, the next one to come. It is written in the
    operator's own language and zone, and no link in it answers for anybody. Changes and sends nothing.
    """
    broken = []
    for delivery in _candidates(kind, member_id, may_read_others, now):
        try:
            if kind.reader(delivery) is None:
                continue
            words = words_of(delivery=delivery, kind=kind, reader=reader, frame=frame, now=now)
        except Exception as error:
            # Whatever a kind does with what is gone; a mistake in its templates is told on the page as well.
            log.info("preview_could_not_be_made", kind=kind.key, delivery=delivery.pk, error=type(error).__name__)
            broken.append(type(error).__name__)
            continue
        return Preview(
            words=without_signed_links(words),
            is_own=delivery.member_id == member_id,
            is_to_come=delivery.pk is None,
            broken=tuple(broken),
        )
    is_private = not may_read_others and Delivery.objects.filter(kind=kind.key).exists()
    return Preview(is_private=is_private, broken=tuple(broken))


def _candidates(kind: Kind, member_id: int, may_read_others: bool, now: datetime) -> Iterator[Delivery]:
    latest = Delivery.objects.filter(kind=kind.key).select_related("member").order_by("-due_at", "-id")
    yield from latest.filter(member=member_id)[:TRIED]
    if may_read_others:
        yield from latest.exclude(member=member_id)[:TRIED]
    example = kind.example(now=now, member_id=None if may_read_others else member_id)
    if example is not None:
        yield example


def without_signed_links(words: Words) -> Words:
    """The same words, where every link of this site that needs no sign-in to act for its reader leads nowhere."""
    site = re.compile(re.escape(settings.BASE_URL) + r"[^\s\"'<>]*")
    text, html = (site.sub(lambda found: _harmless(found[0]), part) for part in (words.text, words.html))
    return words._replace(text=text, html=html, path="", stop_path="")


def _harmless(url: str) -> str:
    """A link of this site as it is, where whoever follows it can only act as themselves."""
    link = url.rstrip(".,;:!?)")
    end = url[len(link) :]
    parts = urlsplit(link.removeprefix(settings.BASE_URL))
    path, place = parts.path, f"#{parts.fragment}" if parts.fragment else ""
    try:
        match = resolve(path or "/")
    except Resolver404:
        return f"{settings.BASE_URL}/{end}"
    signed = [name for name, value in match.kwargs.items() if not isinstance(value, int) and name not in PLAIN]
    if not signed and not match.args:
        return settings.BASE_URL + path + place + end
    try:
        shown = reverse(match.view_name, kwargs=match.kwargs | dict.fromkeys(signed, NOT_YOURS))
    except NoReverseMatch:
        shown = "/"
    return settings.BASE_URL + shown + end
