"""The demo collaborative: what it holds, that it keeps every rule, and that it is the same each time."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.urls import reverse

from cohorts.models import Application, Cohort, Place
from collaborative.demo.build import DATA, build_demo
from collaborative.demo.discussing import _talk
from collaborative.demo.management.commands import load_demo
from collaborative.demo.said import Said
from collaborative.models import Site
from collaborative.parts import PARTS
from core.text import title_key
from members.availability.models import Away, Meeting, TypicalWeek
from members.handbook.checklist import checklist_for
from members.handbook.models import Suggestion
from members.models import Collective, Institution, Member, Role, Topic
from mentorship.models import Mentorship, Round
from notifications.models import Delivery
from projects.models import Blocker, Project, Proposal, Task
from reading_groups.audiences import audience_of
from reading_groups.models import (
    Attendance,
    Certificate,
    Enrolment,
    GroupMessage,
    Idea,
    InvitationLink,
    Note,
    Paper,
    Presentation,
    Question,
    Reading,
    ReadingGroup,
    ReadingVote,
    Rsvp,
    Seat,
    Session,
    SitIn,
    Split,
    Summary,
)
from tests.factories import PresentationFactory, SessionFactory

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PASSWORD = "nine weeks into a term"
OWN_APPS = (
    "notifications",
    "members",
    "availability",
    "handbook",
    "reading_groups",
    "cohorts",
    "projects",
    "mentorship",
)
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
        "presentations": list(
            Presentation.objects.order_by("session__starts_at", "session__group__slug", "member__email").values_list(
                "session__group__slug", "session__starts_at", "member__name", "offered_at"
            )
        ),
        "questions": list(
            Question.objects.order_by("asked_at", "text").values_list("text", "member__name", "answers__text")
        ),
        "ideas": list(Idea.objects.order_by("title").values_list("title", "state", "member__name")),
        "weeks": list(
            TypicalWeek.objects.order_by("member__email").values_list("member__name", "marks", "valid_from", "zone")
        ),
        "away": list(Away.objects.order_by("member__email").values_list("member__name", "starts_on", "ends_on")),
        "meetings": list(Meeting.objects.order_by("starts_at", "title").values_list("title", "starts_at")),
        "tasks": list(Task.objects.order_by("title").values_list("title", "state", "owner__name", "due_on")),
        "applications": list(
            Application.objects.order_by("cohort__slug", "email").values_list("email", "state", "motivation", "topics")
        ),
        "places": list(
            Place.objects.order_by("cohort__slug", "application__email").values_list("member__name", "section__name")
        ),
        "pairs": list(Mentorship.objects.order_by("mentee__email").values_list("mentor__name", "mentee__name")),
    }


def empty_everything():
    """All rows of the project's own tables, as in a database that has just been made; taken back after the test."""
    with connection.cursor() as cursor:
        tables = [model._meta.db_table for app in OWN_APPS for model in apps.get_app_config(app).get_models()]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


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
        "groups: 16, with 152 sessions and 168 papers",
        "places: 119 taken, 1 held, 9 people waiting",
        "questions: 46, ideas: 9",
        "typical weeks: 254, times away: 20",
        "projects: 3, proposals that wait: 1",
        "cohorts: 2, with 160 applications",
        "mentoring: 94 pairs, 6 without a mentor",
        "polls: 2",
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
        "merging-models": ("open", 10, 5, 0, 0, 0, 4),
        "graphs-and-molecules": ("draft", 8, 0, 0, 0, 0, 0),
        "speech-in-the-languages-we-speak": ("proposed", 8, 0, 0, 0, 0, 3),
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
    countries = Counter(Member.objects.order_by("pk").values_list("country", flat=True))
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


def test_papers_are_presented_and_talked_about(demo):
    past = Session.objects.past(NOW).filter(is_cancelled=False).annotate(people=Count("presentations"))
    assert Counter(past.values_list("people", flat=True)) == {2: 103}
    own = Presentation.objects.get(member__name="Member A")
    assert (own.session.group.slug, own.session.starts_at) == (
        "deep-learning-from-its-papers",
        datetime(2026, 12, 1, 14, 0, tzinfo=UTC),
    )
    # The next sessions still have parts to take.
    coming = Session.objects.coming(NOW).filter(group=own.session.group).annotate(people=Count("presentations"))
    assert list(coming.order_by("starts_at").values_list("people", flat=True)) == [2, 2, 1, 0]
    for presentation in Presentation.objects.select_related("session"):
        place = Enrolment.objects.get(group=presentation.session.group_id, member=presentation.member_id)
        assert place.enrolled_at < presentation.session.starts_at
        assert presentation.offered_at < presentation.session.starts_at
    assert Note.objects.values("kind").annotate(n=Count("id")).count() == 2
    assert Question.objects.filter(answered_at=None, session__ends_at__lt=NOW).count() == 0
    assert not Question.objects.filter(asked_at__gt=NOW).exists()
    assert Counter(Idea.objects.values_list("state", flat=True)) == {"open": 4, "ready": 2, "adopted": 3}


def test_groups_come_to_be_and_people_come_in(demo):
    proposed = ReadingGroup.objects.get(state="proposed")
    assert (proposed.proposed_by.name, proposed.weekday, proposed.every_weeks) == ("Member J", 4, 2)
    assert proposed.topics.count() == 2
    link = InvitationLink.objects.get()
    assert (link.group.slug, link.used, link.most_uses, link.is_open) == ("merging-models", 1, 20, True)
    assert link.uses.get().member.enrolments.get(group=link.group).state == State.ENROLLED
    visit = SitIn.objects.get()
    assert visit.session.is_over(NOW)
    assert not visit.member.enrolments.filter(group=visit.group).exists()


def test_people_say_whether_they_come_and_it_is_noted_who_came(demo):
    past = Session.objects.past(NOW).filter(group__slug="deep-learning-from-its-papers")
    assert list(past.with_attendance_known()) == list(past)
    assert past[0].recording_url
    for row in Attendance.objects.select_related("session"):
        place = Enrolment.objects.get(group=row.session.group_id, member=row.member_id)
        assert place.enrolled_at < row.session.starts_at
    coming = Session.objects.coming(NOW).filter(group__slug="deep-learning-from-its-papers")[0]
    assert {*coming.rsvps.values_list("answer", flat=True)} == {"yes", "maybe", "no"}
    assert not Rsvp.objects.filter(answered_at__gt=NOW).exists()
    assert not Rsvp.objects.filter(member__name="Member A").exists()


@pytest.mark.django_db
def test_what_is_over_and_not_written_up_has_no_answer_yet(now):
    session = SessionFactory(starts_at=now - timedelta(hours=2))
    here = [PresentationFactory(session=session).member for _ in range(3)]
    _talk(session, Said(session=1, question="Why?"), here=here, number=0, now=now)
    assert [question.answers.count() for question in session.questions.all()] == [0]


def test_organizers_write_split_and_keep_what_was_found(demo):
    group = ReadingGroup.objects.get(slug="deep-learning-from-its-papers")
    message = GroupMessage.objects.get(group=group)
    reached = audience_of(group_id=group.pk, audience="all", author_id=message.author_id, now=NOW)
    assert message.recipients.count() == reached.count()
    assert Split.objects.filter(session__group=group).count() == 2
    assert Seat.objects.filter(split__session__in=group.sessions.coming(NOW)).exists()
    summary = Summary.objects.get(session__group=group)
    assert summary.session.presentations.filter(member=summary.written_by).exists()
    assert not Summary.objects.filter(written_at__gt=NOW).exists()


def test_a_group_has_finished_and_its_people_have_certificates(demo, client):
    group = ReadingGroup.objects.get(slug="machines-that-see")
    certificates = list(Certificate.objects.filter(group=group))
    assert 1 <= len(certificates) <= group.enrolments.filter(state=State.COMPLETED).count()
    assert all(row.attended >= 0.6 * row.sessions for row in certificates)
    assert Member.objects.get(name="Member A").certificates.count() == 1
    with time_machine.travel(NOW, tick=False):
        page = client.get("/groups/machines-that-see/results/")
    assert (page.status_code, "What we found" in page.text, "<math" in page.text) == (200, True, True)
    assert client.get(certificates[0].get_absolute_url()).status_code == 200
    assert client.get("/groups/words-and-fairness/").status_code == 404


def test_a_group_chooses_what_to_read_next(demo):
    group = ReadingGroup.objects.get(slug="deep-learning-from-its-papers")
    pool = list(group.readings.for_pool(Member.objects.get(name="Member A")))
    assert [reading.vote_count for reading in pool] == [6, 6, 5, 5, 4, 3, 2, 1, 1]
    assert len({reading.proposed_by for reading in pool}) > 3
    assert not ReadingVote.objects.filter(voted_at__gt=NOW).exists()


def test_teams_work(demo):
    member = Member.objects.get(name="Member A")
    assert {project.title: (project.stage, project.is_public) for project in Project.objects.all()} == {
        "Do drawings made before reading predict what people misunderstand": ("completed", True),
        "Random search against guessing": ("active", False),
        "A small test of code-switching in the languages that we speak": ("writing", False),
    }
    assert Proposal.objects.get(state="submitted").title == "Draw the emergence curves again with smooth metrics"
    project = member.projects.get()
    assert Counter(project.tasks.values_list("state", flat=True)) == {"done": 3, "review": 1, "doing": 1, "todo": 3}
    due = Task.objects.get(owner=member, done_at=None)
    assert due.due_on == date(2026, 11, 26)
    assert list(project.updates.order_by("week_on").values_list("week_on", flat=True)) == [
        date(2026, 10, 26),
        date(2026, 11, 2),
        date(2026, 11, 9),
        date(2026, 11, 16),
    ]
    assert not Task.objects.open().filter(due_on__lt=NOW.date()).exists()
    assert [blocker.visibility for blocker in Blocker.objects.visible_to(member)] == ["team"]
    admin = Member.objects.get(name="Member B")
    assert [blocker.visibility for blocker in Blocker.objects.visible_to(admin)] == ["private"]
    finished = Project.objects.get(stage="completed")
    assert set(finished.outputs.values_list("kind", flat=True)) == {"negative", "data"}
    assert not finished.tasks.open().exists()


def test_intakes_stand_where_they_should(demo):
    first, second = Cohort.objects.order_by("starts_on")
    assert (first.state, second.state, second.is_open_at(NOW)) == ("completed", "applications", True)
    assert Counter(first.applications.values_list("state", flat=True)) == {"accepted": 30, "declined": 10}
    assert first.places.get(member__name="Member A").section is not None
    assert Counter(first.places.values_list("section__name", flat=True)) == dict.fromkeys(
        ("Morning", "Afternoon", "Evening"), 10
    )
    assert first.sections.filter(leaders=None).count() == 0
    assert Counter(second.applications.values_list("state", flat=True)) == {"submitted": 96, "accepted": 24}
    assert second.places.exclude(member=None).count() == 16
    assert not Application.objects.filter(Q(submitted_at__gt=NOW) | Q(decided_at__gt=NOW)).exists()


def test_mentors_are_matched_and_the_next_round_is_open(demo):
    before, coming = Round.objects.order_by("starts_on")
    assert (before.state, before.offers.count(), before.requests.count()) == ("published", 40, 100)
    assert before.mentorships.count() + before.alternatives.count() == 100
    assert before.mentorships.filter(mentee__name="Member A").count() == 1
    assert coming.takes_people(NOW)
    assert (coming.offers.count(), coming.requests.count()) == (12, 30)


def test_people_say_when_they_have_time(demo):
    member = Member.objects.get(name="Member A")
    assert member.typical_weeks.get().zone == member.time_zone == "Asia/Kolkata"
    assert member.aways.get().starts_on == date(2026, 12, 24)
    assert Meeting.objects.filter(participants=member, starts_at__gt=NOW).count() == 3
    # Nobody gives an hour of the night.
    for marks in TypicalWeek.objects.values_list("marks", flat=True):
        assert all(set(marks[day * 48 : day * 48 + 16]) == {"0"} for day in range(7))


def test_the_handbook_and_the_roles_are_there(demo):
    assert set(Site.current().parts) == {part.key for part in PARTS}
    checklist = checklist_for(Member.objects.get(name="Member A"), parts=Site.current().parts)
    assert [item.key for item in checklist.left] == ["present"]
    assert Suggestion.objects.open().count() == 1
    assert sorted(Role.objects.live(NOW.date()).values_list("kind", "member__name")) == [
        ("analyst", "Member I"),
        ("mentoring_organizer", "Member E"),
        ("organizer", "Member C"),
        ("organizer", "Member F"),
    ]


def test_its_pages_open(demo, client):
    assert client.get(reverse("home:front")).status_code == 200
    for page in (1, 2):
        response = client.get(reverse("reading_groups:group-list"), {"page": page})
        assert response.status_code == 200
    with time_machine.travel(NOW, tick=False):
        client.force_login(Member.objects.get(name="Member A"))
        assert client.get(reverse("home:me")).status_code == 200
        for project in Project.objects.all():
            assert client.get(project.get_absolute_url()).status_code == 200
    for group in ReadingGroup.objects.filter(state__in=ReadingGroup.SHOWN):
        assert client.get(group.get_absolute_url()).status_code == 200


def test_the_search_finds_groups_by_what_they_read(demo):
    found = ReadingGroup.objects.matching("nepali OR code-switched").values_list("slug", flat=True)
    assert list(found) == ["languages-left-out"]
    assert ReadingGroup.objects.listed().about(Topic.objects.get(code="cs.CL")).count() == 5


def test_the_command_makes_the_same_demo_again_and_keeps_its_accounts(demo, tmp_path, monkeypatch, capsys):
    first = snapshot()
    # Equally good matchings are told apart by the rows' numbers, and a database that is filled again counts on.
    del first["pairs"]
    empty_everything()
    monkeypatch.setattr(load_demo, "LOCAL", tmp_path)
    with time_machine.travel(NOW, tick=False):
        call_command("load_demo")
    again = snapshot()
    del again["pairs"]
    assert again == first
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


def test_a_small_one_is_six_people_with_one_group(demo, parts_of_a_new_site, tmp_path, monkeypatch, capsys, client):
    empty_everything()
    monkeypatch.setattr(load_demo, "LOCAL", tmp_path)
    with time_machine.travel(NOW, tick=False):
        call_command("load_demo", size="small")
        group = ReadingGroup.objects.get()
        assert (Member.objects.count(), group.places_taken, group.capacity, group.every_weeks) == (6, 6, 8, 2)
        assert Site.current().parts == ["groups", "handbook"]
        assert Presentation.objects.filter(member__name="Member A", session__starts_at__gt=NOW).count() == 1
        client.force_login(Member.objects.get(name="Member A"))
        for address in (reverse("home:me"), group.get_absolute_url(), reverse("handbook:page-list")):
            assert client.get(address).status_code == 200
        assert client.get("/projects/").status_code == 404
        assert not Delivery.objects.filter(state__in=Delivery.OPEN, due_at__lte=NOW).exists()
    capsys.readouterr()
    call_command("load_demo", "--size=small")
    assert capsys.readouterr().out.startswith("The demo is loaded already.")
    with pytest.raises(CommandError, match=r"^The small demo is loaded already"):
        call_command("load_demo")


def test_the_files_hold_facts_only():
    allowed = {
        "countries": {"code", "members", "zones", "languages"},
        "institutions": {"name", "country", "mail_domains"},
        "readings": {"title", "authors", "authors_truncated", "year", "venue", "url", "arxiv_id", "part"},
        "proposals": {"title", "authors", "authors_truncated", "year", "url", "arxiv_id"},
    }
    for name, keys in allowed.items():
        content = json.loads((DATA / f"{name}.json").read_text())
        rows = content
        if name == "proposals":
            rows = [paper for papers in content.values() for paper in papers]
        if name == "readings":
            lists = [papers for group in content.values() for papers in (*group["sessions"], group["pool"])]
            rows = [paper for papers in lists for paper in papers]
        assert {key for row in rows for key in row} <= keys
        assert max(len(str(row.get("title", row.get("name", "")))) for row in rows) < 160
