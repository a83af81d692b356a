"""The starting topics: all of arXiv's categories of five archives and our own below, loaded once however often."""

import json

import pytest
from django.core.management import call_command

from members.actions import save_topic
from members.models import Topic
from members.topics_start import ARXIV, OWN, load_starting_topics

pytestmark = pytest.mark.django_db


def test_the_tree_holds_archives_categories_and_own_topics_below():
    loaded = load_starting_topics()
    assert (loaded.created, loaded.kept) == (144, 0)
    assert Topic.objects.exclude(code="").count() == 97
    assert list(Topic.objects.filter(parent=None).order_by("code").values_list("code", "path")) == [
        ("cs", "cs/"),
        ("eess", "eess/"),
        ("math", "math/"),
        ("q-bio", "q-bio/"),
        ("stat", "stat/"),
    ]
    learning = Topic.objects.get(code="cs.LG")
    assert (learning.slug, learning.name, learning.path) == ("cs-lg", "Machine Learning", "cs/cs-lg/")
    assert Topic.objects.get(slug="transformers").path == "cs/cs-lg/deep-learning/transformers/"


def test_loading_twice_changes_nothing():
    load_starting_topics()
    before = list(Topic.objects.in_tree_order().values())
    again = load_starting_topics()
    assert (again.created, again.kept) == (0, 144)
    assert list(Topic.objects.in_tree_order().values()) == before


def test_what_an_admin_changed_stays(capsys):
    load_starting_topics()
    learning = Topic.objects.get(code="cs.LG")
    learning.name, learning.slug = "Learning machines", "learning"
    save_topic(topic=learning)
    Topic.objects.get(slug="diffusion-models").delete()
    call_command("load_topics")
    assert capsys.readouterr().out == "Topics: 1 created, 143 kept.\n"
    learning.refresh_from_db()
    assert (learning.name, learning.path) == ("Learning machines", "cs/learning/")
    assert Topic.objects.get(slug="diffusion-models").path == "cs/learning/generative-models/diffusion-models/"


def test_the_file_holds_facts_only():
    for row in json.loads(ARXIV.read_text(encoding="utf-8")):
        assert set(row) == {"code", "name", "parent"}
        assert len(row["name"]) < 60
    names = [name for names in OWN.values() for name in names]
    assert len(names) == len(set(names))


def test_the_codes_are_those_of_the_published_taxonomy(real_data):
    published = json.loads((real_data / "taxonomy/arxiv_taxonomy_cs_stat_math_eess_qbio.json").read_text())
    load_starting_topics()
    stored = Topic.objects.filter(code__contains=".").values_list("code", "name", "parent__code")
    assert set(stored) == {(row["id"], row["name"], row["archive"]) for row in published}
