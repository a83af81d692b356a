"""The profile page: what may be typed, what may not, and that nothing typed is lost."""

import pytest
from django.test import Client

from members.forms import MOST_TOPICS
from members.models import Institution, Member, TopicExperience
from tests.clients import browser_of
from tests.factories import InstitutionFactory, MemberFactory, TopicFactory
from tests.plain_browser import PlainBrowser
from tests.queries import exactly

pytestmark = pytest.mark.django_db
LEVEL = TopicExperience.Level


@pytest.fixture
def member():
    return MemberFactory(name="Member A", time_zone="Asia/Kolkata")


@pytest.fixture
def person(member):
    return browser_of(member)


def save(person, **typed):
    return person.open("/me/profile/").press("Save profile", **typed)


def post(person, **changed):
    """What no page of ours sends: the form's fields with some changed, added or (None) left out."""
    form, _button = person.open("/me/profile/").form("Save profile")
    data = {name: value for name, value in (dict(form.fields) | changed).items() if value is not None}
    return person.arrive("/me/profile/", person.client.post("/me/profile/", data))


def saved(member):
    return Member.objects.get(pk=member.pk)


def test_everything_is_saved_and_shown_again(person, member):
    graphs, ethics = TopicFactory(name="Graphs"), TopicFactory(name="Ethics")
    typed = {
        "name": "Member Å 🦉",
        "time_zone": "America/St_Johns",
        "institution": "University of Nairobi",
        "spoken_languages": "English, हिन्दी",
        "language": "de",
        "academic_position": "masters",
        "citation_count": "12",
        "bio": "I read **slowly**.\r\n\r\nAnd aloud.",
        "topics-0-topic": str(graphs.pk),
        "topics-0-level": str(LEVEL.PRACTISED.value),
        "topics-0-months": "18",
        "topics-1-topic": str(ethics.pk),
    }
    save(person, **typed)
    assert (person.status, person.url, "Your profile is saved." in person.words) == (200, "/me/", True)
    member = saved(member)
    assert (member.name, member.time_zone, member.language) == ("Member Å 🦉", "America/St_Johns", "de")
    assert (member.institution.name, member.spoken_languages) == ("University of Nairobi", ["English", "हिन्दी"])
    assert (member.academic_position, member.citation_count) == ("masters", 12)
    assert member.bio == "I read **slowly**.\n\nAnd aloud."
    rows = list(member.topic_experience.order_by("months").values_list("topic__name", "level", "months"))
    assert rows == [("Ethics", 0, 0), ("Graphs", 2, 18)]
    shown = person.open("/me/profile/").filled_in("Save profile")
    kept = {name: shown[name] for name in ("name", "time_zone", "institution", "spoken_languages", "language")}
    assert kept == {name: typed[name] for name in kept}
    assert (shown["topics-0-topic"], shown["topics-TOTAL_FORMS"]) == (str(graphs.pk), "4")


def test_a_topic_is_taken_away_by_choosing_none(person, member):
    topic = TopicFactory(name="Graphs")
    save(person, **{"topics-0-topic": str(topic.pk)})
    save(person, **{"topics-0-topic": ""})
    assert member.topic_experience.count() == 0


def test_the_same_institution_is_not_made_twice(person, member):
    InstitutionFactory(name="University of Nairobi", country="KE")
    save(person, institution=" university  of NAIROBI ")
    assert saved(member).institution.name == "University of Nairobi"
    assert Institution.objects.count() == 1
    assert '<option value="University of Nairobi">' in person.open("/me/profile/").html


def test_somebody_new_starts_with_the_zone_they_were_shown_as_a_visitor(member):
    Member.objects.update(name="", time_zone="")
    client = Client()
    client.cookies["zone"] = "Asia/Kathmandu"
    client.force_login(member)
    page = PlainBrowser(client).open("/me/profile/")
    assert ("Who are you?" in page.words, page.filled_in("Save profile")["time_zone"]) == (True, "Asia/Kathmandu")
    del client.cookies["zone"]
    assert page.open("/me/profile/").filled_in("Save profile")["time_zone"] == ""


@pytest.mark.parametrize(
    ("target", "arrives_at"),
    [
        ("/groups/", "/groups/"),
        ("", "/me/"),
        ("https://elsewhere.example.org/", "/me/"),
        ("//elsewhere.example.org/", "/me/"),
        ("/\\elsewhere.example.org", "/me/"),
        ("javascript:alert(1)", "/me/"),
        ("\x00", "/me/"),
    ],
)
def test_the_way_on_stays_on_this_site(person, target, arrives_at):
    response = post(person, next=target)
    assert response.url == arrives_at


# Strange names and texts


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("<b>Member</b> & Co", "<b>Member</b> & Co"),
        ("  Member \t  A\n", "Member A"),
        ("Member 👩🏽‍🔬", "Member 👩🏽‍🔬"),
        ("عضو أ", "عضو أ"),
        ("\u202eA rebmeM\u202c", "A rebmeM"),
        ("Mem\u200bber\x00 A", "Member A"),
        ("x" * 120, "x" * 120),
        ("\u200b" + "x" * 120 + "\u200b", "x" * 120),
    ],
)
def test_a_name_is_kept_as_it_is_but_for_what_cannot_be_seen(person, member, typed, stored):
    post(person, name=typed)
    assert (person.url, saved(member).name) == ("/me/", stored)
    assert "<b>Member" not in person.html


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the name that others should see."),
        ("\u200b\u2060\u202e", "Type the name that others should see."),
        ("\x00", "Type the name that others should see."),
        ("x" * 121, "at most 120 characters"),
        # Sixty letters that their normal form writes as two each, and one more.
        ("\u0958" * 61, "at most 120 characters"),
        ("x" * 10_001, "at most 120 characters"),
    ],
)
def test_a_name_that_cannot_be_is_told(person, member, typed, said):
    post(person, name=typed, bio="What I typed before")
    assert (person.status, person.url) == (422, "/me/profile/")
    assert person.words.count(said) == 2
    assert person.filled_in("Save profile")["bio"] == "What I typed before"
    assert saved(member).name == "Member A"


@pytest.mark.parametrize("typed", ["\u0958" * 101, "x" * 201])
def test_an_institution_that_is_too_long_is_told(person, typed):
    assert post(person, institution=typed).words.count("at most 200 characters") == 2


@pytest.mark.parametrize("bio", ["x" * 10_000, "🦉" * 10_000, ("y" * 99 + "\r\n") * 100, "\u202e" + "z" * 9_999])
def test_ten_thousand_characters_about_oneself_are_fine(person, member, bio):
    post(person, bio=bio)
    assert (person.url, len(saved(member).bio)) == ("/me/", len(bio.strip().replace("\r\n", "\n")))


def test_one_more_is_told_and_nothing_is_cut_off(person, member):
    bio = "x" * 10_001
    post(person, bio=bio)
    assert (person.status, person.words.count("at most 10000 characters (it has 10001)")) == (422, 2)
    assert person.filled_in("Save profile")["bio"] == bio
    assert "maxlength" not in person.html.split('<textarea name="bio"')[1].split(">")[0]
    assert saved(member).bio == ""


def test_markup_and_what_has_no_shape_in_a_text_do_no_harm(person, member):
    bio = "<script>alert(1)</script> a\x00b </textarea><h1>"
    post(person, bio=bio)
    assert saved(member).bio == bio.replace("\x00", "")
    assert person.open("/me/profile/").filled_in("Save profile")["bio"] == bio.replace("\x00", "")
    assert "<script>alert" not in person.html


# Choices that do not exist


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("time_zone", "", "Choose the city whose clocks show your time."),
        ("time_zone", "Mars/Olympus_Mons", "There is no time zone called “Mars/Olympus_Mons”."),
        ("time_zone", "../../etc/passwd", "There is no time zone called “../../etc/passwd”."),
        ("time_zone", "Asia/Kolkata\x00", "There is no time zone called “Asia/Kolkata"),
        ("time_zone", "z" * 10_000, "There is no time zone called “" + "z" * 60 + "”."),
        ("language", "tlh", "tlh is not one of the available choices."),
        ("academic_position", "oracle", "oracle is not one of the available choices."),
        ("citation_count", "-1", "This cannot be less than 0."),
        ("citation_count", str(10**12), "This is more than anybody has."),
        ("citation_count", "9" * 5_000, "Type a whole number, such as 12."),
        ("citation_count", "many", "Type a whole number, such as 12."),
        ("citation_count", "1.5", "Type a whole number, such as 12."),
        ("spoken_languages", ",".join("abcdefghijk"), "At most 10 languages."),
        ("spoken_languages", "x" * 41, "Put a comma between languages"),
        ("spoken_languages", "a\x00", "Null characters are not allowed."),
        ("topics-0-topic", "999999", "999999 is not one of the available choices."),
        ("topics-0-topic", "cs.LG", "cs.LG is not one of the available choices."),
        ("topics-0-topic", "\x00", "is not one of the available choices."),
        ("topics-0-level", "9", "9 is not one of the available choices."),
        ("topics-0-months", "-3", "This cannot be less than 0."),
        ("topics-0-months", "601", "Fifty years are the most we can note: 600."),
        ("topics-0-months", "some", "Type a whole number, such as 6."),
    ],
)
def test_what_cannot_be_is_told_at_the_field_and_at_the_top(person, member, field, value, said):
    before = Member.objects.values().get(pk=member.pk)
    post(person, **{field: value, "bio": "What I typed before"})
    assert (person.status, person.words.count(said)) == (422, 2)
    control = f'id="id_{field}"'
    tag = next(tag for tag in person.html.split("<") if control in tag)
    assert f'aria-invalid="true" aria-describedby="{describing(person, field)}"' in tag
    assert f'<a href="#id_{field}">' in person.html
    assert person.filled_in("Save profile")["bio"] == "What I typed before"
    assert Member.objects.values().get(pk=member.pk) == before
    assert member.topic_experience.count() == 0


def describing(person, field):
    """The ids of hint and error, in that order, where the page has them."""
    ids = [f"id_{field}_helptext", f"id_{field}_error"]
    return " ".join(name for name in ids if f'id="{name}"' in person.html)


def test_all_that_is_wrong_is_said_at_once(person):
    post(person, name="", citation_count="-1", **{"topics-0-months": "-3"})
    assert person.html.count('<li><a href="#id_') == 3


def test_a_topic_is_there_once(person, member):
    topic = TopicFactory(name="Graphs")
    post(person, **{"topics-0-topic": str(topic.pk), "topics-1-topic": str(topic.pk)})
    assert (person.status, "Graphs is there twice. Keep one line." in person.words) == (422, True)
    assert person.filled_in("Save profile")["topics-1-topic"] == str(topic.pk)


@pytest.mark.parametrize(
    "changed",
    [
        {"topics-TOTAL_FORMS": None},
        {"topics-TOTAL_FORMS": "many"},
        {"topics-INITIAL_FORMS": ""},
        {"topics-TOTAL_FORMS": None, "topics-INITIAL_FORMS": None, "topics-0-topic": None},
    ],
)
def test_a_broken_list_of_topics_is_told(person, member, changed):
    post(person, bio="What I typed before", **changed)
    assert (person.status, person.filled_in("Save profile")["bio"]) == (422, "What I typed before")
    assert 'role="alert"' in person.html
    assert '<li><a href="#topics">' in person.html
    assert saved(member).bio == ""


def test_a_list_of_a_billion_topics_costs_no_more_than_the_longest_true_one(person):
    TopicFactory()
    post(person, **{"topics-TOTAL_FORMS": "1000000000"})
    assert (person.status, person.html.count('class="topic-line"')) == (422, MOST_TOPICS)


def test_twenty_topics_can_be_saved_and_shown(person, member):
    topics = [TopicFactory() for _ in range(MOST_TOPICS)]
    lines = {f"topics-{n}-topic": str(topic.pk) for n, topic in enumerate(topics)}
    post(person, **lines, **{"topics-TOTAL_FORMS": str(MOST_TOPICS)})
    assert (person.url, member.topic_experience.count()) == ("/me/", MOST_TOPICS)
    assert person.open("/me/profile/").html.count('class="topic-line"') == MOST_TOPICS
    assert person.press("Save profile").url == "/me/"
    assert member.topic_experience.count() == MOST_TOPICS


@pytest.mark.parametrize("rows", [1, 15])
def test_the_page_costs_the_same_at_any_length(person, member, rows):
    for _ in range(rows):
        member.topic_experience.create(topic=TopicFactory(), level=LEVEL.LEARNING)
    member.institution = InstitutionFactory()
    member.save()
    # The site; own institution; all topics; own topics; institutions to suggest.
    with exactly(5, signed_in=True):
        person.open("/me/profile/")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(person, method):
    # The token is checked before the method, so the plain client asks here.
    client = Client()
    client.cookies = person.client.cookies
    assert getattr(client, method)("/me/profile/").status_code == 405
