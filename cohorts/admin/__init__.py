from cohorts.admin.applications import ApplicationAdmin
from cohorts.admin.cohorts import CohortAdmin
from cohorts.admin.decisions import DecisionBatchAdmin
from cohorts.admin.sections import PlaceAdmin, SectionAdmin

__all__ = ["ApplicationAdmin", "CohortAdmin", "DecisionBatchAdmin", "PlaceAdmin", "SectionAdmin"]
