"""What a load balancer asks: whether the process lives, and whether the site can do its work."""

import pytest
from django.core.cache import cache
from django.db import connection

from collaborative.home.tasks import HEARTBEAT_SECONDS, heartbeat

NOWHERE = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}}


def test_live_touches_neither_database_nor_cache(client, settings):
    """Without the mark for the database, a query would be an error; so would a word with the cache."""
    settings.CACHES = NOWHERE
    response = client.get("/health/live")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-cache" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_all_parts_answer(client, django_assert_num_queries):
    heartbeat()
    with django_assert_num_queries(1):  # SELECT 1
        response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (200, {"ready": True, "missing": []})


@pytest.mark.django_db
def test_not_ready_without_a_worker(client):
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"ready": False, "missing": ["worker"]})


@pytest.mark.django_db
def test_a_heartbeat_does_not_last(client):
    heartbeat()
    key = cache.make_key("worker-heartbeat")
    assert 0 < cache._cache.get_client(key).ttl(key) <= HEARTBEAT_SECONDS


@pytest.mark.django_db
def test_not_ready_without_the_cache(client, settings):
    settings.CACHES = NOWHERE
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"ready": False, "missing": ["cache", "worker"]})


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_the_database(client, monkeypatch):
    heartbeat()
    connection.close()
    with monkeypatch.context() as broken:
        broken.setitem(connection.settings_dict, "HOST", "/nowhere")
        broken.setitem(connection.settings_dict, "OPTIONS", {})
        response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"ready": False, "missing": ["database"]})
    assert client.get("/health/ready").status_code == 200
