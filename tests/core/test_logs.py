import pytest

from core.logs import without_secrets_in_paths


@pytest.mark.parametrize(
    ("logged", "kept"),
    [
        ("GET /groups/?q=someone%20private", "GET /groups/"),
        ("GET /accounts/confirm-email/MQ:1abc:xyz/", "GET /accounts/confirm-email/…/"),
        ("POST /accounts/confirm-email/MQ:1abc:xyz/?next=/me/", "POST /accounts/confirm-email/…/"),
        ("GET /accounts/password/reset/key/a1-b2c3/", "GET /accounts/password/reset/key/…/"),
        ("GET /accounts/password/reset/key/done/", "GET /accounts/password/reset/key/…/"),
        ("GET /calendar/aB3-x_9.ics", "GET /calendar/…"),
        ("GET /groups/a-group/", "GET /groups/a-group/"),
    ],
)
def test_searches_and_keys_stay_out_of_request_lines(logged, kept):
    assert without_secrets_in_paths(None, "info", {"event": "request_started", "request": logged}) == {
        "event": "request_started",
        "request": kept,
    }


def test_keys_stay_out_of_messages_too():
    event = without_secrets_in_paths(None, "warning", {"event": "Not Found: /accounts/confirm-email/MQ:1abc:xyz/"})
    assert event == {"event": "Not Found: /accounts/confirm-email/…/"}


def test_events_without_a_request_pass_through():
    event = {"event": "task_started", "task_id": "1", "request": None}
    assert without_secrets_in_paths(None, "info", dict(event)) == event
