from tests.factories.members import (
    CollectiveFactory,
    InstitutionFactory,
    MemberFactory,
    TopicFactory,
)
from tests.factories.projects import (
    BlockerFactory,
    MembershipFactory,
    OutputFactory,
    ProjectFactory,
    ProposalFactory,
    TaskFactory,
    UpdateFactory,
)
from tests.factories.reading_groups import (
    EnrolmentFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)

__all__ = [
    "BlockerFactory",
    "CollectiveFactory",
    "EnrolmentFactory",
    "InstitutionFactory",
    "MemberFactory",
    "MembershipFactory",
    "OutputFactory",
    "PaperFactory",
    "ProjectFactory",
    "ProposalFactory",
    "ReadingFactory",
    "ReadingGroupFactory",
    "SessionFactory",
    "TaskFactory",
    "TopicFactory",
    "UpdateFactory",
]
