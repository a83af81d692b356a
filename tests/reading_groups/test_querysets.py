"""Finding groups and what comes next in them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import FieldFetchBlocked

from members.actions import save_topic
from reading_groups.actions import index_groups
from reading_groups.models import Enrolment, Reading, ReadingGroup, Session
from tests.factories import (
    CollectiveFactory,
    EnrolmentFactory,
    MemberFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db

State, GroupState = Enrolment.State, ReadingGroup.State


# Search


@pytest.fixture
def found():
    """Which of four groups, each with the word “transformers” elsewhere, a search finds."""
    title = ReadingGroupFactory(title="Transformers from the start")
    description = ReadingGroupFactory(description="We read about *transformers* and nothing else.")
    topic = ReadingGroupFactory(topics=[TopicFactory(name="Transformers and attention")])
    paper = ReadingGroupFactory()
    ReadingFactory(group=paper, paper=PaperFactory(title="Transformers are Graph Neural Networks"))
    ReadingFactory(group=paper, paper=PaperFactory(title="Efficient Estimation of Word Representations"), position=1)
    names = {title.pk: "title", description.pk: "description", topic.pk: "topic", paper.pk: "paper"}
    index_groups(group_ids=names)
    return lambda text: {names[group.pk] for group in ReadingGroup.objects.matching(text)}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("transformers", {"title", "description", "topic", "paper"}),
        ("TRANSFORMER", {"title", "description", "topic", "paper"}),
        ("attention", {"topic"}),
        ("graph networks", {"paper"}),
        ("word representation", {"paper"}),
        # Words of one group, from two papers.
        ("graph estimation", {"paper"}),
        ("transformers -graph", {"title", "description", "topic"}),
        ('"nothing else"', {"description"}),
        ("attention or estimation", {"topic", "paper"}),
        ("convolution", set()),
        ("", set()),
        ("the", set()),
        ("'; drop table members_member; --", set()),
        ('"unclosed & | ! <-> (:*', set()),
        ("😀 %_\\", set()),
        ("x" * 10_000, set()),
    ],
)
def test_search_finds_words_in_title_description_topics_and_papers(found, text, where):
    assert found(text) == where


def test_a_group_is_found_by_what_it_says_now():
    group = ReadingGroupFactory(title="Optics")
    reading = ReadingFactory(group=group, paper=PaperFactory(title="Lenses"))
    index_groups(group_ids=[group.pk])
    ReadingGroup.objects.filter(pk=group.pk).update(title="Acoustics")
    Reading.objects.filter(pk=reading.pk).delete()
    index_groups(group_ids=[group.pk])
    words = ("optics", "lenses", "acoustics")
    assert [ReadingGroup.objects.matching(word).count() for word in words] == [0, 0, 1]


def test_only_the_groups_named_are_indexed_and_an_unindexed_one_is_not_found():
    first, second = ReadingGroupFactory(title="Optics one"), ReadingGroupFactory(title="Optics two")
    assert not ReadingGroup.objects.matching("optics").exists()
    index_groups(group_ids=[first.pk])
    index_groups(group_ids=[])
    assert list(ReadingGroup.objects.matching("optics")) == [first]
    index_groups(group_ids=iter([second.pk]))
    assert ReadingGroup.objects.matching("optics").count() == 2


def test_a_group_with_a_long_list_is_indexed_whole():
    group = ReadingGroupFactory()
    papers = [PaperFactory(title=f"Study number{number} " + "of something long " * 20) for number in range(300)]
    Reading.objects.bulk_create(Reading(group=group, paper=paper) for paper in papers)
    index_groups(group_ids=[group.pk])
    assert list(ReadingGroup.objects.matching("number0 number299")) == [group]


def test_search_keeps_to_what_one_may_see():
    group = ReadingGroupFactory(title="Optics", state=GroupState.DRAFT)
    index_groups(group_ids=[group.pk])
    visitor, organizer = AnonymousUser(), MemberFactory()
    group.organizers.add(organizer)
    assert not ReadingGroup.objects.visible_to(visitor).matching("optics").exists()
    assert list(ReadingGroup.objects.visible_to(organizer).matching("optics")) == [group]


# Filters


def test_a_topic_has_the_groups_of_all_topics_below_it():
    cs, education = TopicFactory(slug="cs"), TopicFactory(slug="cs_education")
    learning = TopicFactory(slug="learning", parent=cs)
    graphs = TopicFactory(slug="graphs", parent=learning)
    math = TopicFactory(slug="math")
    on = {topic.slug: ReadingGroupFactory(topics=[topic]).pk for topic in (cs, learning, graphs, math, education)}
    both = ReadingGroupFactory(topics=[graphs, learning, math]).pk
    ReadingGroupFactory()

    def about(topic):
        return sorted(ReadingGroup.objects.about(topic).values_list("pk", flat=True))

    assert about(cs) == sorted([on["cs"], on["learning"], on["graphs"], both])
    assert about(learning) == sorted([on["learning"], on["graphs"], both])
    assert about(graphs) == sorted([on["graphs"], both])
    assert about(math) == sorted([on["math"], both])
    assert about(education) == [on["cs_education"]]
    learning.parent = math
    save_topic(topic=learning)
    assert about(cs) == [on["cs"]]
    assert about(math) == sorted([on["math"], on["learning"], on["graphs"], both])


def test_a_group_with_places_has_fewer_people_than_its_capacity():
    free, full, cut = ReadingGroupFactory(capacity=2), ReadingGroupFactory(capacity=1), ReadingGroupFactory(capacity=3)
    for group, people in [(free, 1), (full, 1), (cut, 3)]:
        for _ in range(people):
            EnrolmentFactory(group=group)
    ReadingGroup.objects.filter(pk=cut.pk).update(capacity=2)
    assert list(ReadingGroup.objects.with_places()) == [free]


def test_a_place_that_is_held_is_not_free():
    group = ReadingGroupFactory(capacity=1)
    EnrolmentFactory(group=group, state=State.HELD)
    assert not ReadingGroup.objects.with_places().exists()


@pytest.mark.parametrize("state", GroupState)
def test_open_and_running_groups_are_listed(state):
    ReadingGroupFactory(state=state)
    assert ReadingGroup.objects.listed().exists() == (state in {GroupState.OPEN, GroupState.RUNNING})


# The next session


def next_of(group, now):
    row = ReadingGroup.objects.with_next_session(now).get(pk=group.pk)
    return row.next_id, row.next_starts_at, row.next_held_on


def test_the_next_session_is_the_one_that_is_on_until_it_ends(now):
    group = ReadingGroupFactory()
    over = SessionFactory(group=group, starts_at=now - timedelta(days=7))
    on = SessionFactory(group=group, starts_at=now - timedelta(minutes=30))
    later = SessionFactory(group=group, starts_at=now + timedelta(days=7))
    SessionFactory(starts_at=now + timedelta(minutes=1))
    assert next_of(group, now) == (on.pk, on.starts_at, on.held_on)
    assert next_of(group, on.ends_at - timedelta(seconds=1))[0] == on.pk
    assert next_of(group, on.ends_at)[0] == later.pk
    assert next_of(group, over.starts_at - timedelta(days=1))[0] == over.pk
    assert next_of(group, later.ends_at) == (None, None, None)


def test_a_cancelled_session_is_not_the_next(now):
    group = ReadingGroupFactory()
    SessionFactory(group=group, starts_at=now + timedelta(days=1), is_cancelled=True)
    assert next_of(group, now) == (None, None, None)
    later = SessionFactory(group=group, starts_at=now + timedelta(days=2))
    assert next_of(group, now)[0] == later.pk


def test_a_session_without_a_time_counts_until_its_day_is_over_everywhere():
    group = ReadingGroupFactory(zone="Pacific/Honolulu")
    day = date(2026, 11, 24)
    session = SessionFactory(group=group, starts_at=None, ends_at=None, held_on=day)
    # On the Line Islands the day begins at 10:00 UTC the day before; on Baker Island it ends at 12:00 the day after.
    still = datetime(2026, 11, 25, 11, 59, tzinfo=UTC)
    assert next_of(group, datetime(2026, 11, 20, tzinfo=UTC)) == (session.pk, None, day)
    assert next_of(group, still) == (session.pk, None, day)
    assert next_of(group, datetime(2026, 11, 26, 0, 0, tzinfo=UTC)) == (None, None, None)


def test_sessions_with_and_without_a_time_come_by_their_day(now):
    group = ReadingGroupFactory()
    dated = SessionFactory(group=group, starts_at=None, ends_at=None, held_on=now.date() + timedelta(days=1))
    timed = SessionFactory(group=group, starts_at=now + timedelta(days=2))
    same_day = SessionFactory(group=group, starts_at=now + timedelta(days=1, hours=3))
    assert list(group.sessions.coming(now)) == [same_day, dated, timed]


@pytest.mark.parametrize("hours", [*range(-60, 61, 3)])
def test_every_session_that_is_not_cancelled_is_past_or_coming(now, hours):
    group = ReadingGroupFactory(zone="Pacific/Kiritimati")
    SessionFactory(group=group, starts_at=now + timedelta(hours=hours))
    SessionFactory(group=group, starts_at=None, ends_at=None, held_on=(now + timedelta(hours=hours)).date())
    SessionFactory(group=group, starts_at=now + timedelta(hours=hours + 1), is_cancelled=True)
    coming, past = set(group.sessions.coming(now)), set(group.sessions.past(now))
    assert coming | past == set(group.sessions.filter(is_cancelled=False))
    assert not coming & past


def test_past_sessions_come_latest_first(now):
    group = ReadingGroupFactory()
    sessions = [SessionFactory(group=group, starts_at=now - timedelta(days=days)) for days in (3, 1, 2)]
    assert list(group.sessions.past(now)) == [sessions[1], sessions[2], sessions[0]]


def test_sessions_starting_between_two_instants(now):
    first, _last = (SessionFactory(starts_at=now + timedelta(hours=hours)) for hours in (0, 1))
    SessionFactory(starts_at=now, is_cancelled=True)
    assert list(Session.objects.starting_between(now, now + timedelta(hours=1))) == [first]


# Enrolments and readings


def test_how_many_wait_and_what_the_viewer_is(now):
    group, viewer = ReadingGroupFactory(), MemberFactory()
    for state in (State.WAITLISTED, State.WAITLISTED, State.HELD, State.ENROLLED, State.LEFT):
        EnrolmentFactory(group=group, state=state)
    EnrolmentFactory(group=group, member=viewer, state=State.LEFT)
    EnrolmentFactory(member=viewer)

    def row(somebody):
        return ReadingGroup.objects.with_waiting().with_own_state(somebody).get(pk=group.pk)

    assert (row(viewer).waiting, row(viewer).own_state) == (2, None)
    EnrolmentFactory(group=group, member=viewer, state=State.WAITLISTED)
    assert (row(viewer).waiting, row(viewer).own_state) == (3, State.WAITLISTED)
    assert row(AnonymousUser()).own_state is None


def test_enrolments_by_what_they_are(now):
    rows = {state: EnrolmentFactory(state=state) for state in State}

    def of(queryset):
        return {enrolment.state for enrolment in queryset}

    objects = Enrolment.objects
    assert of(objects.live()) == {State.WAITLISTED, State.HELD, State.ENROLLED}
    assert of(objects.belonging()) == {State.WAITLISTED, State.HELD, State.ENROLLED, State.COMPLETED}
    assert of(objects.enrolled()) == {State.ENROLLED}
    assert of(objects.in_line()) == {State.WAITLISTED}
    end = rows[State.HELD].held_until
    assert of(objects.run_out(end)) == {State.HELD}
    assert of(objects.run_out(end - timedelta(microseconds=1))) == set()


def test_enrolments_are_listed_by_the_names_of_people():
    group = ReadingGroupFactory()
    rows = [EnrolmentFactory(group=group, member=MemberFactory(name=name)) for name in ("zeta", "Éta", "alpha")]
    assert list(group.enrolments.by_name()) == [rows[2], rows[1], rows[0]]


def test_readings_come_in_their_order_and_the_pool_is_what_has_no_session():
    group = ReadingGroupFactory()
    second, first = (ReadingFactory(group=group, position=position) for position in (2, 1))
    set_for_a_session = ReadingFactory(group=group, session=SessionFactory(group=group))
    assert list(group.readings.in_order()) == [set_for_a_session, first, second]
    assert list(group.readings.in_pool().in_order()) == [first, second]


# Lists cost the same at any length


@pytest.mark.parametrize("count", [3, 30])
def test_a_list_of_cards_takes_two_queries(now, count, django_assert_num_queries):
    viewer = MemberFactory()
    for _ in range(count):
        group = ReadingGroupFactory(topics=[TopicFactory(), TopicFactory()])
        SessionFactory(group=group, starts_at=now + timedelta(days=1))
        EnrolmentFactory(group=group, state=State.WAITLISTED)
        EnrolmentFactory(group=group, member=viewer)
    # Groups with their next session, line and own state; topics.
    with django_assert_num_queries(2):
        cards = [
            (
                group.title,
                group.next_starts_at,
                group.next_held_on,
                group.waiting,
                group.own_state,
                group.places_left,
                group.is_full,
                group.get_absolute_url(),
                [topic.name for topic in group.topics.all()],
            )
            for group in ReadingGroup.objects.visible_to(viewer).listed().for_cards(viewer, now)
        ]
    assert len(cards) == count
    assert {(waiting, own, left, len(topics)) for _t, _n, _d, waiting, own, left, _f, _u, topics in cards} == {
        (1, State.ENROLLED, 11, 2)
    }


def test_what_a_card_has_not_loaded_is_refused_rather_than_fetched_for_each(now):
    ReadingGroupFactory(collective=CollectiveFactory(), topics=[TopicFactory(parent=TopicFactory())])
    (group,) = ReadingGroup.objects.for_cards(AnonymousUser(), now)
    with pytest.raises(FieldFetchBlocked):
        _ = group.collective
    with pytest.raises(FieldFetchBlocked):
        _ = group.search
    (topic,) = group.topics.all()
    with pytest.raises(FieldFetchBlocked):
        _ = topic.parent


@pytest.mark.parametrize("count", [3, 30])
def test_readings_take_one_query_and_fetch_nothing_more(count, django_assert_num_queries):
    group = ReadingGroupFactory()
    for position in range(count):
        ReadingFactory(group=group, position=position)
    with django_assert_num_queries(1):
        readings = list(Reading.objects.in_order())
        assert len({reading.paper.title for reading in readings}) == count
    with pytest.raises(FieldFetchBlocked):
        _ = readings[0].group
