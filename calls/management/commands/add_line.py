"""`manage.py add_line sip|twilio NAME key=value…`: connects a line, or changes the one of that name. See docs/lines.md."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from calls import line_setup
from calls.line_kinds import KINDS, Kind
from calls.line_setup import PACE, Wanted
from calls.management.offices import add_office, office
from calls.models import Line
from config.models import Account

NOT_HERE = "A secret does not belong on the command line, where others can read it: use --secret-env or --secret-file."
ARGUMENTS = {"caller_ids": "--number", "secret": "--secret-env"}  # where the command line says it differently
SECRET_WORDS = {"secret", "password", "auth_token", "token"}


class Command(BaseCommand):
    help = "Connect a SIP trunk or a Twilio account. Run again with the same name, it changes that line; the secret is kept unless given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=list(KINDS))
        parser.add_argument("name", help="what colleagues call it")
        parser.add_argument("pairs", nargs="*", metavar="key=value", help="settings, and max_calls and calls_per_second")
        secret = parser.add_mutually_exclusive_group()
        secret.add_argument("--secret-env", metavar="VAR", help="environment variable with the password or auth token")
        secret.add_argument("--secret-file", metavar="FILE", help="file with the password or auth token")
        parser.add_argument("--number", action="append", metavar="+1…", help="a number the line may show; more than once")
        parser.add_argument("--default", action="store_true", help="calls whose number belongs to no line go over this one")
        parser.add_argument("--test", action="store_true", help="test it afterwards; the command fails when the test does")
        add_office(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        account, kind = office(options["account"]), KINDS[options["kind"]]
        line = Line.objects.filter(account=account, name=options["name"].strip()).first()
        if line is not None and line.kind != kind.key:
            raise CommandError(f"The line {line.name} exists already, as a {KINDS[line.kind].word}.")
        saved = self._save(account, kind, line, options)
        self.stdout.write(f"{saved.name} is {'connected' if line is None else 'up to date'}: {kind.word}, {kind.where(saved.settings)}.")
        if lacking := kind.missing():
            self.stderr.write(lacking)
        if options["test"]:
            ok, message = line_setup.run_test(saved)
            if not ok:
                raise CommandError(message)
            self.stdout.write(message)

    def _save(self, account: Account, kind: Kind, line: Line | None, options: dict[str, Any]) -> Line:
        given = read_pairs(options["pairs"])
        pace: dict[str, Any] = {name: given.pop(name, getattr(line, name) if line else default) for name, (_, default) in PACE.items()}
        wanted = Wanted(
            options["name"], given, read_secret(options["secret_env"], options["secret_file"]), caller_ids=options["number"], **pace
        )
        checked, errors = line_setup.check(account, kind, wanted, line)
        if errors:
            name, error = next(iter(errors.items()))
            raise CommandError(f"{ARGUMENTS.get(name, name)}: {error}")
        return line_setup.store(account, kind, checked, line, default=options["default"])


def read_pairs(pairs: list[str]) -> dict[str, str]:
    """Raises CommandError, which names a key but never a value."""
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if name.lower() in SECRET_WORDS:
            raise CommandError(NOT_HERE)
        if not equals:
            raise CommandError("Settings are written key=value, like host=sip.example.com.")
        if name in found:
            raise CommandError(f"{name} is given twice.")
        found[name] = value
    return found


def read_secret(variable: str | None, file: str | None) -> str:
    """ "" when none is given. Raises CommandError."""
    if variable is not None:
        secret = os.environ.get(variable, "")
        if not secret:
            raise CommandError(f"The environment variable {variable} is empty or not set.")
        return secret
    if file is None:
        return ""
    try:
        secret = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise CommandError(f"The file {file} cannot be read: {reason}.") from None
    if not secret:
        raise CommandError(f"The file {file} is empty.")
    return secret
