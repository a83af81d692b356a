"""One term, from an empty database to its end, through the eyes of everybody in it."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from collaborative.launch.actions import is_empty
from tests.applicants import write_applicants
from tests.browser.acts import arriving, building, intake, keeping_in_step, launching, leaving, mentoring, reading
from tests.browser.acts.backstage import Post, Worker
from tests.browser.acts.cast import Cast, Person, Stage
from tests.browser.acts.keyboard import Typist
from tests.factories.members import PASSWORD

ADMIN = "admin@example.org"
ACTS = (launching, intake, arriving, reading, mentoring, building, keeping_in_step, leaving)


@pytest.fixture
def applicants(request, tmp_path) -> tuple[Path, list[str]]:
    """A CSV of applicants, and what must be said of its rows: real people's answers, or else a few of our own."""
    try:
        folder = request.getfixturevalue("real_data")
    except pytest.skip.Exception:
        people = [{"country": "Kenya", "expertise": ["Statistics"] if n else []} for n in range(20)]
    else:
        people = json.loads((folder / "members" / "ols_members_anonymised.json").read_text())[:120]
    file = tmp_path / "applicants.csv"
    return file, write_applicants(people, file)


@pytest.fixture
def launched(new_site, parts_of_a_new_site, tmp_path) -> str:
    """A site that somebody has launched, and done nothing else with."""
    assert is_empty()
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    call_command(
        "launch",
        name="A Research Collaborative",
        zone="Africa/Nairobi",
        contact="hello@example.org",
        admin_email=ADMIN,
        admin_name="Member A",
        admin_password_file=str(password),
    )
    return new_site


@pytest.fixture
def stage(browser, launched, applicants, settings) -> Stage:
    """The worker of this process sends its mails to where the server keeps its own."""
    folder = Path(settings.LOCAL_MAIL_DIR)
    settings.MAILERS = {"default": {"BACKEND": "notifications.mail.FolderBackend", "OPTIONS": {"folder": str(folder)}}}
    settings.BASE_URL = launched
    file, mistakes = applicants
    return Stage(
        browser=browser,
        site=launched,
        post=Post(folder),
        worker=Worker(),
        began_at=timezone.now(),
        applicants=file,
        mistakes=mistakes,
    )


@pytest.fixture
def cast(stage):
    people = Cast(
        stage=stage,
        visitor=Person(stage, "a visitor", zone="America/New_York"),
        admin=Person(stage, "Member A", zone="Africa/Nairobi", width="desk"),
        organizer=Person(stage, "Member O", zone="Europe/London", width="desk"),
        lead=Person(stage, "Member L", zone="Asia/Kolkata"),
        dark=Person(stage, "Member D", zone="Africa/Nairobi", theme="dark"),
        scriptless=Person(stage, "Member S", zone="Europe/Berlin", script=False),
        typist=Typist(stage, "Member T", zone="Asia/Kathmandu"),
    )
    people.admin.email = ADMIN
    yield people
    for person in [people.visitor, people.admin, people.organizer, *people.members]:
        person.context.close()


def test_a_term_from_its_launch_to_its_end(cast):
    for act in ACTS:
        act.play(cast)
    assert cast.stage.problems == []
    assert cast.stage.refusals == []
    # Each in its width and theme; nobody has gone through the term without axe.
    assert len(cast.stage.looked_at) > 60
