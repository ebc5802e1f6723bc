"""`manage.py rebuild_search`: makes the words of all ended calls findable anew. Calls go on meanwhile, and searches do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from calls.management.offices import add_office, office
from calls.searching import index


class Command(BaseCommand):
    help = "Make every ended call findable by its words anew: after an upgrade that reads words differently, or a restored database."

    def add_arguments(self, parser: CommandParser) -> None:
        add_office(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for done in index.rebuild(office(options["account"]) if options["account"] else None):
            if done % 50_000 == 0:
                self.stdout.write(f"{done:,} calls …")
        self.stdout.write(f"{done:,} calls can be found by their words.")
