from typing import Any

from django.core.management.base import BaseCommand

from members.topics_start import load_starting_topics


class Command(BaseCommand):
    help = "Load arXiv's archives and categories, and some topics below them, as the start of the topic tree."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_starting_topics()
        self.stdout.write(f"Topics: {loaded.created} created, {loaded.kept} kept.")
