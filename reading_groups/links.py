"""The link with which somebody who sat in answers whether they join. It is signed, and good for that alone."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from reading_groups.models import SitIn

# A dot survives in addresses as it is.
_SAT_IN = Signer(sep=".", salt="reading_groups.sat_in")


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
