"""Numbers an office may show, and pools of them that calls take in turn. For the settings pages and `manage.py add_pool`."""

from collections.abc import Sequence

from django.db import transaction

from calls.models import Number, NumberPool
from config.kit import audit
from config.models import Account, User
from personas.parameters.base import Bad
from personas.parameters.phone import parse

NO_NUMBER = "{} is not a phone number. Write it with + and the country code."
SHORT = "{} is a short or emergency number, which no call can show."


class Wrong(ValueError):
    """One plain sentence about a number."""


def read_number(written: str, country: str) -> str:
    """The number as it is kept. Raises Wrong."""
    text = written.strip()
    try:
        number = parse(text, country)
    except Bad:
        raise Wrong(NO_NUMBER.format(text[:40] or "This")) from None
    if number.sensitive:
        raise Wrong(SHORT.format(text[:40]))
    return number.e164


def store_pool(
    account: Account, name: str, numbers: Sequence[Number], pool: NumberPool | None = None, *, by: User | None = None
) -> NumberPool:
    """Makes or changes a pool, and says so in the audit log when something changed."""
    made = pool is None
    row = NumberPool(account=account) if pool is None else pool
    before = set() if made else set(row.numbers.values_list("number", flat=True))
    after = {number.number for number in numbers}
    if not made and row.name == name and before == after:
        return row
    with transaction.atomic():
        row.name = name
        row.save()
        row.numbers.set(numbers)
        audit.record(account, "pool.made" if made else "pool.changed", name, user=by, numbers=sorted(after))
    return row


def make_default(number: Number) -> None:
    """The one number that calls show when nothing else is said."""
    with transaction.atomic():
        Number.objects.filter(account=number.account).exclude(pk=number.pk).update(is_default=False)
        Number.objects.filter(pk=number.pk).update(is_default=True)
