"""What somebody has promised to present: it goes when they withdraw, or leave the group or the site, in time."""

from datetime import datetime, timedelta

from reading_groups.models import Presentation, PresentingInvitation, PresentingSwap, ReadingGroup, Session
from reading_groups.querysets import PresentationQuerySet
from reading_groups.reminders import PRESENTER_WITHDREW

# From here on others count on who presents, and are told.
COUNTED_ON = timedelta(hours=48)


def is_counted_on(session: Session, now: datetime) -> bool:
    """Whether a session is so close that organizers and those who share it are told of who withdraws."""
    return not session.is_cancelled and session.starts_at is not None and now < session.starts_at <= now + COUNTED_ON


def open_again(parts: PresentationQuerySet, now: datetime) -> int:
    """Delete presentations with what hangs on them, and tell those who counted on them; how many they were.

    Swaps that wait for one of them, and its files, go with it. Records `presenter_withdrew` mails.
    """
    # Locked first, as everybody does who changes them, and in one order.
    locked = list(parts.select_for_update(of=("self",)).select_related("session").order_by("pk"))
    for part in locked:
        if is_counted_on(part.session, now):
            PRESENTER_WITHDREW.record(part, now=now)
    Presentation.objects.filter(pk__in=[part.pk for part in locked]).delete()
    return len(locked)


def give_up_promised(*, member_id: int, now: datetime, group: ReadingGroup | None = None) -> None:
    """Open what a member would have presented, in one group or everywhere, and let what is asked of or by them lapse.

    Records `presenter_withdrew` mails.
    """
    parts = Presentation.objects.not_started(now).filter(member=member_id)
    invitations = PresentingInvitation.objects.of(member_id)
    if group is not None:
        parts, invitations = parts.filter(session__group=group), invitations.filter(session__group=group)
    open_again(parts, now)
    invitations.settle(PresentingInvitation.State.LAPSED, now)


def let_all_lapse(group: ReadingGroup, now: datetime) -> None:
    """End what presenters of a group that is over still ask each other. Sends nothing."""
    lapsed = PresentingInvitation.State.LAPSED
    PresentingInvitation.objects.filter(session__group=group).settle(lapsed, now)
    PresentingSwap.objects.filter(wanted__session__group=group).settle(lapsed, now)
