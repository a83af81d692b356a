"""The link of a mail that asks whether a typical week is still true. It is signed, and good for a yes alone."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from members.models import Member

_SIGNER = Signer(sep=".", salt="availability.still_true")


def still_true_path(member_id: int) -> str:
    return reverse("availability:still-true", args=[_SIGNER.sign(str(member_id))])


def asked_by(token: str) -> Member | None:
    """Who is asked; None where the link is not ours, or they are not a member any more."""
    try:
        member_id = int(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    return Member.objects.active().filter(pk=member_id).first()
