"""`manage.py launch` on an empty database gives a platform that works at once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from collaborative.launch.actions import AlreadyLaunched, launch
from collaborative.models import Site
from members.handbook.models import ChecklistItem, Page
from members.models import Member
from members.topics_start import load_starting_topics
from tests.factories import MemberFactory

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "four words are enough"
FLAGS = {
    "name": "Reading Together",
    "zone": "Asia/Calcutta",
    "contact": "hello@example.org",
    "admin_email": "Admin@example.org",
    "admin_name": "Member A",
}


@pytest.fixture
def nobody_to_ask(monkeypatch):
    monkeypatch.setattr("sys.stdin", open(os.devnull))  # noqa: SIM115 (pytest puts the old one back)


@pytest.fixture
def password_file(tmp_path):
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    return str(file)


def run(**flags):
    call_command("launch", **{**FLAGS, **flags})


@pytest.mark.django_db
def test_everything_works_at_once(client, parts_of_a_new_site, password_file, nobody_to_ask, capsys):
    run(admin_password_file=password_file)
    out = capsys.readouterr().out
    assert "Reading Together is launched." in out
    assert PASSWORD not in out
    site = Site.objects.get()
    assert (site.name, site.zone, site.contact_email) == ("Reading Together", "Asia/Kolkata", "hello@example.org")
    assert set(site.parts) == {"groups", "handbook"}
    # A visitor.
    for path in ("/", "/groups/", "/handbook/", *[page.get_absolute_url() for page in Page.objects.all()]):
        page = client.get(path)
        assert page.status_code == 200, path
        assert "Reading Together" in page.content.decode()
    # The first admin signs in with the password, and needs to confirm nothing.
    signed_in = client.post("/accounts/login/", {"login": "admin@example.org", "password": PASSWORD})
    assert signed_in.headers["Location"] == "/me/"
    for path in ("/me/", "/admin/", "/handbook/checklist/", "/handbook/new/", "/admin/members/topic/"):
        assert client.get(path).status_code == 200, path
    assert (Page.objects.count(), ChecklistItem.objects.count()) == (8, 6)
    assert load_starting_topics().created == 0


@pytest.mark.django_db
def test_a_password_is_made_and_shown_once_where_nobody_gives_one(client, nobody_to_ask, capsys):
    run()
    password = re.search(r"shown only now: (\S+)", capsys.readouterr().out).group(1)
    assert len(password) >= 15
    assert Member.objects.get().check_password(password)


@pytest.mark.django_db
def test_a_person_is_asked_for_what_no_flag_says_until_it_can_be_used(monkeypatch, capsys):
    answers = iter(["", "Reading Together", "Mars/Olympus", "Africa/Nairobi", "hello", "hello@example.org"])
    secrets = iter(["short", PASSWORD, "another one", PASSWORD, PASSWORD])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    monkeypatch.setattr("collaborative.launch.management.commands.launch.getpass", lambda question: next(secrets))
    run(name=None, zone=None, contact=None)
    assert list(answers) == list(secrets) == []
    assert (Site.objects.get().zone, Member.objects.get().check_password(PASSWORD)) == ("Africa/Nairobi", True)
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 5, told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"name": " \u200b"}, "--name: Type something"),
        ({"name": "x" * 81}, "--name: At most 80 characters."),
        ({"zone": "Mars/Olympus"}, "--zone: There is no time zone called"),
        ({"contact": "hello"}, "--contact: Enter a valid email"),
        ({"admin_email": "a@b"}, "--admin-email: Enter a valid email"),
        ({"admin_name": ""}, "--admin-name: Type something"),
        ({"zone": None}, "--zone is missing, and there is nobody to ask."),
        ({"admin_password_file": "/nowhere/password"}, "--admin-password-file: /nowhere/password cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_begun(nobody_to_ask, flags, words):
    with pytest.raises(CommandError) as error:
        run(**flags)
    assert str(error.value).startswith(words)
    assert "\n" not in str(error.value)
    assert not Site.objects.exists()
    assert not Member.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["", "short", "password12"])
def test_a_weak_password_is_refused(nobody_to_ask, tmp_path, password):
    file = tmp_path / "password"
    file.write_text(password)
    with pytest.raises(CommandError, match="--admin-password-file: "):
        run(admin_password_file=str(file))
    assert not Member.objects.exists()


@pytest.mark.django_db
def test_a_collaborative_that_has_begun_is_never_changed(nobody_to_ask):
    run()
    with pytest.raises(CommandError, match="There is a collaborative in this database already"):
        run(name="Another")
    assert Site.objects.get().name == "Reading Together"
    assert Member.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("begun", [MemberFactory, lambda: Site.objects.create(pk=1, name="Somebody's")])
def test_one_person_or_a_name_is_enough_to_have_begun(now, begun):
    begun()
    fields = {"name": "N", "zone": "UTC", "contact_email": "a@example.org", "admin_email": "a@example.org"}
    with pytest.raises(AlreadyLaunched):
        launch(**fields, admin_name="Member A", admin_password=PASSWORD, now=now)
    assert not Page.objects.exists()


def test_a_database_without_any_table_is_enough(django_db_blocker, tmp_path, password_file):
    """As a new institute runs it: one command, on a database that somebody has just created."""
    name = f"launch_{os.getpid()}"
    url = os.environ["DATABASE_URL"].replace("@/postgres?", f"@/{name}?")
    command = [sys.executable, str(ROOT / "manage.py"), "launch", "--admin-password-file", password_file]
    for flag, value in FLAGS.items():
        command += [f"--{flag.replace('_', '-')}", value]
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            environment = os.environ | {"DATABASE_URL": url, "LOCAL_DIR": str(tmp_path)}
            first = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
            again = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert first.returncode == 0, first.stderr
    assert again.returncode == 1
    assert again.stderr.splitlines()[-1].startswith("CommandError: There is a collaborative")


def test_nothing_names_a_particular_collaborative():
    """What a collaborative is called comes from its row; code and templates say it in general words."""
    named = [file for folder in settings.TEMPLATES[0]["DIRS"] for file in Path(folder).rglob("*.html")]
    named += [ROOT / "collaborative" / "models.py", *(ROOT / "members" / "handbook" / "starter").glob("*.md")]
    for file in named:
        assert not re.search(r"\b(ML|AI|NLP|Machine Learning) (Research )?Collaborative\b", file.read_text()), file
