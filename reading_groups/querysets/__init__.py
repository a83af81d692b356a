"""Every reusable read of groups and what hangs on them, by subject. Lists begin at `visible_to(member)`.

Models import these files, so they reach related models through `self.model` and never import them.
"""

from reading_groups.querysets.attending import AttendanceQuerySet, RsvpQuerySet
from reading_groups.querysets.certificates import CertificateQuerySet, GroupInvitationQuerySet
from reading_groups.querysets.discussion import AnswerQuerySet, NoteQuerySet, QuestionQuerySet
from reading_groups.querysets.enrolments import EnrolmentQuerySet
from reading_groups.querysets.groups import SEARCH_CONFIG, ReadingGroupQuerySet
from reading_groups.querysets.ideas import IdeaQuerySet
from reading_groups.querysets.joining import InvitationLinkQuerySet, SitInQuerySet
from reading_groups.querysets.papers import PaperQuerySet, ReadingQuerySet
from reading_groups.querysets.presenting import (
    PresentationFileQuerySet,
    PresentationQuerySet,
    PresentingInvitationQuerySet,
    PresentingSwapQuerySet,
    with_questions_for,
)
from reading_groups.querysets.sessions import SessionQuerySet
from reading_groups.querysets.subqueries import counted
from reading_groups.querysets.talking import GroupMessageQuerySet, SeatQuerySet, SummaryQuerySet

__all__ = [
    "SEARCH_CONFIG",
    "AnswerQuerySet",
    "AttendanceQuerySet",
    "CertificateQuerySet",
    "EnrolmentQuerySet",
    "GroupInvitationQuerySet",
    "GroupMessageQuerySet",
    "IdeaQuerySet",
    "InvitationLinkQuerySet",
    "NoteQuerySet",
    "PaperQuerySet",
    "PresentationFileQuerySet",
    "PresentationQuerySet",
    "PresentingInvitationQuerySet",
    "PresentingSwapQuerySet",
    "QuestionQuerySet",
    "ReadingGroupQuerySet",
    "ReadingQuerySet",
    "RsvpQuerySet",
    "SeatQuerySet",
    "SessionQuerySet",
    "SitInQuerySet",
    "SummaryQuerySet",
    "counted",
    "with_questions_for",
]
