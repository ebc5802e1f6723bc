from typing import Any

from django.core.management.base import BaseCommand

from analytics import verdict_training
from calls.agent.encoder import encoder


class Command(BaseCommand):
    help = "Makes the weights that judge a whole call, from analytics/wording/calls.txt (for whoever changes that file or the wording)."

    def handle(self, *args: Any, **options: Any) -> None:
        right = verdict_training.train(encoder())
        self.stdout.write(f"{len(list(verdict_training.calls()))} calls; {right:.1%} right by weights that were made without them")
