"""PostgreSQL is restarted while a worker has a message at the mail server: its outcome is written when it is back."""

import pytest

from collaborative.home.tasks import write_obligations
from tests.notifications.faults.conftest import session_tomorrow
from tests.notifications.faults.processes import own_database
from tests.notifications.faults.unguarded import APP

pytestmark = pytest.mark.xdist_group("processes")

SENT = "SELECT count(*) FROM notifications_delivery WHERE state = 'sent'"
ATTEMPTS = (
    "SELECT attempts, count(*) FROM notifications_delivery WHERE due_at <= now() GROUP BY attempts ORDER BY attempts"
)


def send_through_a_restart(start, database_server, mail_server, mode: str, **options) -> None:
    """Six messages are owed; the database goes while the third is between acceptance and the commit."""
    session_tomorrow(6)
    write_obligations()
    database_server.empty()
    database_server.copy_from(own_database())
    processes = start(**options)
    processes.environment["DATABASE_URL"] = database_server.url
    processes.beat()
    mail_server.hold_at(3)
    processes.worker()
    mail_server.wait_for(3)
    database_server.stop_at_once(mode)
    mail_server.release()
    database_server.start()
    processes.wait_until(lambda: database_server.ask(SENT) == [(6,)], "all sent")


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_of_the_database_loses_and_doubles_nothing(start, database_server, mail_server, mode):
    send_through_a_restart(start, database_server, mail_server, mode)
    assert (len(mail_server.messages), set(mail_server.recipients().values())) == (6, {1})
    assert database_server.ask(ATTEMPTS) == [(1, 6)]


def test_without_connecting_again_the_message_at_hand_is_doubled(start, database_server, mail_server):
    """The control: its outcome is not written, so its lease brings it back."""
    options = {"app": APP, "environment": {"WITHOUT": "reconnecting"}}
    send_through_a_restart(start, database_server, mail_server, "fast", **options)
    assert sorted(mail_server.recipients().values()) == [1, 1, 1, 1, 1, 2]
    assert database_server.ask(ATTEMPTS) == [(1, 5), (2, 1)]
