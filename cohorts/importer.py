"""Applications collected elsewhere, from a CSV file: each row is checked like the form on the site, and told apart."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts.forms import ApplicationForm
from cohorts.models import Application, Cohort

COLUMNS = ("email", "name", "country", "zone", "institution", "motivation", "topics")
NEEDED = ("email", "name", "motivation")
MOST_ROWS = 10_000
MOST_BYTES = 20 * 1024 * 1024
# A spreadsheet runs what begins with one of these.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class NotApplications(Exception):
    """The file as a whole cannot be read; the message says why, to a person."""


@dataclass(frozen=True, kw_only=True)
class RowError:
    """What is wrong with one field of one row. The line is the one that an editor shows, the header being line 1."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = _("Line %(line)s, %(column)s") if self.column else _("Line %(line)s")
        return f"{where % {'line': self.line, 'column': self.column}}: {self.message}"


@dataclass(kw_only=True)
class Report:
    """What became, or would become, of each row."""

    applications: list[Application] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return len({error.line for error in self.errors})


@dataclass(frozen=True, kw_only=True)
class Row:
    line: int
    values: dict[str, str]
    problem: str = ""


def read_text(content: bytes) -> str:
    """The text of a file. Raises NotApplications where it is too large or not UTF-8, which spreadsheets can save."""
    if len(content) > MOST_BYTES:
        raise NotApplications(_("The file is too large: 20 MB are the most."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotApplications(_("The file is not in UTF-8. Save it from your spreadsheet as “CSV UTF-8”.")) from None
    if "\x00" in text:
        raise NotApplications(_("This is not a CSV file."))
    return text


def read_rows(text: str) -> list[Row]:
    """The rows below the header, whose columns may stand in any order. Commas, semicolons or tabs between them.

    Raises NotApplications for a file without rows, with a column missing, unknown or there twice, and for one with
    more than 10,000 rows.
    """
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Row] = []
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(cells)
                continue
            if len(rows) == MOST_ROWS:
                raise NotApplications(_("The file has more than 10,000 rows. Split it."))
            problem = _("It has more cells than there are columns.") if len(cells) > len(header) else ""
            values = {name: unescape(cell.strip()) for name, cell in zip(header, cells, strict=False)}
            rows.append(Row(line=reader.line_num, values=values, problem=problem))
    except csv.Error as error:
        raise NotApplications(
            _("Line %(line)s is not CSV: %(error)s.") % {"line": reader.line_num, "error": error}
        ) from None
    if not rows:
        raise NotApplications(_("There are no rows in this file."))
    return rows


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip().casefold() for cell in cells]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise NotApplications(_("There is no column called %(names)s.") % {"names": ", ".join(missing)})
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        shown = ", ".join(name[:40] or _("one without a name") for name in unknown)
        raise NotApplications(
            _("Unknown columns: %(names)s. Known are %(known)s.") % {"names": shown, "known": ", ".join(COLUMNS)}
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise NotApplications(_("There is more than one column called %(names)s.") % {"names": ", ".join(twice)})
    return names


@transaction.atomic
def import_applications(*, cohort_id: int, rows: Iterable[Row], is_dry_run: bool, now: datetime) -> Report:
    """Write an application for each row that can be one; a dry run reports the same and writes nothing.

    A row is refused for each field that the form on the site would refuse, for an address that has applied, and for
    one that stands in the file before. Importing a file again therefore adds nothing. Importing is an admin's act,
    so the deadline does not count. Raises Cohort.DoesNotExist. Sends nothing.
    """
    cohort = Cohort.objects.select_for_update().get(pk=cohort_id)
    applied = {email.lower() for email in cohort.applications.values_list("email", flat=True)}
    report, lines = Report(), {}
    for row in rows:
        if row.problem:
            report.errors.append(RowError(line=row.line, column="", message=row.problem))
            continue
        form = ApplicationForm(row.values)
        if not form.is_valid():
            report.errors.extend(
                RowError(line=row.line, column=name, message=message)
                for name, messages in form.errors.items()
                for message in messages
            )
            continue
        email = form.cleaned_data["email"]
        if email.lower() in lines:
            message = _("This address stands in line %(line)s already.") % {"line": lines[email.lower()]}
            report.errors.append(RowError(line=row.line, column="email", message=message))
            continue
        lines[email.lower()] = row.line
        if email.lower() in applied:
            message = _("This address has applied already.")
            report.errors.append(RowError(line=row.line, column="email", message=message))
            continue
        report.applications.append(
            Application(cohort=cohort, email=email, submitted_at=now, changed_at=now, **form.answers)
        )
    if not is_dry_run:
        Application.objects.bulk_create(report.applications, batch_size=500)
    return report


def export_text(applications: Iterable[Application]) -> str:
    """A CSV of applications with where each stands. A cell that a spreadsheet would run is led by an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*COLUMNS, "state"])
    for application in applications:
        writer.writerow([escape(getattr(application, name)) for name in (*COLUMNS, "state")])
    return text.getvalue()


def escape(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def unescape(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell
