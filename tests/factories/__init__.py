from tests.factories.availability import AwayFactory, MeetingFactory, TypicalWeekFactory
from tests.factories.cohorts import (
    AcceptedFactory,
    ApplicationFactory,
    CohortFactory,
    PlaceFactory,
    SectionFactory,
)
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
    "AcceptedFactory",
    "ApplicationFactory",
    "CohortFactory",
    "CollectiveFactory",
    "EnrolmentFactory",
    "InstitutionFactory",
    "MeetingFactory",
    "MemberFactory",
    "PaperFactory",
    "PlaceFactory",
    "ReadingFactory",
    "ReadingGroupFactory",
    "SectionFactory",
    "SessionFactory",
    "TopicFactory",
    "TypicalWeekFactory",
]
