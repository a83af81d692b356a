"""Cohorts in the admin: numbers, decisions with a preview, sections, files."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from cohorts import actions
from cohorts.models import Application, Cohort, DecisionBatch, Place
from cohorts.tasks import apply_decisions
from notifications.models import Delivery
from tests.factories import (
    AcceptedFactory,
    AdminFactory,
    ApplicationFactory,
    CohortFactory,
    MemberFactory,
    PlaceFactory,
    SectionFactory,
)
from tests.pages import fields_of, send
from tests.queries import exactly

pytestmark = pytest.mark.django_db

COHORTS = "/admin/cohorts/cohort/"
APPLICATIONS = "/admin/cohorts/application/"
DECISIONS = "/admin/cohorts/decisionbatch/"
PLACES = "/admin/cohorts/place/"
State = Application.State


@pytest.fixture
def client(client):
    client.force_login(AdminFactory())
    return client


@pytest.fixture(autouse=True)
def clock(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cohort():
    return CohortFactory(slug="winter", name="Winter intake", capacity=2)


def page(url, row):
    return f"{url}{row.pk}/change/"


def said(response):
    return [str(message) for message in response.context["messages"]]


def choose(client, action, rows):
    return client.post(APPLICATIONS, {"action": action, "_selected_action": [row.pk for row in rows]}, follow=True)


def confirm(client, preview):
    return client.post(f"{APPLICATIONS}decide/", fields_of(preview, "decide_form"), follow=True)


# Cohorts


def test_a_cohort_is_made_and_opened(client):
    fields = {"name": "Winter intake", "slug": "winter", "zone": "Europe/London", "capacity": "48"}
    dates = {"starts_on": "2027-01-11", "ends_on": "2027-03-26"}
    assert send(client, f"{COHORTS}add/", "cohort_form", **fields, **dates).status_code == 302
    cohort = Cohort.objects.get()
    window = {
        "applications_open_at_0": "2026-11-01",
        "applications_open_at_1": "00:00:00",
        "applications_close_at_0": "2027-01-01",
        "applications_close_at_1": "12:00:00",
    }
    assert send(client, page(COHORTS, cohort), "cohort_form", state="applications", **window).status_code == 302
    cohort.refresh_from_db()
    assert cohort.state == "applications"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_on": "2027-01-10"}, "The last day comes before the first."),
        ({"slug": "claim"}, "This short name is taken by a page of the site."),
        ({"applications_close_at_0": "", "applications_close_at_1": ""}, "Say until when applications are taken."),
        ({"name": "\u200b"}, "Type something that can be seen."),
    ],
)
def test_what_cannot_be_is_told(client, cohort, changes, words):
    response = send(client, page(COHORTS, cohort), "cohort_form", **changes)
    assert (response.status_code, words in response.content.decode()) == (200, True)


@pytest.mark.parametrize("size", [2, 40])
def test_a_cohorts_page_shows_its_numbers_in_a_fixed_number_of_queries(client, cohort, size):
    section = SectionFactory(cohort=cohort)
    ApplicationFactory.create_batch(size, cohort=cohort, country="NP")
    first = AcceptedFactory(cohort=cohort, country="KE")
    AcceptedFactory(cohort=cohort, country="KE")
    actions.claim_place(actor=MemberFactory(), application_id=first.pk, now=cohort.applications_open_at)
    Place.objects.filter(application=first).update(section=section)
    # The cohort with its numbers, and again for its buttons; its countries; the site.
    with exactly(3, signed_in=True):
        response = client.get(page(COHORTS, cohort))
    numbers = response.context["numbers"]
    assert [number for _label, number in numbers["funnel"]] == [size + 2, 2, 1, 1]
    assert sorted(numbers["countries"]) == [("Kenya", 2, 2), ("Nepal", size, 0)]


# Decisions


def test_the_preview_shows_the_mails_and_changes_nothing(client, cohort):
    applications = ApplicationFactory.create_batch(5, cohort=cohort)
    withdrawn = ApplicationFactory(cohort=cohort, state=State.WITHDRAWN)
    response = choose(client, "accept", [*applications, withdrawn])
    text = response.content.decode()
    assert "5 people get a mail each, once." in text
    assert "1 that you chose is left out" in text
    assert "That is 3 more than the 2 places you plan for." in text
    assert text.count("A place in “Winter intake” is yours") == 3
    # The link that takes up a place is the applicant's alone.
    assert re.findall(r"/cohorts/claim/[^/\s]+/", text) == ["/cohorts/claim/their-own-link/"] * 3
    assert (DecisionBatch.objects.count(), Delivery.objects.count()) == (0, 0)


def test_confirmed_it_is_held_and_a_second_click_mails_nobody_twice(client, cohort, clock):
    applications = ApplicationFactory.create_batch(3, cohort=cohort)
    preview = choose(client, "accept", applications)
    first, second = confirm(client, preview), confirm(client, preview)
    batch = DecisionBatch.objects.get()
    assert said(first) == ["3 people hear of it at 17:40. Until then you can undo it."]
    assert {response.redirect_chain[-1][0] for response in (first, second)} == {page(DECISIONS, batch)}
    clock.shift(timedelta(minutes=10))
    assert apply_decisions() == 3
    confirm(client, preview)
    assert (Delivery.objects.count(), DecisionBatch.objects.count()) == (3, 1)


def test_undone_in_time_nobody_hears(client, cohort, clock):
    preview = choose(client, "decline", ApplicationFactory.create_batch(2, cohort=cohort))
    confirm(client, preview)
    batch = DecisionBatch.objects.get()
    clock.shift(timedelta(minutes=9))
    assert f"{DECISIONS}{batch.pk}/undo/" in client.get(page(DECISIONS, batch)).content.decode()
    assert client.get(f"{DECISIONS}{batch.pk}/undo/").status_code == 200  # asks first
    assert DecisionBatch.objects.get().undone_at is None
    assert said(client.post(f"{DECISIONS}{batch.pk}/undo/", {"_form_submitted": "True"}, follow=True)) == [
        "Undone. Nobody gets a mail."
    ]
    clock.shift(timedelta(minutes=9))
    assert (apply_decisions(), Delivery.objects.count()) == (0, 0)


def test_too_late_to_undo_is_told(client, cohort, clock):
    confirm(client, choose(client, "waitlist", ApplicationFactory.create_batch(2, cohort=cohort)))
    batch = DecisionBatch.objects.get()
    clock.shift(timedelta(minutes=10))
    apply_decisions()
    assert f"{DECISIONS}{batch.pk}/undo/" not in client.get(page(DECISIONS, batch)).content.decode()
    (message,) = said(client.post(f"{DECISIONS}{batch.pk}/undo/", {"_form_submitted": "True"}, follow=True))
    assert message.startswith("Too late")
    assert set(Application.objects.values_list("state", flat=True)) == {State.WAITLISTED}


def test_of_two_admins_the_second_is_told(client, cohort):
    applications = ApplicationFactory.create_batch(2, cohort=cohort)
    accept, decline = choose(client, "accept", applications), choose(client, "decline", applications)
    confirm(client, accept)
    (message,) = said(confirm(client, decline))
    assert message.startswith("Nothing was decided: somebody else was faster")
    assert DecisionBatch.objects.get().outcome == "accepted"


def test_applications_of_two_cohorts_are_decided_apart(client, cohort):
    response = choose(client, "accept", [ApplicationFactory(cohort=cohort), ApplicationFactory()])
    assert said(response) == ["Choose applications of one cohort at a time."]


def test_a_thousand_can_be_decided_at_once(client, cohort):
    template = ApplicationFactory.build(cohort=cohort)
    fields = {"cohort": cohort, "motivation": template.motivation, "submitted_at": template.submitted_at}
    Application.objects.bulk_create(
        Application(email=f"{n}@example.org", name=f"Member {n}", changed_at=template.submitted_at, **fields)
        for n in range(1200)
    )
    rows = {"action": "accept", "select_across": "1", "_selected_action": [Application.objects.first().pk]}
    preview = client.post(f"{APPLICATIONS}?cohort__id__exact={cohort.pk}", rows)
    confirm(client, preview)
    assert DecisionBatch.objects.get().decisions.count() == 1200


@pytest.mark.parametrize("data", [{}, {"cohort": "0", "outcome": "accepted", "key": "x", "ids": "1;2"}])
def test_a_broken_confirmation_decides_nothing(client, data):
    response = client.post(f"{APPLICATIONS}decide/", data, follow=True)
    assert said(response) == ["Nothing was decided. Choose the applications again."]


# Sections


def test_people_are_put_into_sections_evenly_and_moved_by_hand(client, cohort):
    first, second, third = (SectionFactory(cohort=cohort, name=f"Section {n}", capacity=3) for n in (1, 2, 3))
    PlaceFactory.create_batch(2, cohort=cohort, section=first)
    AcceptedFactory.create_batch(5, cohort=cohort)
    response = client.post(f"{COHORTS}{cohort.pk}/distribute/", {"_form_submitted": "True"}, follow=True)
    assert said(response) == ["5 people are put into sections."]
    # Two were in the first; five more go to the emptiest each time, the first by name where they are equal.
    assert [section.places.count() for section in (first, second, third)] == [3, 2, 2]
    place = second.places.first()
    assert send(client, page(PLACES, place), "place_form", section=third.pk).status_code == 302
    place.refresh_from_db()
    assert place.section == third


def test_who_finds_no_section_is_told(client, cohort):
    SectionFactory(cohort=cohort, capacity=1)
    AcceptedFactory.create_batch(3, cohort=cohort)
    response = client.post(f"{COHORTS}{cohort.pk}/distribute/", {"_form_submitted": "True"}, follow=True)
    assert said(response) == [
        "1 person is put into a section.",
        "2 people find no section with a place left.",
    ]


def test_a_full_section_and_another_cohorts_are_refused(client, cohort):
    full, elsewhere = SectionFactory(cohort=cohort, capacity=1), SectionFactory()
    PlaceFactory(cohort=cohort, section=full)
    place = PlaceFactory(cohort=cohort)
    for section, words in ((full, "This section is full."), (elsewhere, "This section belongs to another cohort.")):
        response = send(client, page(PLACES, place), "place_form", section=section.pk)
        assert (response.status_code, words in response.content.decode()) == (200, True)
    for section, failure in ((full, actions.SectionIsFull), (elsewhere, actions.AnotherCohort)):
        with pytest.raises(failure):
            actions.move_to_section(place_id=place.pk, section_id=section.pk)


# Files


def upload(client, cohort, text, **more):
    file = SimpleUploadedFile("applications.csv", text.encode(), "text/csv")
    return client.post(f"{COHORTS}{cohort.pk}/import/", {"file": file} | more)


def test_a_file_is_checked_then_imported(client, cohort):
    text = "email,name,motivation\na@example.org,Member A,To read\nb@example.org,,To read\n"
    checked = upload(client, cohort, text)
    page_of_it = checked.content.decode()
    assert "1 application can be imported." in page_of_it
    assert "Line 3, name: Type your name." in page_of_it
    assert Application.objects.count() == 0
    done = client.post(f"{COHORTS}{cohort.pk}/import/", fields_of(checked, "import_confirm"))
    assert "1 application is imported." in done.content.decode()
    assert (Application.objects.get().email, Delivery.objects.count()) == ("a@example.org", 0)


def test_a_file_that_is_none_is_told_on_the_page(client, cohort):
    assert "There is no column called email, motivation." in upload(client, cohort, "name\nMember A\n").content.decode()
    assert "Choose a file." in client.post(f"{COHORTS}{cohort.pk}/import/", {}).content.decode()
    assert "too large for this page" in upload(client, cohort, "a" * 1_500_001).content.decode()


def test_the_export_is_a_file_that_no_spreadsheet_runs(client, cohort):
    application = ApplicationFactory(cohort=cohort, name="=1+1")
    response = choose(client, "export", [application])
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert ",'=1+1," in response.content.decode()


def test_applications_are_filtered_by_cohort_state_and_country(client, cohort):
    wanted = ApplicationFactory(cohort=cohort, country="NP", state=State.WAITLISTED)
    ApplicationFactory(cohort=cohort, country="KE", state=State.WAITLISTED)
    ApplicationFactory(country="NP", state=State.WAITLISTED)
    query = {"cohort__id__exact": cohort.pk, "state__exact": "waitlisted", "country": "NP"}
    assert list(client.get(APPLICATIONS, query).context["cl"].result_list) == [wanted]
