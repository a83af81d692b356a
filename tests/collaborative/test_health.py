"""What a load balancer asks: whether the process lives, and whether the site can do its work."""

import pytest
from celery.signals import after_task_publish
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from collaborative.celery import HEARTBEAT
from collaborative.home import beats, tasks
from collaborative.models import Site
from notifications.models import Delivery
from tests.factories import MemberFactory

NOWHERE = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}}
ALL = [beat.name for beat in beats.BEATS]


def beat_all():
    for beat in beats.BEATS:
        beats.give(beat, timezone.now())


def missing(client):
    response = client.get("/health/ready")
    found = response.json()
    assert (response.status_code, found["ready"]) == ((503, False) if found["missing"] else (200, True))
    return found["missing"]


def test_live_touches_neither_database_nor_cache(client, settings):
    """Without the mark for the database, a query would be an error; so would a word with the cache."""
    settings.CACHES = NOWHERE
    response = client.get("/health/live")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-cache" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_all_parts_answer(client, django_assert_num_queries):
    beat_all()
    with django_assert_num_queries(1):  # SELECT 1
        response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (200, {"ready": True, "missing": []})


@pytest.mark.django_db
def test_not_ready_before_anything_was_heard(client):
    assert missing(client) == ALL == ["clock", "worker", "planning", "sending"]


@pytest.mark.django_db
@pytest.mark.parametrize("silent", beats.BEATS, ids=ALL)
def test_whichever_part_is_silent_is_named(client, silent):
    beat_all()
    cache.delete(silent.key)
    assert missing(client) == [silent.name]


@pytest.mark.django_db
def test_a_tick_that_is_done_gives_its_beat(client):
    tasks.heartbeat()
    assert missing(client) == ["clock", "planning", "sending"]
    tasks.write_obligations()
    assert missing(client) == ["clock", "sending"]
    tasks.send_due()
    assert missing(client) == ["clock"]


@pytest.mark.django_db
def test_the_clock_is_heard_when_a_heartbeat_is_put_out_and_by_no_other_task(client):
    """In the process that puts it out: a dead clock is told from a dead worker."""
    after_task_publish.send(sender="collaborative.home.tasks.send_due", body=None)
    assert "clock" in missing(client)
    after_task_publish.send(sender=HEARTBEAT, body=None)
    assert missing(client) == ["worker", "planning", "sending"]


@pytest.mark.django_db
def test_a_worker_that_answers_and_cannot_send_is_noticed(client, monkeypatch):
    """Its heartbeat passes, every run of sending breaks: by a mistake of ours, say."""
    beat_all()
    cache.delete(beats.SENDING.key)
    Site.objects.create(pk=1, name="Reading Together")
    member = MemberFactory()
    Delivery.objects.create(
        kind="place_offered",
        recipient=f"members.member:{member.pk}",
        member=member,
        object_key="reading_groups.enrolment:1",
        occurrence="once",
        due_at=timezone.now(),
    )

    class Broken(Exception):
        pass

    def broken(**_ignored):
        raise Broken

    with monkeypatch.context() as patched:
        patched.setattr("notifications.actions.claim_next", broken)
        for _ in range(3):
            tasks.heartbeat()
            with pytest.raises(Broken):
                tasks.send_due()
    assert missing(client) == ["sending"]
    tasks.send_due()
    assert missing(client) == []


@pytest.mark.django_db
@pytest.mark.parametrize("beat", beats.BEATS, ids=ALL)
def test_no_beat_lasts(beat):
    beats.give(beat, timezone.now())
    key = cache.make_key(beat.key)
    assert 0 < cache._cache.get_client(key).ttl(key) <= beat.lasts


@pytest.mark.django_db
def test_a_slow_clock_has_time_for_its_beats(settings):
    entry = settings.CELERY_BEAT_SCHEDULE["heartbeat"]
    slow = entry | {"schedule": type(entry["schedule"])(600)}
    settings.CELERY_BEAT_SCHEDULE = settings.CELERY_BEAT_SCHEDULE | {"heartbeat": slow}
    assert beats.WORKER.lasts == 2700


@pytest.mark.django_db
def test_not_ready_without_the_cache(client, settings):
    settings.CACHES = NOWHERE
    assert missing(client) == ["cache", *ALL]


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_the_database(client, monkeypatch):
    beat_all()
    connection.close()
    with monkeypatch.context() as broken:
        broken.setitem(connection.settings_dict, "HOST", "/nowhere")
        broken.setitem(connection.settings_dict, "OPTIONS", {})
        response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"ready": False, "missing": ["database"]})
    assert client.get("/health/ready").status_code == 200
