"""What holds for every page of the admin, whichever app it belongs to."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.forms import ModelChoiceField
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohorts.actions import decide
from cohorts.models import Application, Cohort, DecisionBatch, Place, Section
from collaborative.models import Site
from core.admin import INLINE_ROWS
from members.actions import add_to_collective
from members.availability.models import Away, Meeting, Poll, TypicalWeek
from members.handbook.models import ChecklistItem, Page, Suggestion
from members.models import Collective, Institution, Member, Role, Topic, TopicExperience
from mentorship.models import Mentorship, Offer, Request, Round
from notifications.models import Delivery
from projects.models import Output, Project, Proposal, Task, Update
from reading_groups.models import (
    Answer,
    Attendance,
    Certificate,
    Enrolment,
    GroupInvitation,
    GroupMessage,
    Idea,
    InvitationLink,
    Note,
    Paper,
    Presentation,
    PresentationFile,
    PresentingInvitation,
    PresentingSwap,
    Question,
    Reading,
    ReadingGroup,
    Rsvp,
    Session,
    SitIn,
    Split,
    Summary,
)
from tests.factories import (
    AdminFactory,
    AnswerFactory,
    ApplicationFactory,
    AttendanceFactory,
    AwayFactory,
    CertificateFactory,
    ChecklistItemFactory,
    CohortFactory,
    CollectiveFactory,
    EnrolmentFactory,
    GroupInvitationFactory,
    GroupMessageFactory,
    IdeaFactory,
    InstitutionFactory,
    InvitationLinkFactory,
    MeetingFactory,
    MemberFactory,
    MentorRequestFactory,
    MentorshipFactory,
    NoteFactory,
    OfferFactory,
    OrganizerFactory,
    OutputFactory,
    PageFactory,
    PaperFactory,
    PlaceFactory,
    PollFactory,
    PresentationFactory,
    PresentationFileFactory,
    PresentingInvitationFactory,
    PresentingSwapFactory,
    ProjectFactory,
    ProposalFactory,
    QuestionFactory,
    ReadingFactory,
    ReadingGroupFactory,
    RoundFactory,
    RsvpFactory,
    SectionFactory,
    SessionFactory,
    SitInFactory,
    SplitFactory,
    SuggestionFactory,
    SummaryFactory,
    TaskFactory,
    TopicFactory,
    TypicalWeekFactory,
    UpdateFactory,
)
from tests.factories.members import PASSWORD
from tests.pages import send

pytestmark = pytest.mark.django_db


def make_deliveries(count):
    start = Delivery.objects.count()
    for n in range(start, start + count):
        member = MemberFactory()
        Delivery.objects.create(
            kind="place_offered",
            recipient=f"members.member:{member.pk}",
            member=member,
            object_key=f"reading_groups.enrolment:{n}",
            occurrence="once",
            due_at=datetime(2026, 11, 20, 12, tzinfo=UTC) + timedelta(minutes=n),
        )


def make_topics(count):
    parent = TopicFactory()
    for _ in range(count - 1):
        parent = TopicFactory(parent=parent if parent.depth < 3 else None)


def make_members(count):
    for _ in range(count):
        member = MemberFactory(institution=InstitutionFactory())
        TopicExperience.objects.create(member=member, topic=TopicFactory())


def make_collectives(count):
    for _ in range(count):
        add_to_collective(collective=CollectiveFactory(), member=MemberFactory())


def make_groups(count):
    for _ in range(count):
        group = ReadingGroupFactory(
            collective=CollectiveFactory(), topics=[TopicFactory()], organizers=[MemberFactory()]
        )
        EnrolmentFactory(group=group)


def make_readings(count):
    for _ in range(count):
        session = SessionFactory()
        ReadingFactory(group=session.group, session=session)


def make_sections(count):
    for _ in range(count):
        PlaceFactory(section=SectionFactory(leaders=[MemberFactory()]))


def make_decisions(count):
    for _ in range(count):
        application = ApplicationFactory()
        decide(
            actor=MemberFactory(),
            cohort_id=application.cohort_id,
            application_ids=[application.pk],
            outcome="accepted",
            key=uuid4(),
            now=datetime(2026, 11, 20, 12, tzinfo=UTC),
        )


def make_staff_groups(count):
    for _ in range(count):
        Group.objects.create(name=f"Staff {Group.objects.count()}").permissions.set(Permission.objects.all()[:3])


def make_meetings(count):
    for _ in range(count):
        MeetingFactory(participants=[MemberFactory(), MemberFactory()])


def many(factory):
    return factory.create_batch


# The rows of each list, and what its page costs: the number of rows, the rows, and the site's name twice. Dates to
# choose from cost two more, values that are looked up for a filter one.
LISTS = {
    Institution: (many(InstitutionFactory), 4),
    Topic: (make_topics, 3),
    Member: (make_members, 3),
    Collective: (make_collectives, 3),
    ReadingGroup: (make_groups, 3),
    Session: (many(SessionFactory), 5),
    Reading: (make_readings, 3),
    Paper: (many(PaperFactory), 3),
    Enrolment: (many(EnrolmentFactory), 5),
    InvitationLink: (many(InvitationLinkFactory), 3),
    SitIn: (many(SitInFactory), 3),
    GroupInvitation: (many(GroupInvitationFactory), 3),
    Certificate: (many(CertificateFactory), 3),
    GroupMessage: (many(GroupMessageFactory), 5),
    Split: (many(SplitFactory), 5),
    Summary: (many(SummaryFactory), 5),
    Rsvp: (many(RsvpFactory), 3),
    Attendance: (many(AttendanceFactory), 3),
    PresentationFile: (many(PresentationFileFactory), 3),
    PresentingInvitation: (many(PresentingInvitationFactory), 3),
    PresentingSwap: (many(PresentingSwapFactory), 3),
    Delivery: (make_deliveries, 6),
    Cohort: (many(CohortFactory), 3),
    Application: (many(ApplicationFactory), 3),
    DecisionBatch: (make_decisions, 3),
    Section: (make_sections, 3),
    Place: (make_sections, 3),
    Role: (many(OrganizerFactory), 3),
    Page: (many(PageFactory), 3),
    Suggestion: (many(SuggestionFactory), 5),
    ChecklistItem: (many(ChecklistItemFactory), 3),
    Group: (make_staff_groups, 3),
    Permission: (lambda count: None, 3),
    TypicalWeek: (many(TypicalWeekFactory), 3),
    Away: (many(AwayFactory), 5),
    Poll: (many(PollFactory), 5),
    Meeting: (make_meetings, 5),
    Round: (many(RoundFactory), 5),
    Offer: (many(OfferFactory), 3),
    Request: (many(MentorRequestFactory), 3),
    Mentorship: (many(MentorshipFactory), 3),
    Presentation: (many(PresentationFactory), 5),
    Question: (many(QuestionFactory), 5),
    Answer: (many(AnswerFactory), 5),
    Note: (many(NoteFactory), 5),
    Idea: (many(IdeaFactory), 5),
    Proposal: (many(ProposalFactory), 3),
    Project: (many(ProjectFactory), 3),
    Task: (many(TaskFactory), 3),
    Update: (many(UpdateFactory), 3),
    Output: (many(OutputFactory), 3),
}
SINGLE = {Site}
# What people make on the site, or the site itself, and what an admin looks at.
ONLY_SEEN = {Site, Permission, Delivery, Poll, Suggestion, TypicalWeek, Application, DecisionBatch, Place}
ONLY_SEEN |= {
    InvitationLink,
    PresentationFile,
    PresentingInvitation,
    PresentingSwap,
    SitIn,
    GroupInvitation,
    GroupMessage,
    Split,
    Summary,
    Certificate,
    Rsvp,
    Attendance,
    Offer,
    Request,
    Mentorship,
    Question,
    Answer,
    Note,
    Idea,
    Proposal,
    Project,
    Task,
    Update,
    Output,
}


@pytest.fixture
def superuser():
    return AdminFactory()


@pytest.fixture
def visitor():
    return Client()


@pytest.fixture
def client(superuser):
    client = Client()
    client.force_login(superuser)
    return client


def list_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_url(instance):
    return reverse(f"admin:{instance._meta.app_label}_{instance._meta.model_name}_change", args=[instance.pk])


def add_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def cost_of(client, url):
    """The queries that a page costs beyond those for the session and the signed-in user."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200
    own = re.compile(r'FROM "django_session"|"members_member"."id" = \d+ LIMIT 21')
    return [query["sql"] for query in queries if not own.search(query["sql"])]


def test_every_list_is_counted():
    assert set(admin.site._registry) == set(LISTS) | SINGLE


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_list_costs_the_same_at_any_length(client, model):
    make, cost = LISTS[model]
    make(3)
    few = cost_of(client, list_url(model))
    make(57)
    many = cost_of(client, list_url(model))
    assert (len(few), len(many)) == (cost, cost), "\n".join(many)


def related_fields(model_admin, request):
    """The foreign keys and many-to-many fields that a form of this admin lets people choose."""
    formset = getattr(model_admin, "get_formset", None)
    form = formset(request).form if formset else model_admin.get_form(request, None)
    for name in form.base_fields:
        if isinstance(form.base_fields[name], ModelChoiceField):
            yield name


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_every_relation_is_chosen_by_searching(model, superuser):
    request = RequestFactory().get("/")
    request.user = superuser
    model_admin = admin.site._registry[model]
    inlines = [inline(model, admin.site) for inline in model_admin.get_inlines(request, model())]
    for page in [model_admin, *inlines]:
        may_add = page.has_add_permission(*([request] if page is model_admin else [request, None]))
        if not may_add and not page.has_change_permission(request):
            continue  # nothing is chosen on a page that is only looked at
        parent_key = getattr(page, "fk_name", None)
        for name in related_fields(page, request):
            if name != parent_key:
                assert name in page.get_autocomplete_fields(request), (page, name)


def group_with(rows):
    group = ReadingGroupFactory(capacity=100)
    for _ in range(rows):
        start = datetime(2026, 1, 6, 15, tzinfo=UTC) + timedelta(days=group.sessions.count())
        session = SessionFactory(group=group, starts_at=start)
        ReadingFactory(group=group, session=session)
        EnrolmentFactory(group=group)
    return group


def member_with(rows):
    member = MemberFactory()
    for _ in range(rows):
        TopicExperience.objects.create(member=member, topic=TopicFactory())
        add_to_collective(collective=CollectiveFactory(), member=member)
    return member


def collective_with(rows):
    collective = CollectiveFactory()
    for _ in range(rows):
        add_to_collective(collective=collective, member=MemberFactory())
    return collective


def session_with(rows):
    session = SessionFactory()
    ReadingFactory.create_batch(rows, group=session.group, session=session)
    return session


def enrolment_with(rows):
    enrolment = EnrolmentFactory()
    for n in range(rows):
        enrolment.joined_at += timedelta(minutes=n)
        enrolment.save()
    return enrolment


@pytest.mark.parametrize("make", [group_with, member_with, collective_with, session_with, enrolment_with])
def test_a_page_shows_its_rows_in_pages_and_stops_growing(client, make):
    full, fuller = page_url(make(INLINE_ROWS)), page_url(make(3 * INLINE_ROWS))
    client.get(full)  # content types are looked up once per process
    assert len(cost_of(client, full)) == len(cost_of(client, fuller))
    shown = [len(inline.formset.initial_forms) for inline in client.get(fuller).context["inline_admin_formsets"]]
    assert max(shown) == INLINE_ROWS


# Whatever is typed into the address


ANYWHERE = [
    {"q": "'\"%_\\ \u202e 😀"},
    {"q": "x" * 2000},
    {"p": "999999"},
    {"p": "two"},
    {"o": "99.-99"},
    {"_to_field": "password"},
]
NONSENSE = [
    (Member, {"password__startswith": "p"}),
    (Member, {"institution__id__exact": "99999999999999999999"}),
    (Member, {"is_active__exact": "perhaps"}),
    (Enrolment, {"state__exact": "nonsense"}),
    (Enrolment, {"group__id__exact": "nonsense"}),
    (Enrolment, {"joined_at__year": "nonsense"}),
    (Session, {"held_on__year": "2026", "held_on__month": "99"}),
    (Delivery, {"kind": "nonsense"}),
    (Topic, {"parent__id__exact": "-1"}),
    *[(model, query) for model in (Member, Topic, Paper, Delivery) for query in ANYWHERE],
]


@pytest.mark.parametrize(("model", "query"), NONSENSE, ids=str)
def test_nonsense_in_the_address_of_a_list_breaks_nothing(client, model, query):
    # A page without those, or a way back to it.
    assert client.get(list_url(model), query).status_code in {200, 302, 400}


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_a_row_that_is_not_there_is_told(client, model):
    for key in ("0", "nonsense", "1/2", "99999999999999999999999"):
        assert client.get(f"{list_url(model)}{key}/change/").headers["Location"] == "/admin/"


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_a_page_to_add_one_opens_where_one_may_be_added(client, model):
    assert client.get(add_url(model)).status_code == (403 if model in ONLY_SEEN else 200)


# Signing in


def test_the_sign_in_of_the_admin_is_that_of_the_site_and_leads_back(visitor):
    response = visitor.get("/admin/members/member/?q=a")
    assert response.headers["Location"] == "/accounts/login/?next=/admin/members/member/%3Fq%3Da"
    response = visitor.get("/admin/login/?next=/admin/members/member/%3Fq%3Da")
    assert response.headers["Location"] == "/accounts/login/?next=/admin/members/member/%3Fq%3Da"
    assert visitor.get("/admin/login/").headers["Location"] == "/accounts/login/?next=/admin/"


def test_an_admin_signs_in_and_is_where_they_wanted_to_be(visitor, superuser):
    data = {"login": superuser.email, "password": PASSWORD, "next": "/admin/members/member/"}
    response = visitor.post("/accounts/login/", data)
    assert response.headers["Location"] == "/admin/members/member/"
    assert visitor.get("/admin/members/member/").status_code == 200
    # Whoever is signed in already goes straight on.
    assert visitor.get("/admin/login/?next=/admin/", follow=True).redirect_chain[-1] == ("/admin/", 302)


def test_a_member_who_is_no_staff_is_told_so_and_does_not_go_round_in_circles(visitor):
    visitor.force_login(MemberFactory())
    response = visitor.get("/admin/members/member/", follow=True)
    assert response.redirect_chain == [("/admin/login/?next=/admin/members/member/", 302)]
    assert response.status_code == 403


def test_the_sign_in_of_the_admin_leads_to_no_other_site(visitor, superuser):
    visitor.force_login(superuser)
    chain = visitor.get("/admin/login/?next=https://example.com/", follow=True).redirect_chain
    assert not any(address.startswith("https:") for address, _status in chain)


# The sidebar, and the one row of the site


def test_the_sidebar_leads_to_every_list(client):
    sections = client.get("/admin/").context["sidebar_navigation"]
    links = {str(item["link"]) for section in sections for item in section["items"] if item["has_permission"]}
    assert links == {list_url(model) for model in admin.site._registry if model is not Permission}
    for link in links:
        assert client.get(link, follow=True).status_code == 200


def test_staff_are_shown_the_lists_that_they_may_open(visitor):
    member = MemberFactory(is_staff=True)
    member.user_permissions.set(Permission.objects.filter(codename__in=["view_topic", "change_paper"]))
    visitor.force_login(member)
    sections = visitor.get("/admin/").context["sidebar_navigation"]
    links = {str(item["link"]) for section in sections for item in section["items"] if item["has_permission"]}
    assert links == {list_url(Topic), list_url(Paper)}


def test_the_site_is_one_row_that_the_first_save_writes(client):
    assert client.get(list_url(Site)).headers["Location"] == page_url(Site(pk=1))
    for name in ("First name", "Second name"):
        changes = {"name": name, "zone": "Asia/Kathmandu", "contact_email": "hello@example.org"}
        assert send(client, page_url(Site(pk=1)), "site_form", **changes).status_code == 302
        assert list(Site.objects.values_list("pk", "name")) == [(1, name)]
    assert "Second name" in client.get("/admin/").content.decode()


def test_names_with_markup_are_shown_as_text(client):
    name = "<script>alert(1)</script>"
    group = ReadingGroupFactory(title=name, organizers=[MemberFactory(name=name)])
    EnrolmentFactory(group=group, member=group.organizers.get())
    SessionFactory(group=group, title=name)
    for url in (*map(list_url, (Member, ReadingGroup, Enrolment, Session)), page_url(group)):
        assert name not in client.get(url).content.decode()


def test_moments_are_told_as_on_the_site(client):
    ApplicationFactory(submitted_at=datetime(2026, 11, 4, 12, 40, tzinfo=UTC))
    assert "4 Nov 2026, 18:10" in client.get("/admin/cohorts/application/").content.decode()
