from projects.actions.blockers import (
    BlockerIsClosed,
    HandlerIsNamed,
    NeedsHandler,
    acknowledge_blocker,
    close_blocker,
    raise_blocker,
)
from projects.actions.leaving import LeadsTeams, leave_all_teams, pass_on_leads
from projects.actions.outputs import OutputIsThere, add_output, remove_output
from projects.actions.projects import CannotChangeStage, ProjectIsArchived, set_stage, update_project
from projects.actions.proposals import (
    AlreadyDecided,
    AuthorHasLeft,
    IdeaIsNotReady,
    NeedsReasons,
    ProposalIsThere,
    accept_proposal,
    park_proposal,
    return_proposal,
    submit_again,
    submit_proposal,
)
from projects.actions.tasks import TaskHasMoved, add_task, change_task, move_task, take_task
from projects.actions.team import LeadHandsOverFirst, NotInTeam, NotTheLead, add_member, hand_over_lead, leave_team
from projects.actions.updates import UpdateIsThere, post_update

__all__ = [
    "AlreadyDecided",
    "AuthorHasLeft",
    "BlockerIsClosed",
    "CannotChangeStage",
    "HandlerIsNamed",
    "IdeaIsNotReady",
    "LeadHandsOverFirst",
    "LeadsTeams",
    "NeedsHandler",
    "NeedsReasons",
    "NotInTeam",
    "NotTheLead",
    "OutputIsThere",
    "ProjectIsArchived",
    "ProposalIsThere",
    "TaskHasMoved",
    "UpdateIsThere",
    "accept_proposal",
    "acknowledge_blocker",
    "add_member",
    "add_output",
    "add_task",
    "change_task",
    "close_blocker",
    "hand_over_lead",
    "leave_all_teams",
    "leave_team",
    "move_task",
    "park_proposal",
    "pass_on_leads",
    "post_update",
    "raise_blocker",
    "remove_output",
    "return_proposal",
    "set_stage",
    "submit_again",
    "submit_proposal",
    "take_task",
    "update_project",
]
