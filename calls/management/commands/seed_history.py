"""`manage.py seed_history --calls N`: an invented past for an office, for measuring and for showing the product."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from calls.management.offices import add_office, office
from calls.models import Call
from calls.seeding import history

EVERY = 5.0  # seconds between two lines of progress


class Command(BaseCommand):
    help = (
        "Write invented calls of the last months into an office: conversations, outcomes, prices. No number is called, nothing is recorded."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--calls", type=int, required=True, metavar="N", help="about ten lines are said on each")
        parser.add_argument("--days", type=int, default=180, help="how far back they reach")
        parser.add_argument("--seed", type=int, default=1, help="another number, another history")
        parser.add_argument("--yes", action="store_true", help="also into an office that has calls")
        add_office(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        account, calls = office(options["account"]), options["calls"]
        if calls < 1 or options["days"] < 1:
            raise CommandError("--calls and --days take a number from 1 on.")
        if not options["yes"] and Call.objects.filter(account=account).exists():
            raise CommandError(f"{account.name} has calls already; invented ones would stand among them. Say --yes if that is wanted.")
        began = told = time.monotonic()
        for done in history.seed(account, calls, days=options["days"], seed=options["seed"]):
            if time.monotonic() - told > EVERY:
                told = time.monotonic()
                share = 100 * done.calls // calls
                self.stdout.write(f"{share} %: {done.calls:,} calls, {done.lines:,} lines, {told - began:.0f} s")
                self.stdout.flush()
        self.stdout.write(f"{done.calls:,} calls with {done.lines:,} lines in {time.monotonic() - began:.0f} s.")
