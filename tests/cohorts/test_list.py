"""The page that says what people can apply for."""

from datetime import timedelta

import pytest
import time_machine

from cohorts.models import Cohort
from tests.factories import ApplicationFactory, CohortFactory, MemberFactory, PlaceFactory
from tests.plain_browser import PlainBrowser
from tests.queries import exactly

pytestmark = pytest.mark.django_db
State = Cohort.State


@pytest.fixture(autouse=True)
def clock(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


def test_a_visitor_finds_what_is_open_and_applies_from_there(now):
    CohortFactory(slug="winter", name="Winter intake")
    page = PlainBrowser().open("/cohorts/")
    assert "Applications are open until" in page.words
    form, _button = page.follow("Apply: Winter intake").form("Send application")
    assert form.action == "/cohorts/winter/apply/"


def test_what_cannot_be_applied_for_now_says_so(client, now):
    CohortFactory(name="Drafted", state=State.DRAFT)
    CohortFactory(name="Long ago", state=State.COMPLETED)
    CohortFactory(name="Running course", state=State.RUNNING)
    early = {"applications_open_at": now + timedelta(days=2), "applications_close_at": now + timedelta(days=9)}
    CohortFactory(name="Spring intake", **early)
    page = client.get("/cohorts/").content.decode()
    assert ("Drafted" in page, "Long ago" in page) == (False, False)
    assert "Nothing is open now" in page
    assert page.index("Not open now") < page.index("Running course")
    assert "Applications open<" in page
    assert "/apply/" not in page


def test_members_find_their_own_first(client, now):
    member = MemberFactory()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    PlaceFactory(member=member, cohort__name="My course", cohort__state=State.RUNNING)
    ApplicationFactory(member=member, cohort__name="Winter intake")
    page = client.get("/cohorts/").content.decode()
    assert page.index("Your cohort") < page.index("My course") < page.index("Open for applications")
    assert "You applied on" in page


@pytest.mark.parametrize("size", [2, 20])
def test_it_asks_the_same_number_of_questions_at_any_size(client, size):
    for state in (State.APPLICATIONS, State.RUNNING):
        CohortFactory.create_batch(size, state=state)
    client.get("/cohorts/")
    with exactly(3):
        client.get("/cohorts/")
