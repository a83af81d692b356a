"""What a group does with its papers: people present them together, ask, vote, answer, note, and put up ideas."""

from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from collaborative.demo.ideas import IDEAS
from collaborative.demo.said import SAID, Said
from members.models import Member
from reading_groups.actions import (
    add_file,
    add_note,
    answer_question,
    ask_question,
    invite_to_present,
    mark_answered,
    offer_to_present,
    put_up_idea,
    raise_hand,
    save_part,
    vote_for_question,
)
from reading_groups.models import Note, PresentationFile, ReadingGroup, Session

PRESENTERS = 2
MOST_VOTES = 4
PARTS = ("What they ask, and how they go about it", "The results, and what we would try next")
OUTLINE = """# What we show

1. The question, in one sentence
2. How it is measured
3. One figure, read slowly
4. Where we were not convinced
"""


def discuss(*, group: ReadingGroup, now: datetime, newcomer: Member, newcomer_presents: bool) -> None:
    """Fill a group's past and its near future, by people who had a place at the time.

    Sessions have two presenters up to the first that is at least two days away; the one after it has one, and those
    behind it none yet. The newcomer has never presented, and shares that first session where they present.
    """
    places = list(group.enrolments.enrolled().select_related("member").order_by("enrolled_at", "id"))
    sessions = list(group.sessions.order_by("starts_at"))
    said = {one.session: one for one in SAID.get(group.slug, ())}
    is_full_yet = has_begun = False
    for number, session in enumerate(sessions, 1):
        assert session.starts_at is not None
        if session.is_cancelled:
            continue
        here = [place.member for place in places if place.enrolled_at <= session.starts_at - timedelta(days=4)]
        others = [member for member in here if member != newcomer]
        if len(others) <= PRESENTERS:
            continue
        presenters = [others[(PRESENTERS * number + place) % len(others)] for place in range(PRESENTERS)]
        if session.starts_at > now:
            if is_full_yet:
                presenters = [] if has_begun else presenters[:1]
                has_begun = True
            elif session.starts_at > now + timedelta(days=2):
                is_full_yet = True
                if newcomer_presents:
                    presenters[1] = newcomer
        for member in presenters:
            offered_at = min(session.starts_at - timedelta(days=8), now - timedelta(days=1))
            offer_to_present(actor=member, session_id=session.pk, now=offered_at)
        if is_full_yet and presenters:
            _share(session, presenters, others=[member for member in others if member not in presenters], now=now)
        if number in said:
            _talk(session, said[number], here=here, number=number, now=now)
    _think_further(group, sessions, [place.member for place in places], now)


def _share(session: Session, presenters: list[Member], *, others: list[Member], now: datetime) -> None:
    """Two divide a session and one of them has an outline; one who is alone asks somebody."""
    if len(presenters) == PRESENTERS:
        for member, part in zip(presenters, PARTS, strict=True):
            save_part(actor=member, session_id=session.pk, part=part, slides_url="")
        upload = ContentFile(OUTLINE.encode())
        about = {"name": "outline.md", "kind": PresentationFile.Kind.MARKDOWN}
        add_file(actor=presenters[0], session_id=session.pk, upload=upload, now=now - timedelta(hours=20), **about)
    elif others:
        asked_at = now - timedelta(hours=3)
        invite_to_present(actor=presenters[0], session_id=session.pk, member_id=others[0].pk, now=asked_at)


def _talk(session: Session, said: Said, *, here: list[Member], number: int, now: datetime) -> None:
    """Questions come before a session, votes until it begins, and the rest when it is held."""
    assert session.starts_at is not None
    assert session.ends_at is not None
    asked_at = min(session.starts_at - timedelta(hours=26), now - timedelta(hours=20))
    asker = here[(number + 2) % len(here)]
    question = ask_question(actor=asker, session_id=session.pk, text=said.question, now=asked_at)
    voters = [member for member in here if member != asker][: 1 + number % MOST_VOTES]
    for hours, member in enumerate(voters, 1):
        vote_for_question(actor=member, question_id=question.pk, now=asked_at + timedelta(hours=hours))
    # What is held on the day itself may be over already, and has not been written up.
    if session.ends_at > now or not said.answer:
        return
    presenter = session.presentations.order_by("id")[0].member
    answered_at = session.starts_at + timedelta(minutes=40)
    answer_question(actor=presenter, question_id=question.pk, text=said.answer, now=answered_at)
    mark_answered(actor=presenter, question_id=question.pk, now=answered_at)
    reading = session.readings.order_by("position").first()
    if reading is not None:
        for kind, text, turn in ((Note.Kind.STRENGTH, said.strength, 1), (Note.Kind.LIMITATION, said.limitation, 3)):
            writer = here[(number + turn) % len(here)]
            add_note(actor=writer, reading_id=reading.pk, kind=kind, text=text, now=session.ends_at)


def _think_further(group: ReadingGroup, sessions: list[Session], people: list[Member], now: datetime) -> None:
    for plan in IDEAS.get(group.slug, ()):
        session = sessions[plan.session - 1]
        assert session.ends_at is not None
        put_up_at = session.ends_at + timedelta(hours=1)
        if put_up_at > now:
            continue
        reading = session.readings.select_related("paper").order_by("position").first()
        idea = put_up_idea(
            actor=people[plan.by],
            group_id=group.pk,
            title=plan.title,
            text=plan.text,
            paper=reading.paper if reading else None,
            now=put_up_at,
        )
        for hours, number in enumerate(plan.hands, 1):
            if number < len(people):
                raise_hand(actor=people[number], idea_id=idea.pk, now=min(put_up_at + timedelta(hours=7 * hours), now))
