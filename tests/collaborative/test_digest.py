"""What a digest tells, when it is not sent, and what it costs for many members at once."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from collaborative.home.agenda import items_for
from collaborative.home.kinds import BY_KEY, kinds_with
from collaborative.home.reminders import WEEKLY_DIGEST
from collaborative.home.weeks import weeks_of
from collaborative.parts import PARTS
from members.actions import note_week_seen, set_time_zone
from members.models import Member, TopicExperience
from notifications import actions
from notifications.models import Delivery, Preferences
from notifications.preferences import When, save_preferences
from projects.agenda import tasks_due
from reading_groups.agenda import NOT_ON
from reading_groups.asked import asked_of
from reading_groups.models import Enrolment
from tests.collaborative.test_weekly_digest import MONDAY, somebody, wants
from tests.factories import (
    EnrolmentFactory,
    IdeaFactory,
    MeetingFactory,
    MemberFactory,
    PresentationFactory,
    PresentationFileFactory,
    PresentingInvitationFactory,
    PresentingSwapFactory,
    QuestionFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
    SitInFactory,
    SummaryFactory,
    TaskFactory,
    TopicFactory,
)
from tests.notifications.conftest import Post
from tests.queries import exactly
from tests.smtp import mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db
ALL_PARTS = {part.key for part in PARTS}
State = Delivery.State


@pytest.fixture
def post() -> Post:
    return Post(MONDAY)


def week_of(member, now=MONDAY):
    members = Member.objects.select_related("mail_preferences").in_bulk([member.pk])
    return weeks_of(members, now, kinds_with=kinds_with)[member.pk]


def written(post, mail_server):
    """The texts of the digests that are sent now."""
    post.scan(kinds=[WEEKLY_DIGEST])
    post.send()
    return [
        message.get_body(preferencelist=("plain",)).get_content().replace("\r\n", "\n")
        for message in mail_server.messages
    ]


def full_week_of(member, topic, *, now=MONDAY):
    """Something in every section."""
    TopicExperience.objects.create(member=member, topic=topic)
    ReadingGroupFactory(topics=[topic])
    group = SessionFactory(starts_at=now + timedelta(days=1)).group
    EnrolmentFactory(group=group, member=member)
    MeetingFactory(starts_at=now + timedelta(days=2), participants=[member, MemberFactory()])
    visited = SessionFactory(starts_at=now + timedelta(days=3))
    SitInFactory(group=visited.group, session=visited, member=member)
    PresentationFactory(session=SessionFactory(group=group, starts_at=now + timedelta(days=4)), member=member)
    asked = SessionFactory(group=group, starts_at=now + timedelta(days=5))
    PresentingInvitationFactory(session=asked, member=member)
    swap = PresentingSwapFactory(offered__session=SessionFactory(group=group, starts_at=now + timedelta(days=20)))
    Enrolment.objects.filter(group=group, member=swap.wanted.member).delete()
    type(swap.wanted).objects.filter(pk=swap.wanted_id).update(member=member)
    EnrolmentFactory(member=member, state=Enrolment.State.HELD, held_until=now + timedelta(days=1))
    ReadingGroupFactory(organizers=[member])
    TaskFactory(owner=member, due_on=(now + timedelta(days=1)).date())
    TaskFactory(owner=member, due_on=(now - timedelta(days=9)).date())
    QuestionFactory(session=asked, asked_at=now - timedelta(days=1))
    ReadingFactory(group=group, proposed_by=MemberFactory(), proposed_at=now - timedelta(days=2))
    ReadingFactory(group=group, session=asked)
    left_to(member, number=group.pk, now=now)
    return group


def left_to(member, *, number, now, notice="“Optics” is open", **fields):
    """A message that was left to the member's digest."""
    return Delivery.objects.create(
        recipient=f"members.member:{member.pk}",
        member=member,
        occurrence="sent",
        notice=notice,
        notice_path="/groups/optics/",
        **{
            "kind": "group_message",
            "object_key": f"reading_groups.message:{number}",
            "due_at": now - timedelta(days=1),
            "state": State.SUPPRESSED,
            "reason": "told in the digest",
            "left_to_digest_at": now - timedelta(days=1),
        }
        | fields,
    )


# The same as the dashboard -------------------------------------------------------------------------------------------


def test_the_digest_tells_what_the_dashboard_shows():
    topic = TopicFactory()
    members = [somebody(time_zone=zone) for zone in ("Europe/Berlin", "Asia/Kathmandu", "America/Los_Angeles")]
    for member in members:
        full_week_of(member, topic)
    with_members = Member.objects.select_related("mail_preferences").in_bulk([member.pk for member in members])
    weeks = weeks_of(with_members, MONDAY, kinds_with=kinds_with)
    for member in members:
        week = weeks[member.pk]
        end = datetime.combine(week.today + timedelta(days=7), time(0), tzinfo=week.zone)
        assert week.items == items_for(member, MONDAY, end, parts=ALL_PARTS)
        assert week.asked == asked_of(member, MONDAY)
        assert week.tasks == list(tasks_due(member, until=week.today + timedelta(days=6)))
        assert [len(week.items), len(week.asked), len(week.holds), len(week.tasks)] == [5, 2, 1, 2]


@pytest.mark.parametrize("state", NOT_ON)
def test_groups_that_meet_nobody_stand_in_neither(state):
    member = somebody()
    group = ReadingGroupFactory(state=state, organizers=[member])
    SessionFactory(group=group, starts_at=MONDAY + timedelta(days=1), added_at=MONDAY - timedelta(days=1))
    assert items_for(member, MONDAY, MONDAY + timedelta(days=7), parts=ALL_PARTS) == []
    week = week_of(member)
    assert week.items == []
    assert week.news == []


def load(rows):
    """Batches of a size, each of members with something in every section: the queries that loading them costs."""
    topic = TopicFactory()
    members = [somebody() for _row in range(rows)]
    for member in members:
        full_week_of(member, topic)
    Delivery.objects.update(kind="kind_of_nobody")
    WEEKLY_DIGEST.write(WEEKLY_DIGEST.due(MONDAY, MONDAY + timedelta(minutes=1)))
    rows = Delivery.objects.filter(member__in=members, kind="weekly_digest")
    return list(rows.order_by("pk"))


@pytest.mark.parametrize("rows", [2, 9])
def test_a_batch_costs_the_same_at_any_size_and_telling_it_costs_nothing(rows):
    deliveries = load(rows)
    # Members with their choices. The site; last digests; who is away; meetings, and who takes part; tasks; places;
    # groups that they organize; sessions with groups, their readings, visits, presentations; invitations, swaps, their
    # sessions and readings; held places; groups with news, papers, ideas, questions, summaries, files, recordings, new
    # sessions, the sessions of these, readings; topics, groups, their topics; what was left to digests.
    with exactly(32):
        WEEKLY_DIGEST.prepare(deliveries, MONDAY)
    with exactly(0):
        for delivery in deliveries:
            assert WEEKLY_DIGEST.reader(delivery) == delivery.member
            assert WEEKLY_DIGEST.waits_until(delivery, MONDAY) is None
            assert WEEKLY_DIGEST.still_wanted(delivery, MONDAY)
            assert len(WEEKLY_DIGEST.context(delivery, MONDAY)["later"]) == 5


@pytest.mark.parametrize("rows", [2, 9])
def test_sending_a_batch_costs_one_commit_for_each(post, mail_server, rows):
    load(rows)
    with CaptureQueriesContext(connection) as captured:
        post.send()
    assert len(mail_server.messages) == rows
    # Each claim is a look and a mark between begin and end: of the first, and of the others. The batch. A commit for
    # each. A look for more, between begin and end.
    assert len(captured) == 4 + 4 + 32 + rows + 3


def test_a_kind_that_cannot_be_prepared_is_sent_one_by_one(post, mail_server, monkeypatch, caplog):
    members = [somebody(), somebody()]
    for member in members:
        EnrolmentFactory(group=SessionFactory(starts_at=MONDAY + timedelta(days=1)).group, member=member)
    prepare = WEEKLY_DIGEST.prepare

    def fails_for_many(deliveries, now):
        assert len(deliveries) == 1
        prepare(deliveries, now)

    monkeypatch.setattr(WEEKLY_DIGEST, "prepare", fails_for_many)
    assert len(written(post, mail_server)) == 2
    assert "deliveries_could_not_be_prepared" in caplog.text


def test_what_a_run_does_not_come_to_is_put_back(post, mail_server):
    for _number in range(3):
        EnrolmentFactory(group=SessionFactory(starts_at=MONDAY + timedelta(days=1)).group, member=somebody())
    post.scan(kinds=[WEEKLY_DIGEST])
    beats = iter([0, 0, 0, 0, 30, 30, 30])

    def clock():
        return MONDAY + timedelta(seconds=next(beats, 30))

    assert actions.send_due(kinds=BY_KEY, frame=post.frame, clock=clock) == 1
    states = Delivery.objects.order_by("pk").values_list("state", "attempts", "lease_until")
    assert list(states) == [("sent", 1, None), ("due", 0, None), ("due", 0, None)]


def test_each_is_written_to_in_their_own_language(monkeypatch):
    presented = PresentationFactory(session=SessionFactory(starts_at=MONDAY + timedelta(days=1), title="BERT"))
    member = presented.member
    spoken = []

    def translated(text):
        spoken.append(translation.get_language())
        return text

    monkeypatch.setattr("reading_groups.agenda._", translated)
    Member.objects.filter(pk=member.pk).update(language="de")
    week_of(member)
    assert spoken == ["de"]


# New in your groups --------------------------------------------------------------------------------------------------


def test_what_is_new_in_a_members_groups_is_told(post, mail_server):
    member = somebody()
    group = ReadingGroupFactory(title="Optics", slug="optics")
    EnrolmentFactory(group=group, member=member)
    over = SessionFactory(group=group, title="Lenses", starts_at=MONDAY - timedelta(days=3))
    recent = MONDAY - timedelta(days=2)
    QuestionFactory(session=over, text="Why bent?", asked_at=recent)
    QuestionFactory(session=over, text="Why blue?", asked_at=recent + timedelta(hours=1))
    idea = IdeaFactory(group=group, title="Bend it more", put_up_at=recent + timedelta(hours=3))
    over.recording_url, over.recording_added_at = "https://video.example.org/1", recent + timedelta(hours=2)
    over.save()
    # Their own, another group's, and what is long known are no news.
    QuestionFactory(session=over, member=member, asked_at=MONDAY)
    QuestionFactory(asked_at=recent)
    IdeaFactory(group=group, put_up_at=MONDAY - timedelta(days=20))
    [text] = written(post, mail_server)
    news = text.partition("New in your groups:\n\n")[2].partition("Open your week")[0]
    board, page = (
        "http://localhost:8000/groups/optics/#idea-",
        f"http://localhost:8000/groups/optics/sessions/{over.pk}/",
    )
    assert (
        news
        == f"""- An idea was put up: Bend it more (Optics)
  {board}{idea.pk}

- There is a recording: Lenses (Optics)
  {page}

- Questions were asked: Why blue? and 1 more (Optics)
  {page}

"""
    )
    assert mail_server.messages[0]["Subject"] == "Your week: new in “Optics”"


def test_at_most_four_things_are_new_the_latest_first():
    member = somebody()
    for number in range(6):
        group = ReadingGroupFactory(title=f"Group {number}", organizers=[member])
        IdeaFactory(group=group, put_up_at=MONDAY - timedelta(hours=number))
    assert [news.group for news in week_of(member).news] == ["Group 0", "Group 1", "Group 2", "Group 3"]


def test_every_kind_of_news():
    member = somebody()
    group = EnrolmentFactory(member=member).group
    recent = MONDAY - timedelta(hours=1)
    session = SessionFactory(group=group, starts_at=MONDAY + timedelta(days=9), added_at=recent)
    known = SessionFactory(group=group, starts_at=MONDAY + timedelta(days=1), added_at=recent)
    told = {news.kind: news.path for news in week_of(member).news}
    # A session of these seven days stands there anyway.
    assert told == {"session": session.get_absolute_url()}
    SummaryFactory(session=known, written_at=recent)
    PresentationFileFactory(presentation__session=known, added_at=recent)
    ReadingFactory(group=group, proposed_by=MemberFactory(), proposed_at=recent)
    assert {news.kind for news in week_of(member).news} == {"session", "summary", "files", "paper"}


def test_news_of_a_group_that_is_left_or_pauses_are_not_told():
    member = somebody()
    for fields in ({"state": "left", "left_at": MONDAY}, {"state": "waitlisted"}, {"group__state": "paused"}):
        group = EnrolmentFactory(member=member, **fields).group
        IdeaFactory(group=group, put_up_at=MONDAY - timedelta(hours=1))
    assert list(week_of(member).news) == []


def test_what_the_last_digest_told_is_not_told_again(post, mail_server):
    member = wants(somebody(), digest="daily")
    group = EnrolmentFactory(member=member).group
    IdeaFactory(group=group, put_up_at=MONDAY - timedelta(hours=1))
    assert len(written(post, mail_server)) == 1
    post.advance(days=1)
    assert len(written(post, mail_server)) == 1
    IdeaFactory(group=group, put_up_at=post.now + timedelta(hours=1))
    post.advance(days=1)
    assert len(written(post, mail_server)) == 2


# What was left to it -------------------------------------------------------------------------------------------------


def test_what_was_over_the_weeks_limit_is_told_while_it_is_true(post, mail_server, settings):
    settings.OPTIONAL_MAILS_A_WEEK = 1
    member = somebody()
    post.now = MONDAY - timedelta(days=2)
    group = ReadingGroupFactory(title="Optics", slug="optics")
    PresentationFactory(session=SessionFactory(group=group, starts_at=MONDAY + timedelta(days=30)), member=member)
    EnrolmentFactory(group=group, member=member)
    session = group.sessions.get()
    for number in range(3):
        question = QuestionFactory(session=session, text=f"Why {number}?", asked_at=MONDAY - timedelta(days=40))
        BY_KEY["question_asked"].record(question, now=post.now)
    post.send()
    assert Delivery.objects.filter(reason="told in the digest").count() == 2
    mail_server.messages.clear()
    left = Delivery.objects.filter(reason="told in the digest").order_by("pk").first()
    Delivery.objects.filter(pk=left.pk).update(notice="Only this")
    other = Delivery.objects.filter(reason="told in the digest").exclude(pk=left.pk)
    other.update(expires_at=MONDAY)
    post.now = MONDAY
    [text] = written(post, mail_server)
    assert "Also for you; not mailed before, as you had enough mails from us:\n\n- Only this\n" in text
    # It is told once.
    post.advance(days=7)
    mail_server.messages.clear()
    assert written(post, mail_server) == []


def test_what_was_left_is_not_told_once_read_or_where_it_stands_anyway():
    member = somebody()
    group = EnrolmentFactory(member=member).group
    session = SessionFactory(group=group, starts_at=MONDAY + timedelta(days=1))
    left_to(member, number=1, now=MONDAY, read_at=MONDAY)
    left_to(member, number=2, now=MONDAY, object_key=session.key)
    left_to(member, number=3, now=MONDAY, kind="no_such_kind")
    assert list(week_of(member).left) == []


# When it is not sent -------------------------------------------------------------------------------------------------


def something_for(member):
    EnrolmentFactory(group=SessionFactory(starts_at=MONDAY + timedelta(days=2)).group, member=member)


@pytest.mark.parametrize(
    ("field", "hours", "mails"),
    # It is eight in Berlin; midnight was eight hours ago.
    [("last_login", 1, 0), ("week_seen_at", 7, 0), ("week_seen_at", 9, 1), ("last_login", 30, 1)],
)
def test_whoever_was_here_on_the_day_is_not_written_to(post, mail_server, field, hours, mails):
    member = somebody(**{field: MONDAY - timedelta(hours=hours)})
    something_for(member)
    assert len(written(post, mail_server)) == mails


def test_opening_your_week_is_remembered_once_an_hour():
    member = MemberFactory()
    with exactly(1):
        note_week_seen(member=member, now=MONDAY)
    with exactly(0):
        note_week_seen(member=member, now=MONDAY + timedelta(minutes=59))
    with exactly(1):
        note_week_seen(member=member, now=MONDAY + timedelta(minutes=60))
    member.refresh_from_db()
    assert member.week_seen_at == MONDAY + timedelta(hours=1)


def test_the_page_of_the_week_remembers_that_it_was_opened(client):
    member = MemberFactory()
    client.force_login(member)
    Member.objects.filter(pk=member.pk).update(last_login=None)
    client.get("/groups/")
    assert Member.objects.get().week_seen_at is None
    client.get("/me/")
    assert Member.objects.get().week_seen_at is not None


def test_whoever_wants_none_any_more_gets_none(post, mail_server):
    member = somebody()
    something_for(member)
    post.scan(kinds=[WEEKLY_DIGEST])
    Preferences.objects.create(member=member, digest="never")
    post.send()
    assert (mail_server.messages, Delivery.objects.get().reason) == ([], "no longer wanted")


# At the hour that is chosen ------------------------------------------------------------------------------------------


def choose(member, **fields):
    usual = {"quiet_from": None, "quiet_until": None, "digest": "weekly", "digest_weekday": 0, "digest_at": time(8)}
    save_preferences(member_id=member.pk, when=When(**usual | fields), channels={})


@pytest.mark.parametrize(
    ("chosen", "due_at"),
    [
        ({"digest_at": time(17)}, MONDAY + timedelta(hours=9)),
        ({"digest_at": time(6)}, MONDAY - timedelta(hours=2)),
        ({"digest_weekday": 1}, MONDAY + timedelta(days=1)),
    ],
)
def test_an_hour_chosen_anew_holds_for_what_is_owed_already(post, mail_server, chosen, due_at):
    member = somebody()
    something_for(member)
    post.now = MONDAY - timedelta(hours=20)
    post.scan(kinds=[WEEKLY_DIGEST])
    choose(member, **chosen)
    post.scan(kinds=[WEEKLY_DIGEST])
    assert Delivery.objects.get().due_at == due_at
    post.now = due_at - timedelta(minutes=1)
    post.send()
    assert mail_server.messages == []
    post.advance(minutes=1)
    post.send()
    assert (len(mail_server.messages), Delivery.objects.get().occurrence) == (1, "2026-W48")


def test_whoever_moves_gets_it_by_the_clocks_where_they_are(post, mail_server):
    member = somebody(time_zone="Asia/Kathmandu")
    something_for(member)
    post.now = MONDAY - timedelta(hours=20)
    post.scan(kinds=[WEEKLY_DIGEST])
    set_time_zone(actor=member, time_zone="Europe/Berlin")
    post.scan(kinds=[WEEKLY_DIGEST])
    assert Delivery.objects.get().due_at == MONDAY


def test_a_zone_that_changed_behind_the_sites_back_is_noticed_when_it_is_sent(post, mail_server):
    member = somebody(time_zone="Asia/Kathmandu")
    something_for(member)
    post.now = MONDAY - timedelta(hours=20)
    post.scan(kinds=[WEEKLY_DIGEST])
    Member.objects.filter(pk=member.pk).update(time_zone="Europe/Berlin")
    post.now = MONDAY - timedelta(hours=4)
    post.send()
    row = Delivery.objects.get()
    assert (row.state, row.reason, row.due_at, row.attempts) == ("due", "another hour was chosen", MONDAY, 0)
    post.now = MONDAY
    post.send()
    assert len(mail_server.messages) == 1


def test_one_a_week_whatever_is_chosen_after_it(post, mail_server):
    member = somebody()
    something_for(member)
    assert len(written(post, mail_server)) == 1
    choose(member, digest_weekday=2)
    post.advance(days=2)
    assert len(written(post, mail_server)) == 1


def test_weekly_and_daily_ones_do_not_mix(post, mail_server):
    member = somebody()
    something_for(member)
    post.now = MONDAY - timedelta(hours=20)
    post.scan(kinds=[WEEKLY_DIGEST])
    Preferences.objects.create(member=member, digest="daily")
    post.now = MONDAY
    assert len(written(post, mail_server)) == 1
    assert set(Delivery.objects.values_list("occurrence", "state")) >= {
        ("2026-W48", "suppressed"),
        (f"{date(2026, 11, 23)}", "sent"),
    }
