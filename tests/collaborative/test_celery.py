"""How work is given out and taken up: each setting, what it is for, and that nothing goes round it."""

import ast
from pathlib import Path

import pytest
from celery.schedules import schedule
from django.conf import settings

from collaborative.celery import FIRST, HEARTBEAT, app
from collaborative.home import beats
from notifications import actions

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ("core", "notifications", "members", "reading_groups", "cohorts", "mentorship", "projects", "collaborative")
RUN = actions.LONGEST_RUN.total_seconds()


@pytest.fixture(scope="module", autouse=True)
def configured():
    app.loader.import_default_modules()
    return app.conf


def test_work_is_given_back_when_its_worker_dies():
    """Acknowledged once done, and put back where the process that did it was killed."""
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True


def test_a_worker_takes_no_more_than_it_is_doing():
    """What it had reserved beyond that would wait with it while it hangs, or die with it."""
    assert app.conf.worker_prefetch_multiplier == 1


def test_a_task_ends_before_its_message_or_its_lease_is_given_to_another():
    assert 0 < app.conf.task_soft_time_limit < app.conf.task_time_limit
    assert app.conf.broker_transport_options["visibility_timeout"] == 600
    assert app.conf.task_time_limit < app.conf.broker_transport_options["visibility_timeout"]
    assert app.conf.task_time_limit < settings.DELIVERY_LEASE_SECONDS
    # A run ends by itself; the limits are for what hangs.
    assert app.conf.task_soft_time_limit > RUN + 4 * settings.EMAIL_TIMEOUT_SECONDS


def test_a_worker_that_is_stopped_finishes_what_it_sends():
    assert RUN < app.conf.worker_soft_shutdown_timeout < app.conf.task_soft_time_limit


def test_no_task_sets_limits_or_a_queue_of_its_own():
    """The heartbeat proves that work is taken up for all of them, as there is one queue."""
    assert not app.conf.task_routes
    limits = (app.conf.task_time_limit, app.conf.task_soft_time_limit, None)
    for name, task in app.tasks.items():
        if name.startswith("celery."):
            continue
        assert getattr(task, "queue", None) is None, name
        assert (task.acks_late, task.reject_on_worker_lost) == (True, True), name
        assert (task.time_limit, task.soft_time_limit, task.rate_limit) == limits, name
        assert task.ignore_result, name


def test_the_clock_knows_intervals_only_and_keeps_no_memory():
    """A clock that was away, and two clocks at once, then change nothing: what is due is read from the database."""
    assert app.conf.beat_scheduler == "celery.beat:Scheduler"
    for name, entry in app.conf.beat_schedule.items():
        assert type(entry["schedule"]) is schedule, name
        assert 0 < entry["schedule"].seconds <= 3600, name
        assert set(entry["options"]) == {"expires"}, name
        assert not entry.get("args"), name
        assert not entry.get("kwargs"), name


def calls():
    for folder in HOUSE:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call):
                    yield file.relative_to(ROOT), node


def test_no_work_is_put_off_in_the_broker():
    """A task with a time of its own is lost with the broker, and given out again every ten minutes until it comes.

    Whatever is for later is a row with a moment. So no task is sent with a delay, nor sends itself again.
    """
    found = []
    for file, call in calls():
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        delays = {keyword.arg for keyword in call.keywords} & {"eta", "countdown", "retry_backoff", "autoretry_for"}
        if delays or name in {"delay", "apply_async", "retry", "signature"}:
            found.append((str(file), call.lineno, name, sorted(delays)))
    assert found == []


def test_work_is_sent_by_the_clock_and_by_a_worker_that_has_just_started():
    sent = [str(file) for file, call in calls() if getattr(call.func, "attr", "") == "send_task"]
    assert sent == ["collaborative/celery.py"]
    assert set(FIRST) <= app.tasks.keys()
    assert HEARTBEAT in FIRST


def test_obligations_are_written_for_two_days():
    assert actions.AHEAD.total_seconds() == 48 * 3600


def test_tasks_take_named_values_and_whatever_another_version_sends():
    for file, node in functions():
        decorated = any("shared_task" in ast.unparse(decorator) for decorator in node.decorator_list)
        if decorated:
            assert node.args.kwarg is not None, (file, node.name)
            assert not node.args.args, (file, node.name)


def functions():
    for folder in HOUSE:
        for file in sorted((ROOT / folder).rglob("tasks.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.FunctionDef):
                    yield file.relative_to(ROOT), node


@pytest.mark.parametrize("beat", beats.BEATS, ids=lambda beat: beat.name)
def test_a_beat_outlives_four_missed_ticks(beat, settings):
    ticks = settings.CELERY_BEAT_SCHEDULE[beat.entry]["schedule"].seconds
    assert beat.lasts > 4 * ticks


def test_the_beat_of_sending_outlives_a_run_on_a_slow_server(settings):
    assert beats.SENDING.lasts >= RUN + 4 * settings.EMAIL_TIMEOUT_SECONDS
