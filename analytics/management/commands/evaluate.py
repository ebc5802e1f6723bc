"""`manage.py evaluate KIND FILE`: scores a labelled set and lists what is wrong."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.evaluation import KINDS


class Command(BaseCommand):
    help = "Score a labelled set: a JSON list of cases. Prints one line of figures, then the wrong ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--limit", type=int, default=20, help="How many wrong ones to list")

    def handle(self, *args: Any, kind: str, file: Path, limit: int, **options: Any) -> None:
        try:
            cases = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except ValueError as error:
            raise CommandError(f"{file} is not JSON: {error}") from error
        if not isinstance(cases, list):
            raise CommandError(f"{file}: a JSON list of cases is wanted")
        try:
            score = KINDS[kind](cases)
        except (KeyError, TypeError, ValueError) as error:
            raise CommandError(f"{file}: a case has not the form of {kind}: {type(error).__name__} {error}") from error
        figures = ", ".join(f"{name} {share:.1%}" for name, share in score.figures.items())
        self.stdout.write(f"{kind}: {score.cases} cases, {figures}")
        for line in score.wrong[: max(0, limit)]:
            self.stdout.write(f"  {line}")
        if len(score.wrong) > limit:
            self.stdout.write(f"  … and {len(score.wrong) - limit} more")
