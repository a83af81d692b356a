"""Keys that follow the field they are derived from."""

import pytest
from django.db import models

from core.fields import KeyField
from core.text import fold, title_key
from members.models import Institution
from reading_groups.models import Paper
from tests.factories import InstitutionFactory, MemberFactory, PaperFactory


@pytest.mark.django_db
def test_the_key_follows_the_name_whenever_the_row_is_saved():
    member = MemberFactory(name="Élodie  B")
    assert member.name_key == "elodie b"
    member.name = "ÅSA C"
    member.save()
    member.refresh_from_db()
    assert member.name_key == "asa c"


@pytest.mark.django_db
def test_the_key_is_written_by_get_or_create_and_in_bulk():
    Institution.objects.get_or_create(name="École A", country="FR")
    Institution.objects.bulk_create([Institution(name="École B", country="FR")])
    assert list(Institution.objects.by_name().values_list("name_key", flat=True)) == ["ecole a", "ecole b"]


@pytest.mark.django_db
def test_a_field_may_have_a_key_of_another_kind():
    assert PaperFactory(title="BERT: Pre-training").title_key == "bert pre training"


@pytest.mark.django_db
def test_names_are_ordered_by_their_key_and_not_by_accents_or_case():
    for name in ("zeta", "Éta", "eta B", "Alpha", "ALPHA b"):
        InstitutionFactory(name=name)
    names = list(Institution.objects.by_name().values_list("name", flat=True))
    assert names == ["Alpha", "ALPHA b", "Éta", "eta B", "zeta"]


def test_a_key_that_folding_made_longer_is_cut_where_it_is_stored_and_where_it_is_looked_up():
    field = Institution._meta.get_field("name_key")
    institution = Institution(name="ﷺ" * 200)
    assert len(fold(institution.name)) > 1000
    assert field.pre_save(institution, add=True) == field.key_of(institution.name)
    assert len(institution.name_key) == 1000


def test_a_migration_can_make_the_field_again():
    for field in (Institution._meta.get_field("name_key"), Paper._meta.get_field("title_key")):
        _name, path, args, kwargs = field.deconstruct()
        again = KeyField(*args, **kwargs)
        assert path == "core.fields.KeyField"
        assert (again.source, again.key, again.max_length) == (field.source, field.key, 1000)
        assert isinstance(again, models.CharField)
    assert Paper._meta.get_field("title_key").key is title_key
