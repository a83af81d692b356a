from projects.models.blockers import Blocker, Involvement
from projects.models.outputs import Output
from projects.models.projects import Membership, Project
from projects.models.proposals import Proposal
from projects.models.tasks import Task
from projects.models.updates import Update

__all__ = ["Blocker", "Involvement", "Membership", "Output", "Project", "Proposal", "Task", "Update"]
