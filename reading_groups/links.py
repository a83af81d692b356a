"""Links that do one thing with one click, without a sign-in: say whether somebody comes, take a held place, check in,
join after sitting in, present, swap, hand over.

Each is signed, and good for that alone: the token of one is none of another. They last as long as what they are about:
a hold, a session, a question that waits.
"""

from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from members.models import Member
from reading_groups.models import Enrolment, Presentation, PresentingInvitation, PresentingSwap, Session, SitIn

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A dot survives in addresses as it is.
_SAT_IN = Signer(sep=".", salt="reading_groups.sat_in")
_RSVP = Signer(sep=".", salt="reading_groups.rsvp")
_PLACE = Signer(sep=".", salt="reading_groups.place")
_CHECK_IN = Signer(sep=".", salt="reading_groups.check_in")
_HAND_OVER = Signer(sep=".", salt="reading_groups.hand_over")
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
    return _session_and_member(_RSVP, token)


def check_in_path(session: Session, member_id: int) -> str:
    """Where a member says that they are at a session, whose group is loaded."""
    token = _CHECK_IN.sign(f"{session.pk}-{member_id}")
    return reverse("reading_groups:check-in-by-link", args=[session.group.slug, session.pk, token])


def check_in_of(token: str) -> tuple[Session, Member] | None:
    """As `rsvp_of`."""
    return _session_and_member(_CHECK_IN, token)


def place_path(enrolment: Enrolment) -> str:
    """Where a held place is taken or let go; the group is loaded. Another hold has another address."""
    assert enrolment.held_until is not None
    token = _PLACE.sign(f"{enrolment.pk}-{_microseconds(enrolment.held_until)}")
    return reverse("reading_groups:held-place", args=[enrolment.group.slug, token])


def place_of(slug: str, token: str) -> tuple[Enrolment, datetime] | None:
    """The enrolment, with its group and member, and when the hold ends that the link is about; None where it is not
    ours."""
    numbers = _numbers(_PLACE, token)
    rows = Enrolment.objects.select_related("group", "member").defer("group__search")
    enrolment = rows.filter(pk=numbers[0], group__slug=slug).first() if numbers else None
    return (enrolment, EPOCH + timedelta(microseconds=numbers[1])) if enrolment and numbers else None


def hand_over_path(presentation: Presentation, slug: str) -> str:
    """Where a presenter asks somebody to take over their part. Whoever gets the part cannot use it."""
    token = _HAND_OVER.sign(f"{presentation.pk}-{presentation.member_id}")
    return reverse("reading_groups:hand-over-by-link", args=[slug, token])


def hand_over_of(slug: str, token: str) -> Presentation | None:
    """The part that a link is about, with its session, group and member; None where it is not theirs any more."""
    numbers = _numbers(_HAND_OVER, token)
    rows = Presentation.objects.select_related("session__group", "member").defer("session__group__search")
    if numbers is None:
        return None
    return rows.filter(pk=numbers[0], member=numbers[1], session__group__slug=slug).first()


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


def _session_and_member(signer: Signer, token: str) -> tuple[Session, Member] | None:
    numbers = _numbers(signer, token)
    if numbers is None:
        return None
    session = Session.objects.select_related("group").defer("group__search").filter(pk=numbers[0]).first()
    member = Member.objects.filter(pk=numbers[1], is_active=True).first()
    return (session, member) if session and member else None


def _numbers(signer: Signer, token: str) -> tuple[int, int] | None:
    """The two numbers that were signed; None where the link is not ours."""
    try:
        first, second = signer.unsign(token).split("-")
        return int(first), int(second)
    except (BadSignature, ValueError):
        return None


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _signed(signer: Signer, token: str) -> int:
    """The number that was signed; that of no row where the link is not ours."""
    try:
        return int(signer.unsign(token))
    except (BadSignature, ValueError):
        return 0
