"""`manage.py rebuild_rollups`: counts calls anew for the Analytics page, from the rows."""

import time
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from analytics.rollups import counting
from calls.management.offices import add_office, office
from config.models import Account


def day(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise ArgumentTypeError("a day is written as 2026-11-25") from None


class Command(BaseCommand):
    help = "Count calls anew for the Analytics page. It may run at any time, and again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=day, metavar="DAY", help="only calls sent since this day (UTC)")
        add_office(parser)

    def handle(self, *args: Any, since: datetime | None, account: str | None, **options: Any) -> None:
        for each in [office(account)] if account else Account.objects.order_by("pk"):
            began, days = time.monotonic(), 0
            for days, (first, _) in enumerate(counting.rebuild(each, since), 1):
                if days % 30 == 0:
                    self.stdout.write(f"  {each.name}: {first:%Y-%m-%d}")
            self.stdout.write(f"{each.name}: {days} days in {time.monotonic() - began:.1f} s")
