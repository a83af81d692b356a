"""Who is away on the day of a session. Nothing of it is stored: whoever is back earlier is counted on again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from members.availability.absence import away_at
from members.models import Member
from reading_groups.agenda import loaded
from reading_groups.models import Enrolment, Presentation, ReadingGroup, Rsvp, Session

Answer = Rsvp.Answer


def absent_from(
    sessions: Sequence[Session], member_ids: Any, *, unless: Collection[str] = (Answer.YES, Answer.MAYBE)
) -> dict[int, list[Member]]:
    """For each session, by its number, those of the members who are away then, and have not given such an answer.

    One query, and one more where somebody is away.
    """
    away = away_at(sessions, member_ids)
    if any(away.values()):
        given = Rsvp.objects.filter(session__in=[pk for pk, members in away.items() if members], answer__in=unless)
        answered = set(given.values_list("session_id", "member_id"))
        for pk, members in away.items():
            away[pk] = [member for member in members if (pk, member.pk) not in answered]
    return away


def count_absent(sessions: Sequence[Session], *, viewer: Member) -> None:
    """Count those with a place who are away and have not answered as people who do not come.

    For sessions of one group that were loaded `with_answers`: adds to `no_count`, and sets `absent`, who they are by
    name, and `is_absent`, whether the viewer is one. One query, and one more where somebody is away.
    """
    if not sessions:
        return
    places = Enrolment.objects.enrolled().filter(group=sessions[0].group_id).values("member")
    away = absent_from(sessions, places, unless=Answer.values)
    for session in sessions:
        session.absent = away[session.pk]  # type: ignore[attr-defined]
        session.is_absent = any(member.pk == viewer.pk for member in session.absent)  # type: ignore[attr-defined]
        session.no_count += len(session.absent)  # type: ignore[attr-defined]


def missed_by(member: Member, now: datetime) -> list[Session]:
    """The sessions to come of a member's groups on days on which they are away, and have not said that they come.

    Each with its group and readings loaded, and `own_part`, whether they are down to present it. Four queries at most.
    """
    places = Enrolment.objects.enrolled().filter(member=member, group=OuterRef("group"))
    parts = Presentation.objects.filter(session=OuterRef("pk"), member=member)
    coming = Session.objects.coming(now).filter(Exists(places), group__state__in=ReadingGroup.LISTED)
    sessions = list(loaded(coming.annotate(own_part=Exists(parts))).defer("group__search"))
    away = absent_from(sessions, [member.pk])
    return [session for session in sessions if away[session.pk]]
