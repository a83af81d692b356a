"""Links that answer a question with one click: whether somebody comes, who sat in joins, or presents, or swaps.

Each is signed, and good for that alone.
"""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from members.models import Member
from reading_groups.models import PresentingInvitation, PresentingSwap, Session, SitIn

# A dot survives in addresses as it is.
_SAT_IN = Signer(sep=".", salt="reading_groups.sat_in")
_RSVP = Signer(sep=".", salt="reading_groups.rsvp")
_INVITATION = Signer(sep=".", salt="reading_groups.presenting_invitation")
_SWAP = Signer(sep=".", salt="reading_groups.presenting_swap")


def sat_in_path(sit_in_id: int) -> str:
    return reverse("reading_groups:sat-in", args=[_SAT_IN.sign(str(sit_in_id))])


def sit_in_of(token: str) -> SitIn | None:
    """What the link is about, with its group, session and member; None where the link is not ours."""
    found = SitIn.objects.select_related("group", "session", "member").defer("group__search")
    return found.filter(pk=_signed(_SAT_IN, token)).first()


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


def invitation_path(slug: str, invitation_id: int) -> str:
    return reverse("reading_groups:asked-to-present", args=[slug, _INVITATION.sign(str(invitation_id))])


def invitation_of(slug: str, token: str) -> PresentingInvitation | None:
    """As `sit_in_of`: with its session, whoever is asked, and whoever asks."""
    found = PresentingInvitation.objects.select_related("session__group", "member", "invited_by")
    return found.filter(pk=_signed(_INVITATION, token), session__group__slug=slug).first()


def swap_path(slug: str, swap_id: int) -> str:
    return reverse("reading_groups:asked-to-swap", args=[slug, _SWAP.sign(str(swap_id))])


def swap_of(slug: str, token: str) -> PresentingSwap | None:
    """As `sit_in_of`: with both parts, their sessions and members."""
    found = PresentingSwap.objects.select_related(
        "offered__session__group", "offered__member", "wanted__session__group", "wanted__member"
    )
    return found.filter(pk=_signed(_SWAP, token), wanted__session__group__slug=slug).first()


def _signed(signer: Signer, token: str) -> int:
    """The number that was signed; that of no row where the link is not ours."""
    try:
        return int(signer.unsign(token))
    except (BadSignature, ValueError):
        return 0
