"""Completing a group: certificates for those who came often enough, their pages and codes; what was found."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError
from django.test import Client

from collaborative.home.actions import delete_account
from collaborative.home.kinds import BY_KEY
from notifications.actions import send_due
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import Certificate, Enrolment, ReadingGroup
from reading_groups.models.certificates import ALPHABET, CODE_LENGTH, code_from, new_code
from tests.clients import client_of
from tests.factories import (
    AdminFactory,
    AttendanceFactory,
    CertificateFactory,
    EnrolmentFactory,
    MemberFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)
from tests.pages import fields_of
from tests.queries import exactly
from tests.races import race

pytestmark = pytest.mark.django_db
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}
State, Place = ReadingGroup.State, Enrolment.State


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def organizer():
    return MemberFactory(name="Member O")


@pytest.fixture
def group(organizer):
    return ReadingGroupFactory(slug="graphs", title="Graphs", state=State.RUNNING, organizers=[organizer])


def sessions_of(group, now, count=5):
    return [SessionFactory(group=group, starts_at=now - timedelta(weeks=count - n)) for n in range(count)]


def somebody(group, sessions, *, came, **fields):
    member = EnrolmentFactory(group=group, **fields).member
    for session in sessions[:came]:
        AttendanceFactory(session=session, member=member)
    return member


def complete(group, now):
    return actions.set_state(group_id=group.pk, state=State.COMPLETED, now=now)


def send(now):
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now)
    return mail.outbox


# Who gets one


def test_those_who_came_often_enough_get_one_and_are_told(group, now):
    sessions = sessions_of(group, now)
    often, just, seldom, never = (somebody(group, sessions, came=n) for n in (5, 3, 2, 0))
    left = somebody(group, sessions, came=5)
    actions.leave_group(actor=left, group_id=group.pk, now=now)
    SessionFactory(group=group, starts_at=now - timedelta(days=2), is_cancelled=True)
    SessionFactory(group=group, starts_at=now + timedelta(days=2))
    complete(group, now)
    rows = Certificate.objects.order_by("-attended").values_list(
        "member", "attended", "sessions", "first_on", "last_on"
    )
    first, last = sessions[0].held_on, sessions[-1].held_on
    assert list(rows) == [(often.pk, 5, 5, first, last), (just.pk, 3, 5, first, last)]
    messages = {message.to[0]: message for message in send(now)}
    assert set(messages) == {often.email, just.email}
    certificate = just.certificates.get()
    assert "You came to 3 of 5 sessions" in messages[just.email].body
    assert certificate.get_absolute_url() in messages[just.email].body
    assert certificate.shown_code in messages[just.email].alternatives[0][0]
    assert not Certificate.objects.filter(member__in=[seldom, never]).exists()


@pytest.mark.parametrize(("share", "needed"), [(1, 1), (20, 1), (21, 2), (60, 3), (61, 4), (100, 5)])
def test_the_share_is_rounded_up_and_at_least_one(group, now, share, needed):
    group.attendance_needed = share
    group.save()
    sessions = sessions_of(group, now)
    people = [somebody(group, sessions, came=n) for n in range(6)]
    complete(group, now)
    assert sorted(Certificate.objects.values_list("attended", flat=True)) == list(range(needed, 6))
    assert not people[0].certificates.exists()


def test_only_sessions_count_of_which_it_is_known_who_came(group, now):
    sessions = sessions_of(group, now)
    member, other = (somebody(group, sessions[:2], came=n) for n in (2, 1))
    complete(group, now)
    assert list(member.certificates.values_list("attended", "sessions")) == [(2, 2)]
    assert not other.certificates.exists()


def test_where_nobody_took_attendance_nobody_gets_one(group, now):
    sessions_of(group, now)
    EnrolmentFactory(group=group)
    complete(group, now)
    assert (Certificate.objects.count(), Delivery.objects.count()) == (0, 0)


def test_a_group_that_never_met_or_is_put_away_without_completing_gives_none(now):
    for state in (State.COMPLETED, State.ARCHIVED):
        group = ReadingGroupFactory()
        sessions = sessions_of(group, now) if state == State.ARCHIVED else []
        somebody(group, sessions, came=5)
        actions.set_state(group_id=group.pk, state=state, now=now)
    assert Certificate.objects.count() == 0


def test_after_a_correction_organizers_issue_what_is_missing_and_take_none_away(group, organizer, now):
    sessions = sessions_of(group, now)
    first, second = somebody(group, sessions, came=4), somebody(group, sessions, came=2)
    complete(group, now)
    # Two more came to the third session, and the first one did not come to most.
    AttendanceFactory(session=sessions[2], member=second)
    first.attendances.exclude(session=sessions[0]).delete()
    client = client_of(organizer)
    page = client.get("/groups/graphs/certificates/")
    assert "Issue 1 certificate" in page.text
    told = client.post("/groups/graphs/certificates/", follow=True)
    assert [str(message) for message in told.context["messages"]] == [
        "1 certificate is issued, and its holder told by email."
    ]
    assert (first.certificates.get().attended, second.certificates.get().attended) == (4, 3)
    again = client.post("/groups/graphs/certificates/", follow=True)
    assert [str(message) for message in again.context["messages"]] == ["Nobody was missing one."]
    assert (Certificate.objects.count(), Delivery.objects.filter(kind="certificate_issued").count()) == (2, 2)


def test_what_was_revoked_is_not_issued_anew(group, now):
    member = somebody(group, sessions_of(group, now), came=5)
    complete(group, now)
    actions.revoke_certificate(certificate_id=member.certificates.get().pk, now=now)
    assert actions.issue_certificates(group_id=group.pk, now=now) == []
    assert send(now) == []


def test_none_are_issued_while_a_group_goes_on(group, organizer, now):
    somebody(group, sessions_of(group, now), came=5)
    with pytest.raises(actions.GroupGoesOn):
        actions.issue_certificates(group_id=group.pk, now=now)
    told = client_of(organizer).post("/groups/graphs/certificates/", follow=True)
    assert [str(message) for message in told.context["messages"]] == [
        "The group goes on. Certificates are issued when it is completed."
    ]
    page = client_of(organizer).get("/groups/graphs/state/?to=completed").text
    assert "One person came to at least 3 of the 5 sessions" in page
    assert "Nobody else gets a mail." in page


@pytest.mark.django_db(transaction=True)
def test_issuing_twice_at_once_gives_each_one(now):
    group = ReadingGroupFactory(state=State.COMPLETED)
    member = somebody(group, sessions_of(group, now), came=5, state=Place.COMPLETED)
    race(*[lambda: actions.issue_certificates(group_id=group.pk, now=now)] * 4)
    assert (member.certificates.count(), Delivery.objects.count()) == (1, 1)


@pytest.mark.parametrize("people", [2, 30])
def test_completing_costs_the_same_for_few_and_many(now, people):
    group = ReadingGroupFactory(state=State.RUNNING, capacity=40)
    sessions = sessions_of(group, now)
    for _n in range(people):
        somebody(group, sessions, came=4)
    # The lock, sessions, attendance, places, who has one, the certificates and the deliveries.
    ReadingGroup.objects.update(state=State.COMPLETED)
    Enrolment.objects.update(state=Place.COMPLETED)
    with exactly(9):
        assert len(actions.issue_certificates(group_id=group.pk, now=now)) == people


# The code


def test_codes_cannot_be_guessed_or_misread():
    codes = {new_code() for _n in range(1000)}
    assert len(codes) == 1000
    assert {len(code) for code in codes} == {CODE_LENGTH}
    assert not set("".join(codes)) & set("0ODQ1ILJ2Z5S8BUV")
    assert len(ALPHABET) ** CODE_LENGTH > 2**64


def test_a_code_that_could_be_misread_is_not_stored():
    with pytest.raises(IntegrityError, match="certificate_code_is_readable"):
        CertificateFactory(code="0" * CODE_LENGTH)


@pytest.mark.parametrize(
    "typed",
    ["ACEFG-HKMNP-RTWXY", "acefg hkmnp rtwxy", "acefghkmnprtwxy", " A.C.E.F.G—HKMNP–RTWXY ", "ＡＣＥＦＧhkmnpRTWXY"],
)
def test_a_code_is_found_however_it_is_typed(typed):
    CertificateFactory(code="ACEFGHKMNPRTWXY")
    assert code_from(typed) == "ACEFGHKMNPRTWXY"
    assert Client().get("/certificates/", {"code": typed}).url == "/certificates/ACEFG-HKMNP-RTWXY/"
    assert Client().get("/certificates/acefghkmnprtwxy/").url == "/certificates/ACEFG-HKMNP-RTWXY/"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Type the code that stands on the certificate."),
        ("ACEFG", "A code has 15 letters and figures; this one has 5."),
        ("ACEFG-HKMNP-RTWX0", "No code has “0” in it"),
        ("ACEFG-HKMNP-RTWXX", "No certificate has this code."),
        ("<script>alert(1)</script>", "No code has “"),
        ("A" * 5000, "at most 100"),
        ("\x00", "Null characters"),
    ],
)
def test_what_is_wrong_with_a_code_is_said(typed, told):
    CertificateFactory(code="ACEFGHKMNPRTWXY")
    page = Client().get("/certificates/", {"code": typed})
    assert (page.status_code, told in page.text) == (422, True)
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("path", ["nothing", "ACEFG-HKMNP-RTWXX", "%00", "a" * 900, "%F0%9F%98%80"])
def test_an_address_that_is_no_code_says_so(path):
    page = Client().get(f"/certificates/{path}/")
    assert (page.status_code, "Verify a certificate" in page.text) == (404, True)


# The page


def test_the_page_says_what_was_certified_to_whoever_has_the_code():
    certificate = CertificateFactory(member__name="Member A", group__title="Graphs", group__slug="graphs")
    page = Client().get(certificate.get_absolute_url())
    for text in (
        "Member A",
        "8 of 10 sessions",
        "Graphs",
        "1 September 2026",
        "3 November 2026",
        certificate.shown_code,
    ):
        assert text in page.text
    assert f"http://testserver{certificate.get_absolute_url()}" in page.text
    assert ("noindex" in page.text, "is valid" in page.text) == (True, True)
    assert "no-store" in page.headers["Cache-Control"]
    # It prints on one leaf: what is not on it is marked so.
    assert page.text.count("no-print") == 2


def test_it_keeps_the_name_that_it_was_issued_with_until_an_admin_changes_it(now):
    certificate = CertificateFactory(member__name="Member A", member__time_zone="Europe/London")
    certificate.member.name = "Member Z"
    certificate.member.save()
    client = client_of(certificate.member)
    assert "ask an admin" in client.get(certificate.get_absolute_url()).text
    actions.rename_certificate(certificate_id=certificate.pk)
    page = client.get(certificate.get_absolute_url()).text
    assert ("Member A" in page, "ask an admin" in page) == (False, False)


def test_a_revoked_one_says_so_and_can_be_restored(now):
    certificate = CertificateFactory()
    for _twice in range(2):
        actions.revoke_certificate(certificate_id=certificate.pk, now=now)
    page = Client().get(certificate.get_absolute_url()).text
    assert ("was revoked on" in page, "is valid" in page) == (True, False)
    actions.restore_certificate(certificate_id=certificate.pk)
    assert "is valid" in Client().get(certificate.get_absolute_url()).text


def test_whoever_leaves_takes_their_name_along_and_the_code_says_so(now):
    certificate = CertificateFactory(member__name="Member A")
    delete_account(actor=certificate.member, now=now)
    actions.rename_certificate(certificate_id=certificate.pk)
    certificate.refresh_from_db()
    page = Client().get(certificate.get_absolute_url()).text
    assert (certificate.name, "Member A" in page) == ("", False)
    assert "has left the site" in page
    assert ("is valid" in page, "A former member" in page) == (False, True)


def test_ones_own_are_listed_and_nobody_elses():
    own, other = CertificateFactory(group__title="Graphs"), CertificateFactory(group__title="Trees")
    client = client_of(own.member)
    with exactly(2, signed_in=True):  # the site's name, and the certificates
        page = client.get("/certificates/mine/").text
    assert (own.shown_code in page, other.shown_code in page, "Trees" in page) == (True, False, False)
    assert "You have none yet" in client_of(MemberFactory()).get("/certificates/mine/").text


def test_programs_get_their_own_and_read_any_by_its_code(now):
    own, other = CertificateFactory(group__title="Graphs"), CertificateFactory()
    client = client_of(own.member)
    (row,) = client.get("/api/v1/certificates/").json()["results"]
    assert (row["code"], row["group"], row["attended"], row["sessions"], row["revoked_at"]) == (
        own.shown_code, "Graphs", 8, 10, None,
    )  # fmt: skip
    assert client.get(f"/api/v1/certificates/{other.code.lower()}/").json()["name"] == other.member.name
    assert client.get("/api/v1/certificates/nothing/").status_code == 404


# What was found


def test_organizers_write_what_was_found_with_maths_and_everybody_reads_it(group, organizer, now):
    client = client_of(organizer)
    page = client.get("/groups/graphs/findings/")
    typed = fields_of(page, "findings") | {"text": "A *surprise*: $n^2$ is enough. <script>alert(1)</script>"}
    assert client.post("/groups/graphs/findings/", typed).url == "/groups/graphs/results/"
    assert "Only you see this page" in client.get("/groups/graphs/results/").text
    assert client_of(MemberFactory()).get("/groups/graphs/results/").status_code == 404
    ReadingFactory(group=group, session=sessions_of(group, now)[0], paper__title="On graphs")
    EnrolmentFactory(group=group)
    complete(group, now)
    page = Client().get("/groups/graphs/results/").text
    for text in ("<em>surprise</em>", "<math", "On graphs", "1 completed it"):
        assert text in page
    assert "<script>alert" not in page
    assert 'href="/groups/graphs/results/"' in Client().get("/groups/graphs/").text
    assert client.get("/api/v1/groups/graphs/").json()["findings"].startswith("A *surprise*")


def test_what_two_write_at_once_is_not_lost(group, organizer):
    client = client_of(organizer)
    first, second = (fields_of(client.get("/groups/graphs/findings/"), "findings") for _n in range(2))
    client.post("/groups/graphs/findings/", first | {"text": "Theirs."})
    page = client.post("/groups/graphs/findings/", second | {"text": "Mine."})
    assert page.status_code == 422
    for text in ("Somebody else has written here meanwhile", "Theirs.", "Mine."):
        assert text in page.text
    # The same text again is no conflict, and what came back can be saved, since it has been read.
    assert client.post("/groups/graphs/findings/", second | {"text": "Theirs."}).status_code == 302
    assert client.post("/groups/graphs/findings/", fields_of(page, "findings") | {"text": "Both."}).status_code == 302
    group.refresh_from_db()
    assert group.findings == "Both."


def test_what_would_not_be_shown_as_it_is_meant_is_told(group, organizer):
    client = client_of(organizer)
    for text in ("x" * 20_001, "$\\undefinedthing{$", "[a](javascript:alert(1))"):
        page = client.post("/groups/graphs/findings/", {"text": text, "before": group.findings_mark})
        assert page.status_code in {302, 422}
    group.refresh_from_db()
    assert 'href="javascript' not in client.get("/groups/graphs/results/").text


# In the admin


def test_an_admin_revokes_restores_and_renames_and_issues_what_is_missing(client, group, now):
    client.force_login(AdminFactory())
    member = somebody(group, sessions_of(group, now), came=5)
    ReadingGroup.objects.update(state=State.COMPLETED)
    Enrolment.objects.update(state=Place.COMPLETED)

    def run(kind, action, row):
        data = {"action": action, "_selected_action": [row.pk]}
        page = client.post(f"/admin/reading_groups/{kind}/", data, follow=True)
        return [str(message) for message in page.context["messages"]]

    assert run("readinggroup", "issue_certificates", group) == ["1 certificate is issued."]
    certificate = member.certificates.get()
    assert run("certificate", "revoke", certificate) == ["1 certificate is changed."]
    assert run("certificate", "revoke", certificate) == ["0 certificates are changed."]
    certificate.refresh_from_db()
    assert certificate.revoked_at == now
    run("certificate", "restore", certificate)
    member.name = "Member Z"
    member.save()
    run("certificate", "rename", certificate)
    certificate.refresh_from_db()
    assert (certificate.revoked_at, certificate.name) == (None, "Member Z")
