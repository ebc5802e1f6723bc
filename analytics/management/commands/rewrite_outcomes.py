"""`manage.py rewrite_outcomes`: writes the outcomes anew that older rules wrote."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from analytics import outcomes
from calls.management.offices import add_office, office
from calls.models import Call
from calls.states import State

STEP = 200  # calls whose ids are read at once


def day(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise ArgumentTypeError("a day is written as 2026-11-25") from None


class Command(BaseCommand):
    help = (
        "Write anew the outcomes that older rules wrote, the newest calls first. Corrections by people, what was ticked off, prices, facts "
        "and summaries by a model stay. May be stopped at any time and started again: it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=day, metavar="DAY", help="only calls sent since this day (UTC)")
        add_office(parser)

    def handle(self, *args: Any, since: datetime | None, account: str | None, **options: Any) -> None:
        due = Call.objects.filter(outcome_at__isnull=False, rubric__lt=outcomes.RUBRIC).exclude(state=State.COMPLETE_ERROR)
        due = due.filter(created_at__gte=since) if since else due
        due = due.filter(account=office(account)) if account else due
        written, failed, below = 0, 0, None
        while step := list((due.filter(pk__lt=below) if below else due).order_by("-pk").values_list("pk", "uid")[:STEP]):
            for pk, uid in step:
                below = pk
                try:
                    written += outcomes.rewrite_outcome(pk)
                except Exception as error:  # one transcript that cannot be read must not keep the others from it
                    failed += 1
                    self.stderr.write(f"call {uid}: {type(error).__name__}: {error}")
            self.stdout.write(f"{written} written anew")
        self.stdout.write(f"Done: {written} written anew, {failed} failed.")
