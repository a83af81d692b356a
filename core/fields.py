from collections.abc import Callable

from django.db import models

from core.text import fold


class KeyField(models.CharField):
    """A key derived from another field whenever the row is saved, such as the folded form of a name.

    Bulk updates go past it, as they go past every pre_save; `save(update_fields=…)` must name it with its source.
    """

    def __init__(self, source: str, *, key: Callable[[str], str] = fold, **kwargs):
        self.source, self.key = source, key
        super().__init__(**({"max_length": 1000, "editable": False, "default": ""} | kwargs))

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source, "key": self.key}

    def key_of(self, text: str) -> str:
        """The key as it is stored; lookups compare with this, since folding can make a text longer."""
        return self.key(text)[: self.max_length]

    def pre_save(self, model_instance, add):
        value = self.key_of(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value
