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
    "ChecklistItemFactory",
    "CollectiveFactory",
    "EnrolmentFactory",
    "InstitutionFactory",
    "MemberFactory",
    "OrganizerFactory",
    "PageFactory",
    "PaperFactory",
    "ReadingFactory",
    "ReadingGroupFactory",
    "SessionFactory",
    "SuggestionFactory",
    "TopicFactory",
]
