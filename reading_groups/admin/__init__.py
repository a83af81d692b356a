from reading_groups.admin.attending import AttendanceAdmin, RsvpAdmin
from reading_groups.admin.certificates import CertificateAdmin, GroupInvitationAdmin
from reading_groups.admin.discussion import AnswerAdmin, NoteAdmin, QuestionAdmin
from reading_groups.admin.enrolments import EnrolmentAdmin
from reading_groups.admin.groups import ReadingGroupAdmin
from reading_groups.admin.ideas import IdeaAdmin
from reading_groups.admin.joining import InvitationLinkAdmin, SitInAdmin
from reading_groups.admin.papers import PaperAdmin, ReadingAdmin
from reading_groups.admin.presentations import (
    PresentationAdmin,
    PresentationFileAdmin,
    PresentingInvitationAdmin,
    PresentingSwapAdmin,
)
from reading_groups.admin.sessions import SessionAdmin
from reading_groups.admin.talking import GroupMessageAdmin, SplitAdmin, SummaryAdmin
from reading_groups.admin.topics import IndexedTopicAdmin

__all__ = [
    "AnswerAdmin",
    "AttendanceAdmin",
    "CertificateAdmin",
    "EnrolmentAdmin",
    "GroupInvitationAdmin",
    "GroupMessageAdmin",
    "IdeaAdmin",
    "IndexedTopicAdmin",
    "InvitationLinkAdmin",
    "NoteAdmin",
    "PaperAdmin",
    "PresentationAdmin",
    "PresentationFileAdmin",
    "PresentingInvitationAdmin",
    "PresentingSwapAdmin",
    "QuestionAdmin",
    "ReadingAdmin",
    "ReadingGroupAdmin",
    "RsvpAdmin",
    "SessionAdmin",
    "SitInAdmin",
    "SplitAdmin",
    "SummaryAdmin",
]
