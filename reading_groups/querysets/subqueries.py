"""What the reads of several subjects are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import BooleanField, Count, F, Func, IntegerField, Model, QuerySet, Subquery, Value
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


def lies_within(start: str, end: str, spans: Sequence[tuple[datetime, datetime]]) -> Func:
    """Whether the time from one field to another lies in one of these spans as a whole."""
    text = "{" + ",".join(f"[{first.isoformat()},{last.isoformat()})" for first, last in spans) + "}"
    # In a query of its own, so that PostgreSQL reads the spans once and not again for each row.
    once = Func(Value(text), template="(SELECT %(expressions)s::tstzmultirange)", output_field=DateTimeRangeField())
    time = Func(F(start), F(end), function="tstzrange", output_field=DateTimeRangeField())
    return Func(once, time, template="(%(expressions)s)", arg_joiner=" @> ", output_field=BooleanField())
