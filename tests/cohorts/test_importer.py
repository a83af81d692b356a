"""Applications from files: every row is used or told, and importing again adds nothing."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from cohorts import countries
from cohorts.importer import NotApplications, export_text, import_applications, read_rows, read_text
from cohorts.models import Application, Cohort
from tests.applicants import write_applicants
from tests.factories import ApplicationFactory, CohortFactory

pytestmark = pytest.mark.django_db
HEADER = "email,name,country,zone,institution,motivation,topics\n"
GOOD = HEADER + "a@example.org,Member A,Nepal,Asia/Kathmandu,A college,To read,Graphs\n"


@pytest.fixture
def cohort():
    return CohortFactory(slug="winter")


def run(cohort, text, now, *, is_dry_run=False):
    return import_applications(cohort_id=cohort.pk, rows=read_rows(text), is_dry_run=is_dry_run, now=now)


@pytest.fixture
def applicants(real_data, tmp_path):
    """A CSV of 120 applicants made of real answers, and the errors that its rows must give."""
    people = json.loads((real_data / "members" / "ols_members_anonymised.json").read_text())[:120]
    file = tmp_path / "applicants.csv"
    return file, write_applicants(people, file)


def command(file, *options):
    out = io.StringIO()
    call_command("import_applications", str(file), "--cohort", "winter", *options, stdout=out)
    return out.getvalue().splitlines()


def test_120_real_applicants_are_imported_but_for_exactly_the_rows_that_cannot_be(cohort, applicants):
    file, errors = applicants
    summary = f"{120 - len(errors)} applications, {len(errors)} rows that could not be used."
    *told, last, dry = command(file, "--dry-run")
    assert (sorted(told), last, Application.objects.count()) == (sorted(errors), summary, 0)
    assert dry == "This was a dry run: nothing has changed."
    *told, last = command(file)
    assert (sorted(told), last, Application.objects.count()) == (sorted(errors), summary, 120 - len(errors))
    assert 70 < 120 - len(errors) < 100  # the file is neither all right nor all wrong
    # Every country in it was understood, by its two letters.
    assert set(cohort.applications.values_list("country", flat=True)) <= {"", *countries.names()}
    # Once more adds nothing.
    assert command(file)[-1] == "0 applications, 120 rows that could not be used."
    assert Application.objects.count() == 120 - len(errors)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "There are no rows in this file."),
        (HEADER.encode(), "There are no rows in this file."),
        (b"name,motivation\nMember A,To read\n", "There is no column called email."),
        (b"email,name,motivation,phone\na,b,c,d\n", "Unknown columns: phone."),
        (b"email,email,name,motivation\na,b,c,d\n", "There is more than one column called email."),
        (GOOD.replace("college", "collège").encode("latin-1"), "The file is not in UTF-8."),
        (GOOD.encode("utf-16"), "The file is not in UTF-8."),
        (b"PK\x03\x04\x00\x00", "This is not a CSV file."),
        ((HEADER + "a@example.org,A,,,,b,c\n" * 10_001).encode(), "The file has more than 10,000 rows."),
        (HEADER.encode() + b"a" * 200_000 + b",A\n", "Line 2 is not CSV"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_file_that_is_none_is_told_in_one_line(cohort, tmp_path, content, message):
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    with pytest.raises(CommandError) as told:
        command(file)
    assert str(told.value).startswith(message)


def test_a_missing_file_and_a_missing_cohort_are_told(cohort, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        command(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="There is no cohort called summer"):
        call_command("import_applications", "x.csv", "--cohort", "summer")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_in_any_order_and_as_spreadsheets_separate_them(cohort, now, delimiter):
    rows = [["Motivation", "EMAIL", "name"], ["To read,\nslowly", "a@example.org", "Member A"]]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    report = run(cohort, text.getvalue(), now)
    assert (report.errors, Application.objects.get().motivation) == ([], "To read,\nslowly")


def test_a_row_with_too_many_cells_is_told_and_a_short_one_has_empty_answers(cohort, now):
    text = HEADER + "a@example.org,A,,,,To read,Graphs,and more\nb@example.org,B,,,,To read\n"
    report = run(cohort, text, now)
    assert [str(error) for error in report.errors] == ["Line 2: It has more cells than there are columns."]
    assert Application.objects.get().topics == ""


def test_who_has_applied_is_told_and_kept(cohort, now):
    ApplicationFactory(cohort=cohort, email="A@Example.org", motivation="As it was.")
    report = run(cohort, GOOD, now)
    assert [str(error) for error in report.errors] == ["Line 2, email: This address has applied already."]
    assert Application.objects.get().motivation == "As it was."


def test_what_it_costs_does_not_grow_with_the_rows(cohort, now, django_assert_num_queries):
    for count in (3, 300):
        rows = "".join(f"{count}-{n}@example.org,Member {n},Kenya,Africa/Nairobi,,To read,\n" for n in range(count))
        # A savepoint and its release; the cohort; who has applied; the new ones.
        with django_assert_num_queries(5):
            run(cohort, HEADER + rows, now)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_formulas_leave_as_text_and_come_back_as_they_were(cohort, now, start):
    cell = f"{start}HYPERLINK(1)"
    ApplicationFactory(cohort=cohort, motivation=cell, email="a@example.org")
    text = export_text(cohort.applications.all())
    row = next(csv.DictReader(io.StringIO(text)))
    assert row["motivation"] == f"'{cell}"
    again = CohortFactory()
    without_state = text.replace(",state\r\n", "\r\n").replace(",submitted\r\n", "\r\n")
    import_applications(cohort_id=again.pk, rows=read_rows(without_state), is_dry_run=False, now=now)
    assert again.applications.get().motivation == cell.strip()


def test_countries_are_known_by_their_names_and_letters():
    given = ["Nepal", "np", "United Kingdom", "Britain (UK)", "Côte d'Ivoire", "South Korea", "Czechia", "Atlantis", ""]
    assert [countries.code_of(text) for text in given] == ["NP", "NP", "GB", "GB", "CI", "KR", "CZ", "", ""]


def test_read_text_takes_a_byte_order_mark():
    assert read_text("email".encode("utf-8-sig")) == "email"
    with pytest.raises(NotApplications, match="too large"):
        read_text(b"a" * (20 * 1024 * 1024 + 1))


def test_a_cohort_that_is_gone_is_told(cohort, now):
    with pytest.raises(Cohort.DoesNotExist):
        import_applications(cohort_id=0, rows=read_rows(GOOD), is_dry_run=True, now=now)
