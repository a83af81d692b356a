"""Applying, changing and withdrawing, until the deadline; and taking up the place."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from cohorts.models import Application, Cohort, Place
from cohorts.reminders import APPLICATION_RECEIVED
from members.models import Member

State = Application.State
ANSWERS = ("name", "country", "zone", "institution", "motivation", "topics")


class ApplicationsAreClosed(Exception):
    """The cohort takes no applications now: not yet, or not any more."""


class CannotWithdraw(Exception):
    """The application is decided against, or its place is taken up."""


class NothingToClaim(Exception):
    """The application has no place: it is not accepted, or was withdrawn, or the cohort is over."""


class ClaimedByAnother(Exception):
    """Somebody else has taken up this place."""


class AlreadyInCohort(Exception):
    """The member has a place in this cohort, or an application of their own in it."""


@transaction.atomic
def apply_to_cohort(
    *, cohort_id: int, actor: Member | None, email: str, answers: Mapping[str, str], now: datetime
) -> tuple[Application, bool]:
    """Send an application; it, and whether it is new.

    Guarantees one application per cohort and address, whatever its case, and per member. Sending again changes
    nothing: anybody can type anybody's address, so what stands there is changed by its link alone. The address then
    gets its link once more, unless the answers are the same, as with a double click. Raises Cohort.DoesNotExist and
    ApplicationsAreClosed. Records an `application_received` mail.
    """
    cohort = Cohort.objects.select_for_update().get(pk=cohort_id)
    if not cohort.is_open_at(now):
        raise ApplicationsAreClosed
    application = cohort.applications.from_address(email).first()
    if application is None and actor is not None:
        application = cohort.applications.filter(member=actor).first()
    if application is not None:
        if any(getattr(application, name) != answers.get(name, "") for name in ANSWERS):
            APPLICATION_RECEIVED.record(application, now=now)
        return application, False
    application = Application(cohort=cohort, email=email, member=actor, submitted_at=now, changed_at=now)
    for name in ANSWERS:
        setattr(application, name, answers.get(name, ""))
    application.save()
    APPLICATION_RECEIVED.record(application, now=now)
    return application, True


@transaction.atomic
def change_application(*, application_id: int, answers: Mapping[str, str], now: datetime) -> Application:
    """Put new answers in place of the old ones; a withdrawn application is sent again by it.

    Raises Application.DoesNotExist and ApplicationsAreClosed, which is so for decided ones as well. Sends nothing.
    """
    application = _lock(application_id)
    if not application.cohort.is_open_at(now):
        raise ApplicationsAreClosed
    if application.state not in {State.SUBMITTED, State.WITHDRAWN}:
        raise ApplicationsAreClosed
    for name in ANSWERS:
        setattr(application, name, answers.get(name, ""))
    application.state, application.changed_at = State.SUBMITTED, now
    application.save()
    return application


@transaction.atomic
def withdraw_application(*, application_id: int, now: datetime) -> Application:
    """Take an application back, at any time before its place is taken up; a decision that is held will skip it.

    Withdrawing twice changes nothing. Raises Application.DoesNotExist and CannotWithdraw. Sends nothing.
    """
    application = _lock(application_id)
    if application.state == State.WITHDRAWN:
        return application
    if application.claimed_at is not None or application.state == State.DECLINED:
        raise CannotWithdraw
    Place.objects.filter(application=application).delete()
    application.state, application.changed_at = State.WITHDRAWN, now
    application.save(update_fields=["state", "changed_at"])
    return application


@transaction.atomic
def claim_place(*, actor: Member, application_id: int, now: datetime) -> Place:
    """Take up the place of an accepted application, under whatever address the actor has signed up with.

    Whoever has the link has the place, once: claiming again changes nothing. Guarantees one place per member and
    cohort. Raises Application.DoesNotExist, NothingToClaim, ClaimedByAnother and AlreadyInCohort. Sends nothing.
    """
    application = _lock(application_id)
    cohort = application.cohort
    if application.claimed_at is not None and application.member_id != actor.pk:
        raise ClaimedByAnother
    place = Place.objects.filter(application=application).select_related("section").first()
    if application.state != State.ACCEPTED or place is None or not cohort.is_filling:
        raise NothingToClaim
    place.cohort = cohort
    if application.claimed_at is None:
        others = cohort.applications.filter(member=actor).exclude(pk=application.pk)
        if cohort.places.filter(member=actor).exists() or others.exists():
            raise AlreadyInCohort
        application.member, application.claimed_at = actor, now
        application.save(update_fields=["member", "claimed_at"])
        place.member = actor
        place.save(update_fields=["member"])
    return place


def _lock(application_id: int) -> Application:
    """The application with its cohort, both locked; the cohort first, as in every action, so that none wait in a ring.

    The cohort's lock is also what a person with two applications meets: the one claimed first is seen by the other.
    """
    cohort_id = Application.objects.values_list("cohort_id", flat=True).get(pk=application_id)
    cohort = Cohort.objects.select_for_update().get(pk=cohort_id)
    application = Application.objects.select_for_update().get(pk=application_id)
    application.cohort = cohort
    return application
