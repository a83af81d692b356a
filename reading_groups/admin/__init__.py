from reading_groups.admin.enrolments import EnrolmentAdmin
from reading_groups.admin.groups import ReadingGroupAdmin
from reading_groups.admin.papers import PaperAdmin, ReadingAdmin
from reading_groups.admin.sessions import SessionAdmin
from reading_groups.admin.topics import IndexedTopicAdmin

__all__ = ["EnrolmentAdmin", "IndexedTopicAdmin", "PaperAdmin", "ReadingAdmin", "ReadingGroupAdmin", "SessionAdmin"]
