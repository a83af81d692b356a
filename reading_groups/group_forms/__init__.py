"""What people type about groups as a whole: proposals, settings, dates, next terms, links. Nothing here saves."""

from reading_groups.group_forms.finishing import CodeForm, FindingsForm, InviteForm, findings_initial
from reading_groups.group_forms.links import CapForm, LinkForm
from reading_groups.group_forms.planning import PlanForm, plan_initial
from reading_groups.group_forms.proposals import LEAST_TOPICS, AnswerForm, ProposalForm, SettingsForm
from reading_groups.group_forms.sessions import REFUSED_TIMES, AddSessionForm, MomentForm, SessionForm
from reading_groups.group_forms.terms import ChaptersForm, CopyForm

__all__ = [
    "LEAST_TOPICS",
    "REFUSED_TIMES",
    "AddSessionForm",
    "AnswerForm",
    "CapForm",
    "ChaptersForm",
    "CodeForm",
    "CopyForm",
    "FindingsForm",
    "InviteForm",
    "LinkForm",
    "MomentForm",
    "PlanForm",
    "ProposalForm",
    "SessionForm",
    "SettingsForm",
    "findings_initial",
    "plan_initial",
]
