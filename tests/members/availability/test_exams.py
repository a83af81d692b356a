"""Exam weeks of an institution, which its members confirm or refuse."""

from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from collaborative.home.kinds import BY_KEY, KINDS, frame
from members.availability.exams import actions
from members.availability.exams.links import answer_path
from members.availability.exams.models import ExamAnswer, ExamWeeks
from members.availability.models import Away
from notifications.actions import send_due, write_obligations
from tests.factories import InstitutionFactory, MemberFactory, OrganizerFactory
from tests.members.availability.test_views import BACKEND, PAGE
from tests.queries import exactly

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
EXAMS = f"{PAGE}exam-weeks/"


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def member():
    return MemberFactory(name="Member A", institution=InstitutionFactory(name="A university"), time_zone="Asia/Kolkata")


@pytest.fixture
def organizer():
    return OrganizerFactory()


@pytest.fixture
def exams(member, organizer, today):
    first = today + timedelta(days=10)
    return actions.set_exam_weeks(
        actor=organizer,
        institution=member.institution,
        starts_on=first,
        ends_on=first + timedelta(days=13),
        now=timezone.now(),
    )


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def tick(now: datetime) -> list:
    mail.outbox.clear()
    write_obligations(kinds=KINDS, now=now)
    send_due(kinds=BY_KEY, frame=frame(), clock=lambda: now)
    return [message for message in mail.outbox if "are you away?" in message.subject]


def aways(member) -> list[tuple[date, date]]:
    return list(Away.objects.of(member).values_list("starts_on", "ends_on"))


def test_organizers_set_them_and_only_its_members_are_asked_once(member, organizer, today):
    MemberFactory(institution=InstitutionFactory())
    MemberFactory(institution=member.institution, is_active=False)
    first = today + timedelta(days=10)
    form = {"institution": member.institution_id, "starts_on": first, "ends_on": first + timedelta(days=13)}
    for _time in range(2):
        page = signed_in(organizer).post(EXAMS, form, follow=True)
        assert "The exam weeks are set." in page.content.decode()
    assert ExamWeeks.objects.count() == 1
    [message] = tick(timezone.now())
    assert message.to == [member.email]
    assert "An organizer has noted the exam weeks of A university." in message.body
    assert answer_path(ExamWeeks.objects.get().pk, member.pk) in message.body
    assert tick(timezone.now() + timedelta(hours=1)) == []
    assert "0 away, 0 there" in page.content.decode()


@pytest.mark.parametrize(("answer", "is_away"), [("away", True), ("there", False)])
def test_a_member_answers_on_their_own_page(member, exams, answer, is_away):
    client = signed_in(member)
    assert "Are you away then?" in client.get(PAGE).content.decode()
    for _time in range(2):
        page = client.post(f"{EXAMS}{exams.pk}/answer/", {"answer": answer}, follow=True)
    assert "Are you away then?" not in page.content.decode()
    assert ExamAnswer.objects.get(member=member).is_away is is_away
    assert aways(member) == ([(exams.starts_on, exams.ends_on)] if is_away else [])
    assert tick(timezone.now()) == []


def test_a_member_answers_by_the_link_of_the_mail_and_nothing_changes_before(member, exams):
    path = answer_path(exams.pk, member.pk)
    reader = Client()
    assert reader.get(path).status_code == 200
    assert not ExamAnswer.objects.exists()
    assert reader.post(path).status_code == 422
    assert "Noted. Until you are back" in reader.post(path, {"answer": "away"}).content.decode()
    assert aways(member) == [(exams.starts_on, exams.ends_on)]
    assert "Noted: you are there" in reader.post(path, {"answer": "there"}).content.decode()
    assert ExamAnswer.objects.get().is_away is False
    assert Client().get(f"{EXAMS}asked/{exams.pk}-{member.pk}.forged/").status_code == 404


def test_who_is_of_another_institution_is_not_asked(exams):
    other = MemberFactory(institution=InstitutionFactory(), time_zone="Asia/Kolkata")
    assert signed_in(other).post(f"{EXAMS}{exams.pk}/answer/", {"answer": "away"}).status_code == 404
    page = Client().post(answer_path(exams.pk, other.pk), {"answer": "away"})
    assert "You are not asked about these days any more" in page.content.decode()
    assert aways(other) == []


def test_exam_weeks_that_are_taken_back_ask_nobody_and_days_away_stay(member, organizer, exams):
    client = signed_in(member)
    client.post(f"{EXAMS}{exams.pk}/answer/", {"answer": "away"})
    other = MemberFactory(institution=member.institution)
    for _time in range(2):
        signed_in(organizer).post(f"{EXAMS}{exams.pk}/drop/")
    assert tick(timezone.now()) == []
    assert aways(member) == [(exams.starts_on, exams.ends_on)]
    assert Client().get(answer_path(exams.pk, other.pk)).status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (20, 10, "This is before the first day."),
        (-9, -2, "This is over already."),
        (5, 600, "At most a year at once."),
        (23, 30, "This institution has exam weeks on one of these days already."),
    ],
)
def test_days_that_cannot_be_come_back_with_their_reason(member, organizer, exams, today, first, last, told):
    days = {"starts_on": today + timedelta(days=first), "ends_on": today + timedelta(days=last)}
    page = signed_in(organizer).post(EXAMS, days | {"institution": member.institution_id})
    assert (page.status_code, told in page.content.decode()) == (422, True)
    assert ExamWeeks.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 6])
def test_the_page_costs_the_same_for_any_number_of_rows(organizer, today, rows):
    for n in range(rows):
        institution = InstitutionFactory(name=f"University {n}")
        actions.set_exam_weeks(
            actor=organizer, institution=institution, starts_on=today + DAY, ends_on=today + DAY, now=timezone.now()
        )
    client = signed_in(organizer)
    # The site; whether one is an organizer; the exam weeks; the institutions to choose from.
    with exactly(4, signed_in=True):
        page = client.get(EXAMS)
    assert page.content.count(b"/drop/") == rows


def test_the_database_refuses_what_cannot_be(member, exams):
    with pytest.raises(IntegrityError), transaction.atomic():
        ExamWeeks.objects.filter(pk=exams.pk).update(ends_on=exams.starts_on - timedelta(days=1))
    fields = {"exam_weeks": exams, "member": member, "is_away": True, "answered_at": timezone.now()}
    ExamAnswer.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExamAnswer.objects.create(**fields)
