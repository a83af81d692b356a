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
    "CollectiveFactory",
    "EnrolmentFactory",
    "InstitutionFactory",
    "MemberFactory",
    "PaperFactory",
    "ReadingFactory",
    "ReadingGroupFactory",
    "SessionFactory",
    "TopicFactory",
]
