"""What becomes of papers that were there before each had its title to itself."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from reading_groups.models import Paper

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "papers_and_pool"


def test_papers_of_one_title_are_numbered_and_identifiers_get_one_spelling():
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    (target,) = (node for node in graph.nodes if node[0] == "reading_groups" and node[1].endswith(NAME))
    before = [parent.key for parent in graph.node_map[target].parents if parent.key[0] == "reading_groups"]
    executor.migrate(before)
    try:
        old = executor.loader.project_state(before).apps.get_model("reading_groups", "Paper")
        for title, arxiv_id, doi in (
            ("Dropout", "math.GT/0309136", "10.5555/AB"),
            ("dropout", "", "10.5555/ab"),
            ("Another", "math.AG/0309137", ""),
            ("dropout!", "math/0309137", "10.5555/x"),
        ):
            old.objects.create(title=title, title_key=title.lower().strip("!"), arxiv_id=arxiv_id, doi=doi)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    assert list(Paper.objects.order_by("pk").values_list("title", "title_number", "arxiv_id", "doi")) == [
        ("Dropout", 0, "math/0309136", "10.5555/ab"),
        ("dropout", 1, "", ""),
        ("Another", 0, "math.AG/0309137", ""),
        ("dropout!", 2, "math/0309137", "10.5555/x"),
    ]
