from tests.factories.members import (
    CollectiveFactory,
    InstitutionFactory,
    MemberFactory,
    TopicFactory,
)
from tests.factories.reading_groups import (
    AnswerFactory,
    EnrolmentFactory,
    HandFactory,
    IdeaFactory,
    NoteFactory,
    PaperFactory,
    PresentationFactory,
    QuestionFactory,
    QuestionVoteFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)

__all__ = [
    "AnswerFactory",
    "CollectiveFactory",
    "EnrolmentFactory",
    "HandFactory",
    "IdeaFactory",
    "InstitutionFactory",
    "MemberFactory",
    "NoteFactory",
    "PaperFactory",
    "PresentationFactory",
    "QuestionFactory",
    "QuestionVoteFactory",
    "ReadingFactory",
    "ReadingGroupFactory",
    "SessionFactory",
    "TopicFactory",
]
