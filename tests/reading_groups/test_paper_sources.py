"""What people have of a paper, read without a database: identifiers, LaTeX, BibTeX, arXiv records, what is pasted."""

import json
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reading_groups.importer import NotAReadingList, read_file
from reading_groups.papers import abs as records
from reading_groups.papers import bibtex
from reading_groups.papers.identifiers import arxiv_id_of, doi_of
from reading_groups.papers.latex import to_plain
from reading_groups.papers.pasted import LONGEST_PASTED, CannotReadPaper, read_pasted
from reading_groups.papers.rows import PaperRow, RefusedRow

SECONDS = 5


@pytest.mark.parametrize(
    ("text", "arxiv_id"),
    [
        ("1706.03762", "1706.03762"),
        (" arXiv:1706.03762v5 ", "1706.03762"),
        ("arXiv: 1706.03762 [cs.CL]", "1706.03762"),
        ("https://arxiv.org/abs/1706.03762v5", "1706.03762"),
        ("http://arxiv.org/pdf/1512.08849v1.pdf", "1512.08849"),
        ("https://export.arxiv.org/abs/hep-ex/0307015", "hep-ex/0307015"),
        ("arxiv.org/html/2401.00001", "2401.00001"),
        ("math.GT/0309136", "math/0309136"),
        ("HEP-TH/9901001v2", "hep-th/9901001"),
        ("https://doi.org/10.48550/arXiv.2301.00704", "2301.00704"),
        ("https://example.org/abs/1706.03762", ""),
        ("https://arxiv.org.example.org/abs/1706.03762", ""),
        ("1706.037", ""),
        ("170603762", ""),
        ("", ""),
    ],
)
def test_arxiv_ids_have_one_spelling(text, arxiv_id):
    assert arxiv_id_of(text) == arxiv_id


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1063/1.48251", "10.1063/1.48251"),
        ("doi:10.1103/PhysRevD.76.023505", "10.1103/physrevd.76.023505"),
        ("https://doi.org/10.18653/v1/2020.acl-main.1", "10.18653/v1/2020.acl-main.1"),
        ("http://dx.doi.org/10.1175/1520-0469(1996)053%3C0946%3E2.0.CO;2", "10.1175/1520-0469(1996)053<0946>2.0.co;2"),
        ("10.1000/182.", "10.1000/182"),
        ("10.1/x", ""),
        ("https://example.org/10.1063/1.48251", ""),
        ("", ""),
    ],
)
def test_dois_have_one_spelling(text, doi):
    assert doi_of(text) == doi


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"{\"U}ber {GAN}s and $\alpha$-rules: 100% \& more", "Über GANs and α-rules: 100% & more"),
        (r"Erd\H{o}s and H{\aa}stad", "Erdős and Håstad"),
        (r"Observation of the rare $B^0_s\to\mu^+\mu^-$ decay", "Observation of the rare B^0_s→μ^+μ^- decay"),
        ("Q & A #1", "Q & A #1"),
        ("Plain", "Plain"),
    ],
)
def test_latex_becomes_text(latex, text):
    assert to_plain(latex) == text


@pytest.mark.parametrize("piece", ["{", "\\", "$", r"\frac{", r"\"{", "}", r"\begin{x}", r"\verb|", "~", "$$", r"\'"])
def test_hostile_latex_takes_no_time_and_raises_nothing(piece):
    begun = perf_counter()
    to_plain(piece * (1_000_000 // len(piece)))
    assert perf_counter() - begun < SECONDS


ENTRY = r"""
@inproceedings{vaswani2017,
  title = {Attention is {All} you Need},
  author = {Vaswani, Ashish and {\'E}mile {von Neumann} and Erd{\H o}s, Jr, P{\'a}l and others},
  booktitle = "Advances in Neural " # "Information Processing",
  year = 2017,
  eprint = {1706.03762v5}, archivePrefix = {arXiv},
  doi = {10.5555/ABC\_1},
  url = {\url{https://example.org/a_b%20c~d}},
}
"""


def test_an_entry_is_read_with_its_accents():
    (row,) = bibtex.rows_of(ENTRY)
    assert row == PaperRow(
        place="1",
        title="Attention is All you Need",
        authors=("Ashish Vaswani", "Émile von Neumann", "Pál Erdős Jr"),
        authors_are_cut=True,
        year=2017,
        venue="Advances in Neural Information Processing",
        url="https://example.org/a_b%20c~d",
        arxiv_id="1706.03762",
        doi="10.5555/abc_1",
    )


def test_strings_dates_and_editors_are_understood():
    rows = bibtex.rows_of(
        '@string{nips = "NeurIPS"}\n@comment{nothing}\n'
        '@book{a, title="A", editor="B C", date={2019-05}, booktitle=nips}'
    )
    assert [(row.title, row.authors, row.year, row.venue) for row in rows] == [("A", ("B C",), 2019, "NeurIPS")]


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("@article{a, title={x}, title={y}}", ["it states title twice"]),
        ("@article{a, title={x}}\n@article{a, title={y}}", ["another entry has the key a"]),
        ("@article{a, author={x}}", ["it has no title"]),
        ("@article{a, title={x", ["it is no BibTeX that can be read"]),
        ("@article{a title={x}}", ["it is no BibTeX that can be read"]),
    ],
)
def test_broken_entries_are_refused_with_their_reason(text, reasons):
    refused = [row for row in bibtex.rows_of(text) if isinstance(row, RefusedRow)]
    assert [row.reason.partition(";")[0] for row in refused] == reasons


HOSTILE_ENTRIES = [
    "@article{" * 2_000,
    "@article{a, title={" + "{" * 9_000 + "}" * 9_000 + "}}",
    "@article{a, title={" + "x" * 19_000 + "}}",
    "@article{a, title={" + r"\"{" * 5_000 + "}" * 5_000 + "}}",
    "@article{a, author={" + " and " * 3_900 + "}, title={x}}",
    "@article{a, author={" + "{" * 9_000 + "}, title={x}}",
    "@" * 20_000,
    '@article{a,title="' * 1_000,
    "@string{a=a}@string{b=a#b}@article{k, title=b#b#b}",
    "@string{a = {" + "x" * 900 + "}}\n" + "@article{k, title = " + " # ".join(["a"] * 4_000) + "}",
    "@article{a, title={<script>alert(1)</script>}, url={javascript:alert(1)}, year={9999999999999999999}}",
    "@article{a, title={\x00\u202e}}",
    "@article{a, title={$" + r"\frac{" * 3_000 + "$}}",
    "@article{a, title={" + r"\input{/etc/passwd}" + "}}",
]


@pytest.mark.parametrize("text", HOSTILE_ENTRIES, ids=lambda text: f"{text[:24]!r} {len(text)}")
def test_hostile_entries_are_read_or_refused_soon(text):
    begun = perf_counter()
    try:
        row = read_pasted(text)
    except CannotReadPaper:
        row = None
    assert perf_counter() - begun < SECONDS
    assert row is None or ("<" not in row.title and row.url == "")


def test_a_megabyte_is_refused_before_it_is_read():
    begun = perf_counter()
    with pytest.raises(CannotReadPaper, match="longer than one paper needs"):
        read_pasted("@article{a, title={" + "x" * 1_000_000 + "}}")
    assert perf_counter() - begun < 0.5
    assert len(ENTRY) < LONGEST_PASTED


@given(st.text(st.sampled_from('@{}",=#\\ \nabtitle$%&')))
def test_whatever_is_pasted_is_read_or_refused(text):
    try:
        row = read_pasted(text)
    except CannotReadPaper:
        return
    assert row.title or row.arxiv_id or row.doi or row.url


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("1706.03762", {"arxiv_id": "1706.03762"}),
        ("https://arxiv.org/abs/1706.03762v5", {"arxiv_id": "1706.03762"}),
        ("https://doi.org/10.1063/1.48251", {"doi": "10.1063/1.48251"}),
        ("https://example.org/paper.pdf", {"url": "https://example.org/paper.pdf"}),
    ],
)
def test_an_identifier_or_a_link_has_no_title_yet(text, row):
    assert read_pasted(text) == PaperRow(place="1", title="", **row)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Attention is all you need", "This is no arXiv id, DOI"),
        ("javascript:alert(1)", "This is no arXiv id, DOI"),
        ("https://", "This is no arXiv id, DOI"),
        ("https://example.org/" + "x" * 1_000, "This is no arXiv id, DOI"),
        (ENTRY + ENTRY.replace("vaswani2017", "b"), "There are 2 papers here"),
        ("@comment{a}", "There is no BibTeX entry here"),
    ],
)
def test_what_names_no_paper_is_told(text, problem):
    with pytest.raises(CannotReadPaper, match=f"^{problem}"):
        read_pasted(text)


# The records of arXiv ----------------------------------------------------------------------------------------------


def record_of(folder: Path, name: str) -> PaperRow:
    (row,) = read_file(folder / f"papers/arxiv_abs_raw/{name}.abs").sessions[0].papers
    return row


def test_every_record_of_arxiv_comes_in(real_data):
    (heading,) = read_file(real_data / "papers/arxiv_abs_raw").sessions
    assert len(heading.papers) == 92
    assert [row for row in heading.papers if isinstance(row, RefusedRow)] == []
    # One names a handle of another kind as its DOI.
    assert {row.arxiv_id: row.without for row in heading.papers if row.without} == {
        "2009.01669": ("its DOI (“21.11130/00-1735-0000-0005-<146A>&-E” is not one)",)
    }
    assert all(row.authors and row.year and row.arxiv_id for row in heading.papers)
    assert not any(sign in row.title + " ".join(row.authors) for row in heading.papers for sign in "\\${}")


def test_records_give_what_another_reader_found(real_data):
    (heading,) = read_file(real_data / "papers/arxiv_abs_raw").sessions
    ours = {row.arxiv_id: row for row in heading.papers}
    with (real_data / "papers/arxiv_cc0.jsonl").open() as lines:
        theirs = [json.loads(line) for line in lines]
    compared = [(ours[arxiv_id], paper) for paper in theirs if (arxiv_id := arxiv_id_of(paper["id"])) in ours]
    assert len(compared) > 20
    assert [row.arxiv_id for row, paper in compared if row.year != paper["year"]] == []
    # The first has 2,830 authors, of whom we keep 200; in the second, “Jr.” is no author.
    assert {row.arxiv_id: len(row.authors) for row, paper in compared if len(row.authors) != len(paper["authors"])} == {
        "1411.4413": 200,
        "2108.10257": 6,
    }
    assert ours["1411.4413"].authors_are_cut


def test_a_record_is_read_as_it_is_written(real_data):
    assert record_of(real_data, "acc-phys__papers__9411__9411001") == PaperRow(
        place="1.1",
        title="Symplectic Computation of Lyapunov Exponents",
        authors=("Salman Habib", "Robert D. Ryne"),
        year=1994,
        arxiv_id="acc-phys/9411001",
    )


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("A. B. (BINP, Russia), C. D and E. F. (X (Y))", ["A. B.", "C. D", "E. F."]),
        ("LHCb collaboration: R. Aaij, C. Abell\\'an Beteta", ["LHCb collaboration", "R. Aaij", "C. Abellán Beteta"]),
        ("R. Schack", ["R. Schack"]),
        ("Martin Luther King, Jr., A. Person", ["Martin Luther King Jr.", "A. Person"]),
        ("A. One, and B. Two", ["A. One", "B. Two"]),
        ("", []),
        ("A. (B. (C. (", ["A. (B. (C. ("]),
    ],
)
def test_authors_are_told_apart(authors, names):
    assert records.names_of(authors) == names


def test_a_record_without_an_id_or_a_title_is_refused(tmp_path):
    assert records.row_of("\\\\\nTitle: X\n\\\\").reason == "it has no arXiv id"
    assert records.row_of("\\\\\narXiv:1706.03762\n\\\\").reason == "it has no title"
    assert records.row_of("").reason == "it has no arXiv id"
    # The abstract is no field.
    text = "\\\\\narXiv:1706.03762\nTitle: X\n  Y\nDate: Mon, 3 Apr 2017\n\\\\\n  Text.\nTitle: Z\n\\\\\n"
    row = read_pasted(text)
    assert (row.title, row.year) == ("X Y", 2017)


def test_files_are_read_by_their_ending(tmp_path):
    (tmp_path / "a.bib").write_text(ENTRY + "@article{b, author={x}}", encoding="utf-8")
    (heading,) = read_file(tmp_path / "a.bib").sessions
    assert [(type(row).__name__, row.place) for row in heading.papers] == [("PaperRow", "1.1"), ("RefusedRow", "1.2")]
    (tmp_path / "old.abs").write_bytes("\\\\\narXiv:hep-th/9901001\nTitle: Über\nAuthors: É. C\n\\\\".encode("latin-1"))
    (heading,) = read_file(tmp_path / "old.abs").sessions
    assert (heading.papers[0].title, heading.papers[0].authors) == ("Über", ("É. C",))
    (tmp_path / "empty.bib").write_text("nothing")
    with pytest.raises(NotAReadingList, match=r"has no BibTeX entry"):
        read_file(tmp_path / "empty.bib")
    (tmp_path / "none").mkdir()
    with pytest.raises(NotAReadingList, match=r"has no \.abs file"):
        read_file(tmp_path / "none")
    (tmp_path / "large.bib").write_text("x" * 3_000_000)
    with pytest.raises(NotAReadingList, match=r"larger than 2 MB"):
        read_file(tmp_path / "large.bib")
