"""What people are told of presenting together: that they are asked, what was answered, who withdrew, who is wanted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from members.availability.absence import PausesWhileAway
from members.models import Member
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from reading_groups.absent import absent_from
from reading_groups.agenda import loaded_session, title_of
from reading_groups.links import invitation_path, swap_path
from reading_groups.models import Enrolment, Presentation, PresentingInvitation, PresentingSwap, ReadingGroup, Session
from reading_groups.querysets import SessionQuerySet, counted
from reading_groups.reminders.about import instant, words_about
from reading_groups.reminders.sessions import moment_of

# So many members are asked at a time, those who have presented least.
MOST_ASKED = 3


class PresentingInvited(Kind):
    """To somebody with a place whom another asks to present a session. One click answers."""

    key = "presenting_invited"
    title = _("Somebody asks you to present")
    when = _("As soon as somebody asks")
    to_whom = _("Whoever is asked")

    def record(self, invitation: PresentingInvitation, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction."""
        self.write(
            [
                Obligation(
                    member_id=invitation.member_id,
                    object_key=invitation.key,
                    occurrence="asked",
                    due_at=now,
                    expires_at=invitation.session.starts_at,
                )
            ]
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        return PresentingInvitation.objects.open(now).filter(pk=id_from(delivery.object_key)).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        invitation = PresentingInvitation.objects.select_related("invited_by").get(pk=id_from(delivery.object_key))
        session = loaded_session(invitation.session_id)
        presenters = session.presentations.in_order().exclude(member=invitation.invited_by)
        return words_about(session) | {
            "asker": str(invitation.invited_by),
            "is_hand_over": invitation.is_hand_over,
            "others": [str(presentation.member) for presentation in presenters],
            "asker_presents": session.presentations.filter(member=invitation.invited_by).exists(),
            "path": invitation_path(session.group.slug, invitation.pk),
        }


class SwapAsked(Kind):
    """To a presenter whom another presenter of the group asks to swap. One click answers."""

    key = "swap_asked"
    title = _("Somebody asks you to swap sessions")
    when = _("As soon as somebody asks")
    to_whom = _("Whoever is asked")

    def record(self, swap: PresentingSwap, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction."""
        starts = [part.session.starts_at for part in (swap.offered, swap.wanted) if part.session.starts_at]
        self.write(
            [
                Obligation(
                    member_id=swap.wanted.member_id,
                    object_key=swap.key,
                    occurrence="asked",
                    due_at=now,
                    expires_at=min(starts, default=None),
                )
            ]
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        return PresentingSwap.objects.open(now).filter(pk=id_from(delivery.object_key)).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        swap = PresentingSwap.objects.select_related("offered__member", "wanted").get(pk=id_from(delivery.object_key))
        theirs, own = loaded_session(swap.offered.session_id), loaded_session(swap.wanted.session_id)
        return words_about(own) | {
            "asker": str(swap.offered.member),
            "other_session": theirs,
            "other_title": title_of(theirs),
            "path": swap_path(own.group.slug, swap.pk),
        }


class PresentingAnswered(Kind):
    """To whoever asked somebody to present or to swap, with the answer."""

    key = "presenting_answered"
    title = _("An answer about presenting")
    when = _("As soon as there is an answer")
    to_whom = _("Whoever asked")
    stale_after = timedelta(days=7)

    def record(self, asked: PresentingInvitation | PresentingSwap, *, asker_id: int, now: datetime) -> None:
        """Write the delivery inside the action's transaction."""
        self.write([Obligation(member_id=asker_id, object_key=asked.key, occurrence=str(asked.state), due_at=now)])

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where whoever accepted has withdrawn meanwhile; whoever withdraws late is told of apart."""
        asked = _asked(delivery)
        if asked is None or asked.state != delivery.occurrence:
            return False
        if isinstance(asked, PresentingInvitation) and asked.state == PresentingInvitation.State.ACCEPTED:
            return Presentation.objects.filter(session=asked.session_id, member=asked.member_id).exists()
        return True

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        asked = _asked(delivery)
        assert asked is not None  # as `still_wanted` says
        if isinstance(asked, PresentingInvitation):
            session, answerer = loaded_session(asked.session_id), asked.member
        else:
            # After the swap this is the session that was the other's.
            session, answerer = loaded_session(asked.offered.session_id), asked.wanted.member
        return words_about(session) | {
            "is_swap": isinstance(asked, PresentingSwap),
            "is_hand_over": isinstance(asked, PresentingInvitation) and asked.is_hand_over,
            "is_accepted": delivery.occurrence == PresentingInvitation.State.ACCEPTED,
            "answerer": str(answerer),
            "path": session.get_absolute_url(),
        }


class PresenterWithdrew(Kind):
    """To the organizers of a group and to those who present a session, when somebody withdraws shortly before it."""

    key = "presenter_withdrew"
    title = _("A presenter has withdrawn")
    when = _("When somebody withdraws less than two days before")
    to_whom = _("Those who present with them, and the organizers")
    ignores_quiet_hours = True

    def record(self, presentation: Presentation, *, now: datetime) -> None:
        """Write the deliveries inside the action's transaction, before the presentation goes."""
        session = presentation.session
        presenters = session.presentations.filter(member__is_active=True).values_list("member_id", flat=True)
        organizers = session.group.organizers.filter(is_active=True).values_list("pk", flat=True)
        self.write(
            Obligation(
                member_id=member_id,
                object_key=session.key,
                occurrence=f"member {presentation.member_id} at {instant(now)}",
                due_at=now,
                expires_at=session.starts_at,
            )
            for member_id in sorted({*presenters, *organizers} - {presentation.member_id})
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where they present after all, or the session is off."""
        session = Session.objects.filter(pk=id_from(delivery.object_key), is_cancelled=False).first()
        if session is None or session.has_started(now):
            return False
        return not session.presentations.filter(member=_who(delivery)).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        session = loaded_session(id_from(delivery.object_key))
        presenters = [presentation.member for presentation in session.presentations.in_order()]
        return words_about(session) | {
            "who": str(Member.objects.get(pk=_who(delivery))),
            "others": [str(member) for member in presenters if member.pk != delivery.member_id],
            "presents": any(member.pk == delivery.member_id for member in presenters),
            "path": session.get_absolute_url(),
        }


class PresenterWanted(PausesWhileAway):
    """A week before a session that looks for presenters: to its organizers, and to those who have presented least.

    No more than three members are asked, however often others come, go and offer meanwhile.
    """

    key = "presenter_wanted"
    title = _("A session looks for presenters")
    when = _("A week before a session that has too few")
    to_whom = _("The organizers, and the three who have presented least")
    # Up to two days before the session it still helps; those that are planned late are told of late.
    stale_after = timedelta(days=5)
    is_optional = True
    ahead = timedelta(days=7)

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        """Six queries at most."""
        sessions = list(_short(Session.objects.starting_between(start + self.ahead, end + self.ahead)))
        asked = _least(sessions)
        organizers = ReadingGroup.organizers.through.objects.filter(
            readinggroup__in={session.group_id for session in sessions}, member__is_active=True
        )
        of_group = defaultdict(list)
        for group_id, member_id in organizers.order_by("id").values_list("readinggroup_id", "member_id"):
            of_group[group_id].append(member_id)
        for session in sessions:
            assert session.starts_at is not None  # as `starting_between` says
            told = of_group[session.group_id]
            members = [(member_id, "turn") for member_id in asked[session.pk] if member_id not in told]
            for member_id, why in [*members, *((member_id, "organizer") for member_id in told)]:
                yield Obligation(
                    member_id=member_id,
                    object_key=session.key,
                    occurrence=_for(session, why),
                    due_at=session.starts_at - self.ahead,
                )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where enough have offered, the session has moved, or it is the turn of others now."""
        sessions = Session.objects.filter(pk=id_from(delivery.object_key), is_cancelled=False, starts_at__gt=now)
        session = _short(sessions).first()
        if session is None:
            return False
        if delivery.occurrence == _for(session, "organizer"):
            return session.group.organizers.filter(pk=delivery.member_id).exists()
        if delivery.occurrence != _for(session, "turn") or delivery.member_id not in _least([session])[session.pk]:
            return False
        sent = Delivery.objects.filter(kind=self.key, object_key=session.key, state=Delivery.State.SENT)
        return sent.filter(occurrence=delivery.occurrence).count() < MOST_ASKED

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        session = loaded_session(id_from(delivery.object_key))
        presenters = session.presentations.in_order()
        place = session.group.enrolments.enrolled().with_presented().filter(member=delivery.member_id).first()
        return words_about(session) | {
            "is_organizer": delivery.occurrence.endswith("organizer"),
            "short": max(session.presenters_asked_for - len(presenters), 1),
            "others": [str(presentation.member) for presentation in presenters],
            "has_presented": place is not None and place.presented > 0,
            "path": session.get_absolute_url(),
        }


def _short(sessions: SessionQuerySet) -> SessionQuerySet:
    """Those that still look for presenters, in groups that meet, in order; each with its group."""
    asked_for = Coalesce(F("presenters_wanted"), F("group__presenters_wanted"))
    there = counted(Presentation.objects.filter(session=OuterRef("pk")), "session")
    return (
        sessions.filter(group__state__in=ReadingGroup.LISTED)
        .annotate(looks_for=asked_for - there)
        .filter(looks_for__gt=0)
        .select_related("group")
        .defer("group__search")
        .order_by("starts_at", "id")
    )


def _least(sessions: Iterable[Session]) -> dict[int, list[int]]:
    """For each session the members who have presented least, and of them those who came first. Four queries at most.

    Without those who present it already, have said that they cannot, or are away then.
    """
    sessions = list(sessions)
    groups = {session.group_id for session in sessions}
    places = Enrolment.objects.enrolled().filter(group__in=groups, member__is_active=True).with_presented()
    of_group = defaultdict(list)
    for place in places.order_by("presented", "enrolled_at", "id"):
        of_group[place.group_id].append(place.member_id)
    presents = Presentation.objects.filter(session__in=sessions).values_list("session_id", "member_id")
    declined = PresentingInvitation.objects.declined().filter(session__in=sessions)
    without = set(presents.union(declined.values_list("session_id", "member_id")))
    away = absent_from(sessions, {member_id for row in of_group.values() for member_id in row})
    without |= {(session_id, member.pk) for session_id, members in away.items() for member in members}
    return {
        session.pk: [member_id for member_id in of_group[session.group_id] if (session.pk, member_id) not in without][
            :MOST_ASKED
        ]
        for session in sessions
    }


def _for(session: Session, why: str) -> str:
    return f"{moment_of(session.starts_at, session.revision)} {why}"


def _who(delivery: Delivery) -> int:
    """The member in an occurrence such as `member 12 at …`."""
    return int(delivery.occurrence.split()[1])


def _asked(delivery: Delivery) -> PresentingInvitation | PresentingSwap | None:
    pk = id_from(delivery.object_key)
    if delivery.object_key == PresentingSwap(pk=pk).key:
        return PresentingSwap.objects.select_related("offered", "wanted__member").filter(pk=pk).first()
    return PresentingInvitation.objects.select_related("member").filter(pk=pk).first()


PRESENTING_INVITED = PresentingInvited()
SWAP_ASKED = SwapAsked()
PRESENTING_ANSWERED = PresentingAnswered()
PRESENTER_WITHDREW = PresenterWithdrew()
PRESENTER_WANTED = PresenterWanted()
KINDS: list[Kind] = [PRESENTING_INVITED, SWAP_ASKED, PRESENTING_ANSWERED, PRESENTER_WITHDREW, PRESENTER_WANTED]
