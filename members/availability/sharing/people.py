"""Who a member meets, and whose weeks they may see."""

from django.db.models import Exists, OuterRef

from members.availability.models import Meeting
from members.availability.sharing.models import WeekShare
from members.models import Member
from members.querysets import MemberQuerySet


def met_by(member: Member) -> MemberQuerySet:
    """Those who take part in a meeting with the member that is not cancelled, past or to come; by name."""
    through = Meeting.participants.through.objects
    own = through.filter(meeting=OuterRef("meeting"), member=member.pk)
    together = through.filter(Exists(own), member=OuterRef("pk"), meeting__is_cancelled=False)
    return Member.objects.visible_to(member).active().exclude(pk=member.pk).filter(Exists(together)).by_name()


def who_see(owner: Member) -> MemberQuerySet:
    """Those who may see the owner's week, by name."""
    return (
        Member.objects.active()
        .filter(Exists(WeekShare.objects.filter(owner=owner.pk, viewer=OuterRef("pk"))))
        .by_name()
    )


def seen_by(viewer: Member) -> MemberQuerySet:
    """Those whose week the viewer may see, by name."""
    shares = WeekShare.objects.filter(owner=OuterRef("pk"), viewer=viewer.pk)
    return Member.objects.active().filter(Exists(shares)).by_name()
