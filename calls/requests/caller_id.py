"""Which of its own numbers a call shows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.timezone import now

from calls import zones
from calls.models import Number, NumberPool
from calls.requests.refused import plain
from calls.requests.resolve import as_uuid, country_of
from config.models import Account

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


def choose(account: Account, config: dict[str, Any]) -> CallerId:
    """`from` when it is given, else by the dialling strategy, else the account's default number. Raises Refused."""
    wanted = config["from"]
    if wanted is not None:
        if not Number.objects.filter(account=account, number=wanted).exists():
            raise plain(400, NOT_OWNED, "from")
        return CallerId(wanted)
    strategy = config["dialing_strategy"] or {}
    if strategy.get("type") == "custom_pooling":
        return _of_pool(account, strategy["pool_id"])
    owned = Number.objects.filter(account=account).order_by("-is_default", "pk").values_list("number", flat=True)
    if strategy.get("type") == "local":
        return CallerId(_nearest(list(owned), config["phone_number"], account))
    return CallerId(owned.first() or "")


def _of_pool(account: Account, pool_id: str) -> CallerId:
    uid = as_uuid(pool_id)
    pool = NumberPool.objects.filter(account=account, uid=uid).first() if uid else None
    if pool is None:
        raise plain(404, f'Number pool with ID "{pool_id}" not found', "dialing_strategy")
    number = pool.numbers.order_by(F("last_used_at").asc(nulls_first=True), "pk").first()
    if number is None:
        return CallerId(note="The number pool is empty: the call shows no number.")
    return CallerId(number.number, pooled=number.pk)


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
