"""What a member did in groups, for the file of their own data."""

from collections import defaultdict
from typing import Any

from django.db.models import Q

from members.models import Member
from reading_groups.models import Enrolment, PresentationFile, PresentingSwap


def data_of(member: Member) -> dict[str, Any]:
    """Twenty-six queries, however much it is."""
    history = defaultdict(list)
    events = Enrolment.pgh_event_model.objects.filter(member_id=member.pk).order_by("pgh_id")  # type: ignore[attr-defined]
    for event in events.values("pgh_obj_id", "pgh_created_at", "state", "held_until"):
        history[event.pop("pgh_obj_id")].append(event)
    enrolments = member.enrolments.order_by("joined_at", "id").values(
        "id", "group__title", "state", "joined_at", "enrolled_at", "held_until", "left_at"
    )
    return {
        "enrolments": [{**row, "history": history[row["id"]]} for row in enrolments],
        "presentations": list(
            member.presentations.order_by("offered_at", "id").values(
                "session__group__title", "session__held_on", "offered_at", "part", "slides_url"
            )
        ),
        "presentation_files": list(
            PresentationFile.objects.filter(presentation__member=member)
            .order_by("added_at", "id")
            .values("presentation__session__group__title", "name", "kind", "size", "added_at")
        ),
        "asked_to_present": list(
            member.presenting_invitations.order_by("asked_at", "id").values(
                "session__group__title", "session__held_on", "asked_at", "state", "answered_at"
            )
        ),
        "asked_others_to_present": list(
            member.sent_presenting_invitations.order_by("asked_at", "id").values(
                "session__group__title", "session__held_on", "asked_at"
            )
        ),
        "swaps_of_sessions": list(
            PresentingSwap.objects.filter(Q(offered__member=member) | Q(wanted__member=member))
            .order_by("asked_at", "id")
            .values("wanted__session__group__title", "asked_at", "state", "answered_at")
        ),
        "questions": list(
            member.questions.order_by("asked_at", "id").values("session__group__title", "text", "asked_at")
        ),
        "answers": list(member.answers.order_by("answered_at", "id").values("question__text", "text", "answered_at")),
        "notes": list(
            member.notes.order_by("written_at", "id").values("reading__paper__title", "kind", "text", "written_at")
        ),
        "ideas": list(member.ideas.order_by("put_up_at", "id").values("title", "text", "state", "put_up_at")),
        "hands": list(member.hands.order_by("raised_at", "id").values("idea__title", "raised_at")),
        "votes": list(member.question_votes.order_by("voted_at", "id").values("question__text", "voted_at")),
        "proposed_groups": list(
            member.proposed_groups.order_by("submitted_at", "id").values(
                "title", "description", "language", "state", "submitted_at", "decided_at", "reasons"
            )
        ),
        "certificates": list(
            member.certificates.order_by("issued_at", "id").values(
                "group__title", "name", "code", "attended", "sessions", "first_on", "last_on", "issued_at", "revoked_at"
            )
        ),
        "invited_to": list(member.group_invitations.order_by("invited_at", "id").values("group__title", "invited_at")),
        "came_by_link": list(member.invitation_uses.order_by("used_at", "id").values("link__group__title", "used_at")),
        "sat_in": list(
            member.sit_ins.order_by("asked_at", "id").values(
                "group__title", "session__held_on", "asked_at", "answer", "answered_at"
            )
        ),
        "wrote_to_groups": list(
            member.group_messages.order_by("written_at", "id").values(
                "group__title", "audience", "subject", "text", "written_at", "undone_at", "sent_at"
            )
        ),
        "summaries": list(
            member.summaries.order_by("written_at", "id").values(
                "session__group__title", "session__held_on", "text", "written_at"
            )
        ),
        "small_groups": list(
            member.seats.order_by("split__session__held_on", "id").values(
                "split__session__group__title", "split__session__held_on", "number"
            )
        ),
        "said_of_coming": list(
            member.rsvps.order_by("answered_at", "id").values(
                "session__group__title", "session__held_on", "answer", "answered_at"
            )
        ),
        "came_to": list(
            member.attendances.order_by("recorded_at", "id").values(
                "session__group__title", "session__held_on", "how", "recorded_at"
            )
        ),
        "proposed_papers": list(
            member.proposed_readings.order_by("proposed_at", "id").values("group__title", "paper__title", "proposed_at")
        ),
        "votes_for_papers": list(
            member.reading_votes.order_by("voted_at", "id").values("reading__paper__title", "voted_at")
        ),
        "organizes": list(member.organized_groups.order_by("title_key", "id").values_list("title", flat=True)),
    }
