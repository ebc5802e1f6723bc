"""`manage.py evaluate KIND FILE`: scores a labelled set and lists what is wrong."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.evaluation import KINDS, WITH_FILES, score
from analytics.scores import BadSet


class Command(BaseCommand):
    help = "Score a labelled set: a JSON list of cases. Prints one line of figures, then the wrong ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted({*KINDS, *WITH_FILES}))
        parser.add_argument("file", type=Path)
        parser.add_argument("--limit", type=int, default=20, help="How many wrong ones to list")

    def handle(self, *args: Any, kind: str, file: Path, limit: int, **options: Any) -> None:
        try:
            result = score(kind, file)
        except BadSet as error:
            raise CommandError(str(error)) from error
        figures = ", ".join(f"{name} {share:.1%}" for name, share in result.figures.items())
        self.stdout.write(f"{kind}: {result.cases} cases, {figures}")
        for line in result.also:
            self.stdout.write(f"  {line}")
        for line in result.wrong[: max(0, limit)]:
            self.stdout.write(f"  {line}")
        if len(result.wrong) > limit:
            self.stdout.write(f"  … and {len(result.wrong) - max(0, limit)} more")
