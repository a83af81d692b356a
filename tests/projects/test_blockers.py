"""What is in the way, and who may know. A phrase in a private one is looked for wherever others could find it."""

import logging

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from collaborative.home import tasks
from members.models import Member
from notifications.models import Delivery
from projects import actions
from projects.models import Blocker, Involvement
from projects.search import projects_for
from tests.clients import client_of
from tests.factories import (
    AdminFactory,
    BlockerFactory,
    MemberFactory,
    MembershipFactory,
    OrganizerFactory,
    ProjectFactory,
)
from tests.permissions.addresses import addresses

pytestmark = pytest.mark.django_db

CANARY = "quagmirefinch"


@pytest.fixture
def raiser():
    return MemberFactory(name="Member A")


@pytest.fixture
def advisor(project):
    return MembershipFactory(project=project, role="advisor", member__name="Member P").member


@pytest.fixture
def project(raiser):
    return ProjectFactory(slug="probing", team=[raiser, MemberFactory(name="Member B")])


def raise_it(client, **changes):
    data = {"kind": "disagreement", "text": f"A {CANARY} is in the way", "visibility": "private"} | changes
    return client.post("/projects/probing/blockers/raise/", data)


def raise_by_action(raiser, project, now, **what):
    what |= {"kind": "delay", "text": "Mine", "named": []}
    return actions.raise_blocker(actor=raiser, project_id=project.pk, now=now, **what)


def test_a_private_blocker_reaches_its_handler_who_answers_and_the_raiser_closes_it(
    signed_in, raiser, advisor, project, organizer
):
    for _click in range(2):
        response = raise_it(signed_in(raiser), handlers=[advisor.pk, organizer.pk])
    blocker = Blocker.objects.get()
    assert response.headers["Location"] == blocker.get_absolute_url() == f"/projects/blockers/{blocker.pk}/"
    assert set(Delivery.objects.values_list("kind", "member")) == {
        ("blocker_raised", advisor.pk),
        ("blocker_raised", organizer.pk),
    }
    page = signed_in(advisor).get(blocker.get_absolute_url())
    assert CANARY in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    for _click in range(2):
        signed_in(advisor).post(f"{blocker.get_absolute_url()}acknowledge/")
    blocker.refresh_from_db()
    assert blocker.acknowledged_by == advisor
    assert "Somebody is on it" in signed_in(raiser).get(project.get_absolute_url()).content.decode()
    assert signed_in(advisor).post(f"{blocker.get_absolute_url()}close/").status_code == 404
    assert signed_in(raiser).post(f"{blocker.get_absolute_url()}acknowledge/").status_code == 404
    for _click in range(2):
        signed_in(raiser).post(f"{blocker.get_absolute_url()}close/")
    blocker.refresh_from_db()
    assert blocker.closed_at is not None
    response = signed_in(organizer).post(f"{blocker.get_absolute_url()}acknowledge/", follow=True)
    assert "closed meanwhile" in response.content.decode()


@pytest.mark.parametrize("visibility", Blocker.Visibility)
def test_whoever_is_named_never_handles_it(signed_in, raiser, advisor, project, visibility, now):
    lead = project.memberships.get(role="lead").member
    named_by_box = raise_it(
        signed_in(raiser), visibility=visibility, handlers=[advisor.pk, lead.pk], named=[advisor.pk]
    )
    in_the_text = raise_it(signed_in(raiser), visibility=visibility, handlers=[advisor.pk], text="Ask MEMBER  p. Soon")
    for response in (named_by_box, in_the_text):
        assert response.status_code == 422
        assert response.context["blocker_form"].errors["handlers"] == ["It is about Member P. Choose somebody else."]
    assert not Blocker.objects.exists()
    # The page does not offer to choose oneself, and the action refuses it as well.
    with pytest.raises(actions.HandlerIsNamed):
        raise_by_action(raiser, project, now, visibility=visibility, handlers=[raiser])


@pytest.mark.parametrize(
    ("name", "text", "is_named"),
    [
        ("Member P", "It was member p who said so", True),
        ("Member P", "It was Member Pq who said so", False),
        ("Will", "It will be late", False),
        ("Will", "Will is late", True),
        ("Müller", "Frau Müller", True),
        ("José Ibáñez", "jose  ibanez", True),
        ("", "Nobody", False),
    ],
)
def test_a_name_in_a_text_is_found_as_people_write_it(name, text, is_named):
    assert actions.blockers.is_named_in(text, Member(name=name)) == is_named


def test_a_private_one_needs_somebody_and_only_those_near_can_be_chosen(signed_in, raiser, project, now):
    stranger = MemberFactory()
    assert raise_it(signed_in(raiser)).status_code == 422
    response = raise_it(signed_in(raiser), handlers=[stranger.pk])
    assert "cannot be chosen here" in response.content.decode()
    assert CANARY in response.content.decode()
    assert not Blocker.objects.exists()
    with pytest.raises(actions.NeedsHandler):
        raise_by_action(raiser, project, now, visibility="private", handlers=[])


def test_one_for_the_team_is_read_by_the_team_alone(signed_in, raiser, project, organizer):
    raise_it(signed_in(raiser), visibility="team")
    url = Blocker.objects.get().get_absolute_url()
    mate = project.memberships.get(member__name="Member B").member
    statuses = [signed_in(person).get(url).status_code for person in (raiser, mate, organizer, MemberFactory())]
    assert statuses == [200, 200, 404, 404]


def test_a_handler_is_never_named_by_the_database():
    member = MemberFactory()
    blocker = BlockerFactory(handlers=[member])
    with pytest.raises(IntegrityError, match="handler_or_named"):
        Involvement.objects.create(blocker=blocker, member=member, part="named")


@pytest.fixture
def everybody_else(project) -> dict[str, Client]:
    """Those who are near, and still none of those whom the raiser chose."""
    people = {
        "member": MemberFactory(),
        "team": project.memberships.get(member__name="Member B").member,
        "lead": project.memberships.get(role="lead").member,
        "another advisor": MembershipFactory(project=project, role="advisor").member,
        "has left": MembershipFactory(project=project, left_at=project.began_at).member,
        "organizer": OrganizerFactory(),
        "staff": MemberFactory(is_staff=True),
        "admin": AdminFactory(),
    }
    return {"visitor": Client()} | {role: client_of(person) for role, person in people.items()}


def test_what_is_told_in_private_is_found_nowhere_else(signed_in, raiser, advisor, project, everybody_else, caplog):
    caplog.set_level(logging.INFO)
    named = project.memberships.get(member__name="Member B").member
    raise_it(signed_in(raiser), handlers=[advisor.pk], named=[named.pk])
    signed_in(raiser).post("/projects/probing/tasks/add/", {"title": "A task", "owner": advisor.pk})
    blocker = Blocker.objects.get()
    args = {"slug": "probing", "blocker_id": blocker.pk, "task_id": project.tasks.get().pk, "output_id": 1}
    args |= {"proposal_id": 1}
    pages = []
    for address in addresses():
        if address.name.startswith("projects:"):
            pages.append(reverse(address.name, kwargs={key: args[key] for key in address.takes}))
    pages += ["/", "/me/", "/groups/", "/projects/?show=finished", f"{project.get_absolute_url()}?updates=all"]
    own = f"/projects/blockers/{blocker.pk}/"
    assert own in pages
    for role, client in everybody_else.items():
        for page in pages:
            for response in (client.get(page, follow=True), client.post(page, {"decision": "x"}, follow=True)):
                assert CANARY not in response.content.decode(), (role, page)
                assert blocker.get_absolute_url() not in response.content.decode() or page.startswith(own), (role, page)
        if role != "visitor":
            assert client.get(own).status_code == 404, role
    superuser = everybody_else["admin"]
    for page in admin_pages():
        assert CANARY not in superuser.get(page, follow=True).content.decode(), page
    for model in admin.site._registry:
        found = superuser.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/", {"q": CANARY}, follow=True)
        if "cl" in (found.context or {}):
            assert found.context["cl"].result_count == 0, model
    assert not projects_for(raiser, CANARY).exists()
    assert CANARY not in str(blocker)
    assert tasks.send_due() == 1
    [message] = mail.outbox
    assert message.to == [advisor.email]
    assert own in message.body
    everything = str(message.message())
    # Neither what it says, nor who raised it, nor which project it is in.
    assert [text in everything for text in (CANARY, "Member A", project.title, "probing")] == [False] * 4
    assert CANARY not in caplog.text
    tables = connection.introspection.table_names()
    holding = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.db_table in tables and any(CANARY in str(row) for row in model._base_manager.values())
    }
    assert holding == {"projects.Blocker"}


def admin_pages() -> list[str]:
    """Every page of the admin about a row that is there; lists and forms of models without rows are empty anyway."""
    pages = []
    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        pages.append(base)
        for row in model._default_manager.all()[:20]:
            pages += [f"{base}{row.pk}/{page}/" for page in ("change", "history", "delete")]
    return pages
