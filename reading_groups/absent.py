"""Who is away on the day of a session. Nothing of it is stored: whoever is back earlier is counted on again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject

from members.availability.absence import away_at, day_of
from members.availability.models import Away
from members.models import Member
from reading_groups.agenda import loaded
from reading_groups.models import Enrolment, Presentation, ReadingGroup, Rsvp, Session

Answer = Rsvp.Answer


def absent_from(sessions: Sequence[Session], member_ids: Any) -> dict[int, list[Member]]:
    """For each session, by its number, those of the members who are away then, and have not said that they may come.

    One query, and one more where somebody is away.
    """
    away = away_at(sessions, member_ids)
    if any(away.values()):
        given = Rsvp.objects.filter(
            session__in=[pk for pk, members in away.items() if members], answer__in=[Answer.YES, Answer.MAYBE]
        )
        answered = set(given.values_list("session_id", "member_id"))
        for pk, members in away.items():
            away[pk] = [member for member in members if (pk, member.pk) not in answered]
    return away


def away_in_each_group(now: datetime) -> ArraySubquery:
    """For an annotation of groups: the days away, from yesterday on, of those with a place, by name."""
    places = Enrolment.objects.enrolled().filter(group=OuterRef(OuterRef("pk")), member=OuterRef("member"))
    aways = Away.objects.filter(Exists(places), member__is_active=True, ends_on__gte=now.date() - timedelta(days=1))
    shown = JSONObject(
        member="member_id", name="member__name", zone="member__time_zone", starts_on="starts_on", ends_on="ends_on"
    )
    return ArraySubquery(aways.order_by("member__name_key", "member_id", "starts_on").values(json=shown))


def count_absent(sessions: Iterable[Session], aways: Sequence[Mapping[str, Any]] | None, *, viewer: Member) -> None:
    """Count those with a place who are away and have not answered as people who do not come. No query.

    For sessions of one group that were loaded `with_answers`, and its `away_in_each_group`: adds to `no_count`, and
    sets `absent`, who they are by name, and `is_absent`, whether the viewer is one.
    """
    for session in sessions:
        gone = {
            away["member"]: away["name"]
            for away in aways or ()
            if away["starts_on"] <= day_of(session, away["zone"]).isoformat() <= away["ends_on"]
            and away["member"] not in session.answered_by  # type: ignore[attr-defined]
        }
        session.absent = list(gone.values())  # type: ignore[attr-defined]
        session.is_absent = viewer.pk in gone  # type: ignore[attr-defined]
        session.no_count += len(gone)  # type: ignore[attr-defined]


def missed_by(member: Member, now: datetime) -> list[Session]:
    """The sessions to come of a member's groups on days on which they are away, and have not said that they come.

    Each with its group and readings loaded, and `own_part`, whether they are down to present it. Four queries at most.
    """
    places = Enrolment.objects.enrolled().filter(member=member, group=OuterRef("group"))
    parts = Presentation.objects.filter(session=OuterRef("pk"), member=member)
    coming = Session.objects.coming(now).filter(Exists(places), group__state__in=ReadingGroup.LISTED)
    sessions = list(loaded(coming.annotate(own_part=Exists(parts))))
    away = absent_from(sessions, [member.pk])
    return [session for session in sessions if away[session.pk]]
