from reading_groups.models.attending import Attendance, Rsvp
from reading_groups.models.certificates import Certificate
from reading_groups.models.discussion import Answer, Note, Question, QuestionVote
from reading_groups.models.enrolments import Enrolment
from reading_groups.models.groups import ReadingGroup
from reading_groups.models.ideas import Hand, Idea
from reading_groups.models.invited import GroupInvitation
from reading_groups.models.joining import InvitationLink, InvitationUse, SitIn
from reading_groups.models.messages import GroupMessage, MessageRecipient
from reading_groups.models.papers import Paper, Reading, ReadingVote
from reading_groups.models.presentations import Presentation
from reading_groups.models.presenting import PresentationFile, PresentingInvitation, PresentingSwap
from reading_groups.models.sessions import Session
from reading_groups.models.small_groups import Seat, Split
from reading_groups.models.summaries import Summary

__all__ = [
    "Answer",
    "Attendance",
    "Certificate",
    "Enrolment",
    "GroupInvitation",
    "GroupMessage",
    "Hand",
    "Idea",
    "InvitationLink",
    "InvitationUse",
    "MessageRecipient",
    "Note",
    "Paper",
    "Presentation",
    "PresentationFile",
    "PresentingInvitation",
    "PresentingSwap",
    "Question",
    "QuestionVote",
    "Reading",
    "ReadingGroup",
    "ReadingVote",
    "Rsvp",
    "Seat",
    "Session",
    "SitIn",
    "Split",
    "Summary",
]
