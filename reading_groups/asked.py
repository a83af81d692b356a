"""What presenters ask a member: to present a session, or to swap two."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from members.models import Member
from reading_groups.agenda import loaded, title_of
from reading_groups.links import invitation_path, swap_path
from reading_groups.models import Enrolment, Session
from reading_groups.querysets import with_questions_for


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question that waits, about a session with its group and readings loaded; `path` is where it is answered."""

    session: Session
    title: str
    is_swap: bool
    by: str
    path: str


def asked_of(member: Member, now: datetime) -> list[Asked]:
    """What waits for a member's answer, in all groups, the next session first. One query, two where there is any."""
    places = Enrolment.objects.enrolled().filter(member=member, group=OuterRef("group"))
    sessions = with_questions_for(Session.objects.coming(now).filter(Exists(places)), member, now)
    asked = loaded(sessions.filter(Q(invitation_id__isnull=False) | Q(swap_id__isnull=False)))
    return [question for session in asked for question in questions_about(session)]


def questions_about(session: Session) -> list[Asked]:
    """What waits for the viewer's answer about a session that was loaded `with_questions_for` them. No query."""
    questions = []
    slug, title = session.group.slug, title_of(session)
    if getattr(session, "invitation_id", None):
        path = invitation_path(slug, session.invitation_id)
        questions.append(Asked(session=session, title=title, is_swap=False, by=session.invitation_by, path=path))
    if getattr(session, "swap_id", None):
        path = swap_path(slug, session.swap_id)
        questions.append(Asked(session=session, title=title, is_swap=True, by=session.swap_by, path=path))
    return questions
