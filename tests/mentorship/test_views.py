"""The pages of mentoring: what members say on a phone, and what organizers see of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members.actions import erase_member, grant_role
from members.availability.models import Meeting
from members.models import Role
from mentorship import actions
from mentorship.models import Draft, Mentorship, Offer, PairRule, Request, Round
from notifications.models import Delivery
from tests.factories import (
    MemberFactory,
    MentorRequestFactory,
    MentorshipFactory,
    OfferFactory,
    RoundFactory,
    TopicFactory,
    TypicalWeekFactory,
)
from tests.factories.mentorship import make_round, solve_now
from tests.pages import send
from tests.queries import exactly

pytestmark = pytest.mark.django_db


def client_of(member) -> Client:
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def organizer():
    """Somebody with the role."""
    member = MemberFactory(name="Member Z")
    grant_role(actor=None, member=member, kind=Role.Kind.MENTORING_ORGANIZER, now=timezone.now())
    return member


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def open_until_tomorrow(**fields):
    return RoundFactory(closes_at=timezone.now() + timedelta(days=1), **fields)


def closed(mentoring_round):
    """The same round after its deadline."""
    Round.objects.filter(pk=mentoring_round.pk).update(closes_at=timezone.now() - timedelta(hours=1))
    mentoring_round.refresh_from_db()
    return mentoring_round


# Members --------------------------------------------------------------------------------------------------------------


def test_a_member_offers_and_asks_and_finds_both_in_their_form_again():
    mentoring_round, topic = open_until_tomorrow(slug="autumn"), TopicFactory()
    wished, avoided = OfferFactory(round=mentoring_round).member, MemberFactory()
    member = MemberFactory()
    client = client_of(member)
    offered = send(client, "/mentoring/rounds/autumn/offer/", "offer", capacity=3, avoid=[str(avoided.pk)])
    asked = send(
        client,
        "/mentoring/rounds/autumn/ask/",
        "request",
        goal_topics=[str(topic.pk)],
        goals="Read faster.",
        level=1,
        wish_1=wished.pk,
        avoid=[str(avoided.pk)],
    )
    assert (offered.headers["Location"], asked.headers["Location"]) == ("/mentoring/", "/mentoring/")
    assert Offer.objects.get(member=member).capacity == 3
    # Pressing the button again changes nothing.
    send(client, "/mentoring/rounds/autumn/offer/", "offer")
    send(client, "/mentoring/rounds/autumn/ask/", "request")
    request = Request.objects.get(member=member)
    assert (request.goals, request.level, list(request.goal_topics.all())) == ("Read faster.", 1, [topic])
    assert list(request.wishes.values_list("mentor", "rank")) == [(wished.pk, 1)]
    assert list(request.avoid.all()) == list(Offer.objects.get(member=member).avoid.all()) == [avoided]


def test_a_deadline_that_passes_while_somebody_writes_is_told_and_keeps_what_was_typed():
    mentoring_round, topic = open_until_tomorrow(slug="autumn"), TopicFactory()
    client = client_of(MemberFactory())
    page = client.get("/mentoring/rounds/autumn/ask/")
    assert page.status_code == 200
    closed(mentoring_round)
    data = {"goal_topics": [topic.pk], "goals": "My long text about goals.", "level": 2, "minutes": 30}
    answer = client.post("/mentoring/rounds/autumn/ask/", data)
    assert answer.status_code == 422
    assert "has closed meanwhile" in text_of(answer)
    assert "My long text about goals." in text_of(answer)
    assert not Request.objects.exists()
    # Somebody who only opens the form is told as well.
    assert client.get("/mentoring/rounds/autumn/ask/").headers["Location"] == "/mentoring/"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"goal_topics": []}, "Choose at least one topic."),
        ({"goals": " "}, "Write a sentence or two."),
        ({"minutes": "many"}, "Enter a whole number."),
        ({"wish_1": "{mentor}", "wish_2": "{mentor}"}, "is there twice"),
        ({"wish_1": "{mentor}", "avoid": ["{mentor}"]}, "You asked not to be matched with"),
        ({"wish_1": "999999"}, "Select a valid choice"),
        ({"wish_1": "x" * 100_000}, "Select a valid choice"),
        ({"avoid": ["1"] * 51}, "At most 50 people."),
    ],
)
def test_a_form_that_means_nothing_says_where_and_saves_nothing(changes, problem):
    mentoring_round, topic = open_until_tomorrow(slug="autumn"), TopicFactory()
    mentor = str(OfferFactory(round=mentoring_round).member_id)
    data = {"goal_topics": [topic.pk], "goals": "Read.", "level": 0, "minutes": 30}
    for name, value in changes.items():
        data[name] = [mentor if row == "{mentor}" else row for row in ([value] if isinstance(value, str) else value)]
    answer = client_of(MemberFactory()).post("/mentoring/rounds/autumn/ask/", data)
    assert answer.status_code == 422
    assert problem in text_of(answer)
    assert not Request.objects.exists()


def test_an_expert_is_told_why_they_cannot_offer():
    open_until_tomorrow(slug="autumn")
    client = client_of(MemberFactory(academic_position="professor"))
    assert "By your profile you are further on." in text_of(client.get("/mentoring/"))
    answer = client.post("/mentoring/rounds/autumn/offer/", {"capacity": 1, "minutes": 30})
    assert answer.status_code == 422
    assert "further on than that" in text_of(answer)


def test_a_round_in_draft_does_not_exist_for_members():
    RoundFactory(slug="secret", title="A secret round", state=Round.State.DRAFT)
    client = client_of(MemberFactory())
    assert "A secret round" not in text_of(client.get("/mentoring/"))
    for page in ("", "offer/", "ask/"):
        assert client.get(f"/mentoring/rounds/secret/{page}").status_code == 404


def test_the_list_costs_the_same_with_many_rounds_and_pairs():
    member = MemberFactory()
    client = client_of(member)
    for count in (2, 10):
        for _row in range(count):
            open_until_tomorrow()
            MentorshipFactory(mentee=member)
        # The site; offers, requests, rounds, the member's role for the rounds and for the page, rights of their own and
        # of their groups, pairs, who looks after the member.
        with exactly(10, signed_in=True):
            client.get("/mentoring/")


def test_a_pair_is_seen_by_the_two_and_by_those_who_match(organizer):
    pair = MentorshipFactory(starts_on=timezone.localdate(), ends_on=timezone.localdate() + timedelta(weeks=12))
    for member in (pair.mentor, pair.mentee):
        TypicalWeekFactory(member=member)
    page = f"/mentoring/{pair.pk}/"
    seen = {who: client_of(who).get(page) for who in (pair.mentor, pair.mentee, organizer, MemberFactory())}
    assert [answer.status_code for answer in seen.values()] == [200, 200, 200, 404]
    assert text_of(seen[pair.mentee]).count("Plan it") == 2
    # Organizers see that two share hours, never which.
    assert "Meet" not in text_of(seen[organizer])
    assert f"You and {pair.mentor}" in text_of(seen[pair.mentee])
    assert pair.mentee.email not in text_of(seen[organizer])
    for who in (*seen, None):
        if who is not None:
            assert who.has_perm("mentorship.view_mentorship", pair) == (pair in Mentorship.objects.visible_to(who))


def test_one_of_a_pair_plans_a_meeting_and_the_other_is_told():
    today = timezone.localdate()
    pair = MentorshipFactory(starts_on=today, ends_on=today + timedelta(weeks=12))
    for member in (pair.mentor, pair.mentee):
        TypicalWeekFactory(member=member)
    client, page, meet = client_of(pair.mentee), f"/mentoring/{pair.pk}/", f"/mentoring/{pair.pk}/meet/"
    first, _second = client.get(page).context["times"]
    for _press in range(2):
        answer = client.post(meet, {"starts_at": first.starts_at.isoformat()})
    meeting = Meeting.objects.get()
    assert answer.headers["Location"] == meeting.get_absolute_url()
    assert (meeting.starts_at, set(meeting.participants.all())) == (first.starts_at, {pair.mentor, pair.mentee})
    assert [row.member for row in Delivery.objects.filter(kind="meeting_changed")] == [pair.mentor]
    assert client.get(page).context["meetings"] == [meeting]
    assert client_of(MemberFactory()).post(meet, {"starts_at": first.starts_at.isoformat()}).status_code == 404


@pytest.mark.parametrize("typed", ["", "soon", "2026-11-26T10:00:00", "2001-01-01T10:00:00+00:00", "9" * 500])
def test_a_meeting_at_a_time_that_does_not_suit_both_is_not_planned(typed):
    today = timezone.localdate()
    pair = MentorshipFactory(starts_on=today, ends_on=today + timedelta(weeks=12))
    client = client_of(pair.mentor)
    answer = client.post(f"/mentoring/{pair.pk}/meet/", {"starts_at": typed}, follow=True)
    assert "This time does not suit both any more." in text_of(answer)
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("state", Round.State.values)
def test_who_may_see_a_round_is_said_twice_and_the_same(state, organizer):
    mentoring_round = RoundFactory(state=state, published_at=timezone.now() if state == "published" else None)
    admin = MemberFactory(is_superuser=True, is_staff=True)
    for who in (MemberFactory(), MemberFactory(is_staff=True), organizer, admin, MemberFactory(is_active=False)):
        assert who.has_perm("mentorship.view_round", mentoring_round) == (
            mentoring_round in Round.objects.visible_to(who)
        )


# The board ------------------------------------------------------------------------------------------------------------


def test_an_organizer_takes_a_round_from_its_making_to_its_publication(organizer):
    client, topic = client_of(organizer), TopicFactory()
    today = timezone.localdate()
    made = send(
        client,
        "/mentoring/rounds/new/",
        "round",
        title="Autumn round",
        closes_on=(today + timedelta(days=1)).isoformat(),
        starts_on=(today + timedelta(days=7)).isoformat(),
    )
    board = made.headers["Location"]
    assert board == "/mentoring/rounds/autumn-round/"
    mentoring_round = Round.objects.get()
    client.post(f"{board}open/")
    OfferFactory(round=mentoring_round, topic=topic, capacity=1)
    for _mentee in range(2):
        MentorRequestFactory(round=mentoring_round, topic=topic)
    client.post(f"{board}close/")
    solve_now(mentoring_round, now=timezone.now())
    page = text_of(client.get(board))
    assert "1 of 2" in page
    assert "Publish 1 pair" in page
    assert "Emails 3 people, once." in page
    draft = Draft.objects.get()
    publish = {"draft": draft.pk, "read": "on"}
    refused = client.post(f"{board}publish/", publish, follow=True)
    mentee = draft.gaps.get().mentee
    assert f"Name somebody who looks after: {mentee}." in text_of(refused)
    client.post(f"{board}responsible/", {"mentee": mentee.pk, "responsible": organizer.pk, "note": "Ask me."})
    assert "Published 1 pair." in text_of(client.post(f"{board}publish/", publish, follow=True))
    again = client.post(f"{board}publish/", publish, follow=True)
    assert "everybody has been told" in text_of(again)
    assert Mentorship.objects.count() == 1
    assert "Keep" not in [line.strip() for line in text_of(client.get(board)).split("<button")]


def test_a_published_board_stays_true_when_somebody_has_left(organizer):
    mentoring_round = make_round(mentors=2, mentees=2, closes_at=timezone.now() - timedelta(hours=1))
    draft = solve_now(mentoring_round, now=timezone.now())
    client, board = client_of(organizer), mentoring_round.get_absolute_url()
    client.post(f"{board}publish/", {"draft": draft.pk, "read": "on"})
    erase_member(member=draft.pairs.first().mentee)
    page = text_of(client.get(board))
    assert "2 of 2" in page
    assert "A former member" in page
    assert "solve again" not in page


def test_the_board_leads_with_people_without_a_pair_and_the_weakest_pair(organizer):
    topic, mentoring_round = TopicFactory(), RoundFactory(slug="autumn", minimum_shared_minutes=0)
    OfferFactory(round=mentoring_round, topic=topic, capacity=2)
    for level in (0, 2, 3):
        MentorRequestFactory(round=mentoring_round, topic=topic, level=level)
    draft = solve_now(closed(mentoring_round), now=timezone.now())
    page = text_of(client_of(organizer).get("/mentoring/rounds/autumn/"))
    worst = draft.pairs.order_by("score").first()
    assert page.index("Without a pair") < page.index("Proposed pairs") < page.index("Read this one: weakest")
    assert page.index(f"{worst.mentee} <span") < page.index(f"{draft.pairs.order_by('-score').first().mentee} <span")
    assert f"All places with {worst.mentor} are taken." in page
    assert f"One more place with {worst.mentor} would do." in page
    assert page.count("<meter") == sum(part is not None for pair in draft.pairs.all() for part in pair.parts.values())


def test_keep_and_never_pair_are_buttons_of_the_board(organizer):
    mentoring_round = make_round(mentors=2, mentees=2, slug="autumn", capacity=1)
    draft = solve_now(closed(mentoring_round), now=timezone.now())
    client = client_of(organizer)
    first, second = draft.pairs.all()
    client.post("/mentoring/rounds/autumn/pairs/", {"keep": f"{first.mentor_id}-{first.mentee_id}"})
    client.post("/mentoring/rounds/autumn/pairs/", {"forbid": f"{second.mentor_id}-{second.mentee_id}"})
    rules = PairRule.objects.order_by("pk").values_list("kind", "mentor", "mentee", "made_by")
    assert list(rules) == [
        ("lock", first.mentor_id, first.mentee_id, organizer.pk),
        ("forbid", second.mentor_id, second.mentee_id, organizer.pk),
    ]
    page = text_of(client.get("/mentoring/rounds/autumn/"))
    assert "Out of date" in page
    assert "Solve again around kept pairs" in page
    nonsense = client.post("/mentoring/rounds/autumn/pairs/", {"keep": "1-2-3"}, follow=True)
    assert "One of the two takes no part" in text_of(nonsense)
    client.post(f"/mentoring/rounds/autumn/pairs/{PairRule.objects.first().pk}/remove/")
    assert PairRule.objects.count() == 1


def test_kept_pairs_that_cannot_be_are_named_on_the_board(organizer):
    mentoring_round = make_round(mentors=1, mentees=2, slug="autumn", capacity=1)
    mentor = Offer.objects.get().member
    for request in Request.objects.all():
        actions.lock_pair(
            actor=organizer,
            round_id=mentoring_round.pk,
            mentor_id=mentor.pk,
            mentee_id=request.member_id,
            now=timezone.now(),
        )
    closed(mentoring_round)
    draft = actions.start_draft(actor=None, round_id=mentoring_round.pk, objective="fair", now=timezone.now())
    from mentorship.tasks import solve_draft

    solve_draft(draft_id=draft.pk)
    page = text_of(client_of(organizer).get("/mentoring/rounds/autumn/"))
    assert "These kept pairs cannot be." in page
    assert page.count(f"more are kept with {mentor} than there are places.") == 2


def test_while_a_worker_solves_the_board_asks_again_by_itself(organizer):
    mentoring_round = closed(make_round(mentors=1, mentees=1, slug="autumn"))
    actions.start_draft(actor=None, round_id=mentoring_round.pk, objective="fair", now=timezone.now())
    client = client_of(organizer)
    assert "Being solved" in text_of(client.get("/mentoring/rounds/autumn/"))
    part = client.get("/mentoring/rounds/autumn/", headers={"HX-Request": "true"})
    assert "<html" not in text_of(part)
    assert "every 2s" in text_of(part)
    solve_now(mentoring_round, now=timezone.now())
    part = client.get("/mentoring/rounds/autumn/", headers={"HX-Request": "true"})
    assert "Show the result" in text_of(part)
    assert "every 2s" not in text_of(part)


def test_weights_are_changed_on_their_page_and_make_the_draft_out_of_date(organizer):
    mentoring_round = make_round(mentors=1, mentees=1, slug="autumn")
    solve_now(closed(mentoring_round), now=timezone.now())
    client = client_of(organizer)
    wrong = send(client, "/mentoring/rounds/autumn/weights/", "weights", topics=-1)
    assert wrong.status_code == 422
    zero = dict.fromkeys(("topics", "level", "hours", "language", "load", "wishes"), 0)
    assert "Let at least one of them count." in text_of(
        send(client, "/mentoring/rounds/autumn/weights/", "weights", **zero)
    )
    send(client, "/mentoring/rounds/autumn/weights/", "weights", topics=70)
    mentoring_round.refresh_from_db()
    assert mentoring_round.weights["topics"] == 70
    assert "Out of date" in text_of(client.get("/mentoring/rounds/autumn/"))


@pytest.mark.parametrize("size", [3, 15])
def test_the_board_costs_the_same_at_any_size(size, organizer):
    """Within 12."""
    mentoring_round = make_round(mentors=size, mentees=3 * size, slug="autumn")
    solve_now(closed(mentoring_round), now=timezone.now())
    client = client_of(organizer)
    # The site; the organizer's role, for the page and for the round; the round; its drafts; offers; requests; rules;
    # pairs; mentees without one; who looks after them; who could.
    with exactly(12, signed_in=True):
        assert client.get("/mentoring/rounds/autumn/").status_code == 200


def test_many_pairs_come_in_pages_and_a_rule_leads_back_to_its_page(organizer):
    client, mentoring_round = client_of(organizer), make_round(mentors=14, mentees=28)
    solve_now(closed(mentoring_round), now=timezone.now())
    board = mentoring_round.get_absolute_url()
    first, second = client.get(board), client.get(f"{board}?page=2")
    assert (len(first.context["pairs"]), len(second.context["pairs"])) == (25, 3)
    assert "Publish 28 pairs" in text_of(second)
    assert "Read this one: weakest" not in text_of(second)
    kept = second.context["pairs"][0]["value"]
    back = f"{board}?page=2#pairs"
    assert f'name="next" value="{back}"' in text_of(second)
    answer = client.post(f"{board}pairs/", {"keep": kept, "next": back})
    assert answer.headers["Location"] == back
    assert client.get(f"{board}?page=nonsense").status_code == 200


# What is confidential -------------------------------------------------------------------------------------------------


def test_whom_somebody_avoids_is_found_nowhere_else(organizer):
    """The canary is one name, avoided by a mentee; without the avoiding they would be the one possible pair."""
    mentoring_round = make_round(mentors=2, mentees=1, slug="autumn")
    request, (canary, other) = Request.objects.get(), [row.member for row in Offer.objects.order_by("pk")]
    canary.name = "Member Canary"
    canary.save()
    # The other is full before; so the mentee is left without a pair, and the reasons name what they may.
    Offer.objects.filter(member=other).delete()
    request.avoid.add(canary)
    draft = solve_now(closed(mentoring_round), now=timezone.now())
    assert draft.matched == 0
    admin = MemberFactory(is_staff=True, is_superuser=True)
    pages = [
        text_of(client_of(who).get(page))
        for who in (organizer, admin)
        for page in ("/mentoring/", "/mentoring/rounds/autumn/")
    ] + [
        text_of(client_of(admin).get(f"/admin/mentorship/{page}"))
        for page in ("request/", f"request/{request.pk}/change/", "offer/", f"round/{mentoring_round.pk}/change/")
    ]
    # As a mentor of the round the canary's name may stand in lists of mentors, never with this mentee.
    board = pages[1]
    assert "1 mentor is not available." in board
    without = board[board.index("Without a pair") : board.index("Name somebody responsible")]
    assert "Canary" not in without
    assert "Canary" not in pages[4] + pages[5]
    # Keeping the two by hand is refused in the same words as a score under the floor.
    people = {"mentor_id": canary.pk, "mentee_id": request.member_id}
    actions.lock_pair(actor=organizer, round_id=mentoring_round.pk, now=timezone.now(), **people)
    refusals = []
    for is_avoided in (True, False):
        if not is_avoided:
            request.avoid.clear()
            Round.objects.update(floor=1_000_000)
        draft = actions.start_draft(actor=None, round_id=mentoring_round.pk, objective="fair", now=timezone.now())
        from mentorship.tasks import solve_draft

        solve_draft(draft_id=draft.pk)
        draft.refresh_from_db()
        refusals.append(draft.problems)
    assert refusals[0] == refusals[1] != []


def test_a_draft_tells_no_difference_between_avoiding_and_a_low_score():
    def draft_of(*, is_avoided):
        mentoring_round = make_round(mentors=1, mentees=1, floor=300_000 if is_avoided else 1_000_000)
        if is_avoided:
            Request.objects.get(round=mentoring_round).avoid.add(Offer.objects.get(round=mentoring_round).member)
        gap = solve_now(mentoring_round).gaps.get()
        return {cause: len(whom) for cause, whom in gap.causes.items()}, gap.remedy

    assert draft_of(is_avoided=True) == draft_of(is_avoided=False)
