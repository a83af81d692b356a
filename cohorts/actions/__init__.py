from cohorts.actions.applications import (
    AlreadyInCohort,
    ApplicationsAreClosed,
    CannotWithdraw,
    ClaimedByAnother,
    NothingToClaim,
    apply_to_cohort,
    change_application,
    claim_place,
    withdraw_application,
)
from cohorts.actions.decisions import (
    HELD_FOR,
    NothingToDecide,
    TooLateToUndo,
    apply_decision,
    decide,
    undo_decision,
)
from cohorts.actions.forgetting import forget_applicant, leave_sections
from cohorts.actions.sections import AnotherCohort, SectionIsFull, distribute_places, move_to_section

__all__ = [
    "HELD_FOR",
    "AlreadyInCohort",
    "AnotherCohort",
    "ApplicationsAreClosed",
    "CannotWithdraw",
    "ClaimedByAnother",
    "NothingToClaim",
    "NothingToDecide",
    "SectionIsFull",
    "TooLateToUndo",
    "apply_decision",
    "apply_to_cohort",
    "change_application",
    "claim_place",
    "decide",
    "distribute_places",
    "forget_applicant",
    "leave_sections",
    "move_to_section",
    "undo_decision",
    "withdraw_application",
]
