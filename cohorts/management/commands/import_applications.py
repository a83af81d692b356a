from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cohorts.importer import MOST_BYTES, NotApplications, import_applications, read_rows, read_text
from cohorts.models import Cohort


class Command(BaseCommand):
    help = "Import applications from a CSV file into a cohort, and say which rows could not be used, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--cohort", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="report the same and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        cohort = Cohort.objects.filter(slug=options["cohort"]).first()
        if cohort is None:
            raise CommandError(f"There is no cohort called {options['cohort']}.")
        try:
            with Path(options["file"]).open("rb") as file:
                rows = read_rows(read_text(file.read(MOST_BYTES + 1)))
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from None
        except NotApplications as error:
            raise CommandError(str(error)) from None
        report = import_applications(cohort_id=cohort.pk, rows=rows, is_dry_run=options["dry_run"], now=timezone.now())
        for error in report.errors:
            self.stdout.write(str(error))
        self.stdout.write(f"{len(report.applications)} applications, {report.rejected} rows that could not be used.")
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing has changed.")
