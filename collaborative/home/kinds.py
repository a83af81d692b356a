"""Every kind of message that the platform sends, in one list."""

from notifications.kinds import Kind
from reading_groups import reminders as reading_groups_reminders

KINDS: list[Kind] = [*reading_groups_reminders.KINDS]
BY_KEY = {kind.key: kind for kind in KINDS}
