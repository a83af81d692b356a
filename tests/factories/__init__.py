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
from tests.factories.mentorship import MentorshipFactory, OfferFactory, RequestFactory, RoundFactory
from tests.factories.reading_groups import (
    EnrolmentFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)

__all__ = [
    "AcceptedFactory",
    "ApplicationFactory",
    "AwayFactory",
    "CohortFactory",
    "CollectiveFactory",
    "EnrolmentFactory",
    "InstitutionFactory",
    "MeetingFactory",
    "MemberFactory",
    "MentorshipFactory",
    "OfferFactory",
    "PaperFactory",
    "PlaceFactory",
    "ReadingFactory",
    "ReadingGroupFactory",
    "RequestFactory",
    "RoundFactory",
    "SectionFactory",
    "SessionFactory",
    "TopicFactory",
    "TypicalWeekFactory",
]
