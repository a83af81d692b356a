"""The two links that need no account: one changes an application, the other takes up a place. Both are signed and
stored nowhere; each is good for that one thing."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from cohorts.models import Application

# The salt keeps the two apart; a link for one never opens the other. A dot survives in addresses as it is.
_EDIT = Signer(sep=".", salt="cohorts.application.edit")
_CLAIM = Signer(sep=".", salt="cohorts.application.claim")


def edit_path(application_id: int) -> str:
    return reverse("cohorts:application-edit", args=[_EDIT.sign(str(application_id))])


def claim_path(application_id: int) -> str:
    return reverse("cohorts:place-claim", args=[_CLAIM.sign(str(application_id))])


def application_to_edit(token: str) -> Application | None:
    """The application that the link is for, with its cohort; None where the link is not ours."""
    return _find(_EDIT, token)


def application_to_claim(token: str) -> Application | None:
    return _find(_CLAIM, token)


def _find(signer: Signer, token: str) -> Application | None:
    try:
        pk = int(signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    return Application.objects.select_related("cohort").filter(pk=pk).first()
