"""What people type about groups as a whole: proposals, settings, dates, next terms, links. Nothing here saves."""

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
    "CopyForm",
    "LinkForm",
    "MomentForm",
    "PlanForm",
    "ProposalForm",
    "SessionForm",
    "SettingsForm",
    "plan_initial",
]
