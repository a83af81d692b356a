"""The two links that need no account: a poll's own, for guests, and the one of each guest's answer."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from members.availability.polls.models import Ballot, Poll

# A dot survives in addresses as it is.
_ANSWER = Signer(sep=".", salt="availability.poll.answer")


def guest_path(poll: Poll) -> str:
    """Where guests answer; empty where the poll takes none."""
    return reverse("polls:guest-new", args=[poll.guest_token]) if poll.guest_token else ""


def answer_path(ballot_id: int) -> str:
    return reverse("polls:guest-answer", args=[_ANSWER.sign(str(ballot_id))])


def ballot_to_answer(token: str) -> Ballot | None:
    """The guest's ballot that a link is for, with its poll; None where the link is not ours."""
    try:
        pk = int(_ANSWER.unsign(token))
    except (BadSignature, ValueError):
        return None
    return Ballot.objects.select_related("poll").filter(pk=pk, is_guest=True).first()
