from members.admin.collectives import CollectiveAdmin, InstitutionAdmin
from members.admin.people import MemberAdmin
from members.admin.roles import RoleAdmin
from members.admin.staff import StaffGroupAdmin, StaffPermissionAdmin
from members.admin.topics import TopicAdmin

__all__ = [
    "CollectiveAdmin",
    "InstitutionAdmin",
    "MemberAdmin",
    "RoleAdmin",
    "StaffGroupAdmin",
    "StaffPermissionAdmin",
    "TopicAdmin",
]
