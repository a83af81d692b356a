"""The demo collaborative: what it holds, that it keeps every rule, and that it is the same each time."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q
from django.urls import reverse

from collaborative.demo.build import DATA, build_demo
from collaborative.demo.management.commands import load_demo
from collaborative.models import Site
from core.text import title_key
from members.models import Collective, Institution, Member, Topic
from notifications.models import Delivery
from reading_groups.models import Enrolment, Paper, Reading, ReadingGroup, Session

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PASSWORD = "nine weeks into a term"
State = Enrolment.State

pytestmark = pytest.mark.django_db


def snapshot():
    """Everything that people would see, without the numbers of rows."""
    return {
        "members": list(
            Member.objects.order_by("email").values_list(
                "email", "name", "time_zone", "country", "institution__name", "academic_position", "joined_at"
            )
        ),
        "enrolments": list(
            Enrolment.objects.order_by("group__slug", "joined_at", "id").values_list(
                "group__slug", "member__name", "state", "joined_at", "enrolled_at", "held_until", "left_at"
            )
        ),
        "sessions": list(
            Session.objects.order_by("group__slug", "starts_at").values_list("group__slug", "starts_at", "is_cancelled")
        ),
        "readings": list(
            Reading.objects.order_by("group__slug", "position").values_list("group__slug", "paper__title", "part")
        ),
    }


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo, built once for this file at a Tuesday noon, and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        told = []
        emails = build_demo(now=NOW, password=PASSWORD, tell=told.append)
        yield {"emails": emails, "told": told}
        transaction.set_rollback(True)


def count_of(slug):
    group = ReadingGroup.objects.get(slug=slug)
    by_state = Counter(group.enrolments.values_list("state", flat=True))
    return (
        group.state,
        group.capacity,
        group.places_taken,
        by_state[State.HELD],
        by_state[State.WAITLISTED],
        group.sessions.past(NOW).count(),
        group.sessions.coming(NOW).count(),
    )


def test_it_holds_what_it_says(demo):
    assert demo["told"] == [
        "topics: 144",
        "members: 300 in 62 time zones",
        "collectives: 3",
        "groups: 16, with 152 sessions and 159 papers",
        "places: 119 taken, 1 held, 9 people waiting",
        "questions: 46, ideas: 9",
        "typical weeks: 253, times away: 25",
        "projects: 3, proposals that wait: 1",
        "cohorts: 2, with 160 applications",
        "mentoring: 90 pairs, 10 without a mentor",
    ]
    assert Site.current().name == "ML Research Collaborative"
    assert Member.objects.exclude(country="").values("country").distinct().count() == 52
    assert Institution.objects.count() == 44
    assert Collective.objects.filter(memberships__is_lead=True).distinct().count() == 3


def test_the_groups_stand_in_their_ninth_week(demo):
    """State, places, taken, held, waiting; sessions past and coming."""
    assert {slug: count_of(slug) for slug in ReadingGroup.objects.values_list("slug", flat=True)} == {
        "machines-that-see": ("completed", 12, 0, 0, 0, 10, 0),
        "deep-learning-from-its-papers": ("running", 12, 12, 0, 1, 8, 4),
        "before-attention": ("running", 12, 8, 0, 0, 8, 4),
        "from-noise-to-pictures": ("running", 8, 8, 0, 2, 8, 4),
        "one-book-of-statistics": ("running", 10, 9, 0, 0, 4, 2),
        "how-much-is-enough": ("running", 10, 6, 0, 0, 8, 4),
        "inside-the-model": ("running", 8, 8, 0, 3, 8, 4),
        "guarantees-and-doubts": ("running", 14, 8, 0, 0, 8, 4),
        "first-presentations": ("running", 16, 12, 0, 0, 9, 3),
        "acting-and-learning": ("running", 6, 6, 0, 1, 4, 2),
        "languages-left-out": ("running", 10, 10, 0, 0, 8, 4),
        "testing-language-technology": ("running", 8, 8, 1, 2, 4, 2),
        "words-and-fairness": ("running", 12, 7, 0, 0, 8, 3),
        "a-first-course": ("running", 16, 14, 0, 0, 8, 4),
        "merging-models": ("open", 10, 4, 0, 0, 0, 4),
        "graphs-and-molecules": ("draft", 8, 0, 0, 0, 0, 0),
    }


def test_each_account_has_something_to_do(demo):
    assert demo["emails"] == {
        "member": "member@example.org",
        "admin": "admin@example.org",
        "organizer": "organizer@example.org",
    }
    member, admin, organizer = (Member.objects.get(email=email) for email in demo["emails"].values())
    assert (member.name, admin.name, organizer.name) == ("Member A", "Member B", "Member C")
    assert sorted(member.enrolments.values_list("state", "group__slug")) == [
        ("completed", "machines-that-see"),
        ("enrolled", "deep-learning-from-its-papers"),
        ("enrolled", "one-book-of-statistics"),
        ("held", "testing-language-technology"),
        ("waitlisted", "inside-the-model"),
    ]
    assert (member.is_staff, admin.is_staff, admin.is_superuser) == (False, True, True)
    running = organizer.organized_groups.filter(state="running")
    assert sorted(running.values_list("slug", flat=True)) == ["deep-learning-from-its-papers", "from-noise-to-pictures"]


def test_everybody_can_sign_in(demo):
    assert Member.objects.values("password").distinct().count() == 1
    assert Member.objects.get(name="Member KN").check_password(PASSWORD)
    addresses = EmailAddress.objects.filter(verified=True, primary=True)
    assert set(addresses.values_list("email", flat=True)) == set(Member.objects.values_list("email", flat=True))
    assert Member.objects.filter(Q(name="") | Q(time_zone="")).count() == 0


def test_countries_are_in_proportion(demo):
    countries = Counter(Member.objects.values_list("country", flat=True))
    assert countries.most_common(5) == [("CA", 46), ("GB", 45), ("NL", 21), ("US", 21), ("DE", 17)]
    assert countries[""] == 10


def test_no_rule_is_broken(demo):
    for group in ReadingGroup.objects.annotate(
        live=Count("enrolments", filter=Q(enrolments__state__in=Enrolment.TAKES_PLACE))
    ):
        assert group.places_taken == group.live <= group.capacity == group.places_limit
        assert group.is_full or not group.enrolments.in_line().exists()
    assert not Enrolment.objects.filter(Q(joined_at__gt=NOW) | Q(left_at__gt=NOW) | Q(held_until__lte=NOW)).exists()
    assert not Enrolment.objects.filter(left_at__lt=F("joined_at")).exists()
    for model in (Member, Institution, Topic, Collective, ReadingGroup, Enrolment, Session, Paper, Reading):
        for row in model.objects.all():
            row.clean_fields()


def test_people_sign_up_for_what_they_can_attend(demo):
    for enrolment in Enrolment.objects.live().select_related("member", "group"):
        first = enrolment.group.sessions.order_by("starts_at").first()
        hour = first.starts_at.astimezone(ZoneInfo(enrolment.member.time_zone)).hour
        assert 7 <= hour <= 22, enrolment.group.slug


def test_the_textbook_group_reads_the_six_parts(demo, real_data):
    course = json.loads((real_data / "courses/cmu_36402_spring2012_topics.json").read_text())
    group = ReadingGroup.objects.get(slug="one-book-of-statistics")
    readings = group.readings.order_by("session__starts_at").select_related("paper")
    assert [reading.part for reading in readings] == [topic["title"] for topic in course["topics"]]
    assert {(reading.paper.title, *reading.paper.authors) for reading in readings} == {
        ("Advanced Data Analysis from an Elementary Point of View", "Cosma Shalizi")
    }
    assert group.format == "textbook"


def test_the_papers_are_real(demo, real_data):
    known = {"dive into deep learning", "advanced data analysis from an elementary point of view"}
    for file in (real_data / "reading-groups").glob("*.json"):
        for session in json.loads(file.read_text())["sessions"]:
            known |= {title_key(paper["title"] or "") for paper in session["papers"]}
    for name in ("acl_2020_main", "acl_naacl2021_eacl2021"):
        with (real_data / f"papers/{name}.jsonl").open() as lines:
            known |= {title_key(json.loads(line)["title"]) for line in lines}
    unknown = [paper.title for paper in Paper.objects.all() if title_key(paper.title) not in known]
    assert unknown == ["Do Transformers Really Perform Bad for Graph Representation?"]
    assert not Paper.objects.filter(authors=[]).exists()


def test_nobody_is_mailed_about_the_past(demo):
    waiting = Delivery.objects.filter(state__in=Delivery.OPEN, due_at__lte=NOW)
    assert list(waiting.values_list("kind", "member__name", "due_at")) == [("place_offered", "Member A", NOW)]
    assert not Delivery.objects.filter(state=Delivery.State.SENT).exists()
    held = Enrolment.objects.get(state=State.HELD)
    assert held.held_until == NOW + timedelta(hours=48)


def test_its_pages_open(demo, client):
    assert client.get(reverse("home:front")).status_code == 200
    for page in (1, 2):
        response = client.get(reverse("reading_groups:group-list"), {"page": page})
        assert response.status_code == 200
    client.force_login(Member.objects.get(name="Member A"))
    assert client.get(reverse("home:me")).status_code == 200
    for group in ReadingGroup.objects.filter(state__in=ReadingGroup.PUBLIC):
        assert client.get(group.get_absolute_url()).status_code == 200


def test_the_search_finds_groups_by_what_they_read(demo):
    found = ReadingGroup.objects.matching("nepali OR code-switched").values_list("slug", flat=True)
    assert list(found) == ["languages-left-out"]
    assert ReadingGroup.objects.listed().about(Topic.objects.get(code="cs.CL")).count() == 5


def test_the_command_makes_the_same_demo_again_and_keeps_its_accounts(demo, tmp_path, monkeypatch, capsys):
    first = snapshot()
    for model in (Delivery, Reading, Session, Enrolment, ReadingGroup, Paper, Collective, Member, Institution):
        model.objects.all().delete()
    monkeypatch.setattr(load_demo, "LOCAL", tmp_path)
    with time_machine.travel(NOW, tick=False):
        call_command("load_demo")
    assert snapshot() == first
    file = tmp_path / "demo-accounts.json"
    accounts = json.loads(file.read_text())
    assert {role: account["email"] for role, account in accounts.items()} == demo["emails"]
    assert file.stat().st_mode & 0o777 == 0o600
    member = Member.objects.get(email="member@example.org")
    assert member.check_password(accounts["member"]["password"])
    assert f"member: member@example.org, password {accounts['member']['password']}" in capsys.readouterr().out


def test_the_command_does_nothing_where_the_demo_is(demo, capsys):
    first = snapshot()
    call_command("load_demo")
    assert capsys.readouterr().out.startswith("The demo is loaded already.")
    assert snapshot() == first


def test_the_command_mixes_with_nothing(demo, settings):
    Member.objects.filter(name="Member A").update(email="elsewhere@example.org")
    with pytest.raises(CommandError, match=r"^The database holds other groups already"):
        call_command("load_demo")
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match=r"^The demo is for somebody's own machine"):
        call_command("load_demo")


def test_the_files_hold_facts_only():
    allowed = {
        "countries": {"code", "members", "zones", "languages"},
        "institutions": {"name", "country", "mail_domains"},
        "readings": {"title", "authors", "authors_truncated", "year", "venue", "url", "arxiv_id", "part"},
    }
    for name, keys in allowed.items():
        content = json.loads((DATA / f"{name}.json").read_text())
        rows = content
        if name == "readings":
            lists = [papers for group in content.values() for papers in (*group["sessions"], group["pool"])]
            rows = [paper for papers in lists for paper in papers]
        assert {key for row in rows for key in row} <= keys
        assert max(len(str(row.get("title", row.get("name", "")))) for row in rows) < 160
