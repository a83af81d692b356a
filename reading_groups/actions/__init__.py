from reading_groups.actions.groups import (
    CannotChangeState,
    index_groups,
    plan_sessions,
    save_group,
    set_capacity,
    set_state,
)
from reading_groups.actions.places import GroupIsClosed, NotInGroup, join_group, leave_group, pass_on_holds
from reading_groups.actions.sessions import save_session

__all__ = [
    "CannotChangeState",
    "GroupIsClosed",
    "NotInGroup",
    "index_groups",
    "join_group",
    "leave_group",
    "pass_on_holds",
    "plan_sessions",
    "save_group",
    "save_session",
    "set_capacity",
    "set_state",
]
