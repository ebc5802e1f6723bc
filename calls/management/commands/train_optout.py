"""`manage.py train_optout`: the weights of the ear for opt-outs, made anew from its examples. Deterministic; a minute or two."""

from typing import Any

from django.core.management.base import BaseCommand

from calls.agent.builtin import optout_training
from calls.agent.encoder import encoder


class Command(BaseCommand):
    help = "Trains how an opt-out is heard, after its examples or its words have changed."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in optout_training.train(encoder()):
            self.stdout.write(line)
