"""Who came to a group's sessions, who says that they come to the next, and what was recorded."""

from datetime import datetime, timedelta

from members.models import Member
from reading_groups.actions import answer_rsvp, describe_session, take_attendance
from reading_groups.models import ReadingGroup, Rsvp

# One in so many is not there.
MISSES_ONE_IN = 5
ANSWERS = (Rsvp.Answer.YES, Rsvp.Answer.YES, Rsvp.Answer.MAYBE, Rsvp.Answer.YES, Rsvp.Answer.NO)


def attend(*, group: ReadingGroup, now: datetime, newcomer: Member) -> None:
    """An organizer has noted who came to each session that is over; the last was recorded.

    Half of the people have said whether they come to the next; the newcomer has not, so that there is something to do.
    """
    organizer = group.organizers.by_name()[0]
    places = list(group.enrolments.enrolled().select_related("member").order_by("enrolled_at", "id"))
    past = list(group.sessions.past(now).filter(ends_at__isnull=False))
    for number, session in enumerate(past):
        here = [place.member for place in places if place.enrolled_at < session.starts_at]
        came = [
            member.pk for place, member in enumerate(here) if (number + place) % MISSES_ONE_IN or member == newcomer
        ]
        take_attendance(actor=organizer, session_id=session.pk, came=came, now=session.ends_at)
    if past:
        describe_session(
            actor=organizer,
            session_id=past[0].pk,
            title=past[0].title,
            call_url="",
            presenters_wanted=past[0].presenters_wanted,
            recording_url=f"https://video.example.org/{group.slug}",
            now=now,
        )
    coming = group.sessions.coming(now).first()
    others = [place.member for place in places if place.member != newcomer]
    for number, member in enumerate(others[::2] if coming else ()):
        answered_at = now - timedelta(hours=number + 2)
        answer_rsvp(actor=member, session_id=coming.pk, answer=ANSWERS[number % len(ANSWERS)], now=answered_at)
