from reading_groups.models.attending import Attendance, Rsvp
from reading_groups.models.certificates import Certificate
from reading_groups.models.discussion import Answer, Note, Question, QuestionVote
from reading_groups.models.enrolments import Enrolment
from reading_groups.models.groups import ReadingGroup
from reading_groups.models.ideas import Hand, Idea
from reading_groups.models.invited import GroupInvitation
from reading_groups.models.joining import InvitationLink, InvitationUse, SitIn
from reading_groups.models.papers import Paper, Reading, ReadingVote
from reading_groups.models.presentations import Presentation
from reading_groups.models.sessions import Session

__all__ = [
    "Answer",
    "Attendance",
    "Certificate",
    "Enrolment",
    "GroupInvitation",
    "Hand",
    "Idea",
    "InvitationLink",
    "InvitationUse",
    "Note",
    "Paper",
    "Presentation",
    "Question",
    "QuestionVote",
    "Reading",
    "ReadingGroup",
    "ReadingVote",
    "Rsvp",
    "Session",
    "SitIn",
]
