from tests.factories.availability import AwayFactory, MeetingFactory, TypicalWeekFactory
from tests.factories.members import (
    CollectiveFactory,
    InstitutionFactory,
    MemberFactory,
    TopicFactory,
)
from tests.factories.reading_groups import (
    EnrolmentFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)

__all__ = [
    "AwayFactory",
    "CollectiveFactory",
    "EnrolmentFactory",
    "InstitutionFactory",
    "MeetingFactory",
    "MemberFactory",
    "PaperFactory",
    "ReadingFactory",
    "ReadingGroupFactory",
    "SessionFactory",
    "TopicFactory",
    "TypicalWeekFactory",
]
