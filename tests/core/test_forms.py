"""The zone field: a city for people, a present name for the database."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from core.clock import place_zones
from core.forms import ZoneField


class ZoneForm(forms.Form):
    zone = ZoneField()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("Africa/Nairobi", "Africa/Nairobi"), ("Asia/Calcutta", "Asia/Kolkata"), ("Etc/UTC", "UTC"), ("UTC", "UTC")],
)
def test_a_zone_is_stored_by_its_present_name(typed, stored):
    form = ZoneForm({"zone": typed})
    assert form.is_valid()
    assert form.cleaned_data == {"zone": stored}


@pytest.mark.parametrize("typed", ["Mars/Olympus", "europe/berlin", "x" * 10_000, "<script>", "\x00"])
def test_a_zone_that_does_not_exist_is_told_on_its_field(typed):
    form = ZoneForm({"zone": typed})
    assert not form.is_valid()
    assert form.errors.as_data()["zone"][0].code == "unknown_zone"


def test_a_zone_is_asked_for_unless_it_may_be_left_out():
    assert ZoneForm({"zone": ""}).errors["zone"] == ["This field is required."]
    assert ZoneField(required=False).clean("") == ""
    with pytest.raises(ValidationError):
        ZoneField().clean(None)


def test_every_place_can_be_chosen_by_city_within_its_region():
    first, *regions = ZoneField().choices
    assert first == ("", "Choose the city nearest to you")
    zones = [zone for _region, choices in regions for zone, _city in choices]
    assert sorted(zones) == sorted(place_zones())
    assert dict(dict(regions)["Asia"])["Asia/Kolkata"] == "Kolkata"
