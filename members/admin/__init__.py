from members.admin.collectives import CollectiveAdmin, InstitutionAdmin
from members.admin.people import MemberAdmin
from members.admin.staff import StaffGroupAdmin, StaffPermissionAdmin
from members.admin.topics import TopicAdmin

__all__ = [
    "CollectiveAdmin",
    "InstitutionAdmin",
    "MemberAdmin",
    "StaffGroupAdmin",
    "StaffPermissionAdmin",
    "TopicAdmin",
]
