"""Which office a command works for."""

from django.core.management.base import CommandError, CommandParser

from config.models import Account


def add_office(parser: CommandParser) -> None:
    parser.add_argument("--account", metavar="UID", help="the office's id, when there are several")


def office(uid: str | None) -> Account:
    """The one named, or the only one there is. Raises CommandError."""
    accounts = list(Account.objects.order_by("pk"))
    if not accounts:
        raise CommandError("There is no office yet. `manage.py up` makes the first one.")
    if uid is None and len(accounts) > 1:
        raise CommandError("There are several offices: name one with --account and its id.")
    found = accounts[0] if uid is None else next((each for each in accounts if str(each.uid) == uid.lower()), None)
    if found is None:
        raise CommandError("There is no office with this id.")
    return found
