"""What organizers of two groups write to their people, a session in small groups, and what is kept of a discussion."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reading_groups.actions import TooFewToSplit, draw_small_groups, send_message, write_message, write_summary
from reading_groups.actions.writing import HELD_FOR
from reading_groups.models import GroupMessage, ReadingGroup, Session

SEED = 2021


@dataclass(frozen=True, kw_only=True)
class Talk:
    """The session that is summed up, counted from one, in what words; what is written to everybody; in fours or so."""

    session: int
    summary: str
    subject: str
    text: str
    size: int


TALKS = {
    "deep-learning-from-its-papers": Talk(
        session=7,
        summary=(
            "We tried to say what is normalised: for each unit, $\\hat{x} = (x - \\mu) / \\sqrt{\\sigma^2 + "
            "\\epsilon}$ over the batch.\n\n"
            "- **Agreed:** it lets one train with larger steps, and the comparison is fair.\n"
            "- **Not agreed:** whether the title names the reason. Two of us would like to measure it.\n"
            "- **Left for later:** what to do with batches of one or two."
        ),
        subject="The next two weeks",
        text=(
            "We read **the whole paper** for the next session, its appendix as well.\n\n"
            "If you have not presented yet, the session after it still looks for somebody. Nobody presents alone."
        ),
        size=4,
    ),
    "acting-and-learning": Talk(
        session=2,
        summary=(
            "Most of the time went into the second network, which gives the targets and is renewed seldom.\n\n"
            "- **Agreed:** without it, a network would chase its own mistakes.\n"
            "- **Left for later:** how seldom is best. A small run of our own could tell, with three seeds."
        ),
        subject="Small groups next time",
        text="We talk in **small groups** for the first half hour. Bring one question each; half a question is enough.",
        size=3,
    ),
}


def talk(*, group: ReadingGroup, now: datetime) -> None:
    """Sum a session up, split the last one and the next, and write to everybody, where the group is one of the two."""
    plan = TALKS.get(group.slug)
    if plan is None:
        return
    organizer = group.organizers.by_name()[0]
    # Both were drawn before they began, the next one a moment ago, unless few have said that they come.
    for session in (group.sessions.past(now).first(), group.sessions.coming(now).first()):
        if session is not None and session.starts_at is not None:
            drawn_at = min(session.starts_at - timedelta(hours=1), now - timedelta(minutes=5))
            with suppress(TooFewToSplit):
                draw_small_groups(
                    actor=organizer, session_id=session.pk, size=plan.size, seed=SEED, base=0, now=drawn_at
                )
    _sum_up(list(group.sessions.order_by("starts_at"))[plan.session - 1], plan)
    written_at = now - timedelta(days=2)
    message = write_message(
        actor=organizer,
        group_id=group.pk,
        audience=GroupMessage.Audience.ALL,
        session_id=None,
        subject=plan.subject,
        text=plan.text,
        key=UUID(int=group.pk),
        now=written_at,
    )
    send_message(message_id=message.pk, now=written_at + HELD_FOR)


def _sum_up(session: Session, plan: Talk) -> None:
    presentation = session.presentations.select_related("member").order_by("id").first()
    if presentation is not None and session.ends_at is not None:
        written_at = session.ends_at + timedelta(hours=2)
        write_summary(actor=presentation.member, session_id=session.pk, text=plan.summary, base=0, now=written_at)
