"""Who may do what to a group. `view_group` and `ReadingGroup.objects.visible_to` say the same; a test compares them."""

import rules

from members.models import Member
from reading_groups.models import Enrolment, ReadingGroup


@rules.predicate
def is_public(viewer: Member, group: ReadingGroup) -> bool:
    return group.state in ReadingGroup.PUBLIC


@rules.predicate
def is_group_organizer(viewer: Member, group: ReadingGroup) -> bool:
    return viewer.is_authenticated and group.organizers.filter(pk=viewer.pk).exists()


@rules.predicate
def belongs_to_group(viewer: Member, group: ReadingGroup) -> bool:
    return viewer.is_authenticated and group.enrolments.belonging().filter(member=viewer.pk).exists()


@rules.predicate
def has_a_place(viewer: Member, group: ReadingGroup) -> bool:
    return (
        viewer.is_authenticated
        and group.enrolments.filter(
            member=viewer.pk, state__in=[Enrolment.State.ENROLLED, Enrolment.State.COMPLETED]
        ).exists()
    )


@rules.predicate
def is_listed(viewer: Member, group: ReadingGroup) -> bool:
    return group.is_listed


rules.add_perm("reading_groups.view_group", is_public | is_group_organizer | belongs_to_group | rules.is_superuser)
rules.add_perm("reading_groups.join_group", rules.is_authenticated & is_listed)
rules.add_perm("reading_groups.see_inside", has_a_place | is_group_organizer | rules.is_superuser)
rules.add_perm("reading_groups.edit_group", is_group_organizer | rules.is_superuser)
