"""What a member ticked, wrote and suggested, for the file of their own data."""

from typing import Any

from members.handbook.models import PageVersion, Suggestion, Tick
from members.models import Member


def data_of(member: Member) -> dict[str, Any]:
    ticks = Tick.objects.filter(member=member).order_by("ticked_at", "id")
    versions = PageVersion.objects.filter(author=member).order_by("saved_at", "id")
    suggestions = Suggestion.objects.filter(author=member).order_by("created_at", "id")
    return {
        "checklist": list(ticks.values("item__text", "ticked_at")),
        "handbook_pages": list(versions.values("title", "summary", "text", "number", "note", "saved_at")),
        "handbook_suggestions": list(suggestions.values("page__title", "note", "text", "state", "created_at")),
    }
