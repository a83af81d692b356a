"""What a member did and wrote in projects, for the file of their own data."""

from typing import Any

from django.db.models import Prefetch

from members.models import Member
from projects.models import Involvement, Output, Project


def data_of(member: Member) -> dict[str, Any]:
    """Seven queries, however much it is. What others raised in private stays theirs, also where it names the member."""
    projects = Project.objects.filter(memberships__member=member)
    outputs = Output.objects.filter(project__in=projects).order_by("project__title_key", "-year", "title", "id")
    return {
        "project_places": list(
            member.project_memberships.order_by("joined_at", "id").values(
                "project__title", "role", "joined_at", "left_at"
            )
        ),
        "proposals": list(
            member.proposals.order_by("submitted_at", "id").values(
                "title", "question", "why", "first_experiment", "team_size", "idea__title", "state", "submitted_at"
            )
        ),
        "tasks": list(
            member.project_tasks.order_by("made_at", "id").values(
                "project__title", "title", "notes", "state", "due_on", "done_at"
            )
        ),
        "project_updates": list(
            member.project_updates.order_by("written_at", "id").values(
                "project__title", "week_on", "done", "next", "in_the_way", "written_at"
            )
        ),
        "blockers_raised": _blockers(member),
        "project_outputs": list(outputs.values("project__title", "kind", "title", "url", "year")),
    }


def _blockers(member: Member) -> list[dict[str, Any]]:
    """Those that the member raised, with whom they chose and named."""
    people = Involvement.objects.select_related("member").order_by("member__name_key", "member_id")
    raised = member.raised_blockers.select_related("project").defer("project__search")
    rows = raised.prefetch_related(Prefetch("involvements", queryset=people)).order_by("raised_at", "id")
    return [
        {
            "project__title": row.project.title,
            "kind": row.kind,
            "text": row.text,
            "visibility": row.visibility,
            "handled_by": [
                str(part.member) for part in row.involvements.all() if part.part == Involvement.Part.HANDLER
            ],
            "about": [str(part.member) for part in row.involvements.all() if part.part == Involvement.Part.NAMED],
            "raised_at": row.raised_at,
            "acknowledged_at": row.acknowledged_at,
            "closed_at": row.closed_at,
        }
        for row in rows
    ]
