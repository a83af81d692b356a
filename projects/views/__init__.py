from projects.views.blockers import blocker_acknowledge, blocker_close, blocker_detail, blocker_raise
from projects.views.board import task_add, task_edit, task_move, task_take
from projects.views.lists import project_list
from projects.views.log import output_add, output_remove, update_post
from projects.views.projects import project_detail, project_edit, project_stage
from projects.views.proposals import proposal_decide, proposal_detail, proposal_list, propose
from projects.views.team import team_add, team_edit, team_lead, team_leave, team_remove
from projects.views.times import team_meet, team_times

__all__ = [
    "blocker_acknowledge",
    "blocker_close",
    "blocker_detail",
    "blocker_raise",
    "output_add",
    "output_remove",
    "project_detail",
    "project_edit",
    "project_list",
    "project_stage",
    "proposal_decide",
    "proposal_detail",
    "proposal_list",
    "propose",
    "task_add",
    "task_edit",
    "task_move",
    "task_take",
    "team_add",
    "team_edit",
    "team_lead",
    "team_leave",
    "team_meet",
    "team_remove",
    "team_times",
    "update_post",
]
