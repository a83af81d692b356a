"""The pages of a group that finishes, and of those who look after many: nothing for axe to find, at both widths."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from reading_groups.actions import set_state
from reading_groups.models import Enrolment, ReadingGroup
from tests.browser.test_newcomer import WIDTHS, nothing_found, sign_in
from tests.factories import (
    AttendanceFactory,
    EnrolmentFactory,
    NoteFactory,
    OrganizerFactory,
    PresentationFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)


def a_finished_group_and_a_busy_one(organizer):
    now = timezone.now()
    done = ReadingGroupFactory(slug="done", title="Done", state="running", organizers=[organizer])
    done.findings = "It holds, *mostly*: $n^2$."
    done.save()
    member = EnrolmentFactory(group=done, member__name="Member A", member__email="a@example.org").member
    for weeks in (1, 2, 3):
        session = SessionFactory(group=done, starts_at=now - timedelta(weeks=weeks))
        AttendanceFactory(session=session, member=member)
        PresentationFactory(session=session, member=member)
        NoteFactory(reading=ReadingFactory(group=done, session=session))
    set_state(group_id=done.pk, state=ReadingGroup.State.COMPLETED, now=now)
    busy = ReadingGroupFactory(slug="busy", title="Busy", organizers=[organizer], visibility="invited")
    EnrolmentFactory(group=busy)
    EnrolmentFactory(group=busy, state=Enrolment.State.WAITLISTED)
    for days in (-2, 2):
        SessionFactory(group=busy, starts_at=now + timedelta(days=days))
    ReadingGroupFactory(state=ReadingGroup.State.PROPOSED)
    return member.certificates.get()


@pytest.mark.parametrize(("width", "theme"), [("wide", "dark"), ("phone", "light")])
def test_nothing_for_axe_to_find(browser: Browser, site, term, width, theme):
    organizer = OrganizerFactory(name="Member O", email="all@example.org")
    certificate = a_finished_group_and_a_busy_one(organizer)
    context = browser.new_context(viewport=WIDTHS[width], color_scheme=theme)
    page = context.new_page()
    for path in ("/groups/done/results/", "/certificates/", "/certificates/?code=nothing"):
        page.goto(site + path)
        nothing_found(page)
    page.get_by_label("Code").fill(certificate.shown_code.lower().replace("-", " "))
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_role("heading", name="Member A")).to_be_visible()
    nothing_found(page)
    # On paper there is the certificate and nothing around it.
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Member A")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_text("This certificate is valid")).to_be_hidden()
    page.emulate_media(media="screen")
    sign_in(page, site, "all@example.org")
    for path in (
        "/groups/desk/",
        "/groups/busy/links/",
        "/groups/busy/findings/",
        "/groups/done/certificates/",
        "/groups/done/results/",
        "/groups/busy/state/?to=completed",
        "/certificates/mine/",
    ):
        page.goto(site + path)
        nothing_found(page)
    context.close()
