"""Asking arXiv, against a server on this machine.

Its answers are constructed from the format that arXiv documents for its query interface (Atom with the elements of its
own namespace, and errors as an entry); none was recorded.
"""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache

from reading_groups.papers import arxiv
from reading_groups.papers.arxiv import ArxivIsAsked, ArxivIsSilent, ArxivKnowsNone, fetch, read_answer
from reading_groups.papers.rows import PaperRow

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
      xmlns:arxiv="http://arxiv.org/schemas/atom">
  <title>ArXiv Query: search_query=&amp;id_list={id}&amp;start=0&amp;max_results=1</title>
  <id>http://arxiv.org/api/constructed</id>
  <updated>2026-11-24T00:00:00-05:00</updated>
  <opensearch:totalResults>{n}</opensearch:totalResults>
  {entry}
</feed>
"""
ENTRY = """<entry>
    <id>http://arxiv.org/abs/{id}v2</id>
    <published>2017-06-12T17:57:34Z</published>
    <updated>2023-08-02T00:41:18Z</updated>
    <title>A constructed title with
      G{{\\"o}}del and $\\alpha$</title>
    <summary>None.</summary>
    <author><name>Member A</name><arxiv:affiliation>Somewhere</arxiv:affiliation></author>
    <author><name>Member {{\\'E}}</name></author>
    <arxiv:doi>10.1000/ABC</arxiv:doi>
    <arxiv:journal_ref>J. Constr. 1 (2018) 1-2</arxiv:journal_ref>
    <arxiv:comment>2 pages</arxiv:comment>
    <link href="http://arxiv.org/abs/{id}v2" rel="alternate" type="text/html"/>
    <category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>
  </entry>"""
ERROR = """<entry>
    <id>http://arxiv.org/api/errors#incorrect_id_format_for_{id}</id>
    <title>Error</title>
    <summary>incorrect id format for {id}</summary>
    <author><name>arXiv api core</name></author>
  </entry>"""
ROW = PaperRow(
    place="1",
    title="A constructed title with Gödel and α",
    authors=("Member A", "Member É"),
    year=2017,
    venue="J. Constr. 1 (2018) 1-2",
    arxiv_id="1706.03762",
    doi="10.1000/abc",
)


def feed(arxiv_id: str = "1706.03762", entry: str = ENTRY) -> bytes:
    return FEED.format(id=arxiv_id, n=bool(entry), entry=entry.format(id=arxiv_id)).encode()


class Answers(BaseHTTPRequestHandler):
    """Answers each request as the test says, and keeps what was asked."""

    def do_GET(self):
        self.server.asked.append((parse_qs(urlsplit(self.path).query), self.headers["User-Agent"]))
        self.server.answer(self)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    server.asked, server.done = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.ARXIV_API_URL = f"http://127.0.0.1:{server.server_port}/api/query"
    yield server
    server.done.set()
    server.shutdown()
    thread.join()
    server.server_close()


def says(body: bytes, status: int = 200):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", "application/atom+xml")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_a_paper_is_found_by_its_id(server):
    server.answer = says(feed())
    assert fetch("1706.03762") == ROW
    ((query, user_agent),) = server.asked
    assert query == {"id_list": ["1706.03762"], "max_results": ["1"]}
    assert user_agent.startswith("student-research-collaborative (mailto:")


def test_an_answer_is_kept_and_nobody_asks_twice_in_three_seconds(server):
    server.answer = says(feed())
    fetch("1706.03762")
    assert fetch("1706.03762") == ROW
    with pytest.raises(ArxivIsAsked):
        fetch("2401.00001")
    assert len(server.asked) == 1
    cache.delete("arxiv-turn")
    server.answer = says(feed("hep-ex/0307015"))
    assert fetch("hep-ex/0307015").arxiv_id == "hep-ex/0307015"


@pytest.mark.parametrize("body", [feed(entry=""), feed(entry=ERROR), feed("1706.00001")])
def test_an_id_that_is_nobodys_is_told(server, body):
    server.answer = says(body)
    with pytest.raises(ArxivKnowsNone):
        fetch("1706.03762")


BOMB = b'<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><feed>&b;</feed>'


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"<html><body>Be back soon</body></html>", 200),
        (feed()[:300], 200),
        (feed(), 500),
        (feed(), 503),
        (feed(), 429),
        (BOMB, 200),
        (b"\x00" * 100, 200),
        (b"<a>" * 100_000, 200),
        (b"x" * (arxiv.MOST_BYTES + 2), 200),
    ],
)
def test_anything_else_is_silence(server, body, status):
    server.answer = says(body, status)
    with pytest.raises(ArxivIsSilent):
        fetch("1706.03762")


def drips(handler):
    """One letter now and then: no time-out of a connection ever runs out."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.done.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def says_nothing(handler):
    handler.server.done.wait(20)


@pytest.mark.parametrize("answer", [drips, says_nothing])
def test_a_slow_server_costs_no_more_than_its_time(server, monkeypatch, answer):
    monkeypatch.setattr(arxiv, "SECONDS_AT_MOST", 0.3)
    server.answer = answer
    begun = time.perf_counter()
    with pytest.raises(ArxivIsSilent):
        fetch("1706.03762")
    assert time.perf_counter() - begun < 2


def test_it_waits_less_than_five_seconds_and_not_in_line():
    assert arxiv.SECONDS_AT_MOST < 5


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:9/api/query", "http://no-such-host.invalid/", "nonsense"])
def test_without_a_server_there_is_silence(settings, address):
    settings.ARXIV_API_URL = address
    with pytest.raises(ArxivIsSilent):
        fetch("1706.03762")


def test_without_a_cache_nobody_is_asked(server, settings):
    server.answer = says(feed())
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9"}
    }
    with pytest.raises(ArxivIsSilent):
        fetch("1706.03762")
    assert server.asked == []


def test_an_answer_about_another_paper_is_none():
    with pytest.raises(ArxivKnowsNone):
        read_answer(feed("1706.03763"), "1706.03762")
