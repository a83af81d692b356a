import re

_TOKEN = re.compile(
    r"(/(?:accounts/(?:confirm-email|password/reset/key)|cohorts/(?:claim|applications)|groups/(?:invited|sat-in)"
    r"|groups/[^/\s]+/(?:asked-to-present|asked-to-swap|hand-over|place)|groups/[^/\s]+/sessions/\d+/(?:rsvp|check-in)"
    r"|calendar|mails/stop)/)[^/\s]+"
)


def without_secrets_in_paths(logger: object, name: str, event: dict) -> dict:
    """Keep what people searched for, and the keys in one-time links, out of the logs."""
    if isinstance(event.get("request"), str):
        event["request"] = event["request"].split("?", 1)[0]
    for part in ("request", "event"):
        if isinstance(event.get(part), str):
            event[part] = _TOKEN.sub(r"\1…", event[part])
    return event
