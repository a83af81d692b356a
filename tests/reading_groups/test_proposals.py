"""From a member's wish to an open group: the form, the answer, and what whoever proposed it is told."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError
from django.test import Client

from collaborative.home.kinds import BY_KEY
from members.actions import deactivate_member
from notifications.actions import send_due
from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import Enrolment, ReadingGroup
from tests.factories import (
    AdminFactory,
    CollectiveFactory,
    MemberFactory,
    OrganizerFactory,
    PageFactory,
    ReadingGroupFactory,
    SessionFactory,
    TopicFactory,
)
from tests.pages import fields_of
from tests.queries import exactly
from tests.races import race

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
FRAME = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}
State = ReadingGroup.State
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def member():
    return MemberFactory(name="Member A", time_zone="Europe/Berlin")


@pytest.fixture
def own(client, member):
    client.force_login(member, backend=BACKEND)
    return client


@pytest.fixture
def organizers():
    client = Client()
    client.force_login(OrganizerFactory(name="Member O"), backend=BACKEND)
    return client


def proposal(**changes):
    return {
        "title": "Graphs, slowly",
        "description": "One paper a *fortnight*.",
        "format": "papers",
        "visibility": "public",
        "language": "English",
        "zone": "Europe/Berlin",
        "duration_minutes": "75",
        "capacity": "8",
        "how": "rule",
        "weekday": "1",
        "at": "18:00",
        "every_weeks": "2",
        "first_on": "2027-03-15",
        "last_on": "2027-04-15",
    } | changes


def errors_of(response, form="form"):
    assert response.status_code == 422
    return {name: [str(error) for error in errors] for name, errors in response.context[form].errors.items()}


def starts(group):
    return [session.starts_at for session in group.sessions.order_by("starts_at")]


def test_a_group_is_proposed_with_its_rule_through_the_change_of_the_clocks(own, member):
    topic, collective = TopicFactory(name="Graphs"), CollectiveFactory()
    response = own.post("/groups/propose/", proposal(topic_1=str(topic.pk), collective=str(collective.pk)))
    group = ReadingGroup.objects.get()
    assert response.headers["Location"] == f"/groups/{group.slug}/proposal/" == "/groups/graphs-slowly/proposal/"
    assert (group.state, group.proposed_by, group.language) == (State.PROPOSED, member, "English")
    assert (group.weekday, group.starts_at_time, group.every_weeks) == (1, time(18), 2)
    assert list(group.topics.all()) == [topic]
    assert group.collective == collective
    # Six in the evening in Berlin, before and after.
    assert starts(group) == [
        datetime(2027, 3, 16, 17, 0, tzinfo=UTC),
        datetime(2027, 3, 30, 16, 0, tzinfo=UTC),
        datetime(2027, 4, 13, 16, 0, tzinfo=UTC),
    ]
    assert not group.organizers.exists()
    assert not Delivery.objects.exists()


def test_a_group_is_proposed_with_single_dates_or_with_none(own):
    dates = "2027-01-12 18:30\n\n2026-12-01\n 2027-02-02, 9:05 "
    own.post("/groups/propose/", proposal(how="dates", dates=dates))
    group = ReadingGroup.objects.get()
    assert [moment.astimezone(BERLIN).isoformat(" ", "minutes") for moment in starts(group)] == [
        "2026-12-01 18:00+01:00",
        "2027-01-12 18:30+01:00",
        "2027-02-02 09:05+01:00",
    ]
    assert group.weekday is None
    own.post("/groups/propose/", proposal(title="Later", how="later", dates="nonsense", at="", weekday=""))
    assert not ReadingGroup.objects.get(title="Later").sessions.exists()


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"title": "  "}, "title", "Give it a title that others can say."),
        ({"description": ""}, "description", "Write a sentence or two: people decide by it."),
        ({"zone": ""}, "zone", "Choose the city whose clocks the group goes by."),
        ({"zone": "Mars/Base"}, "zone", "There is no time zone called “Mars/Base”."),
        ({"capacity": "0"}, "capacity", "Ensure this value is greater than or equal to 1."),
        ({"format": "opera"}, "format", "Select a valid choice"),
        ({"topic_1": "99999"}, "topic_1", "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_told_on_its_field_and_what_was_typed_comes_back(own, changes, field, told):
    sent = proposal(**changes)
    response = own.post("/groups/propose/", sent)
    assert told in errors_of(response)[field][0]
    assert not ReadingGroup.objects.exists()
    kept = fields_of(response, "proposal")
    # A select shows no choice that is not there.
    chosen = ("format", "topic_1", "zone")
    assert {name: kept[name] for name in sent if name not in chosen} == {
        name: [value] for name, value in sent.items() if name not in chosen
    }


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"how": ""}, "how", "Choose one of them."),
        ({"weekday": ""}, "weekday", "Choose the weekday."),
        ({"at": ""}, "at", "Type the time of day, such as 18:30."),
        ({"at": "25:99"}, "at", "Write the time as 18:30."),
        ({"first_on": "16.3.2027"}, "first_on", "Write the day as 2026-12-01."),
        ({"first_on": "2026-11-23"}, "first_on", "This day has passed."),
        ({"first_on": "2030-01-01"}, "first_on", "This is more than a year away."),
        ({"last_on": "2027-03-01"}, "last_on", "This is before the first day."),
        ({"last_on": "2028-04-01"}, "last_on", "Plan at most a year at once."),
        ({"last_on": "2027-03-15"}, "last_on", "There is no such weekday between the two days."),
        ({"how": "dates", "dates": ""}, "dates", "Write at least one date."),
        ({"how": "dates", "dates": "soon"}, "dates", "“soon” is no date and time; write it as 2026-12-01 18:30."),
        ({"how": "dates", "dates": "2026-02-30"}, "dates", "“2026-02-30” is no date and time"),
        ({"how": "dates", "dates": "2026-11-01"}, "dates", "“2026-11-01” has passed."),
        ({"how": "dates", "dates": "2029-11-01"}, "dates", "“2029-11-01” is more than a year away."),
        ({"how": "dates", "dates": "2026-12-01\n2026-12-01 18:00"}, "dates", "“2026-12-01 18:00” is there twice."),
        ({"how": "dates", "dates": "2026-12-01\n" * 61}, "dates", "At most 60 dates at once."),
        (
            {"how": "dates", "dates": "2027-03-28 02:30"},
            "dates",
            "On Sun 28 Mar 2027 clocks in Berlin skip 02:30. Choose another.",
        ),
        (
            {"how": "dates", "dates": "2027-10-31 02:30"},
            "dates",
            "On Sun 31 Oct 2027 clocks in Berlin show 02:30 twice. Choose a time outside that hour.",
        ),
    ],
)
def test_times_that_cannot_be_are_told_and_what_was_typed_comes_back(own, changes, field, told):
    sent = proposal(**changes)
    response = own.post("/groups/propose/", sent)
    assert told in errors_of(response, "plan")[field][0]
    assert not ReadingGroup.objects.exists()
    kept = fields_of(response, "proposal")
    assert (kept["title"], kept["dates"], kept["first_on"]) == (
        [sent["title"]],
        [sent.get("dates", "")],
        [sent["first_on"]],
    )


def test_a_rule_whose_hour_is_skipped_once_meets_after_the_gap_and_says_so(own):
    sent = proposal(weekday="6", at="02:30", every_weeks="1", first_on="2027-03-21", last_on="2027-04-04")
    page = own.post("/groups/propose/", sent, follow=True).text
    assert "On Sun 28 Mar 2027 clocks skip that hour; the session begins at 03:30." in page
    local = [moment.astimezone(BERLIN).time() for moment in starts(ReadingGroup.objects.get())]
    assert local == [time(2, 30), time(3, 30), time(2, 30)]


def test_the_same_proposal_twice_is_one_and_another_of_its_title_is_told(own):
    for _click in range(2):
        assert own.post("/groups/propose/", proposal()).status_code == 302
    assert ReadingGroup.objects.count() == 1
    response = own.post("/groups/propose/", proposal(title="GRAPHS, slowly", capacity="9"))
    assert errors_of(response)["title"] == [
        "Another proposal of yours with this title waits for an answer. Change that one, or this title."
    ]


def test_titles_may_be_anything_and_never_take_an_address_of_the_site(own):
    for title in ("Propose", "Proposals", "日本語", "!!!", "Propose"):
        own.post("/groups/propose/", proposal(title=title))
        ReadingGroup.objects.filter(state=State.PROPOSED).update(state=State.DRAFT)
    assert list(ReadingGroup.objects.order_by("id").values_list("slug", flat=True)) == [
        "propose-2",
        "proposals-2",
        "group",
        "group-2",
        "propose-3",
    ]


@pytest.mark.parametrize("slug", ["propose", "proposals", "invited", "sat-in"])
def test_the_database_keeps_the_addresses_of_the_site_free(slug):
    with pytest.raises(IntegrityError, match="group_slug_is_free"):
        ReadingGroupFactory(slug=slug)


@pytest.mark.parametrize(
    ("state", "change", "constraint"),
    [
        (State.PROPOSED, {"proposed_by": None}, "proposal_has_a_proposer"),
        (State.RETURNED, {"submitted_at": None}, "proposal_has_a_proposer"),
        (State.RETURNED, {"reasons": ""}, "group_returned_with_reasons"),
        (State.DECLINED, {"decided_at": None}, "group_answer_has_a_time"),
        (State.PROPOSED, {"decided_at": datetime(2026, 11, 24, tzinfo=UTC)}, "group_waits_without_answer"),
        (State.OPEN, {"head_start_days": 29}, "group_head_start_is_short"),
    ],
)
def test_what_the_database_refuses(state, change, constraint):
    group = ReadingGroupFactory(state=state)
    with pytest.raises(IntegrityError, match=constraint):
        ReadingGroup.objects.filter(pk=group.pk).update(**change)


def test_one_proposal_of_a_title_waits():
    first = ReadingGroupFactory(state=State.PROPOSED, title="Graphs")
    ReadingGroupFactory(state=State.RETURNED, title="Graphs", proposed_by=first.proposed_by)
    with pytest.raises(IntegrityError, match="group_proposed_once"):
        ReadingGroupFactory(state=State.PROPOSED, title="graphs", proposed_by=first.proposed_by)


def test_somebody_without_a_profile_fills_it_in_first(client):
    client.force_login(MemberFactory(name="", time_zone=""), backend=BACKEND)
    response = client.get("/groups/propose/")
    assert response.headers["Location"] == "/me/profile/?next=%2Fgroups%2Fpropose%2F"


# The answer


@pytest.fixture
def proposed(member):
    group = ReadingGroupFactory(state=State.PROPOSED, proposed_by=member, title="Graphs, slowly", slug="graphs")
    SessionFactory(group=group)
    return group


def send(now):
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now)
    return mail.outbox


def test_opening_makes_whoever_proposed_it_the_organizer_and_tells_them(organizers, proposed, member, now):
    assert "Graphs, slowly" in organizers.get("/groups/proposals/").text
    response = organizers.post("/groups/graphs/proposal/answer/", {"answer": "open", "reasons": "Gladly."})
    assert response.headers["Location"] == "/groups/graphs/"
    proposed.refresh_from_db()
    assert (proposed.state, proposed.decided_by.name, proposed.decided_at) == (State.OPEN, "Member O", now)
    assert list(proposed.organizers.all()) == [member]
    assert list(ReadingGroup.objects.matching("graphs")) == [proposed]
    assert Enrolment.objects.count() == 0
    # A second click, and one who is too late.
    for answer in ("open", "decline"):
        organizers.post("/groups/graphs/proposal/answer/", {"answer": answer})
    proposed.refresh_from_db()
    assert proposed.state == State.OPEN
    [message] = send(now)
    assert (message.to, message.subject) == ([member.email], "“Graphs, slowly” is open")
    assert "Gladly." in message.body
    assert "/groups/graphs/" in message.body


def test_returning_needs_reasons_and_lets_it_be_sent_again(organizers, own, proposed, member, now):
    page = "/groups/graphs/proposal/"
    response = organizers.post(f"{page}answer/", {"answer": "return", "reasons": "  "})
    assert errors_of(response, "answer") == {"reasons": ["Say what is missing, so that it can be sent again."]}
    assert organizers.post(f"{page}answer/", {"answer": "return", "reasons": "Which papers?"}).status_code == 302
    proposed.refresh_from_db()
    assert (proposed.state, proposed.reasons) == (State.RETURNED, "Which papers?")
    [message] = send(now)
    assert (message.subject, "Which papers?" in message.body) == ("“Graphs, slowly” came back to you", True)
    assert page in message.body
    assert "Which papers?" in own.get(page).text
    # One that is with its proposer has had its answer.
    organizers.post(f"{page}answer/", {"answer": "open"})
    proposed.refresh_from_db()
    assert proposed.state == State.RETURNED
    changed = {name: values[0] for name, values in fields_of(own.get(page), "proposal").items()}
    changed |= {
        "title": "Graphs, gladly",
        "description": "These three.",
        "how": "dates",
        "dates": "2026-12-01 15:00\n2026-12-08 15:00",
    }
    kept = proposed.sessions.get()
    assert own.post(page, changed).status_code == 302
    proposed.refresh_from_db()
    assert (proposed.state, proposed.title, proposed.decided_at) == (State.PROPOSED, "Graphs, gladly", None)
    # The session that is in the new plan as well is the same one.
    assert list(proposed.sessions.order_by("starts_at").values_list("held_on", flat=True)) == [
        date(2026, 12, 1),
        date(2026, 12, 8),
    ]
    assert proposed.sessions.filter(pk=kept.pk).exists()
    # Nor is an older answer told once it waits again.
    organizers.post(f"{page}answer/", {"answer": "return", "reasons": "Once more."})
    actions.propose_again(group=proposed, topics=[], plan=actions.Plan(), now=now)
    assert [message.subject for message in send(now)] == [
        "“Graphs, slowly” came back to you",
        "A group is proposed: “Graphs, gladly”",
    ]


def test_those_who_answer_are_told_until_somebody_has_answered(organizers, own, now):
    former, admin = OrganizerFactory(is_active=False), AdminFactory()
    own.post("/groups/propose/", proposal())
    # A proposal that is changed while it waits is not told anew.
    own.post("/groups/graphs-slowly/proposal/", proposal(description="These three."))
    told = Delivery.objects.filter(kind="group_proposed")
    assert {delivery.member.name for delivery in told} == {"Member O", admin.name}
    assert former.pk not in told.values_list("member", flat=True)
    kind, first = BY_KEY["group_proposed"], told.first()
    assert kind.still_wanted(first, now)
    messages = send(now)
    assert {message.subject for message in messages} == {"A group is proposed: “Graphs, slowly”"}
    assert "/groups/graphs-slowly/proposal/" in messages[0].body
    organizers.post("/groups/graphs-slowly/proposal/answer/", {"answer": "decline"})
    assert not kind.still_wanted(first, now)


def test_declining_is_for_good(organizers, own, proposed, now):
    for _click in range(2):
        organizers.post("/groups/graphs/proposal/answer/", {"answer": "decline"})
    proposed.refresh_from_db()
    assert proposed.state == State.DECLINED
    assert [message.subject for message in send(now)] == ["“Graphs, slowly” will not open"]
    assert "Change the proposal" not in own.get("/groups/graphs/proposal/").text
    own.post("/groups/graphs/proposal/", proposal())
    proposed.refresh_from_db()
    assert (proposed.state, proposed.title) == (State.DECLINED, "Graphs, slowly")


def test_nobody_is_told_whose_account_is_closed(organizers, proposed, member, now):
    organizers.post("/groups/graphs/proposal/answer/", {"answer": "decline"})
    deactivate_member(actor=OrganizerFactory(), member=member)
    assert send(now) == []


def test_nonsense_is_no_answer(organizers, proposed):
    response = organizers.post("/groups/graphs/proposal/answer/", {"answer": "perhaps", "reasons": "Long thought."})
    assert errors_of(response, "answer") == {"answer": ["Choose one of the buttons."]}
    assert fields_of(response, "decision")["reasons"] == ["Long thought."]


def test_others_see_nothing_of_it(client, proposed):
    PageFactory()
    client.force_login(MemberFactory(), backend=BACKEND)
    for page in ("/groups/graphs/", "/groups/graphs/proposal/"):
        assert client.get(page).status_code == 404
    assert "Graphs" not in client.get("/groups/proposals/").text
    assert "Graphs" not in client.get("/groups/").text


@pytest.mark.parametrize("rows", [3, 20])
def test_the_list_costs_the_same_at_any_length(organizers, rows):
    for _row in range(rows):
        ReadingGroupFactory(state=State.PROPOSED)
    # Site, count, proposals, whether the viewer is an organizer.
    with exactly(4, signed_in=True):
        assert organizers.get("/groups/proposals/").text.count("Waits for an answer") == rows


@pytest.mark.parametrize("sessions", [2, 30])
@pytest.mark.parametrize(("who", "count"), [("organizer", 6), ("proposer", 10)])
def test_a_proposals_page_costs_the_same_at_any_length(organizers, own, proposed, now, sessions, who, count):
    for week in range(sessions):
        SessionFactory(group=proposed, starts_at=now + timedelta(weeks=week))
    client = organizers if who == "organizer" else own
    # Site; proposal with the viewer's standing; topics, sessions and their readings, pool. Its form: collectives,
    # all topics, its own, its times.
    with exactly(count, signed_in=True):
        assert client.get("/groups/graphs/proposal/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_organizers_at_once_give_one_answer(now):
    group = ReadingGroupFactory(state=State.PROPOSED)
    first, second = OrganizerFactory(), OrganizerFactory()

    def answer(act, actor, **more):
        try:
            return act(actor=actor, group_id=group.pk, now=now, **more).state
        except actions.AlreadyAnswered:
            return "late"

    got = race(
        lambda: answer(actions.open_proposal, first),
        lambda: answer(actions.return_group, second, reasons="Which papers?"),
    )
    group.refresh_from_db()
    # Whoever opens it again after it was opened is told that it is; nobody undoes the other's answer.
    assert sorted(got) == sorted([group.state, "late"])
    assert Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_clicks_propose_one_group_and_many_people_share_no_address(now):
    def propose(actor):
        group = ReadingGroup(title="Graphs", zone="UTC", capacity=5)
        return actions.propose_group(actor=actor, group=group, topics=[], plan=actions.Plan(), now=now).slug

    one, others = MemberFactory(), [MemberFactory() for _ in range(4)]
    slugs = race(*[lambda actor=actor: propose(actor) for actor in [one, one, one, *others]])
    assert len(set(slugs[:3])) == 1
    assert sorted(set(slugs)) == ["graphs", "graphs-2", "graphs-3", "graphs-4", "graphs-5"]
