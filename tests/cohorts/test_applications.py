"""Applying, changing, withdrawing, and taking up the place: by people without an account, and by members."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from cohorts import actions, links
from cohorts.models import Application, Cohort, Place
from collaborative.home.kinds import BY_KEY
from notifications.actions import send_due
from notifications.models import Delivery
from tests.factories import (
    AcceptedFactory,
    ApplicationFactory,
    CohortFactory,
    MemberFactory,
    PlaceFactory,
    SectionFactory,
)
from tests.plain_browser import PlainBrowser
from tests.queries import exactly
from tests.races import race

pytestmark = pytest.mark.django_db
State = Application.State
BACKEND = "django.contrib.auth.backends.ModelBackend"
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}
ANSWERS = {
    "name": "Member Q",
    "email": "Member.Q@example.org",
    "country": "NP",
    "zone": "Asia/Kathmandu",
    "institution": "A college",
    "motivation": "I would like to read with others.",
    "topics": "Graphs",
}


@pytest.fixture
def cohort(db):
    return CohortFactory(slug="winter", name="Winter intake")


@pytest.fixture(autouse=True)
def clock(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


def sign_in(client, **fields):
    member = MemberFactory(**fields)
    client.force_login(member, backend=BACKEND)
    return member


def decide(application, outcome, now):
    """Decided as long ago as decisions are held, so that it counts now."""
    decision = {"actor": None, "outcome": outcome, "key": uuid4(), "now": now - actions.HELD_FOR}
    batch = actions.decide(cohort_id=application.cohort_id, application_ids=[application.pk], **decision)
    actions.apply_decision(batch_id=batch.pk, now=now)


def sent(now, mailoutbox):
    """Send what is due; the mails."""
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now)
    return mailoutbox


@pytest.fixture(autouse=True)
def memory_mail(settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


# Applying


def test_a_visitor_applies_and_gets_the_link_that_changes_it(client, cohort, now, mailoutbox):
    response = client.post("/cohorts/winter/apply/", ANSWERS)
    assert response.headers["Location"] == "/cohorts/winter/apply/sent/"
    application = Application.objects.get()
    assert (application.email, application.country, application.member) == ("Member.Q@example.org", "NP", None)
    (mail,) = sent(now, mailoutbox)
    assert (mail.to, Delivery.objects.get().recipient) == (["Member.Q@example.org"], application.key)
    # The deadline is midnight in London, by the clock that the applicant has named.
    assert "Fri 1 Jan, 05:45 in Kathmandu (UTC+5:45), your time" in mail.body
    assert "Open your week" not in mail.body
    path = re.search(r"http://localhost:8000(/cohorts/applications/\S+)", mail.body)[1]
    assert client.get(path).context["form"]["motivation"].value() == ANSWERS["motivation"]
    changed = ANSWERS | {"motivation": "Another reason."}
    assert client.post(path, changed).headers["Location"] == path
    application.refresh_from_db()
    assert application.motivation == "Another reason."


def test_a_double_click_makes_one_application_and_one_mail(client, cohort):
    for _click in range(2):
        assert client.post("/cohorts/winter/apply/", ANSWERS).status_code == 302
    assert (Application.objects.count(), Delivery.objects.count()) == (1, 1)


def test_nobody_changes_anothers_application_by_typing_their_address(client, cohort, now, clock, mailoutbox):
    application = ApplicationFactory(cohort=cohort, email="member.q@example.org")
    response = client.post("/cohorts/winter/apply/", ANSWERS)
    # A stranger is not even told whether that address has applied.
    assert response.headers["Location"] == "/cohorts/winter/apply/sent/"
    application.refresh_from_db()
    assert application.institution == ""
    (mail,) = sent(now, mailoutbox)
    assert (mail.to, links.edit_path(application.pk) in mail.body) == (["member.q@example.org"], True)
    client.post("/cohorts/winter/apply/", ANSWERS)
    assert Delivery.objects.count() == 1  # within the hour
    clock.shift(timedelta(hours=1))
    client.post("/cohorts/winter/apply/", ANSWERS)
    assert Delivery.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_from_one_address_make_one_application(now):
    cohort = CohortFactory()

    def apply():
        return actions.apply_to_cohort(
            cohort_id=cohort.pk, actor=None, email="a@example.org", answers={"name": "Member A"}, now=now
        )[1]

    assert sorted(race(*[apply] * 8)) == [False] * 7 + [True]


def test_a_deadline_that_passes_while_the_form_is_open_loses_nothing(client, cohort, clock):
    assert "Send application" in client.get("/cohorts/winter/apply/").content.decode()
    clock.move_to(cohort.applications_close_at)
    response = client.post("/cohorts/winter/apply/", ANSWERS)
    page = response.content.decode()
    assert (response.status_code, Application.objects.count()) == (422, 0)
    assert "Not sent: applications are closed now." in page
    assert [text in page for text in ("I would like to read with others.", "Member.Q@example.org")] == [True, True]
    # An admin gives more time; the same form goes through.
    Cohort.objects.update(applications_close_at=cohort.applications_close_at + timedelta(hours=1))
    assert client.post("/cohorts/winter/apply/", ANSWERS).status_code == 302


def test_what_is_typed_in_a_change_after_the_deadline_comes_back(client, cohort, clock):
    application = ApplicationFactory(cohort=cohort)
    clock.move_to(cohort.applications_close_at)
    response = client.post(links.edit_path(application.pk), ANSWERS | {"motivation": "Too late, and long."})
    assert (response.status_code, "Too late, and long." in response.content.decode()) == (422, True)
    application.refresh_from_db()
    assert application.motivation == "I would like to read with others."


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"applications_open_at": datetime(2026, 12, 1, tzinfo=UTC)}, "Not open yet"),
        ({"state": "review"}, "Applications are closed"),
        ({"state": "running"}, "Applications are closed"),
    ],
)
def test_a_cohort_that_takes_no_applications_says_so(client, fields, words):
    cohort = CohortFactory(**fields)
    page = client.get(f"/cohorts/{cohort.slug}/apply/").content.decode()
    assert (words in page, "<textarea" in page) == (True, False)


def test_problems_are_told_at_their_fields(client, cohort):
    response = client.post("/cohorts/winter/apply/", {"email": "nonsense", "country": "Atlantis", "zone": "Mars/Base"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"name", "email", "country", "zone", "motivation"}


def test_a_member_need_not_type_what_we_know_and_comes_back_to_their_application(client, cohort):
    member = sign_in(client, name="Member Q", email="q@example.org", time_zone="Asia/Kathmandu")
    form = client.get("/cohorts/winter/apply/").context["form"]
    assert [form[name].value() for name in ("name", "email", "zone")] == ["Member Q", "q@example.org", "Asia/Kathmandu"]
    client.post("/cohorts/winter/apply/", ANSWERS)
    application = Application.objects.get(member=member)
    assert client.get("/cohorts/winter/apply/").headers["Location"] == links.edit_path(application.pk)
    page = client.get("/me/").content.decode()
    assert [text in page for text in ("Winter intake", links.edit_path(application.pk))] == [True, True]


def test_who_withdraws_can_send_it_again_until_the_deadline(client, cohort):
    application = ApplicationFactory(cohort=cohort)
    path = links.edit_path(application.pk)
    client.post(f"{path}withdraw/")
    application.refresh_from_db()
    assert application.state == State.WITHDRAWN
    client.post(path, ANSWERS)
    application.refresh_from_db()
    assert (application.state, application.name) == (State.SUBMITTED, "Member Q")


def test_who_gives_a_place_back_frees_it(client, cohort):
    application = AcceptedFactory(cohort=cohort)
    client.post(f"{links.edit_path(application.pk)}withdraw/")
    assert (Application.objects.get().state, Place.objects.count()) == (State.WITHDRAWN, 0)


def test_a_link_for_one_thing_does_no_other(client, cohort):
    application = AcceptedFactory(cohort=cohort)
    edit, claim = links.edit_path(application.pk), links.claim_path(application.pk)
    for path in (
        edit.replace("applications", "claim"),
        claim.replace("claim", "applications"),
        edit.replace(f"/{application.pk}.", f"/{application.pk + 1}."),
    ):
        assert client.get(path).status_code == 404


def test_the_history_says_what_became_of_it_and_never_what_was_written(cohort, now):
    application = AcceptedFactory(cohort=cohort)
    actions.claim_place(actor=MemberFactory(), application_id=application.pk, now=now)
    event = Application.pgh_event_model
    assert event.objects.filter(pgh_obj=application, claimed_at=now).exists()
    private = {"email", "name", "name_key", "institution", "motivation", "topics"}
    assert private & {field.name for field in event._meta.get_fields()} == set()


# Taking up a place


def test_an_acceptance_is_claimed_under_any_address(client, cohort, now, mailoutbox):
    section = SectionFactory(cohort=cohort, name="Section 2", leaders=[MemberFactory(name="Member L")])
    application = ApplicationFactory(cohort=cohort, email="college@example.org")
    decide(application, "accepted", now)
    actions.distribute_places(cohort_id=cohort.pk)
    (mail,) = sent(now, mailoutbox)
    assert mail.to == ["college@example.org"]
    path = re.search(r"http://localhost:8000(/cohorts/claim/\S+)", mail.body)[1]
    # Without an account, the page leads to both ways in and keeps itself as where to go next.
    page = client.get(path).content.decode()
    for way in ("/accounts/signup/", "/accounts/login/"):
        assert f'href="{way}?next={path}"' in page
    assert client.post(path).headers["Location"] == f"/accounts/login/?next={path}"
    member = sign_in(client, email="private@example.org")
    client.get(path)
    assert Place.objects.get().member is None  # looking changes nothing
    assert client.post(path).headers["Location"] == "/cohorts/winter/"
    application.refresh_from_db()
    assert (application.member, application.claimed_at, Place.objects.get().member) == (member, now, member)
    dashboard = client.get("/me/").content.decode()
    assert [text in dashboard for text in ("Winter intake", "Section 2", "Member L")] == [True, True, True]
    own = client.get("/cohorts/winter/").content.decode()
    assert [text in own for text in (section.name, "Member L", str(member))] == [True, True, True]


def test_the_link_is_kept_through_signing_up(cohort, mailoutbox):
    """Every form as a plain browser sends it, from the acceptance to the place."""
    application = AcceptedFactory(cohort=cohort, email="college@example.org")
    browser = PlainBrowser()
    browser.open(links.claim_path(application.pk))
    browser.follow("Make an account")
    browser.press("Join", email="private@example.org", password1="a long enough phrase")
    confirm = re.search(r"http://\S+?(/accounts/confirm-email/\S+)", mailoutbox[-1].body)[1]
    browser.open(confirm).press("Confirm this address")
    browser.press("Save profile", name="Member Q", time_zone="Asia/Kathmandu")
    browser.press("Take up my place")
    assert browser.url == "/cohorts/winter/"
    assert Place.objects.get().member.email == "private@example.org"


def test_claiming_twice_changes_nothing(client, cohort):
    application = AcceptedFactory(cohort=cohort)
    sign_in(client)
    path = links.claim_path(application.pk)
    for _click in range(2):
        assert client.post(path).headers["Location"] == "/cohorts/winter/"
    assert Place.objects.count() == 1
    assert "Open your cohort" in client.get(path).content.decode()


def test_a_place_that_is_taken_up_is_nobody_elses(client, cohort, now):
    application = AcceptedFactory(cohort=cohort)
    owner = MemberFactory()
    actions.claim_place(actor=owner, application_id=application.pk, now=now)
    sign_in(client)
    page = client.post(links.claim_path(application.pk), follow=True).content.decode()
    assert "Somebody has taken up this place already." in page
    assert Place.objects.get().member == owner


def test_one_person_has_one_place_in_a_cohort(client, cohort, now):
    first, second = AcceptedFactory.create_batch(2, cohort=cohort)
    member = sign_in(client)
    actions.claim_place(actor=member, application_id=first.pk, now=now)
    page = client.post(links.claim_path(second.pk), follow=True).content.decode()
    assert "You have a place or an application of your own in this cohort." in page
    assert Place.objects.filter(member=member).count() == 1


@pytest.mark.parametrize("state", ["submitted", "waitlisted", "declined", "withdrawn"])
def test_without_an_acceptance_there_is_nothing_to_claim(client, cohort, state):
    application = ApplicationFactory(cohort=cohort, state=state)
    sign_in(client)
    page = client.post(links.claim_path(application.pk), follow=True).content.decode()
    assert "This place is no longer there" in page


def test_after_the_cohort_there_is_nothing_to_claim(client):
    application = AcceptedFactory(cohort=CohortFactory(state="completed"))
    sign_in(client)
    assert (
        "This place is no longer there" in client.post(links.claim_path(application.pk), follow=True).content.decode()
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_at_once_one_has_the_place(now):
    application, people = AcceptedFactory(), MemberFactory.create_batch(2)
    claims = [partial(actions.claim_place, actor=member, application_id=application.pk, now=now) for member in people]
    answers = race(*claims, refusals=actions.ClaimedByAnother)
    assert answers.count(actions.ClaimedByAnother) == 1


# The mails of decisions


@pytest.mark.parametrize(
    ("outcome", "subject"),
    [
        ("accepted", "A place in “Winter intake” is yours"),
        ("waitlisted", "You are on the waitlist of “Winter intake”"),
        ("declined", "No place in “Winter intake” this time"),
    ],
)
def test_everybody_hears(cohort, now, mailoutbox, outcome, subject):
    application = ApplicationFactory(cohort=cohort)
    decide(application, outcome, now)
    (mail,) = sent(now, mailoutbox)
    assert mail.subject == subject
    leads_to = links.claim_path(application.pk) if outcome == "accepted" else "/\n"
    assert f"http://localhost:8000{leads_to}" in mail.body


def test_a_mail_that_is_no_longer_true_is_not_sent(cohort, now, mailoutbox):
    application = ApplicationFactory(cohort=cohort)
    decide(application, "accepted", now)
    actions.withdraw_application(application_id=application.pk, now=now)
    assert sent(now, mailoutbox) == []
    assert Delivery.objects.get().reason == "no longer wanted"


# A cohort's own page


@pytest.mark.parametrize("size", [2, 30])
def test_a_cohorts_page_costs_the_same_at_any_size(client, cohort, size):
    section = SectionFactory(cohort=cohort, leaders=MemberFactory.create_batch(3), capacity=60)
    SectionFactory.create_batch(size, cohort=cohort)
    PlaceFactory.create_batch(size, cohort=cohort, section=section)
    PlaceFactory(cohort=cohort, section=section, member=sign_in(client))
    # The cohort; one's place; sections and their leaders; people; the site.
    with exactly(6, signed_in=True):
        client.get("/cohorts/winter/")


@pytest.mark.parametrize("size", [1, 8])
def test_the_card_of_the_dashboard_costs_four_queries(client, size):
    member = sign_in(client)
    for _n in range(size):
        section = SectionFactory(leaders=[MemberFactory()])
        SectionFactory(leaders=[member])
        PlaceFactory(cohort=section.cohort, section=section, member=member)
        ApplicationFactory(member=member)
    # The ten of a week without anything; applications; places, and the leaders of their sections; sections led.
    with exactly(14, signed_in=True):
        client.get("/me/")


def test_a_leader_finds_their_section_on_the_dashboard(client, cohort):
    section = SectionFactory(cohort=cohort, name="Early birds", leaders=[sign_in(client)])
    SectionFactory(cohort=CohortFactory(state=Cohort.State.ARCHIVED), name="Night owls", leaders=section.leaders.all())
    page = client.get("/me/").content.decode()
    assert f'<a href="/cohorts/winter/#section-{section.pk}">{cohort.name}: Early birds</a>' in page
    assert ("You lead this section." in page, "Night owls" in page) == (True, False)
    assert f'id="section-{section.pk}"' in client.get("/cohorts/winter/").content.decode()


def test_people_see_their_section_and_not_the_others(client, cohort):
    mine, other = SectionFactory(cohort=cohort), SectionFactory(cohort=cohort)
    PlaceFactory(cohort=cohort, section=mine, member=sign_in(client))
    PlaceFactory(cohort=cohort, section=mine, member=MemberFactory(name="Member R"))
    PlaceFactory(cohort=cohort, section=other, member=MemberFactory(name="Member S"))
    page = client.get("/cohorts/winter/").content.decode()
    assert [text in page for text in ("Member R", "Member S")] == [True, False]


@pytest.mark.parametrize("state", Cohort.State)
def test_what_is_listed_is_what_may_be_seen(state):
    cohort, leader, inside = CohortFactory(state=state), MemberFactory(), MemberFactory()
    SectionFactory(cohort=cohort, leaders=[leader])
    PlaceFactory(cohort=cohort, member=inside)
    elsewhere = PlaceFactory().member
    seen = {}
    for viewer in (AnonymousUser(), MemberFactory(), elsewhere, leader, inside, MemberFactory(is_superuser=True)):
        may_see = viewer.has_perm("cohorts.view_cohort", cohort)
        assert may_see == Cohort.objects.visible_to(viewer).filter(pk=cohort.pk).exists()
        seen[viewer] = may_see
    assert list(seen.values()) == [False, False, False, True, True, True]
