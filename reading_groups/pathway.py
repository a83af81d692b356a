"""The steps of the pathway that are taken in reading groups, read from what was done."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.pathway import Step
from members.models import Member
from reading_groups.models import Answer, Enrolment, Idea, Note, Presentation


def steps_for(member: Member, now: datetime) -> list[Step]:
    """Participant with the first place, presenter with the first session presented and over, contributor with the
    first answer, note or idea. One query for each kind of thing done.
    """
    places = Enrolment.objects.filter(member=member, enrolled_at__isnull=False)
    presented = Presentation.objects.filter(member=member, session__is_cancelled=False, session__ends_at__lte=now)
    said = [
        _first(Answer.objects.filter(member=member), "answered_at"),
        _first(Note.objects.filter(member=member), "written_at"),
        _first(Idea.objects.filter(member=member), "put_up_at"),
    ]
    return [
        Step(key="participant", title=_("Participant"), reached_at=_first(places, "enrolled_at")),
        Step(key="presenter", title=_("Presenter"), reached_at=_first(presented, "session__ends_at")),
        Step(key="contributor", title=_("Contributor"), reached_at=min(filter(None, said), default=None)),
    ]


def _first(rows, field: str) -> datetime | None:
    return rows.order_by(field).values_list(field, flat=True).first()
