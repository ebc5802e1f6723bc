"""`manage.py create_api_key NAME [--expires DAYS]`: prints the key once, as the last line alone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.models import Account, ApiKey


class Command(BaseCommand):
    help = "Make an API key. The key is printed once, alone on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the key is for, as people will recognise it")
        parser.add_argument("--expires", type=int, metavar="DAYS", help="days until it stops working; without it, never")
        parser.add_argument("--account", metavar="UID", help="the account's id, when there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["expires"] is not None and options["expires"] < 1:
            raise CommandError("--expires takes a number of days from 1 on.")
        accounts = Account.objects.order_by("pk")
        if options["account"]:
            accounts = accounts.filter(uid=options["account"])
        account = accounts.first()
        if account is None:
            raise CommandError("There is no such account yet. `manage.py up` makes the first one.")
        key, secret = ApiKey.issue(account, options["name"][:80], days=options["expires"])
        until = f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "until it is revoked"
        self.stderr.write(f"Key '{key.name}' of {account.name}, valid {until}. It is shown only now:")
        self.stdout.write(secret)
