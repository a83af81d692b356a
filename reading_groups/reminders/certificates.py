"""What those are told who came often enough."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from reading_groups.models import Certificate


class CertificateIssued(Kind):
    """To whoever came to enough sessions of a group that has completed."""

    key = "certificate_issued"
    title = _("You have a certificate")
    when = _("When a group completes")
    to_whom = _("Those who came to enough of its sessions")

    def record(self, certificates: Iterable[Certificate], *, now: datetime) -> None:
        """Write the deliveries inside the action's transaction; each certificate is told once."""
        self.write(
            Obligation(member_id=certificate.member_id, object_key=certificate.key, occurrence="issued", due_at=now)
            for certificate in certificates
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where it was revoked before this could be sent."""
        return _of(delivery) is not None

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        certificate = _of(delivery)
        assert certificate is not None
        return {"certificate": certificate, "group": certificate.group, "path": certificate.get_absolute_url()}


def _of(delivery: Delivery) -> Certificate | None:
    valid = Certificate.objects.valid().select_related("group").defer("group__search")
    return valid.filter(pk=id_from(delivery.object_key)).first()


CERTIFICATE_ISSUED = CertificateIssued()
KINDS: list[Kind] = [CERTIFICATE_ISSUED]
