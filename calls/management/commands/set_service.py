"""`manage.py set_service stt|tts PROVIDER key=value…`: which service hears and which speaks, for containers and scripts."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from calls import speech_services
from calls.speech import services
from config.models import Account

KEYS = ("base_url", "model", "voice")


class Command(BaseCommand):
    help = "Choose who hears (stt) or speaks (tts): builtin, or a service with base_url=, model=, voice=. Its key: a variable or a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(speech_services.KINDS))
        parser.add_argument("provider", choices=[services.BUILTIN, *services.PROVIDERS])
        parser.add_argument("pairs", nargs="*", metavar="key=value", help=", ".join(KEYS))
        secret = parser.add_mutually_exclusive_group()
        secret.add_argument("--secret-env", metavar="NAME", help="the environment variable that holds the key")
        secret.add_argument("--secret-file", metavar="FILE", help="the file that holds the key")
        parser.add_argument("--account", metavar="UID", help="the account's id, when there are several")
        parser.add_argument("--test", action="store_true", help="try it at once; ends with 1 when it does not work")

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = Account.objects.order_by("pk")
        account = accounts.filter(uid=options["account"]).first() if options["account"] else accounts.first()
        if account is None:
            raise CommandError("There is no such account yet. `manage.py up` makes the first one.")
        given = dict(self._pair(text) for text in options["pairs"])
        choice = speech_services.Choice(options["provider"], **given, secret=self._secret(options))
        try:
            row = speech_services.choose(account, options["kind"], choice)
        except speech_services.Wrong as wrong:
            raise CommandError(str(wrong)) from None
        word = speech_services.KINDS[options["kind"]]
        self.stdout.write(f"{word}: {options['provider']}")
        if row is not None and options["test"]:
            tried = speech_services.try_out(row)
            if not tried.test_ok:
                raise CommandError(tried.test_message)
            self.stdout.write(tried.test_message)

    def _pair(self, text: str) -> tuple[str, str]:
        name, sign, value = text.partition("=")
        if not sign or name not in KEYS:
            raise CommandError(
                f"{text.partition('=')[0]} is none of {', '.join(KEYS)}. Write key=value; a key comes by --secret-env or --secret-file."
            )
        return name, value

    def _secret(self, options: dict[str, Any]) -> str | None:
        try:
            if options["secret_env"]:
                return os.environ[options["secret_env"]]
            return Path(options["secret_file"]).read_text().strip() if options["secret_file"] else None
        except KeyError:
            raise CommandError(f"The environment variable {options['secret_env']} is not set.") from None
        except OSError as error:
            raise CommandError(f"{options['secret_file']} cannot be read: {error.strerror}.") from None
