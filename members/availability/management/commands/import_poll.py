from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.clock import canonical_zone
from members.availability.polls.importer import CannotReadPoll, import_poll, read_poll
from members.models import Member

BEST_TOLD = 4


class Command(BaseCommand):
    help = (
        "Import a poll as Doodle exports it (CSV), or the same as JSON, as a closed poll of a member. Tells the best "
        "times, and where the file's own counts differ from its rows. Slots are counted from 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--organizer", required=True, metavar="EMAIL", help="the member whose poll it is")
        parser.add_argument("--zone", default="", help="the zone of the times, if the file names none")
        parser.add_argument("--title", default="", help="if not the file's")
        parser.add_argument("--show-names", action="store_true", help="keep the names, for all who see the poll")
        parser.add_argument("--dry-run", action="store_true", help="report the same and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = Path(options["file"]).read_bytes()
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error.strerror}.") from None
        organizer = Member.objects.active().filter(email__iexact=options["organizer"]).first()
        if organizer is None:
            raise CommandError(f"No member signs in as {options['organizer']}.")
        try:
            file = read_poll(content)
            zone = options["zone"] or file.zone
            if not zone:
                raise CommandError("The file names no time zone. Name it, as in --zone America/New_York.")
            zone = canonical_zone(zone)
            poll = None
            if not options["dry_run"]:
                poll = import_poll(
                    actor=organizer,
                    file=file,
                    zone=zone,
                    title=options["title"],
                    shows_names=options["show_names"],
                    now=timezone.now(),
                )
        except CannotReadPoll as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{len(file.people)} people, {len(file.times)} times")
        for tally in file.best[:BEST_TOLD]:
            at = file.times[tally.position]
            self.stdout.write(
                f"Slot {tally.position}, {at.day} {at.start:%H:%M}: {tally.yes} yes, {tally.if_needed} if needed, "
                f"{tally.no} no"
            )
        if file.people_counted != len(file.people):
            self.stdout.write(f"The file counts {file.people_counted} people, and has rows of {len(file.people)}.")
        for mismatch in file.mismatches:
            self.stdout.write(str(mismatch))
        if poll is None:
            self.stdout.write("This was a dry run: nothing has changed.")
        else:
            self.stdout.write(f"The poll is at {poll.get_absolute_url()}")
