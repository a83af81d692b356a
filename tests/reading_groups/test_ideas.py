"""Ideas: put up once, ready by hands, parked, adopted."""

import pytest
from django.db import IntegrityError, transaction

from reading_groups import actions
from reading_groups.models import Hand, Idea
from tests.factories import EnrolmentFactory, HandFactory, IdeaFactory, MemberFactory, PaperFactory, ReadingGroupFactory

pytestmark = pytest.mark.django_db
State = Idea.State


@pytest.fixture
def group():
    return ReadingGroupFactory(hands_needed=2)


@pytest.fixture
def members(group):
    return [EnrolmentFactory(group=group).member for _ in range(3)]


def put_up(member, group, now, **changes):
    words = {"title": "Does it hold?", "text": "With half the data.", "paper": None} | changes
    return actions.put_up_idea(actor=member, group_id=group.pk, now=now, **words)


def test_an_idea_sent_twice_is_put_up_once_and_another_of_that_title_is_told(group, members, now):
    paper = PaperFactory()
    first = put_up(members[0], group, now, paper=paper)
    assert put_up(members[0], group, now, paper=paper) == first
    with pytest.raises(actions.IdeaIsThere):
        put_up(members[0], group, now, text="With all the data.", paper=paper)
    put_up(members[1], group, now)
    assert Idea.objects.count() == 2


def test_outsiders_put_up_neither_ideas_nor_hands(group, now):
    outsider, idea = MemberFactory(), IdeaFactory(group=group)
    for call in (
        lambda: put_up(outsider, group, now),
        lambda: actions.raise_hand(actor=outsider, idea_id=idea.pk, now=now),
        lambda: actions.lower_hand(actor=outsider, idea_id=idea.pk),
    ):
        with pytest.raises(actions.NotInGroup):
            call()


def test_with_enough_hands_it_is_ready_and_with_too_few_open_again(group, members, now):
    idea = put_up(members[0], group, now)
    states = []
    for member in (members[0], members[0], members[1], members[2]):
        states.append(actions.raise_hand(actor=member, idea_id=idea.pk, now=now).state)
    for member in (members[2], members[1], members[1]):
        states.append(actions.lower_hand(actor=member, idea_id=idea.pk).state)
    assert states == [State.OPEN, State.OPEN, State.READY, State.READY, State.READY, State.OPEN, State.OPEN]


def test_another_number_of_hands_renews_what_is_ready(group, members, now):
    idea = put_up(members[0], group, now)
    parked = IdeaFactory(group=group, state=State.PARKED)
    actions.raise_hand(actor=members[0], idea_id=idea.pk, now=now)
    found = []
    for needed in (1, 2):
        group.refresh_from_db()
        group.hands_needed = needed
        actions.save_group(group=group, now=now)
        found.append(list(Idea.objects.order_by("pk").values_list("state", flat=True)))
    assert found == [[State.READY, State.PARKED], [State.OPEN, State.PARKED]]
    assert parked.pk


def test_parked_ideas_keep_their_hands_and_come_back(group, members, now):
    idea = put_up(members[0], group, now)
    for member in members[:2]:
        actions.raise_hand(actor=member, idea_id=idea.pk, now=now)
    actions.park_idea(idea_id=idea.pk)
    with pytest.raises(actions.IdeaIsSettled):
        actions.raise_hand(actor=members[2], idea_id=idea.pk, now=now)
    with pytest.raises(actions.IdeaIsSettled):
        actions.mark_idea_adopted(idea=idea, actor=members[0], now=now)
    assert actions.unpark_idea(idea_id=idea.pk).state == State.READY


def test_adopting_is_noted_once_and_is_the_end_of_it(group, members, now):
    idea = put_up(members[0], group, now)
    for actor in members[:2]:
        actions.mark_idea_adopted(idea=idea, actor=actor, now=now)
    idea.refresh_from_db()
    assert (idea.state, idea.adopted_at, idea.adopted_by) == (State.ADOPTED, now, members[0])
    for call in (
        lambda: actions.park_idea(idea_id=idea.pk),
        lambda: actions.unpark_idea(idea_id=idea.pk),
        lambda: actions.raise_hand(actor=members[0], idea_id=idea.pk, now=now),
    ):
        with pytest.raises(actions.IdeaIsSettled):
            call()


def test_who_may_park(group, members):
    idea, organizer = IdeaFactory(group=group, member=members[0]), MemberFactory()
    group.organizers.add(organizer)
    may = [person.has_perm("reading_groups.park_idea", idea) for person in (members[0], organizer, members[1])]
    assert may == [True, True, False]


def test_what_the_database_refuses(group, now):
    idea = IdeaFactory(group=group)
    hand = HandFactory(idea=idea)
    for make, constraint in (
        (lambda: HandFactory(idea=idea, member=hand.member), "hand_once"),
        (lambda: IdeaFactory(group=group, member=idea.member, title=idea.title), "idea_put_up_once"),
        (lambda: IdeaFactory(title=""), "idea_has_a_title"),
        (lambda: IdeaFactory(adopted_at=now), "adopted_has_a_time"),
        (lambda: IdeaFactory(state=State.ADOPTED), "adopted_has_a_time"),
        (lambda: ReadingGroupFactory(hands_needed=0), "group_needs_a_hand"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            make()
    assert Hand.objects.count() == 1
