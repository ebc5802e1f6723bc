"""`manage.py add_pool NAME +1… `: makes a pool of the office's numbers, or changes the one of that name. See docs/lines.md."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from calls import pools
from calls.management.offices import add_office, office
from calls.models import Number, NumberPool


class Command(BaseCommand):
    help = "Make a pool of numbers that calls show in turn. The pool's id is printed alone on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("numbers", nargs="+", metavar="+1…", help="numbers of the office")
        add_office(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        account, name = office(options["account"]), options["name"].strip()
        if not 0 < len(name) <= 80:
            raise CommandError("A name has 1 to 80 letters.")
        try:
            wanted = list(dict.fromkeys(pools.read_number(text, account.country) for text in options["numbers"]))
        except pools.Wrong as wrong:
            raise CommandError(str(wrong)) from None
        rows = list(Number.objects.filter(account=account, number__in=wanted))
        if missing := sorted(set(wanted) - {row.number for row in rows}):
            raise CommandError(f"{missing[0]} is not a number of the office. Give it to a line first: manage.py add_line … --number.")
        pool = NumberPool.objects.filter(account=account, name=name).order_by("pk").first()
        saved = pools.store_pool(account, name, rows, pool)
        self.stderr.write(f"The pool {saved.name} has {len(rows)} {'number' if len(rows) == 1 else 'numbers'}. Its id:")
        self.stdout.write(str(saved.uid))
