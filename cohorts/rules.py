"""Who may do what to a cohort. `view_cohort` and `Cohort.objects.visible_to` say the same; a test compares them."""

import rules

from cohorts.models import Cohort
from members.models import Member


@rules.predicate
def is_in_cohort(viewer: Member, cohort: Cohort | None) -> bool:
    # The admin asks without a cohort, and gets its answer from the rights of staff.
    return cohort is not None and viewer.is_authenticated and cohort.places.filter(member=viewer.pk).exists()


@rules.predicate
def leads_a_section(viewer: Member, cohort: Cohort | None) -> bool:
    return cohort is not None and viewer.is_authenticated and cohort.sections.filter(leaders=viewer.pk).exists()


rules.add_perm("cohorts.view_cohort", rules.is_superuser | is_in_cohort | leads_a_section)
