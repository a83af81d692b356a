"""Projects in the admin. Blockers are not in it: whoever may read one does so on the site, admins included."""

from projects.admin.projects import ProjectAdmin
from projects.admin.proposals import ProposalAdmin
from projects.admin.work import OutputAdmin, TaskAdmin, UpdateAdmin

__all__ = ["OutputAdmin", "ProjectAdmin", "ProposalAdmin", "TaskAdmin", "UpdateAdmin"]
