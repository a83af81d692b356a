"""The kinds of message that cohorts send, to the address of an application: nobody needs an account to be answered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohorts.links import claim_path, edit_path
from cohorts.models import Application, Decision
from members.actions import FORMER_HOST
from notifications.kinds import Guest, Kind, Obligation, Reader, id_from
from notifications.models import Delivery

State = Application.State


class ToApplicant(Kind):
    """Goes to the address that the application names, as it stands when the mail is sent."""

    def reader(self, delivery: Delivery) -> Reader | None:
        application = Application.objects.filter(pk=id_from(delivery.recipient)).select_related("member").first()
        if application is None or application.email.endswith(FORMER_HOST):
            return None
        return Guest(
            email=application.email,
            language=application.member.language if application.member else "",
            time_zone=application.zone or (application.member.time_zone if application.member else ""),
        )


class ApplicationReceived(ToApplicant):
    """With the link that changes the application; again where somebody applies a second time from that address."""

    key = "application_received"
    title = _("We have your application")
    when = _("As soon as somebody applies")
    to_whom = _("Whoever applied, at the address they gave")
    is_reply = True

    def record(self, application: Application, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction; at most one within an hour."""
        self.write(
            [
                Obligation(
                    recipient_key=application.key,
                    member_id=application.member_id,
                    object_key=application.key,
                    occurrence=f"{now:%Y-%m-%d %H}",
                    due_at=now,
                )
            ]
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        return Application.objects.filter(pk=id_from(delivery.object_key)).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        application = Application.objects.select_related("cohort").get(pk=id_from(delivery.object_key))
        return {
            "application": application,
            "cohort": application.cohort,
            "path": edit_path(application.pk),
            "week_path": "",
        }


class ApplicationDecided(ToApplicant):
    """What became of the application; with an acceptance, the link that takes up the place."""

    key = "application_decided"
    title = _("Your application is decided")
    when = _("When a decision is sent")
    to_whom = _("Whoever applied, at the address they gave")
    ignores_quiet_hours = True

    def record(self, decisions: Iterable[Decision], *, now: datetime) -> None:
        """Write the deliveries of these decisions inside the action's transaction; one for each, ever."""
        self.write(
            Obligation(
                recipient_key=decision.application.key,
                member_id=decision.application.member_id,
                object_key=decision.application.key,
                occurrence=f"decision {decision.pk}",
                due_at=now,
            )
            for decision in decisions
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """While it is the last word: not withdrawn, not taken up, not decided otherwise since."""
        decision = Decision.objects.filter(pk=_decision_id(delivery)).select_related("application", "batch").first()
        if decision is None or decision.application.claimed_at is not None:
            return False
        return decision.application.state == decision.batch.outcome

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        application = Application.objects.select_related("cohort").get(pk=id_from(delivery.object_key))
        return self.words(application, application.state)

    def words(self, application: Application, outcome: str) -> dict[str, Any]:
        """What the templates show of an application for an outcome; the admin's preview asks for it beforehand."""
        is_accepted = outcome == State.ACCEPTED
        return {
            "application": application,
            "cohort": application.cohort,
            "outcome": outcome,
            "path": claim_path(application.pk) if is_accepted else reverse("home:front"),
            "week_path": "",
        }


def _decision_id(delivery: Delivery) -> int:
    return int(delivery.occurrence.rsplit(" ", 1)[1])


APPLICATION_RECEIVED = ApplicationReceived()
APPLICATION_DECIDED = ApplicationDecided()
KINDS: list[Kind] = [APPLICATION_RECEIVED, APPLICATION_DECIDED]
