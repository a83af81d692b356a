"""The tree of topics: paths stay true, however it is pruned and grafted."""

from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.actions import TopicWouldContainItself, save_topic
from members.models import Topic
from tests.factories import TopicFactory
from tests.races import race


def paths() -> list[str]:
    return list(Topic.objects.in_tree_order().values_list("path", flat=True))


@pytest.fixture
def tree(db) -> dict[str, Topic]:
    """Computing with learning and vision, learning with graphs; mathematics; and one whose name begins like another."""
    topics: dict[str, Topic] = {}
    for slug, parent in [
        ("cs", None),
        ("learning", "cs"),
        ("graphs", "learning"),
        ("vision", "cs"),
        ("math", None),
        ("cs_education", None),
    ]:
        topics[slug] = TopicFactory(slug=slug, parent=topics.get(parent))
    return topics


def test_a_path_names_the_way_from_the_root(tree):
    assert paths() == ["cs/", "cs/learning/", "cs/learning/graphs/", "cs/vision/", "cs_education/", "math/"]
    assert [tree[slug].depth for slug in ("cs", "learning", "graphs")] == [0, 1, 2]


def test_under_is_the_topic_and_all_below_it(tree):
    def under(slug):
        return set(Topic.objects.under(tree[slug]).values_list("slug", flat=True))

    assert under("cs") == {"cs", "learning", "graphs", "vision"}
    assert under("learning") == {"learning", "graphs"}
    assert under("graphs") == {"graphs"}
    assert under("cs_education") == {"cs_education"}


def test_a_moved_topic_takes_all_below_it_along(tree):
    tree["learning"].parent = tree["math"]
    save_topic(topic=tree["learning"])
    assert paths() == ["cs/", "cs/vision/", "cs_education/", "math/", "math/learning/", "math/learning/graphs/"]


def test_a_topic_can_become_a_root(tree):
    tree["learning"].parent = None
    save_topic(topic=tree["learning"])
    assert paths() == ["cs/", "cs/vision/", "cs_education/", "learning/", "learning/graphs/", "math/"]


def test_a_renamed_topic_renames_the_paths_below_it(tree):
    tree["cs"].slug = "computing"
    save_topic(topic=tree["cs"])
    assert paths() == [
        "computing/",
        "computing/learning/",
        "computing/learning/graphs/",
        "computing/vision/",
        "cs_education/",
        "math/",
    ]


def test_saving_without_a_change_changes_nothing(tree):
    before = paths()
    tree["learning"].name = "Machine learning"
    save_topic(topic=tree["learning"])
    assert paths() == before
    assert Topic.objects.get(slug="learning").name == "Machine learning"


def test_paths_come_from_the_database_and_not_from_what_was_in_memory(tree):
    stale = Topic.objects.get(slug="graphs")
    tree["learning"].parent = tree["math"]
    save_topic(topic=tree["learning"])
    save_topic(topic=stale)
    assert Topic.objects.get(slug="graphs").path == "math/learning/graphs/"


@pytest.mark.parametrize(("moved", "below"), [("cs", "cs"), ("cs", "learning"), ("cs", "graphs"), ("graphs", "graphs")])
def test_a_topic_never_goes_below_itself(tree, moved, below):
    before = paths()
    tree[moved].parent = tree[below]
    with pytest.raises(TopicWouldContainItself):
        save_topic(topic=tree[moved])
    assert paths() == before
    assert Topic.objects.get(slug="cs").parent is None


def test_a_topic_goes_below_one_whose_name_only_begins_alike(tree):
    tree["cs"].parent = tree["cs_education"]
    save_topic(topic=tree["cs"])
    assert Topic.objects.get(slug="graphs").path == "cs_education/cs/learning/graphs/"


def test_a_parent_that_is_gone_is_told(tree):
    Topic.objects.filter(slug="math").delete()
    with pytest.raises(Topic.DoesNotExist):
        save_topic(topic=Topic(name="Algebra", slug="algebra", parent_id=tree["math"].pk))


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(moves=st.lists(st.tuples(st.integers(0, 6), st.none() | st.integers(0, 6)), max_size=12))
def test_after_any_moves_every_path_is_the_parents_path_and_the_slug(moves):
    ids = [TopicFactory().pk for _ in range(7)]
    for moved, parent in moves:
        topic = Topic.objects.get(pk=ids[moved])
        topic.parent_id = None if parent is None else ids[parent]
        try:
            save_topic(topic=topic)
        except TopicWouldContainItself:
            continue
    for topic in Topic.objects.filter(pk__in=ids).select_related("parent"):
        assert topic.path == (topic.parent.path if topic.parent else "") + f"{topic.slug}/"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", range(3))
def test_of_two_moves_at_once_each_below_the_other_the_second_is_told(run):
    one, other = TopicFactory(slug="one"), TopicFactory(slug="other")
    below_one, below_other = TopicFactory(slug="below-one", parent=one), TopicFactory(slug="below-other", parent=other)
    one.parent, other.parent = below_other, below_one
    moves = [partial(save_topic, topic=topic) for topic in (one, other)]
    assert race(*moves, refusals=TopicWouldContainItself).count(TopicWouldContainItself) == 1
    assert paths() in (
        ["one/", "one/below-one/", "one/below-one/other/", "one/below-one/other/below-other/"],
        ["other/", "other/below-other/", "other/below-other/one/", "other/below-other/one/below-one/"],
    )
