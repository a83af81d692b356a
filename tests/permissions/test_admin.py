"""Django's admin, by one rule: whoever is not staff is asked to sign in as somebody who is, staff see what their rights
allow, and an admin sees everything. The pages of all models share the rows of the table."""

import re
from uuid import uuid4

import pytest
from django.apps import apps
from django.utils import timezone

from cohorts.actions import decide
from notifications.models import Delivery
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    AttendanceFactory,
    ChecklistItemFactory,
    CollectiveFactory,
    InstitutionFactory,
    MentorRequestFactory,
    NoteFactory,
    OfferFactory,
    RsvpFactory,
    TopicFactory,
    TypicalWeekFactory,
)
from tests.permissions.addresses import Address, addresses
from tests.permissions.asking import outcome
from tests.permissions.rows import IN, told
from tests.permissions.scene import ROLES

pytestmark = pytest.mark.django_db
AWAY, CHANGE = told("→ /admin/login/"), "→ change"
# A set holds what the models differ in: some rows are not made or removed by hand, which the admin's own tests say.
# By POST only those are asked who get no further; what an admin's does is the admin's own tests' as well.
KINDS = {
    # page: (what staff get by GET, by POST, what an admin gets by GET)
    "index": (200, 200, 200),
    "search": (200, 200, 200),
    "login": (IN, IN, IN),
    "logout": (405, "↩ /", 405),
    "password_change": (200, 200, 200),
    "password_change_done": (200, 405, 200),
    "autocomplete": (403, 405, 403),  # it wants to know for which field
    "jsi18n": (200, 405, 200),
    "view_on_site": (404, 404, 404),  # only for what has a page of its own
    "app_list": (404, 404, 200),
    "*_changelist": ({403, CHANGE}, {403, CHANGE}, {200, CHANGE}),  # the site has one row, and leads to it
    "*_add": (403, 403, {200, 403}),
    "*_change": (403, 403, 200),
    "*_history": (403, 403, 200),
    "*_delete": (403, 403, {200, 403}),
    "*_password_change": (403, 403, 200),
    "*_plan_sessions": (403, 403, 200),
    "*_give_up_this": (403, 403, 200),
    "*_take_back_this": (403, 403, 200),
    "*_decide": (403, 403, "→ /admin/cohorts/application/"),  # only with what the preview sends
    "*_undo": (403, 403, 200),
    "*_distribute": (403, 403, 200),
    "*_import_file": (403, 403, 200),
    "*_merge_duplicate": (403, 403, 200),
    "*_retry_this": (403, 403, 200),
    "*_cancel_this": (403, 403, 200),
    "*_sending": (403, 403, 200),
    "*_kinds": (403, 403, 200),
    "*_kind": (403, 403, 200),
    "*/<object>/": (CHANGE, CHANGE, CHANGE),
    "*": (404, 404, 404),
}
# Whoever is signed in and no staff is led to where they are told so, but for these.
OTHERS = {"login": 403, "logout": {*told("→ /admin/")}}
MODELS = "|".join(f"{model._meta.app_label}_{model._meta.model_name}" for model in apps.get_models())


def kind_of(address: Address) -> str:
    """The row that the page is in."""
    if address.name == "admin/(?P<url>.*)$":
        return "*"
    if address.name == address.route:
        return "*/<object>/"
    name = address.name.removeprefix("admin:")
    return "*_password_change" if name == "auth_user_password_change" else re.sub(f"^({MODELS})_", "*_", name)


PAGES = [(kind_of(address), address) for address in addresses() if address.is_of_admin]


def path_of(address: Address) -> str:
    """The path of the page, about a row that is there."""
    path = "/" + address.route.replace("^", "").removesuffix("$").replace("(?P<url>.*)", "nothing/at/all/")
    path = re.sub(r"\(\?P<app_label>([^|)]+)[^)]*\)", r"\1", path)
    path = path.replace("<slug:kind>", "session_tomorrow")
    path = path.replace("r/<path:content_type_id>/<path:object_id>", "r/999999/1")
    if "<" in path:
        _empty, _admin, label, model, *_rest = path.split("/")
        row = apps.get_model(label, model)._default_manager.order_by("pk").first()
        path = re.sub("<[^>]+>", str(row.pk), path)
    return path


@pytest.fixture(scope="module")
def one_of_each(built) -> None:
    """A row of every model that the admin shows, where the scene has none."""
    member, now = built.people["author"], timezone.now()
    TypicalWeekFactory(member=member)
    InstitutionFactory()
    TopicFactory()
    CollectiveFactory()
    ChecklistItemFactory()
    AnswerFactory()
    AttendanceFactory()
    NoteFactory()
    RsvpFactory()
    OfferFactory()
    MentorRequestFactory()
    apps.get_model("auth", "Group").objects.create(name="Those who look after groups")
    application, about = ApplicationFactory(), {"actor": None, "outcome": "declined", "key": uuid4(), "now": now}
    decide(cohort_id=application.cohort_id, application_ids=[application.pk], **about)
    Delivery.objects.create(
        kind="place_offered",
        recipient=f"members.member:{member.pk}",
        object_key="reading_groups.enrolment:1",
        occurrence="once",
        due_at=now,
    )


def test_no_kind_of_page_is_missing_and_none_is_gone():
    there = {kind for kind, _address in PAGES}
    assert {"missing": there - KINDS.keys(), "gone": KINDS.keys() - there} == {"missing": set(), "gone": set()}


@pytest.mark.parametrize("kind", KINDS)
def test_the_pages_are_for_staff_by_their_rights_and_for_admins(one_of_each, scene, kind):
    others = [role for role in ROLES if role not in {"staff", "admin"}] if kind == "index" else ["organizer"]
    staff_get, staff_post, admin_get = KINDS[kind]
    expected = {("staff", "GET"): staff_get, ("staff", "POST"): staff_post, ("admin", "GET"): admin_get}
    for method in ("GET", "POST"):
        expected |= {(role, method): OTHERS.get(kind, {*AWAY}) for role in others if role != "visitor"}
        expected["visitor", method] = {IN, AWAY[0]}
    wrong = {}
    for address in (address for its_kind, address in PAGES if its_kind == kind):
        path = path_of(address)
        for (role, method), allowed in expected.items():
            got = outcome(scene, role, method, path)
            got = CHANGE if re.fullmatch(f"[→↩] {re.escape(path)}(1/)?change/", str(got)) else got
            if got not in (allowed if isinstance(allowed, set) else {allowed}):
                wrong[method, path, role] = got
    assert wrong == {}
