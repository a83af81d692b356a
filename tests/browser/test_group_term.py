"""A term of one reading group: an organizer and six members, from the proposal to the certificates, on a real paper."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import expect

from collaborative.models import Site
from reading_groups.models import Attendance, Certificate, Enrolment, ReadingGroup, Session
from reading_groups.papers.pasted import read_pasted
from tests.browser.acts.backstage import Post, Worker
from tests.browser.acts.cast import Person, Stage
from tests.factories import MemberFactory, OrganizerFactory

TITLE, PATH = "Priors, slowly", "/groups/priors-slowly/"
HELD = f"A place in “{TITLE}” is held for you"
SAT_IN = f"You sat in at “{TITLE}”: would you like to join?"
QUESTION = "What if the prior is wrong?"
IDEA = "Does it hold with half the data?"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@pytest.fixture
def stage(new_site, browser, settings) -> Stage:
    folder = Path(django_settings.LOCAL_MAIL_DIR)
    settings.MAILERS = {"default": {"BACKEND": "notifications.mail.FolderBackend", "OPTIONS": {"folder": str(folder)}}}
    settings.BASE_URL = new_site
    Site.objects.create(pk=1, name="A Research Collaborative", zone="Europe/Berlin", contact_email="hello@example.org")
    return Stage(
        browser=browser,
        site=new_site,
        post=Post(folder),
        worker=Worker(),
        began_at=timezone.now(),
        applicants=Path(),
        mistakes=[],
    )


@pytest.fixture
def people(stage):
    """By their letters, each at a browser of another kind; O answers proposals, A runs the group."""
    ways = {
        "O": {"width": "wide"},
        "A": {"width": "wide"},
        "B": {},
        "C": {"theme": "dark"},
        "D": {"width": "wide", "theme": "dark"},
        "E": {"script": False},
        "F": {"theme": "dark"},
        "visitor": {},
    }
    cast = {}
    for letter, way in ways.items():
        person = Person(stage, f"Member {letter}", zone="Europe/Berlin", **way)
        if letter != "visitor":
            person.email = f"{letter.lower()}@example.org"
            make = OrganizerFactory if letter == "O" else MemberFactory
            make(name=person.name, email=person.email, time_zone="Europe/Berlin")
            person.signs_in()
        cast[letter] = person
    yield cast
    for person in cast.values():
        person.context.close()


@pytest.fixture
def record(real_data) -> str:
    """A real arXiv record, as somebody would paste it."""
    return sorted((real_data / "papers/arxiv_abs_raw").glob("*.abs"))[0].read_text()


def group() -> ReadingGroup:
    return ReadingGroup.objects.get(title=TITLE)


def time_passes_until(session: Session, away: timedelta) -> None:
    """All sessions come nearer together, so that this one begins in so long."""
    session.refresh_from_db()
    by = timezone.now() + away - session.starts_at
    sessions = Session.objects.filter(group=session.group)
    sessions.update(starts_at=F("starts_at") + by, ends_at=F("ends_at") + by)
    for row in sessions:
        row.held_on = row.starts_at.date()
        row.save(update_fields=["held_on"])


def it_is_proposed_and_opened(people) -> None:
    a, o = people["A"], people["O"]
    a.goes_to("Groups")
    a.follows("Propose a group")
    a.writes("Title", TITLE)
    a.writes("What it is about", "One paper a week, and *nobody* presents alone.")
    a.writes("Places", "4")
    a.chooses("Weekday", "Tuesdays")
    a.writes("Time of day", "18:00")
    first = timezone.localdate() + timedelta(days=5)
    a.writes("From", first.isoformat())
    a.writes("To", (first + timedelta(days=27)).isoformat())
    a.presses("Send the proposal")
    a.reads("Your group is with the organizers.")
    a.stage.worker.tick()
    o.follows_mail(f"A group is proposed: “{TITLE}”", "/proposal/")
    o.presses("Open for sign-up")
    o.is_told("The group is open")
    a.stage.worker.tick()
    a.follows_mail(f"“{TITLE}” is open", PATH)
    a.unfolds("For organizers")
    a.follows("Settings")
    a.writes("Call link", "https://meet.example.org/priors")
    a.presses("Save the settings")


def people_come_in(people) -> None:
    a, b, c, d, f = (people[letter] for letter in "ABCDF")
    a.opens(f"{PATH}links/")
    a.writes("For whom", "For the course")
    a.presses("Make the link")
    address = a.page.get_by_label("Address: For the course").input_value()
    people["visitor"].opens(address)
    people["visitor"].reads(TITLE)
    b.opens(address)
    b.presses("Take a place")
    b.reads("You have a place")
    for person in (d, f):
        person.goes_to("Groups")
        person.follows(re.compile(f"^Take a place ?: {TITLE}$"))
        person.presses("Take a place")
        person.reads("You have a place")
    c.opens(PATH)
    c.unfolds("Sit in once")
    c.presses("Sit in at the next session")
    c.is_told("You sit in at the next session.")
    c.stage.worker.tick()
    assert any(subject.startswith(f"You sit in at “{TITLE}”") for subject in c.mails())


def whoever_sat_in_joins_and_a_place_passes_on(people) -> None:
    c, e, f = people["C"], people["E"], people["F"]
    time_passes_until(group().sessions.order_by("starts_at")[0], -timedelta(hours=3))
    c.stage.worker.tick()
    c.follows_mail(SAT_IN, "/groups/sat-in/")
    c.presses("Take a place")
    c.reads("You have a place")
    e.opens(PATH)
    e.presses("Join the waitlist")
    e.reads("You are first on the waitlist")
    f.opens(PATH)
    f.unfolds("Leave this group")
    f.presses("Give up my place")
    f.is_told("You have left this group.")
    e.stage.worker.tick()
    e.follows_mail(HELD, PATH)
    e.presses("Take the place")
    e.reads("You have a place")
    f.opens(PATH)
    f.presses("Join the waitlist")
    f.reads("You are first on the waitlist")


def a_paper_is_chosen(people, record) -> str:
    a, b = people["A"], people["B"]
    title = read_pasted(record).title
    b.opens(PATH)
    b.follows("Propose a paper")
    b.writes("What do you have of it?", record)
    b.presses("Look it up")
    b.presses("Put it on the reading list")
    b.is_told("The paper is in the pool.")
    a.opens(f"{PATH}pool/")
    a.follows(re.compile("^Give it a session, or take it out"))
    a.page.get_by_label("Session", exact=True).select_option(index=0)
    a.presses("Read it there")
    a.opens(PATH)
    a.reads(title, within=a.section("Next session"))
    return title


def two_present_with_slides(people, title) -> None:
    b, d = people["B"], people["D"]
    b.opens(PATH)
    b.presses(re.compile("^Offer to present"))
    b.is_told("You present. We will remind you two days before.")
    session = group().sessions.coming(timezone.now()).first()
    b.opens(f"{session.get_absolute_url()}presenters/")
    b.page.get_by_label("Ask somebody to present").select_option(label="Member D, has not presented yet")
    b.presses("Ask by email")
    b.stage.worker.tick()
    d.follows_mail(f"Member B asks you to present {title}", "/asked-to-present/")
    d.presses("Present")
    d.reads("You present")
    d.follows("Open the session")
    d.follows("Add your part and slides")
    d.writes("Which part you take", "the experiments")
    d.presses("Save")
    d.follows("Change your part and slides")
    d.page.get_by_label("Add a file").set_input_files(
        {"name": "slides.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    d.presses("Add file")
    d.reads("slides.pdf")
    e = people["E"]
    e.opens(session.get_absolute_url())
    e.reads("the experiments")
    assert e.takes("slides.pdf").read_bytes() == PDF


def it_is_talked_about(people, title) -> None:
    b, c, e = people["B"], people["C"], people["E"]
    session = group().sessions.coming(timezone.now()).first().get_absolute_url()
    e.opens(session)
    e.unfolds("Ask a question")
    e.writes("Your question", QUESTION)
    e.presses("Add question")
    c.opens(session)
    c.presses(re.compile(rf"^0 ?votes ?for: {re.escape(QUESTION)}$"))
    c.reads("You voted.")
    b.stage.worker.tick()
    b.follows_mail(f"Member E asks about {title}", "#question-")
    b.follows(re.compile(f"^Answer ?: {re.escape(QUESTION)}$"))
    b.writes("Your answer", r"Then $p(\theta)$ washes out, slowly.")
    b.presses("Add answer")
    expect(b.page.locator("math").first).to_be_visible()
    for person, kind, text in ((c, "Strength", "The proof is short."), (b, "Limitation", "It is one dataset.")):
        person.opens(session)
        person.unfolds("Add a note")
        person.chooses("What is it?", kind)
        person.writes("Your note", text)
        person.presses("Add note")
        person.reads(text, within=person.section("Notes"))
    for number, person in enumerate((c, b, e)):
        person.opens(PATH)
        if not number:
            person.unfolds("Put up an idea")
            person.writes("The idea in one line", IDEA)
            person.presses("Put up the idea")
            person.opens(PATH)
        person.unfolds("1 idea")
        person.presses(re.compile("^Put my hand up"))
    e.opens(PATH)
    e.unfolds("1 idea")
    e.reads("Ready to become a project")


def they_say_whether_they_come_and_come(people) -> None:
    a, b, c, e = (people[letter] for letter in "ABCE")
    session = group().sessions.coming(timezone.now()).first()
    time_passes_until(session, timedelta(hours=20))
    c.opens(PATH)
    c.presses("Yes")
    expect(c.page.get_by_role("button", name="Yes", exact=True)).to_have_attribute("aria-pressed", "true")
    e.stage.worker.tick()
    reminder = next(mail for mail in e.stage.post.to(e.email) if "/rsvp/" in str(mail))
    e.follows_mail(reminder["Subject"], "/rsvp/")
    e.presses("Maybe")
    expect(e.page.get_by_role("button", name="Maybe", exact=True)).to_have_attribute("aria-pressed", "true")
    a.opens(session.get_absolute_url())
    a.reads(re.compile("1 comes, 1 maybe"))
    time_passes_until(session, -timedelta(minutes=5))
    for person in (b, c):
        person.opens(PATH)
        person.presses("I am here")
        person.reads("You are checked in")
    a.opens(f"{session.get_absolute_url()}attendance/")
    for name in ("Member D", "Member E"):
        a.page.get_by_role("checkbox", name=re.compile(name)).check()
    a.presses("Save who came")
    assert Attendance.objects.filter(session=session).count() == 4


def it_is_completed(people, title) -> None:
    a, b, visitor = people["A"], people["B"], people["visitor"]
    time_passes_until(group().sessions.order_by("-starts_at")[0], -timedelta(hours=3))
    a.opens(f"{PATH}findings/")
    a.page.locator("#findings textarea").fill("Priors matter *less* than we thought.")
    a.presses("Save")
    a.opens(PATH)
    a.unfolds("For organizers")
    a.follows("Complete")
    a.presses("Complete")
    a.is_told("The group is completed.")
    visitor.opens(PATH)
    visitor.follows("What we read and found")
    visitor.reads(title, "Priors matter less than we thought.")
    visitor.misses("Member B", "meet.example.org", QUESTION)
    b.stage.worker.tick()
    b.follows_mail(f"Your certificate of “{TITLE}”", "/certificates/")
    b.reads("Member B", TITLE)
    certificate = Certificate.objects.get(member__name="Member B")
    visitor.opens("/certificates/")
    visitor.writes("Code", certificate.shown_code.lower().replace("-", " "))
    visitor.presses("Look it up")
    visitor.reads("Member B", "This certificate is valid")


def test_a_group_lives_a_term(stage, people, record):
    it_is_proposed_and_opened(people)
    people_come_in(people)
    whoever_sat_in_joins_and_a_place_passes_on(people)
    title = a_paper_is_chosen(people, record)
    two_present_with_slides(people, title)
    it_is_talked_about(people, title)
    they_say_whether_they_come_and_come(people)
    it_is_completed(people, title)
    states = Enrolment.objects.filter(group=group()).values_list("member__name", "state")
    assert dict(states) == {
        "Member B": "completed",
        "Member C": "completed",
        "Member D": "completed",
        "Member E": "completed",
        "Member F": "left",
    }
    assert set(Certificate.objects.values_list("member__name", flat=True)) == {f"Member {name}" for name in "BCDE"}
    assert stage.problems == []
    assert stage.refusals == []
    assert {(width, theme) for _view, width, theme in stage.looked_at} == {
        (width, theme) for width in ("phone", "wide") for theme in ("light", "dark")
    }
