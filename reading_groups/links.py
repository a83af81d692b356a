"""The links of mails with which people answer without signing in. Each is signed, and good for one answer alone."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from members.models import Member
from reading_groups.models import Session, SitIn

# A dot survives in addresses as it is.
_SAT_IN = Signer(sep=".", salt="reading_groups.sat_in")
_RSVP = Signer(sep=".", salt="reading_groups.rsvp")


def sat_in_path(sit_in_id: int) -> str:
    return reverse("reading_groups:sat-in", args=[_SAT_IN.sign(str(sit_in_id))])


def sit_in_of(token: str) -> SitIn | None:
    """What the link is about, with its group, session and member; None where the link is not ours."""
    try:
        pk = int(_SAT_IN.unsign(token))
    except (BadSignature, ValueError):
        return None
    found = SitIn.objects.select_related("group", "session", "member").defer("group__search")
    return found.filter(pk=pk).first()


def rsvp_path(session: Session, member_id: int) -> str:
    """Where a member says whether they come to a session, whose group is loaded."""
    token = _RSVP.sign(f"{session.pk}-{member_id}")
    return reverse("reading_groups:rsvp-by-link", args=[session.group.slug, session.pk, token])


def rsvp_of(token: str) -> tuple[Session, Member] | None:
    """Which session, with its group, and whose answer a link is about; None where it is not ours, or either is gone."""
    try:
        session_id, member_id = (int(part) for part in _RSVP.unsign(token).split("-"))
    except (BadSignature, ValueError):
        return None
    session = Session.objects.select_related("group").defer("group__search").filter(pk=session_id).first()
    member = Member.objects.filter(pk=member_id, is_active=True).first()
    return (session, member) if session and member else None
