"""The ticks, called as a worker calls them, and the schedule that a clock reads."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from collaborative.celery import app
from collaborative.home import beats, tasks
from collaborative.models import Site
from notifications.models import Delivery
from tests.factories import EnrolmentFactory, ReadingGroupFactory, SessionFactory


@pytest.fixture
def session_tomorrow():
    group = ReadingGroupFactory()
    EnrolmentFactory(group=group)
    return SessionFactory(group=group, starts_at=timezone.now() + timedelta(hours=20))


@pytest.mark.django_db
def test_two_ticks_bring_a_reminder_in_the_sites_name(session_tomorrow):
    Site.objects.create(pk=1, name="Reading Together", contact_email="hello@example.org")
    assert tasks.write_obligations() == 2  # a day before the session, and an hour before it
    assert tasks.send_due() == 1
    [message] = mail.outbox
    assert message.from_email.startswith("Reading Together <")
    assert "Reading Together" in message.body
    assert "/me/" in message.body
    assert Delivery.objects.get(kind="session_tomorrow").state == Delivery.State.SENT


@pytest.mark.django_db
def test_a_site_without_a_name_yet_sends_as_well(session_tomorrow):
    tasks.write_obligations()
    tasks.send_due()
    assert "Research Collaborative" in mail.outbox[0].body


@pytest.mark.django_db
def test_a_tick_from_another_version_is_understood(session_tomorrow):
    assert tasks.write_obligations(added_later=1) == 2
    assert tasks.send_due(added_later=1) == 1
    tasks.heartbeat(added_later=1)
    assert cache.get(beats.WORKER.key) is not None


@pytest.mark.django_db
def test_every_tick_of_the_schedule_is_a_task(settings):
    app.loader.import_default_modules()
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["task"] in app.tasks, name


def test_a_tick_is_dropped_once_the_next_ones_have_overtaken_it(settings):
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["options"]["expires"] >= 2 * entry["schedule"].seconds


def test_a_lease_outlives_the_task_that_holds_it(settings):
    assert settings.DELIVERY_LEASE_SECONDS > settings.CELERY_TASK_TIME_LIMIT
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > settings.CELERY_TASK_TIME_LIMIT
