from django.core.management.base import BaseCommand
from django.utils import translation

from collaborative.home.kinds_table import as_markdown


class Command(BaseCommand):
    help = "Print the table of every kind of message, as docs/notifications.md has it."

    def handle(self, *args: object, **options: object) -> None:
        with translation.override("en"):
            self.stdout.write(as_markdown(), ending="")
