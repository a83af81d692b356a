"""What nobody should send and somebody will: it is told in a page, and never breaks one."""

from urllib.parse import quote

import pytest
from django.test.client import BOUNDARY, encode_multipart

from reading_groups.models import Enrolment, ReadingGroup
from tests.clients import client_of
from tests.factories import EnrolmentFactory, MemberFactory, ReadingGroupFactory, TopicFactory

pytestmark = pytest.mark.django_db
State = Enrolment.State


@pytest.fixture
def member():
    return MemberFactory()


@pytest.fixture
def signed_in(member):
    return client_of(member)


def words(response) -> str:
    return " ".join(response.text.split())


# Addresses that lead nowhere


@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/groups/no-such-group/",
        "/groups/%00/",
        "/groups/" + "x" * 2_000 + "/",
        "/groups/🦉/",
        "/me/nothing/",
        "/accounts/nothing/",
        "/local/mail/nothing.eml",
        "/local/mail/..%2F..%2Fsecret-key",
        "/local/mail/%00.eml",
        "/health/nothing",
    ],
)
@pytest.mark.parametrize("who", ["visitor", "member"])
def test_there_is_no_such_page(client, signed_in, path, who):
    response = (client if who == "visitor" else signed_in).get(path)
    assert response.status_code == 404
    assert "There is no such page</h1>" in response.text


@pytest.mark.parametrize("verb", ["join", "leave"])
def test_nobody_joins_or_leaves_what_is_not_there(signed_in, verb):
    assert signed_in.post(f"/groups/no-such-group/{verb}/").status_code == 404


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_what_is_not_theirs_to_see_is_not_there(signed_in, state):
    group = ReadingGroupFactory(state=state)
    responses = [signed_in.get(group.get_absolute_url()), signed_in.post(f"{group.get_absolute_url()}join/")]
    assert [response.status_code for response in responses] == [404, 404]


@pytest.mark.parametrize("path", ["/local/mail/", "/local/mail/none.eml"])
def test_a_public_site_shows_no_mails(client, settings, path):
    settings.LOCAL_MODE = False
    assert client.get(path).status_code == 404


def test_an_address_without_its_slash_is_led_to_the_page(client):
    ReadingGroupFactory(slug="attention")
    response = client.get("/groups/attention")
    assert (response.status_code, response.headers["Location"]) == (301, "/groups/attention/")


# Queries that mean nothing


@pytest.fixture
def two_groups():
    topic = TopicFactory(name="Graphs", slug="graphs")
    return ReadingGroupFactory(title="Group on graphs", topics=[topic]), ReadingGroupFactory(title="Another group")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("page=abc", "“abc” is not the number of a page; this is the first."),
        ("page=", "“” is not the number of a page; this is the first."),
        ("page=1.5", "“1.5” is not the number of a page; this is the first."),
        ("page=%00", "is not the number of a page; this is the first."),
        ("page=999", "There is no page 999; this is the last."),
        ("page=0", "There is no page 0; this is the last."),
        ("page=-1", "There is no page -1; this is the last."),
        ("page=" + "9" * 5_000, "is not the number of a page; this is the first."),
        ("topic=nope", "Topic: Select a valid choice."),
        ("topic=%00", "Topic: "),
        ("topic=graphs'--", "Topic: Select a valid choice."),
        ("format=poems", "Format: Select a valid choice. poems is not one of the available choices."),
        ("format=%00", "Format: "),
        ("order=drop", "Order: Select a valid choice. drop is not one of the available choices."),
        ("q=%00", "Null characters are not allowed."),
        ("q=a%00b&order=title", "Null characters are not allowed."),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_nonsense_is_told_and_the_rest_still_applies(client, two_groups, query, said, headers):
    response = client.get(f"/groups/?{query}", headers=headers)
    assert response.status_code == 200
    assert 'role="alert"' in response.text
    assert said in words(response)
    assert [group.title in response.text for group in two_groups] == [True, True]


def test_several_things_that_mean_nothing_are_all_told(client, two_groups):
    page = words(client.get("/groups/?topic=nope&format=poems&order=drop&page=x&q=graphs"))
    assert [part in page for part in ("Topic: ", "Format: ", "Order: ", "“x” is not the number")] == [True] * 4


@pytest.mark.parametrize(
    "q",
    [
        "x" * 10_000,
        "🦉",
        "\u202eabc",
        "' OR 1=1 --",
        '"unclosed',
        "& | ! <-> (:*)",
        "a" + " b" * 2_000,
        "<b>bold</b>",
        "\\",
    ],
)
def test_any_words_may_be_searched_for(client, two_groups, q):
    response = client.get("/groups/", {"q": q})
    assert response.status_code == 200
    assert "<b>bold" not in response.text


@pytest.mark.parametrize("query", ["unknown=1", "q=&topic=&format=&order=&open=", "q=a&q=b"])
def test_what_is_empty_or_not_asked_for_is_no_trouble(client, two_groups, query):
    assert client.get(f"/groups/?{query}").status_code == 200


@pytest.mark.parametrize("past", ["abc", "999", "-1", "%00", "9" * 5_000])
def test_past_sessions_have_no_such_page_either(client, past):
    response = client.get(f"{ReadingGroupFactory().get_absolute_url()}?past={past}")
    assert response.status_code == 200
    assert 'role="alert"' in response.text


@pytest.mark.parametrize("value", ["nonsense", "0", "true"])
def test_a_box_is_ticked_or_not_and_anything_else_is_told(client, two_groups, value):
    assert "Part of this search means nothing to us" in client.get(f"/groups/?open={value}").text


@pytest.mark.parametrize("target", ["https://elsewhere.example.org/", "//elsewhere.example.org", "\x00", "x" * 10_000])
@pytest.mark.parametrize("path", ["/zone/", "/accounts/login/", "/accounts/signup/", "/accounts/logout/"])
def test_a_strange_way_on_breaks_no_page(client, path, target):
    assert client.get(f"{path}?next={quote(target)}").status_code in {200, 302}


# Twice, too late, and meanwhile


def test_pressing_join_twice_takes_one_place(signed_in, member):
    group = ReadingGroupFactory(capacity=2)
    pages = [signed_in.post(f"{group.get_absolute_url()}join/", follow=True) for _press in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert list(group.enrolments.values_list("member", "state")) == [(member.pk, State.ENROLLED)]
    group.refresh_from_db()
    assert group.places_taken == 1


def test_pressing_leave_twice_says_so_the_second_time(signed_in):
    group = ReadingGroupFactory()
    signed_in.post(f"{group.get_absolute_url()}join/")
    first, second = (signed_in.post(f"{group.get_absolute_url()}leave/", follow=True) for _press in range(2))
    assert "You have left this group." in words(first)
    assert "You have no place in this group." in words(second)
    group.refresh_from_db()
    assert (group.places_taken, group.enrolments.get().state) == (0, State.LEFT)


def test_a_group_that_was_closed_meanwhile(signed_in):
    group = ReadingGroupFactory(state=ReadingGroup.State.COMPLETED)
    page = signed_in.post(f"{group.get_absolute_url()}join/", follow=True)
    assert "This group is not taking members any more." in words(page)
    assert group.enrolments.count() == 0


def test_a_group_that_was_filled_meanwhile(signed_in, member):
    group = ReadingGroupFactory(capacity=1)
    EnrolmentFactory(group=group)
    page = signed_in.post(f"{group.get_absolute_url()}join/", follow=True)
    assert "You are on the waitlist." in words(page)
    assert group.enrolments.get(member=member).state == State.WAITLISTED


def test_a_group_that_was_deleted_meanwhile(signed_in):
    group = ReadingGroupFactory()
    path = group.get_absolute_url()
    group.delete()
    for verb in ("join", "leave"):
        response = signed_in.post(f"{path}{verb}/")
        assert (response.status_code, "There is no such page" in response.text) == (404, True)


def test_the_organizer_of_an_archived_group_cannot_join_it(signed_in, member):
    group = ReadingGroupFactory(state=ReadingGroup.State.ARCHIVED, organizers=[member])
    page = signed_in.post(f"{group.get_absolute_url()}join/", follow=True)
    assert "This group is not taking members any more." in words(page)


# Methods


@pytest.mark.parametrize("path", ["/", "/groups/", "/groups/attention/", "/accounts/login/", "/health/live", "/zone/"])
def test_head_is_get_without_a_body(client, path):
    ReadingGroupFactory(slug="attention")
    response = client.head(path)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize("path", ["/", "/groups/", "/groups/attention/", "/local/mail/"])
def test_pages_that_are_only_read_say_so(client, method, path):
    ReadingGroupFactory(slug="attention")
    response = getattr(client, method)(path)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
@pytest.mark.parametrize("verb", ["join", "leave"])
def test_nothing_but_post_joins_or_leaves(signed_in, member, method, verb):
    group = ReadingGroupFactory()
    if verb == "leave":
        EnrolmentFactory(group=group, member=member)
    before = list(group.enrolments.values())
    response = getattr(signed_in, method)(f"{group.get_absolute_url()}{verb}/")
    assert (response.status_code, response.headers.get("Location")) in [(302, group.get_absolute_url()), (405, None)]
    assert list(group.enrolments.values()) == before


# Requests that are broken


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=BoUnDaRyStRiNg"])
def test_a_body_that_is_too_large_is_told(client, kind):
    body = encode_multipart(BOUNDARY, {"time_zone": "x" * (3 * 1024 * 1024)})
    response = client.post("/zone/", body, content_type=kind)
    assert (response.status_code, "We could not read this request" in response.text) in [(400, True), (413, True)]


def test_a_body_that_is_not_what_it_says_is_read_as_empty_or_refused(client):
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "application/json", "text/plain"):
        assert client.post("/zone/", b"\xff\x00{", content_type=kind).status_code in {400, 422}


def test_too_many_fields_are_told(client):
    response = client.post("/zone/", {f"f{n}": "" for n in range(2_000)})
    assert (response.status_code, "We could not read this request" in response.text) == (400, True)


def test_a_host_that_is_not_ours_is_told(client):
    response = client.get("/", headers={"Host": "elsewhere.example.org"})
    assert (response.status_code, "We could not read this request" in response.text) == (400, True)


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "zone", "theme", "messages"])
@pytest.mark.parametrize("value", ["nonsense", "x" * 4_000, '"><script>', "Mars/Olympus_Mons"])
def test_cookies_with_nonsense_are_ignored(client, cookie, value):
    client.cookies[cookie] = value
    response = client.get("/groups/")
    assert (response.status_code, "<script>" in response.text.split("<body")[1]) == (200, False)


@pytest.mark.parametrize("language", ["xx", "../../etc", "de;q=abc", "e" * 5_000, "\N{OWL}"])
def test_languages_that_do_not_exist_are_ignored(client, language):
    assert client.get("/", headers={"Accept-Language": language}).status_code == 200
