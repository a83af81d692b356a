from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.forms import CheckboxSelectMultiple, ChoiceField, DateField, DateInput, TimeField, TimeInput, URLField
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from core.clock import canonical_zone, city_of, place_zones


class Renderer(TemplatesSetting):
    """Every field of the site looks as the design says; widgets stay Django's own."""

    field_template_name = "components/field.html"
    form_template_name = "components/form.html"


class Ticks(CheckboxSelectMultiple):
    """Boxes that are large enough for a thumb."""

    template_name = "components/ticks.html"


class LinkField(URLField):
    """The address of a page; typed without a scheme it is taken as https."""

    default_validators = (URLValidator(schemes=["http", "https"]),)

    def __init__(self, **kwargs):
        super().__init__(assume_scheme="https", **kwargs)


class DayField(DateField):
    """A day, chosen in the browser's own calendar."""

    widget = DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)
        self.error_messages["invalid"] = _("Write the day as 2026-12-01.")


class ClockField(TimeField):
    """A time as clocks show it."""

    widget = TimeInput(attrs={"type": "time"}, format="%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["invalid"] = _("Write the time as 18:30.")


class ZoneField(ChoiceField):
    """A zone chosen by city. Takes the old names that browsers report, and says so where there is no such zone."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Time zone"))
        super().__init__(choices=self._choices, **kwargs)

    @staticmethod
    def _choices():
        regions: dict[str, list[tuple[str, str]]] = {}
        for zone in place_zones():
            regions.setdefault(zone.split("/")[0], []).append((zone, city_of(zone)))
        return [("", _("Choose the city nearest to you")), *regions.items()]

    def clean(self, value):
        value = self.to_python(value)
        self.validate_presence(value)
        return canonical_zone(value) if value else ""

    def validate_presence(self, value):
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
