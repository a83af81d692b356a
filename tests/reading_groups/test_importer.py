"""Importing reading lists: each row once however often, and told what became of it."""

import json
from datetime import UTC, date, datetime, time

import pytest
from django.core.management import CommandError, call_command

from reading_groups import actions
from reading_groups.importer import CannotImport, Outcome, import_reading_list, parse_content
from reading_groups.models import Paper, Reading, ReadingGroup, Session
from tests.factories import PaperFactory, ReadingGroupFactory, SessionFactory

pytestmark = pytest.mark.django_db


def run(now, *sessions, slug="graphs", zone="Europe/Berlin", at=None):
    reading_list = parse_content({"sessions": list(sessions)})
    if at:
        reading_list = reading_list.with_time(at)
    return import_reading_list(reading_list=reading_list, slug=slug, title="Graphs", zone=zone, now=now)


def told(report, what):
    return [(entry.outcome, entry.detail) for entry in report.entries if entry.what == what]


def totals(report):
    """Created, matched, refused, without a part; for sessions and for papers; and readings."""
    kinds = (Outcome.CREATED, Outcome.MATCHED, Outcome.REFUSED)
    return *(
        (*(report.count(what, kind) for kind in kinds), report.partial(what)) for what in ("session", "paper")
    ), report.readings_created


def rows():
    return ReadingGroup.objects.count(), Session.objects.count(), Paper.objects.count(), Reading.objects.count()


@pytest.mark.parametrize(
    ("name", "first", "again", "stored"),
    [
        ("cmu_statml", ((345, 4, 33, 8), (338, 11, 89, 294), 345), ((0, 349, 33, 8), (0, 349, 89, 294), 0), (345, 338)),
        ("dair_papers_of_the_week", ((130, 0, 0, 0), (1297, 3, 0, 201), 1299), None, (130, 1297)),
        ("awesome_deep_learning_papers_cc0", ((0, 0, 0, 15), (209, 1, 0, 0), 209), None, (0, 209)),
        ("sforaidl_bits_goa", ((0, 0, 0, 64), (64, 0, 0, 9), 64), None, (0, 64)),
        ("clulab_candidate_papers", ((0, 0, 0, 13), (355, 13, 0, 193), 355), None, (0, 355)),
        ("papers_we_love_topics", ((0, 0, 0, 69), (490, 49, 0, 486), 490), None, (0, 490)),
        ("uw_machines_who_learn", ((8, 0, 0, 0), (8, 0, 0, 0), 8), None, (8, 8)),
    ],
)
def test_real_lists_come_in_whole_and_once(now, real_data, name, first, again, stored):
    content = json.loads((real_data / f"reading-groups/{name}.json").read_text())
    zone = content.get("tz", "")
    report = run(now, *content["sessions"], zone=zone)
    assert totals(report) == first
    assert (Session.objects.count(), Paper.objects.count()) == stored
    again = again or (*((0, c + m, r, p) for c, m, r, p in first[:2]), 0)
    before = rows()
    assert totals(run(now, *content["sessions"], zone=zone)) == again
    assert rows() == before


def test_sessions_of_a_real_schedule_keep_their_wall_time(now, real_data):
    content = json.loads((real_data / "reading-groups/cmu_statml.json").read_text())
    report = run(now, *content["sessions"], zone=content["tz"])
    group = ReadingGroup.objects.get(slug="graphs")
    winter = group.sessions.get(held_on=date(2025, 1, 31))
    assert (winter.starts_at, winter.ends_at) == (
        datetime(2025, 1, 31, 21, 0, tzinfo=UTC),
        datetime(2025, 1, 31, 22, 0, tzinfo=UTC),
    )
    summer = group.sessions.get(held_on=date(2025, 4, 11))
    assert summer.starts_at == datetime(2025, 4, 11, 20, 0, tzinfo=UTC)
    assert group.sessions.filter(starts_at=None).count() == 170
    wrong = [entry for entry in report.entries if "its time (“30pm” is not a time)" in entry.without]
    assert len(wrong) == 8
    assert {entry.outcome for entry in wrong} == {Outcome.CREATED}


def test_a_new_group_is_a_draft_of_which_only_admins_know(now):
    report = run(now, {"title": "A", "date": "2026-03-02"})
    group = ReadingGroup.objects.get(slug="graphs")
    assert (group.state, group.zone, report.group_is_new) == ("draft", "Europe/Berlin", True)
    run(now, {"title": "B", "date": "2026-03-02", "papers": [{"title": "Random forests"}]})
    assert ReadingGroup.objects.matching("forest").get() == group


def test_papers_are_found_by_arxiv_id_then_by_title(now):
    adam = PaperFactory(title="Adam: a method", arxiv_id="1412.6980", year=2014)
    forests = PaperFactory(title="Random Forests", authors=["Leo Breiman"], year=2001)
    papers = [
        {"title": "ADAM optimizer", "arxiv_id": "1412.6980v9"},
        {"title": "Random forests!", "authors": ["L. Breiman"], "year": 2003},
        {"title": "Random forests", "authors": ["T. Ho"], "year": 2001},
        {"title": "Random forests", "year": 2001},
    ]
    report = run(now, {"title": "A", "date": "2026-03-02", "papers": papers})
    assert told(report, "paper") == [
        ("matched", "by its arXiv id, known as “Adam: a method”"),
        ("matched", "by its title"),
        ("created", ""),
        ("matched", "by its title, on the list already"),
    ]
    assert set(Reading.objects.values_list("paper", flat=True)) >= {adam.pk, forests.pk}


def test_a_long_title_tells_more_than_a_short_one(now):
    long_title = "Understanding deep learning requires rethinking generalization"
    PaperFactory(title=long_title, year=2016)
    PaperFactory(title="Differential privacy", year=2006)
    report = run(
        now, {"title": "A", "date": "2026-03-02", "papers": [{"title": long_title}, {"title": "Differential privacy"}]}
    )
    assert told(report, "paper") == [("matched", "by its title"), ("created", "")]


def test_a_paper_in_two_sessions_is_one_paper_and_two_readings(now):
    paper = {"title": "Attention is all you need", "year": 2017}
    report = run(
        now,
        {"title": "First half", "date": "2026-03-02", "papers": [paper, paper]},
        {"title": "Second half", "date": "2026-03-09", "papers": [paper | {"part": "Sections 4 to 7"}]},
    )
    assert told(report, "paper") == [
        ("created", ""),
        ("matched", "by its title, on the list already"),
        ("matched", "by its title"),
    ]
    assert list(Reading.objects.order_by("position").values_list("session__title", "part")) == [
        ("First half", ""),
        ("Second half", "Sections 4 to 7"),
    ]


def test_papers_without_a_date_go_to_the_pool_in_order_and_once(now):
    themed = [
        {"title": "Vision", "papers": [{"title": "Fast R-CNN"}, {"title": "Mask R-CNN"}]},
        {"title": "Speech", "papers": [{"title": "WaveNet"}, {"title": "Mask R-CNN"}]},
        {"title": "Nothing yet", "papers": []},
    ]
    report = run(now, *themed)
    assert [outcome for outcome, _detail in told(report, "session")] == ["pooled", "pooled", "refused"]
    group = ReadingGroup.objects.get()
    pool = [reading.paper.title for reading in group.readings.in_pool().in_order()]
    assert pool == ["Fast R-CNN", "Mask R-CNN", "WaveNet"]
    # What an organizer has scheduled meanwhile does not come back into the pool.
    group.readings.filter(paper__title="WaveNet").update(session=SessionFactory(group=group))
    assert run(now, *themed).readings_created == 0


def test_the_same_title_on_one_day_is_one_session_unless_the_times_differ(now):
    report = run(
        now,
        {"title": "Conformal prediction", "date": "2026-03-02", "time": "3pm"},
        {"title": "Conformal Prediction.", "date": "2026-03-02"},
        {"title": "Conformal prediction", "date": "2026-03-02", "time": "5pm"},
    )
    assert [outcome for outcome, _detail in told(report, "session")] == ["created", "matched", "created"]


def test_another_session_at_the_same_instant_is_refused_with_its_papers(now):
    first = {"title": "Splines", "date": "2026-03-02", "time": "3pm", "papers": [{"title": "B-splines"}]}
    second = {"title": "Kernels", "date": "2026-03-02", "time": "3pm", "papers": [{"title": "Kernel smoothing"}]}
    report = run(now, first, second)
    assert told(report, "session")[1] == ("refused", "another session is at that time, “Splines”")
    assert told(report, "paper")[1] == ("refused", "its session is refused")
    assert (Session.objects.count(), Paper.objects.count()) == (1, 1)
    assert totals(run(now, first, second)) == ((0, 1, 1, 0), (0, 1, 1, 1), 0)


def test_planned_sessions_get_their_titles(now):
    group = ReadingGroupFactory(slug="graphs", zone="Europe/Berlin")
    actions.plan_sessions(group=group, first_on=date(2026, 3, 3), last_on=date(2026, 3, 10))
    report = run(
        now,
        {"title": "Splines", "date": "2026-03-03", "time": "3pm"},
        {"title": "Kernels", "date": "2026-03-10"},
    )
    assert told(report, "session") == [("matched", "given its title"), ("matched", "given its title")]
    assert list(group.sessions.order_by("held_on").values_list("title", flat=True)) == ["Splines", "Kernels"]


def test_a_time_put_right_in_the_file_reaches_the_session(now):
    run(now, {"title": "Splines", "date": "2026-03-02", "time": "30pm"})
    assert Session.objects.get().starts_at is None
    report = run(now, {"title": "Splines", "date": "2026-03-02", "time": "3:30 pm"})
    assert told(report, "session") == [("matched", "given its time")]
    assert Session.objects.get().starts_at == datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


def test_a_time_for_all_does_not_double_sessions_when_it_changes(now):
    rows_of = {"title": "Splines", "date": "2026-03-02"}
    run(now, rows_of, at=time(15, 0))
    run(now, rows_of, at=time(16, 0))
    assert Session.objects.get().starts_at == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def test_times_need_a_zone_and_a_group_keeps_its_own(now):
    timed = {"title": "Splines", "date": "2026-03-02", "time": "3pm"}
    with pytest.raises(CannotImport, match=r"^The list has times but no zone"):
        run(now, timed, zone="")
    run(now, timed)
    with pytest.raises(CannotImport, match=r"^The group graphs keeps the time of Europe/Berlin, the list that of UTC"):
        run(now, timed, zone="UTC")
    assert ReadingGroup.objects.get().sessions.count() == 1


def test_the_number_of_queries_does_not_grow_with_the_list(now, django_assert_num_queries):
    def weeks(count):
        return [
            {
                "title": f"Week {n}",
                "date": f"2026-{n // 28 + 1:02}-{n % 28 + 1:02}",
                "papers": [{"title": f"Paper {n} of {count}", "arxiv_id": f"{count:04}.{n:05}"}],
            }
            for n in range(count)
        ]

    # Six savepoint statements around the action and those it calls; the group looked for and saved; its sessions read
    # and written; papers read by id and by title, and written; readings and the last position read, and written; the
    # search index.
    for slug, count in (("small", 3), ("large", 300)):
        with django_assert_num_queries(17):
            run(now, *weeks(count), slug=slug)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "list.json"
    session = {"title": "Splines", "date": "2026-03-02", "time": "3pm", "papers": [{"title": "B-splines"}, {}]}
    path.write_text(json.dumps({"group": "Smoothing", "tz": "Asia/Calcutta", "sessions": [session]}))
    return path


def test_the_command_reports_each_row_and_the_totals(file, capsys):
    call_command("import_reading_list", str(file))
    assert capsys.readouterr().out.splitlines() == [
        "group smoothing created as a draft, zone Asia/Kolkata | Smoothing",
        "session 1 created | 2026-03-02 Splines",
        "  paper 1.1 created: without a year | B-splines",
        "  paper 1.2 refused: it has no title",
        "sessions: 1 created, 0 matched, 0 refused; 0 without a part",
        "papers: 1 created, 0 matched, 1 refused; 1 without a part",
        "readings: 1 created",
        "The group is a draft. Give it organizers and open it in admin: smoothing",
    ]


def test_a_dry_run_reports_the_same_and_changes_nothing(file, capsys):
    call_command("import_reading_list", str(file), dry_run=True)
    dry = capsys.readouterr().out.splitlines()
    assert rows() == (0, 0, 0, 0)
    call_command("import_reading_list", str(file))
    assert dry[:-1] == capsys.readouterr().out.splitlines()[:-1]
    assert dry[-1] == "This was a dry run: nothing has changed."


def test_the_command_imports_as_a_pool_under_another_name(file):
    call_command("import_reading_list", str(file), "--as", "pool", "--title", "Splines", "--slug", "spl")
    group = ReadingGroup.objects.get(slug="spl")
    assert (group.title, group.sessions.count(), group.readings.in_pool().count()) == ("Splines", 0, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--zone", "Mars/Olympus"], "There is no time zone called “Mars/Olympus”. Choose the city nearest to you."),
        (["--time", "3 pm"], "“3 pm” is not a time. Write it as in --time 15:30."),
        (["--time", "25:00"], "“25:00” is not a time. Write it as in --time 15:30."),
        (["--slug", "propose"], "The site itself has a page at the address propose: give another one with --slug."),
        (["--title", "読書会"], "The group needs an address of at most 80 letters: give one with --slug."),
        (["--title", "x" * 141], "That title is too long: 140 letters are the most."),
    ],
)
def test_wrong_options_are_told_in_one_line(file, options, message):
    with pytest.raises(CommandError) as caught:
        call_command("import_reading_list", str(file), *options)
    assert str(caught.value) == message
    assert rows() == (0, 0, 0, 0)


@pytest.mark.parametrize("content", [b"", b"no list", b"\xff\xfe", b"[]", b"{" * 90_000])
def test_a_bad_file_is_told_in_one_line(tmp_path, content):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        call_command("import_reading_list", str(path))
    assert str(caught.value).startswith("The file ")
    assert "\n" not in str(caught.value)
