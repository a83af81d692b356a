from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from members.handbook.starter import load_starter_handbook


class Command(BaseCommand):
    help = "Load the starter handbook and checklist. Pages that are there stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_starter_handbook(actor=None, now=timezone.now())
        self.stdout.write(f"Handbook: {loaded.created} created, {loaded.kept} kept.")
