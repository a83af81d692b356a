from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.clock import instant_of
from members.availability.exams.links import answer_path
from members.availability.exams.models import ExamWeeks
from members.models import Member
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery


class ExamWeeksAsked(Kind):
    """To the members of an institution, when its exam weeks are set: are you away then?"""

    key = "exam_weeks_asked"
    title = _("Your institution has exam weeks")
    when = _("When exam weeks are set")
    to_whom = _("The members of that institution")
    is_optional = True

    def record(self, exams: ExamWeeks, *, now: datetime) -> None:
        """Write the deliveries inside the action's transaction; exam weeks are set once."""
        people = Member.objects.active().filter(institution=exams.institution_id).exclude(name="").order_by("pk")
        self.write(
            Obligation(
                member_id=member_id,
                object_key=exams.key,
                occurrence=f"{exams.starts_on} to {exams.ends_on}",
                due_at=now,
                expires_at=instant_of(exams.ends_on + timedelta(days=1), time(0), "UTC"),
            )
            for member_id in people.values_list("pk", flat=True)
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        member = Member.objects.get(pk=delivery.member_id)
        return ExamWeeks.objects.asking(member, now.date()).filter(pk=id_from(delivery.object_key)).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        exams = ExamWeeks.objects.select_related("institution").get(pk=id_from(delivery.object_key))
        assert delivery.member_id is not None
        return {"exams": exams, "path": answer_path(exams.pk, delivery.member_id)}


EXAM_WEEKS_ASKED = ExamWeeksAsked()
