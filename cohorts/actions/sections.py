"""Putting people into sections: all at once, evenly, or one by one."""

from django.db import transaction

from cohorts.models import Cohort, Place, Section


class SectionIsFull(Exception):
    """The section has no place left."""


class AnotherCohort(Exception):
    """The section belongs to another cohort."""


@transaction.atomic
def distribute_places(*, cohort_id: int) -> tuple[int, int]:
    """Put everybody who has no section yet into the emptiest one, in turn; how many were put, and how many were left.

    Nobody who is in a section is moved, and none takes more than its capacity. The same places give the same
    sections. Raises Cohort.DoesNotExist. Sends nothing.
    """
    cohort = Cohort.objects.select_for_update().get(pk=cohort_id)
    sections = list(cohort.sections.by_name().with_taken())
    waiting = list(cohort.places.without_section().order_by("id").select_for_update(of=("self",)))
    put = []
    for place in waiting:
        free = [section for section in sections if section.taken < section.capacity]
        if not free:
            break
        section = min(free, key=lambda section: section.taken)
        section.taken += 1
        place.section = section
        put.append(place)
    Place.objects.bulk_update(put, ["section"])
    return len(put), len(waiting) - len(put)


@transaction.atomic
def move_to_section(*, place_id: int, section_id: int | None) -> Place:
    """Put somebody into another section of their cohort, or into none.

    Never above the section's capacity. Raises Place.DoesNotExist, Section.DoesNotExist, AnotherCohort and
    SectionIsFull. Sends nothing.
    """
    place = Place.objects.get(pk=place_id)
    # The same lock as for everybody at once, so that a section is filled by one at a time.
    Cohort.objects.select_for_update().get(pk=place.cohort_id)
    place = Place.objects.select_for_update().get(pk=place_id)
    if place.section_id == section_id:
        return place
    if section_id is not None:
        section = Section.objects.with_taken().get(pk=section_id)
        if section.cohort_id != place.cohort_id:
            raise AnotherCohort
        if section.taken >= section.capacity:
            raise SectionIsFull
    place.section_id = section_id
    place.save(update_fields=["section"])
    return place
