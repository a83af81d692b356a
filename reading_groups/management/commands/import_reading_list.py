from datetime import time
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.text import slugify

from core.clock import canonical_zone
from core.text import one_line
from reading_groups.importer import (
    CannotImport,
    NotAReadingList,
    ReadingList,
    Report,
    import_reading_list,
    read_file,
)
from reading_groups.models import ReadingGroup
from reading_groups.models.groups import RESERVED_SLUGS


class Command(BaseCommand):
    help = (
        "Import papers into a group and say what became of each row: a reading list as JSON with its schedule, or "
        "papers for the pool as BibTeX (.bib), an arXiv record (.abs) or a folder of such records."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--zone", default="", help="the zone of the times, if the file names none")
        parser.add_argument("--time", default="", metavar="HH:MM", help="for sessions that state no time")
        parser.add_argument(
            "--as",
            dest="form",
            choices=["group", "pool"],
            default="group",
            help="keep the schedule, or put all papers in the group's pool",
        )
        parser.add_argument("--title", default="", help="the group's title, if not the file's")
        parser.add_argument("--slug", default="", help="the group's address, if not made from its title")
        parser.add_argument("--dry-run", action="store_true", help="report the same and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = self._import(read_file(Path(options["file"])), options)
        except (NotAReadingList, CannotImport) as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except IntegrityError:
            raise CommandError("Somebody imported the same papers meanwhile. Run it again.") from None
        for line in report.lines():
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing has changed.")
        elif report.group_is_new:
            self.stdout.write(f"The group is a draft. Give it organizers and open it in admin: {report.slug}")

    def _import(self, reading_list: ReadingList, options: dict[str, Any]) -> Report:
        known = ReadingGroup.objects.filter(slug=options["slug"]).values_list("title", flat=True).first()
        title = one_line(options["title"]) or reading_list.group or known or ""
        if not title:
            raise CommandError("The file names no group. Name it, as in --title 'Graph learning'.")
        if len(title) > 140:
            raise CommandError("That title is too long: 140 letters are the most.")
        slug = options["slug"] or slugify(title)[:80].strip("-")
        if not slug or len(slug) > 80:
            raise CommandError("The group needs an address of at most 80 letters: give one with --slug.")
        validate_slug(slug)
        if slug in RESERVED_SLUGS:
            raise CommandError(f"The site itself has a page at the address {slug}: give another one with --slug.")
        zone = options["zone"] or reading_list.zone
        if options["form"] == "pool":
            reading_list = reading_list.as_pool()
        elif options["time"]:
            reading_list = reading_list.with_time(_time(options["time"]))
        with transaction.atomic():
            report = import_reading_list(
                reading_list=reading_list,
                slug=slug,
                title=title,
                zone=canonical_zone(zone) if zone else "",
                now=timezone.now(),
            )
            if options["dry_run"]:
                transaction.set_rollback(True)
        return report


def _time(text: str) -> time:
    try:
        found = parse_time(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"“{text[:20]}” is not a time. Write it as in --time 15:30.")
    return found.replace(tzinfo=None)
