"""Which of its own numbers a call shows."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils.timezone import now

from calls import lines, zones
from calls.models import Line, Number, NumberPool
from calls.requests.refused import plain
from calls.requests.resolve import as_uuid, country_of
from config.models import Account

DEFAULT_NUMBER = f"""SELECT number FROM {Number._meta.db_table}
    WHERE account_id = %s AND (%s OR line_id = %s OR line_id IS NULL) ORDER BY is_default DESC, id LIMIT 1"""  # noqa: S608
NOT_OWNED = "Invalid 'from' - must be a phone number string with 10 or 12 digits."


@dataclass(frozen=True, slots=True)
class CallerId:
    number: str = ""  # "" when the account owns none
    pooled: int | None = None  # Number.pk, to be marked as used
    note: str = ""

    def use(self) -> None:
        """Moves a number of a pool to the end of its line. To be called in the transaction that saves the call."""
        if self.pooled is not None:
            Number.objects.filter(pk=self.pooled).update(last_used_at=now())


def choose(account: Account, config: dict[str, Any], line: Line | None = None) -> CallerId:
    """`from` when it is given, else by the dialling strategy, else the account's default number. Raises Refused.

    On a line, only numbers that it may show are chosen from.
    """
    wanted = config["from"]
    if wanted is not None:
        if not Number.objects.filter(account=account, number=wanted).exists():
            raise plain(400, NOT_OWNED, "from")
        return CallerId(wanted)
    strategy = config["dialing_strategy"] or {}
    if strategy.get("type") == "custom_pooling":
        return _of_pool(account, strategy["pool_id"], line)
    if strategy.get("type") == "local":
        owned = Number.objects.filter(_shown_on(line), account=account).order_by("-is_default", "pk").values_list("number", flat=True)
        return CallerId(_nearest(list(owned), config["phone_number"], account))
    with connection.cursor() as cursor:  # asked for every call: plain SQL
        cursor.execute(DEFAULT_NUMBER, [account.pk, line is None, line.pk if line else None])
        row = cursor.fetchone()
    return CallerId(row[0] if row else "")


def _of_pool(account: Account, pool_id: str, line: Line | None) -> CallerId:
    uid = as_uuid(pool_id)
    pool = NumberPool.objects.filter(account=account, uid=uid).first() if uid else None
    if pool is None:
        raise plain(404, f'Number pool with ID "{pool_id}" not found', "dialing_strategy")
    number = pool.numbers.filter(_shown_on(line)).order_by(F("last_used_at").asc(nulls_first=True), "pk").first()
    if number is None:
        return CallerId(note="The number pool is empty: the call shows no number.")
    return CallerId(number.number, pooled=number.pk)


def _shown_on(line: Line | None) -> Q:
    """Numbers that may be shown: every one while nothing is dialled, else those of the line and those of none."""
    return lines.numbers_of(line) if line else Q()


def _nearest(owned: list[str], callee: str, account: Account) -> str:
    """A number with the callee's area code, else of the same zone, else of the same country, else the default (which stands first)."""
    zone = zones.told_by(callee, account.country)
    same_area = (number for number in owned if number.startswith("+1") and number[:5] == callee[:5])
    same_zone = (number for number in owned if zone and zones.told_by(number, account.country) == zone)
    same_country = (number for number in owned if country_of(number, account) == country_of(callee, account))
    for numbers in (same_area, same_zone, same_country, iter(owned)):
        if (number := next(numbers, None)) is not None:
            return number
    return ""
