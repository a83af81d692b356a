from members.models.collectives import Collective, CollectiveMembership
from members.models.institutions import Institution
from members.models.people import Member, Position
from members.models.roles import Role
from members.models.topics import Topic, TopicExperience

__all__ = [
    "Collective",
    "CollectiveMembership",
    "Institution",
    "Member",
    "Position",
    "Role",
    "Topic",
    "TopicExperience",
]
