"""What a member has told of themselves, for the file of their own data."""

from typing import Any

from allauth.account.models import EmailAddress

from members.models import Member


def data_of(member: Member) -> dict[str, Any]:
    return {
        "profile": {
            "name": member.name,
            "email": member.email,
            "time_zone": member.time_zone,
            "language": member.language,
            "spoken_languages": member.spoken_languages,
            "country": member.country,
            "institution": member.institution.name if member.institution else "",
            "about_you": member.bio,
            "shows_name_publicly": member.shows_name_publicly,
            "academic_position": member.academic_position,
            "citations": member.citation_count,
            "joined_at": member.joined_at,
            "last_sign_in_at": member.last_login,
            "last_opened_your_week_at": member.week_seen_at,
        },
        "addresses": list(
            EmailAddress.objects.filter(user=member).order_by("email").values("email", "verified", "primary")
        ),
        "topics": list(
            member.topic_experience.order_by("topic__path").values("topic__name", "topic__path", "level", "months")
        ),
        "collectives": list(
            member.collective_memberships.order_by("collective__name_key").values("collective__name", "is_lead")
        ),
        "roles": list(member.roles.order_by("starts_on", "id").values("kind", "scope", "starts_on", "ends_on")),
    }
