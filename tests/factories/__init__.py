from tests.factories.cohorts import (
    AcceptedFactory,
    ApplicationFactory,
    CohortFactory,
    PlaceFactory,
    SectionFactory,
)
from tests.factories.handbook import ChecklistItemFactory, OrganizerFactory, PageFactory, SuggestionFactory
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
    "AcceptedFactory",
    "ApplicationFactory",
    "ChecklistItemFactory",
    "CohortFactory",
    "CollectiveFactory",
    "EnrolmentFactory",
    "InstitutionFactory",
    "MemberFactory",
    "OrganizerFactory",
    "PageFactory",
    "PaperFactory",
    "PlaceFactory",
    "ReadingFactory",
    "ReadingGroupFactory",
    "SectionFactory",
    "SessionFactory",
    "SuggestionFactory",
    "TopicFactory",
]
