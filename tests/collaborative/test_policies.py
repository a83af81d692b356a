"""What every page says to browsers about itself, and what production mode insists on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from tests.clients import client_of
from tests.factories import AdminFactory, ReadingGroupFactory

ROOT = Path(__file__).resolve().parents[2]


def policy(response):
    """The content policy of a page: the sources that each directive allows."""
    directives = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: set(sources) for name, *sources in directives}


@pytest.fixture
def superuser_client(db):
    return client_of(AdminFactory())


SITE = ["/", "/groups/", "/accounts/login/", "/accounts/signup/", "/nowhere/", "/groups/nowhere/", "/health/live"]
SITE_OF_MEMBERS = ["/me/", "/me/profile/", "/accounts/email/", "/admin/nowhere/", "/admin/members/nowhere/"]
ADMIN = [
    "/admin/",
    "/admin/members/member/",
    "/admin/members/member/add/",
    "/admin/reading_groups/readinggroup/",
    "/admin/reading_groups/enrolment/add/",
    "/admin/jsi18n/",
]


@pytest.mark.parametrize("path", [*SITE, *SITE_OF_MEMBERS])
def test_no_page_of_the_site_runs_what_stands_in_its_markup(superuser_client, path):
    ReadingGroupFactory()
    found = policy(superuser_client.get(path))
    assert found["default-src"] == {"'none'"}
    # Nothing but files of the site, and what carries this answer's own number.
    assert {source for source in found["script-src"] if not source.startswith("'nonce-")} == {"'self'"}
    assert found["style-src"] == {"'self'"}
    assert found["frame-ancestors"] == {"'none'"}
    assert "frame-src" not in found
    for directive in ("form-action", "connect-src", "font-src"):
        assert found[directive] == {"'self'"}


@pytest.mark.parametrize("path", ADMIN)
def test_the_admin_has_what_its_theme_needs_and_no_more(superuser_client, path):
    site = policy(superuser_client.get("/groups/"))
    assert policy(superuser_client.get(path)) == site | {
        "script-src": {"'self'", "'unsafe-eval'"},
        "style-src": {"'self'", "'unsafe-inline'"},
        "frame-src": {"'self'"},
        "frame-ancestors": {"'self'"},
    }


def test_an_address_that_only_looks_like_the_admin_s_has_the_policy_of_the_site(db):
    for path in ("/administration/", "/groups/admin/", "/admin", "/admin/login/"):
        assert "'unsafe-eval'" not in policy(Client().get(path))["script-src"]


@pytest.mark.parametrize("path", ["/", "/groups/", "/nowhere/", "/admin/", "/health/live"])
def test_every_answer_carries_the_other_headers(superuser_client, path):
    headers = superuser_client.get(path).headers
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


# Production


def environment(**changes):
    """Of a process of its own, in production mode, on the database and the broker of this run."""
    url = os.environ["DATABASE_URL"].replace("@/postgres?", f"@/{connection.settings_dict['NAME']}?")
    names = ("PATH", "HOME", "LANG", "REDIS_URL", "LOCAL_DIR")
    values = {name: os.environ[name] for name in names if name in os.environ} | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "collaborative.settings",
        "PRODUCTION": "1",
        "SECRET_KEY": "only-for-this-test-" * 4,
        "ALLOWED_HOSTS": "collaborative.example.org",
        "EMAIL_URL": "smtp+tls://user:word@localhost:1",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def run(*command, **changes):
    command = [sys.executable, *command]
    env = environment(**changes)
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_the_deploy_check_is_clean():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout + done.stderr


ANSWERS = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
client = Client(headers={"host": "collaborative.example.org"})
plain = client.get("/groups/?q=a")
behind_proxy = client.get("/health/live", headers={"X-Forwarded-Proto": "https"})
print(json.dumps({
    "plain": [plain.status_code, plain.headers.get("Location")],
    "live": client.get("/health/live").status_code,
    "elsewhere": client.get("/health/live", headers={"host": "evil.example.com"}).status_code,
    "hsts": behind_proxy.headers.get("Strict-Transport-Security"),
    "cookies": [settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY, settings.CSRF_COOKIE_SECURE],
    "same_site": [settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE],
    "debug": settings.DEBUG,
}))
"""


def test_production_speaks_https_alone():
    done = run("-c", ANSWERS)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "plain": [301, "https://collaborative.example.org/groups/?q=a"],
        # Whatever watches the process asks it from the same machine.
        "live": 200,
        "elsewhere": 400,
        "hsts": "max-age=31536000; includeSubDomains; preload",
        "cookies": [True, True, True],
        "same_site": ["Lax", "Lax"],
        "debug": False,
    }


REFUSED = [
    ({"SECRET_KEY": None}, "SECRET_KEY"),
    ({"SECRET_KEY": ""}, "SECRET_KEY"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
    ({"SECRET_KEY": "django-insecure-" + "0123456789" * 5}, "SECRET_KEY"),
    ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
    ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
    ({"ALLOWED_HOSTS": "collaborative.example.org,*"}, "ALLOWED_HOSTS"),
    ({"ALLOWED_HOSTS": ","}, "ALLOWED_HOSTS"),
    ({"DATABASE_URL": None}, "DATABASE_URL"),
    ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
    ({"DATABASE_URL": "sqlite:///db.sqlite3"}, "DATABASE_URL"),
    ({"DATABASE_URL": "postgresql://host:port/name"}, "DATABASE_URL"),
    ({"REDIS_URL": None}, "REDIS_URL"),
    ({"REDIS_URL": "localhost:6379"}, "REDIS_URL"),
    ({"DATABASE_URL": None, "REDIS_URL": None}, "embedded servers are for local use only"),
    ({"EMAIL_URL": None}, "EMAIL_URL"),
    ({"EMAIL_URL": "nonsense"}, "EMAIL_URL"),
    ({"EMAIL_URL": "dummymail://"}, "EMAIL_URL"),
    ({"DEBUG": "1"}, "DEBUG"),
    ({"DEBUG": "perhaps"}, "DEBUG"),
    ({"BASE_URL": "http://collaborative.example.org"}, "BASE_URL"),
    ({"PORT": "eighty"}, "PORT"),
    ({"SECURE_SSL_REDIRECT": "perhaps"}, "SECURE_SSL_REDIRECT"),
    ({"PRODUCTION": "yes please"}, "PRODUCTION"),
]


@pytest.mark.parametrize(("changes", "named"), REFUSED, ids=lambda value: str(value)[:60])
def test_production_refuses_what_is_missing_or_unsafe_in_one_line(changes, named):
    done = run("manage.py", "check", **changes)
    assert done.returncode == 1
    assert done.stdout == ""
    line = done.stderr.strip()
    assert named in line
    assert "\n" not in line
    # Not even a wrong value is shown, since it may hold a password.
    assert not any(value in line for value in changes.values() if value and len(value) > 12)


def test_production_starts_no_servers_of_its_own(tmp_path):
    for yes in ("1", "true", "YES", "on"):
        done = run("manage.py", "check", PRODUCTION=yes, DATABASE_URL=None, LOCAL_DIR=str(tmp_path / "local"))
        assert done.returncode == 1
    assert not (tmp_path / "local").exists()
