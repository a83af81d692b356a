from reading_groups.models.enrolments import Enrolment
from reading_groups.models.groups import ReadingGroup
from reading_groups.models.papers import Paper, Reading
from reading_groups.models.sessions import Session

__all__ = ["Enrolment", "Paper", "Reading", "ReadingGroup", "Session"]
