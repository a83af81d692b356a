"""Reading lists as files hold them: what is no list is refused in one line, what is one becomes rows."""

import json
from datetime import date, time

import pytest

from reading_groups.importer import NotAReadingList, parse, parse_content, read_file
from reading_groups.importer.rows import MOST_BYTES
from reading_groups.papers.rows import RefusedRow


def paper_of(**content):
    """The row of one paper in a session of its own."""
    return parse_content({"sessions": [{"title": "A session", "papers": [content]}]}).sessions[0].papers[0]


def session_of(**content):
    return parse_content({"sessions": [content]}).sessions[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b" \n\t", "The file is empty."),
        (b"title,authors\n", "The file is not JSON: line 1, column 1."),
        (b'{"sessions": [}', "The file is not JSON: line 1, column 15."),
        ('{"group": "Gödel"}'.encode("latin-1"), "The file is not UTF-8 text: byte 13 does not belong."),
        ('{"sessions": []}'.encode("utf-16"), "The file is not UTF-8 text: byte 1 does not belong."),
        (b"\x89PNG\r\n\x1a\n\x00", "The file is not UTF-8 text: byte 1 does not belong."),
        (b"[" * 100_000, "The file is nested too deeply to be a reading list."),
        (b'{"a":' * 100_000, "The file is nested too deeply to be a reading list."),
        (b'{"sessions": [' + b"7" * 5000 + b"]}", "The file holds a number that is too long to be read."),
        (b"[1, 2]", "The file is no reading list: it must be an object with a list of “sessions”."),
        (b"null", "The file is no reading list: it must be an object with a list of “sessions”."),
        (b'{"sessions": {"a": 1}}', "The file is no reading list: it must be an object with a list of “sessions”."),
        (b'{"sessions": []}', "The reading list has no sessions."),
    ],
)
def test_what_is_no_reading_list_is_refused_in_one_line(data, message):
    with pytest.raises(NotAReadingList) as caught:
        parse(data)
    assert str(caught.value) == message


def test_a_file_of_fifty_megabytes_is_refused_before_it_is_read(tmp_path):
    file = tmp_path / "large.json"
    with file.open("wb") as out:
        out.truncate(50 * 1024 * 1024)
    with pytest.raises(NotAReadingList, match=r"^The file is larger than 20 MB. Split it into several.$"):
        read_file(file)


def test_a_file_just_below_the_limit_is_read(tmp_path):
    file = tmp_path / "list.json"
    frame = json.dumps({"sessions": [{"title": "A", "papers": [{"title": ""}]}]})
    file.write_text(frame.replace('{"title": ""}', f'{{"title": "{"x" * (MOST_BYTES - len(frame))}"}}'))
    assert file.stat().st_size == MOST_BYTES
    [paper] = read_file(file).sessions[0].papers
    assert (paper.title, paper.without) == ("x" * 500, ("the end of its title", "a year"))


@pytest.mark.parametrize("name", ["missing.json", ".", "nul\x00.json"])
def test_a_file_that_cannot_be_opened_is_told(tmp_path, name):
    with pytest.raises(
        NotAReadingList, match=r"^(There is no file|The folder .* has no \.abs file|The file cannot be opened)"
    ):
        read_file(tmp_path / name)


def test_a_list_of_too_many_rows_is_refused():
    with pytest.raises(NotAReadingList, match=r"more than 5,000 sessions or 20,000 papers"):
        parse_content({"sessions": [{"title": "A", "papers": [{}] * 20_001}]})


def test_a_row_without_a_title_is_refused():
    for title in (None, "", "   ", "\u200b\u202e", 7, ["A"], "<b></b>", "<br"):
        assert paper_of(title=title) == RefusedRow(place="1.1", title="", reason="it has no title")
    assert isinstance(session_of(date="2026-03-02", papers=[]), RefusedRow)
    assert session_of(date="2026-03-02", papers=[{"arxiv_id": "2209.13075"}]).reason == (
        "it has no title and no paper with one"
    )


def test_a_row_of_another_shape_is_refused_alone():
    sessions = parse_content({"sessions": ["Monday", {"title": "A", "papers": [None, {"title": "B"}]}]}).sessions
    assert sessions[0].reason == "it is not an object"
    assert [type(paper).__name__ for paper in sessions[1].papers] == ["RefusedRow", "PaperRow"]


def test_a_session_comes_in_without_what_cannot_be_read():
    session = session_of(title="Stein's method", date="2011-02-03", time="30pm", papers="none")
    assert (session.held_on, session.starts_at, session.states_time) == (date(2011, 2, 3), None, True)
    assert session.without == ("its time (“30pm” is not a time)", "its papers (they are not a list)")
    assert session_of(title="A", date="31 May").without == ("its date (“31 May” is not a date)",)
    assert session_of(title="A", date="2011-02-30").without == ("its date (“2011-02-30” is not a date)",)
    assert session_of(title="A", date="0001-01-01", time="1am").without == ("its date (“0001-01-01” is not a date)",)
    assert session_of(title="A", date=20110203).without == ("its date (“20110203” is not a date)",)
    assert session_of(title="A").without == ("a date",)
    assert session_of(title="A", date="2011-02-03", time=[["3pm"]]).without == ("its time (“[…]” is not a time)",)


def test_a_paper_comes_in_without_what_cannot_be_read():
    paper = paper_of(
        title="Adam",
        year=20155,
        authors={"first": "D. Kingma"},
        url="javascript:alert(1)",
        arxiv_id="one four one two",
    )
    assert (paper.year, paper.authors, paper.url, paper.arxiv_id) == (None, (), "", "")
    assert paper.without == (
        "its authors (they are not a list of names)",
        "its link (“javascript:alert(1)” is not a web address)",
        "its year (“20155” is not a year)",
        "its arXiv id (“one four one two” is not one)",
    )
    assert paper_of(title="Adam").without == ("a year",)
    assert paper_of(title="Adam", year=True).without == ("its year (“True” is not a year)",)
    assert paper_of(title="Adam", year="2015", url="https://example.org/" + "a" * 1000).url == ""


def test_markup_and_hidden_marks_leave_the_title():
    paper = paper_of(title="<script>alert(1)</script> On <i>k</i>-means\u202e\x00 <br", year=2020)
    assert (paper.title, paper.without) == ("alert(1) On k-means", ("the markup in its title",))
    kept = "SqueezeNet: fewer parameters and< 1MB model size, for a<b"
    assert paper_of(title=kept, year=2016).title == kept
    assert paper_of(title="half \ud800 a character", year=2016).title == "half a character"


def test_what_is_too_long_is_cut_and_told():
    paper = paper_of(title="word " * 500, authors=["n" * 300] * 300, year=2020)
    assert (len(paper.title), paper.without) == (499, ("the end of its title",))
    assert (len(paper.authors), len(paper.authors[0]), paper.authors_are_cut) == (200, 200, True)
    session = session_of(title="t" * 100_000, date="2026-03-02")
    assert (len(session.title), session.without) == (300, ("the end of its title",))


def test_and_others_is_not_a_name():
    paper = paper_of(title="Lottery tickets", authors=["Zhou et. al"], year=2019)
    assert (paper.authors, paper.authors_are_cut) == (("Zhou",), True)
    paper = paper_of(title="Lottery tickets", authors=["Frankle", "Carbin"], year=2019)
    assert (paper.authors, paper.authors_are_cut) == (("Frankle", "Carbin"), False)


@pytest.mark.parametrize(
    ("stated", "url", "found"),
    [
        ("1412.6980", None, "1412.6980"),
        ("arXiv:1412.6980v9", None, "1412.6980"),
        ("hep-th/9901001", None, "hep-th/9901001"),
        (None, "https://www.arxiv.org/pdf/1904.01557v1.pdf", "1904.01557"),
        (None, "http://arxiv.org/abs/math.GT/0309136", "math/0309136"),
        (None, "https://example.org/arxiv.org/abs/1412.6980", ""),
        (None, None, ""),
    ],
)
def test_the_arxiv_id_is_found_without_its_version(stated, url, found):
    assert paper_of(title="Adam", arxiv_id=stated, url=url).arxiv_id == found


def test_a_time_for_all_reaches_those_that_state_none():
    sessions = [
        {"title": "states one", "date": "2026-03-02", "time": "4-5 pm"},
        {"title": "states none", "date": "2026-03-09"},
        {"title": "cannot be read", "date": "2026-03-16", "time": "30pm"},
        {"title": "has no date"},
    ]
    filled = parse_content({"sessions": sessions}).with_time(time(15, 0))
    assert [session.starts_at for session in filled.sessions] == [time(16, 0), time(15, 0), None, None]


def test_as_a_pool_nothing_has_a_date():
    pool = parse_content({"sessions": [{"title": "A", "date": "2026-03-02", "time": "30pm", "papers": []}]}).as_pool()
    assert (pool.sessions[0].held_on, pool.sessions[0].without, pool.has_times) == (None, (), False)
