"""When the people of a group can meet, on its pages and for programs; and which groups fit somebody's week."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from reading_groups.models import ReadingGroup
from tests.factories import (
    EnrolmentFactory,
    MemberFactory,
    ReadingGroupFactory,
    SessionFactory,
    TypicalWeekFactory,
)
from tests.factories.availability import marks
from tests.queries import exactly

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
FROM = date(2026, 1, 5)


def with_week(zone, **days):
    member = MemberFactory(time_zone=zone)
    TypicalWeekFactory(member=member, zone=zone, valid_from=FROM, marks=marks(**days))
    return member


@pytest.fixture
def group(client):
    """A group in Berlin of three people with a week and one without, seen by its organizer in Kolkata."""
    organizer = MemberFactory(name="Member O", time_zone="Asia/Kolkata")
    group = ReadingGroupFactory(
        slug="slowly",
        zone="Europe/Berlin",
        organizers=[organizer],
        weekday=None,
        starts_at_time=None,
        duration_minutes=60,
    )
    for zone, days in (
        ("Europe/Berlin", {"tue": "17-19:3", "wed": "9-12:2"}),
        ("Europe/Berlin", {"tue": "18-19:1", "wed": "9-10:2"}),
        ("Asia/Kolkata", {"tue": "20-24:2"}),
    ):
        EnrolmentFactory(group=group, member=with_week(zone, **days))
    EnrolmentFactory(group=group, member=MemberFactory(name="Member N"))
    client.force_login(organizer, backend=BACKEND)
    return group


@pytest.fixture(autouse=True)
def at_noon(now):
    with time_machine.travel(now, tick=False):
        yield


def test_the_best_time_becomes_that_of_the_group_by_one_button(client, group):
    page = client.get("/groups/slowly/best-times/")
    html = page.content.decode()
    assert page.status_code == 200
    assert "3 of 4 have marked their week." in html
    assert "Tuesday, 22:30 your time" in html
    assert "All 3 every week" in html
    best = page.context["cards"][0].best
    assert (best.weekday, best.at, len(best.starts)) == (1, time(18), 12)
    sent = {
        "how": "rule",
        "weekday": "1",
        "at": "18:00",
        "every_weeks": "1",
        "first_on": "2026-11-25",
        "last_on": "2027-02-16",
    }
    for name, value in sent.items():
        assert f'name="{name}" value="{value}"' in html, name
    assert client.post("/groups/slowly/plan/", sent).status_code == 302
    group.refresh_from_db()
    assert (group.weekday, group.starts_at_time) == (1, time(18))
    assert [session.starts_at for session in group.sessions.order_by("starts_at")] == list(best.starts)


def test_what_is_looked_for_is_checked_and_comes_back_as_it_was_typed(client, group):
    page = client.get("/groups/slowly/best-times/?minutes=5&first_on=2020-01-01&weeks=99&every_weeks=1&earliest=x")
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"minutes", "first_on", "weeks", "weekdays", "earliest"}
    assert 'value="2020-01-01"' in page.content.decode()
    asked = "minutes=60&first_on=2026-11-30&weeks=4&every_weeks=1&weekdays=2&earliest=09:00&latest=12:00"
    page = client.get(f"/groups/slowly/best-times/?{asked}")
    [best] = [card.best for card in page.context["cards"]]
    assert (best.weekday, best.at, best.always) == (2, time(9), 2)
    page = client.get(f"/groups/slowly/best-times/?{asked}&quorum=3")
    assert "only 2 in the worst week" in page.content.decode()
    narrow = asked.replace("12:00", "09:30")
    assert client.get(f"/groups/slowly/best-times/?{narrow}").status_code == 422


def test_nobody_is_singled_out_by_whom_is_required(client, group):
    """Whether one other person can at a time is theirs to say; oneself, or three others, are fine."""
    asked = "minutes=60&first_on=2026-11-30&weeks=4&every_weeks=1&weekdays=1"
    ids = list(group.enrolments.order_by("pk").values_list("member_id", flat=True))
    url = f"/groups/slowly/best-times/?{asked}"
    for few in (1, 2):
        page = client.get(url + "".join(f"&required={pk}" for pk in ids[:few]))
        assert page.status_code == 422
        assert "cards" not in page.context
    page = client.get(url + "".join(f"&required={pk}" for pk in ids[:3]))
    assert page.context["cards"][0].best.required_absences == 0
    group.organizers.add(ids[0])
    client.force_login(group.enrolments.get(member=ids[0]).member, backend=BACKEND)
    assert client.get(f"{url}&required={ids[0]}").status_code == 200
    assert client.get(f"{url}&required={ids[0]}&required={ids[1]}&required={ids[2]}").status_code == 422


def test_a_session_moves_to_one_of_the_best_times(client, group):
    session = SessionFactory(
        group=group, starts_at=datetime(2026, 12, 3, 8, tzinfo=UTC), ends_at=datetime(2026, 12, 3, 9, tzinfo=UTC)
    )
    page = client.get(f"/groups/slowly/best-times/?session={session.pk}")
    [first, *_others] = page.context["cards"]
    assert first.best.starts_at == datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert 'name="held_on" value="2026-12-01"' in page.content.decode()
    client.post(
        f"/groups/slowly/sessions/{session.pk}/move/", {"held_on": "2026-12-01", "at": "18:00", "minutes": "60"}
    )
    session.refresh_from_db()
    assert session.starts_at == first.best.starts_at
    assert client.get("/groups/slowly/best-times/?session=12345").status_code == 404
    assert client.get("/groups/slowly/best-times/?session=x").status_code == 404


def test_too_few_weeks_give_no_counts(client, group):
    last = group.enrolments.order_by("pk")[2].member
    last.typical_weeks.all().delete()
    for page in ("best-times", "hours"):
        html = client.get(f"/groups/slowly/{page}/").content.decode()
        assert "2 people here have marked a typical week." in html
        assert "data-heat" not in html


def test_those_inside_see_counts_of_hours(client, group):
    html = client.get("/groups/slowly/hours/").content.decode()
    assert "How many of the 3 who have marked a week can, of 4 people, on clocks in Kolkata" in html
    assert '<th scope="row">22:30</th><td data-heat="0"><span class="vh">0</span></td><td data-heat="5">3</td>' in html
    assert client.get("/groups/slowly/").content.decode().count("/groups/slowly/hours/") == 1
    client.force_login(MemberFactory(), backend=BACKEND)
    assert client.get("/groups/slowly/hours/").status_code == 403


def test_the_pages_cost_the_same_at_any_size(client, group):
    for _person in range(8):
        EnrolmentFactory(group=group, member=with_week("Europe/Berlin", tue="17-19:3"))
    # The site's name, the group, its people, their weeks, their zones, their days away, past and coming sessions.
    with exactly(8, signed_in=True):
        client.get("/groups/slowly/best-times/")
    with exactly(4, signed_in=True):
        client.get("/groups/slowly/hours/")


def test_programs_of_organizers_get_the_same(client, group):
    found = client.get("/api/v1/groups/slowly/best-times/?weekdays=1&weeks=2").json()
    assert (found["people"], found["with_week"], found["zone"]) == (4, 3, "Europe/Berlin")
    assert found["times"][0] == {
        "weekday": 1,
        "at": "18:00",
        "starts": ["2026-12-01T17:00:00Z", "2026-12-08T17:00:00Z"],
        "attending": [3, 3],
        "has_quorum": True,
        "explanation": "All 3 every week; 1 would rather meet then; before 8:00 or after 22:00 for one.",
        "clocks": [{"zone": "Asia/Kolkata", "words": "Tue 22:30"}, {"zone": "Europe/Berlin", "words": "Tue 18:00"}],
    }
    assert client.get("/api/v1/groups/slowly/best-times/?minutes=5").status_code == 400
    ReadingGroup.objects.get(slug="slowly").enrolments.all().delete()
    refused = client.get("/api/v1/groups/slowly/best-times/")
    assert (refused.status_code, refused.json()["code"]) == (409, "few_weeks")


def weekly(title, first, weeks=8, **fields):
    group = ReadingGroupFactory(title=title, **fields)
    for week in range(weeks):
        SessionFactory(
            group=group, starts_at=first + timedelta(weeks=week), ends_at=first + timedelta(weeks=week, hours=1)
        )
    return group


def test_groups_are_held_against_the_viewers_week_over_a_change_of_the_clocks(client):
    """18:00 in Berlin is 21:30 in Kolkata until 25 October 2026, and 22:30 from then on."""
    with time_machine.travel(datetime(2026, 10, 6, 12, tzinfo=UTC), tick=False):
        berlin = ReadingGroupFactory(title="Berlin")
        for day in (13, 20):
            SessionFactory(
                group=berlin,
                starts_at=datetime(2026, 10, day, 16, tzinfo=UTC),
                ends_at=datetime(2026, 10, day, 17, tzinfo=UTC),
            )
        SessionFactory(
            group=berlin,
            starts_at=datetime(2026, 10, 27, 17, tzinfo=UTC),
            ends_at=datetime(2026, 10, 27, 18, tzinfo=UTC),
        )
        weekly("Always", datetime(2026, 10, 14, 16, tzinfo=UTC), weeks=4)
        weekly("Never", datetime(2026, 10, 12, 3, tzinfo=UTC), weeks=4)
        ReadingGroupFactory(title="Not planned")
        weekly("Cancelled otherwise", datetime(2026, 10, 15, 16, tzinfo=UTC), weeks=1).sessions.create(
            held_on=date(2026, 10, 16),
            starts_at=datetime(2026, 10, 16, 3, tzinfo=UTC),
            ends_at=datetime(2026, 10, 16, 4, tzinfo=UTC),
            is_cancelled=True,
        )
        viewer = with_week("Asia/Kolkata", tue="21.5-22.5:1", wed="21.5-22.5:2", thu="21-23:3")
        client.force_login(viewer, backend=BACKEND)
        page = client.get("/groups/")
        assert {group.title: (group.fit_count, group.fit_ahead) for group in page.context["page"]} == {
            "Berlin": (2, 3),
            "Always": (4, 4),
            "Never": (0, 4),
            "Not planned": (0, 0),
            "Cancelled otherwise": (1, 1),
        }
        html = page.content.decode()
        assert html.count("Fits your week</p>") == 2
        assert "2 of 3 coming sessions fit your week" in html
        assert "Not in your week" in html
        titles = {
            query: [group.title for group in client.get(f"/groups/?{query}").context["page"]]
            for query in ("fits=1", "order=fits", "fits=1&order=title")
        }
        assert titles == {
            "fits=1": ["Always", "Cancelled otherwise"],
            "order=fits": ["Always", "Cancelled otherwise", "Berlin", "Never", "Not planned"],
            "fits=1&order=title": ["Always", "Cancelled otherwise"],
        }
        rows = client.get("/api/v1/groups/?fits=1").json()
        assert [row["title"] for row in rows["results"]] == ["Always", "Cancelled otherwise"]


@pytest.mark.parametrize("rows", [3, 8])
def test_browsing_with_a_week_is_one_query_more_at_any_length(client, rows):
    for n in range(rows):
        weekly(f"Group {n}", datetime(2026, 12, 1, 16, tzinfo=UTC))
    client.force_login(with_week("Asia/Kolkata", tue="21.5-23:1"), backend=BACKEND)
    for query in ("", "?fits=1", "?order=fits"):
        # As without a week, and the week.
        with exactly(8, signed_in=True):
            response = client.get(f"/groups/{query}")
        assert response.content.count(b'class="row"') == rows


def test_without_a_week_nothing_claims_to_fit(client):
    weekly("Slowly", datetime(2026, 12, 1, 16, tzinfo=UTC))
    for member in (None, MemberFactory()):
        if member:
            client.force_login(member, backend=BACKEND)
        html = client.get("/groups/?fits=1&order=fits").content.decode()
        assert "Slowly" in html
        assert "your week</p>" not in html
        assert "Mark your typical week first; then groups can be held against it." in html
    assert "Mark your typical week</a>" in html
    assert client.get("/api/v1/groups/?fits=1").status_code == 400
