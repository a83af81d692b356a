"""What the reads of several subjects are made of."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, Model, QuerySet, Subquery
from django.db.models.functions import Coalesce


def related(model: type[Model], *relations: str) -> Any:
    """The model at the end of these relations, which the files of this package cannot import."""
    for relation in relations:
        model = model._meta.get_field(relation).related_model  # type: ignore[assignment]
    return model


def counted(rows: QuerySet, key: str) -> Coalesce:
    """How many rows there are for each value of a key, as a subquery."""
    per_key = rows.order_by().values(key).annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(per_key, output_field=IntegerField()), 0)
