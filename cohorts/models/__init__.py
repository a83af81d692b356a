from cohorts.models.applications import Application, Place
from cohorts.models.cohorts import Cohort, Section
from cohorts.models.decisions import Decision, DecisionBatch

__all__ = ["Application", "Cohort", "Decision", "DecisionBatch", "Place", "Section"]
