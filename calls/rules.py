"""May we call this number, and when. Asked when a call is accepted and again just before it is dialled.

The messages are those of the public reference; `reason` names the same thing to staff.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.db.models import Count, Q, QuerySet

from calls.carriers.registry import is_real
from calls.models import BillingRecord, BlockedNumber, Call, CallingRules, DoNotCall, SensitiveAttempt
from config.models import Account, AuditEntry
from personas.parameters import phone
from personas.parameters.base import Bad

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SENSITIVE_TRIES = 3  # within 24 hours; then the account is blocked
FLAGGED = (
    "Your account has been flagged for security purposes. As a precaution it is temporarily blocked from dispatching calls, "
    "until an administrator has reviewed it."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rule` is empty when nothing stands against the call. `again_at`: from when on the same call would pass, where that is known."""

    rule: str = ""  # sensitive, dnc, blacklist, frequency, international, rate, billing
    status: int = 200
    message: str = ""
    reason: str = ""
    again_at: datetime | None = None
    word: str = "error"  # `status` in the answer's body

    @property
    def allowed(self) -> bool:
        return not self.rule

    @property
    def body(self) -> dict[str, Any]:
        return {"status": self.word, "message": self.message}


ALLOWED = Verdict()
_LOOK = f"""
SELECT EXISTS (SELECT 1 FROM {DoNotCall._meta.db_table} WHERE account_id = %s AND number = %s AND (source <> 'call' OR %s)),
       EXISTS (SELECT 1 FROM {BlockedNumber._meta.db_table} WHERE account_id = %s AND number = %s),
       (SELECT 1 FROM {Call._meta.db_table} WHERE account_id = %s AND to_number = %s AND {{column}} > %s AND id <> %s LIMIT 1)
"""  # noqa: S608  (names of our own tables)
LOOK = {column: _LOOK.format(column=column) for column in ("created_at", "dialling_at")}


def of_account(account: Account) -> CallingRules:
    """The account's rules; the standard ones when it has no row."""
    try:
        return account.calling_rules
    except ObjectDoesNotExist:
        return CallingRules(account=account)


# The number itself ---------------------------------------------------------------------------------------------------
def check_number(account: Account, number: str, *, carrier: str, at: datetime, call: Call | None = None) -> Verdict:
    """The number policy for an E.164 number. `call`: the accepted call that is about to be dialled; it does not stand in its own way.

    To be safe against a second sender at the same moment, call it inside the transaction that saves, after `lock_number`.
    """
    try:
        parsed = phone.parse(number, account.country)
    except Bad:
        return _sensitive("It is no number that can be called.")
    if parsed.sensitive:
        return _sensitive("Emergency, short and premium numbers are never called.")
    rules = of_account(account)
    dnc, blocked, again = _look(account, number, carrier, at, rules, call)
    if dnc:
        return _not_to_be_called(account, number)
    if blocked:
        entry = BlockedNumber.objects.filter(account=account, number=number).first()
        why = f": {entry.reason}" if entry and entry.reason else ""
        return Verdict("blacklist", 429, "This number is blacklisted.", f"The number is on the blocked list{why}.")
    if again is not None:
        message = "Calls can only be sent every 10 seconds to the same number. Please try again in a few seconds."
        reason = f"The same number is called at most every {rules.same_number_seconds} seconds."
        return Verdict("frequency", 429, message, reason, again_at=again)
    if parsed.country not in {account.country, *rules.allowed_countries}:
        reason = f"Calls to {parsed.country or 'numbers of no country'} are not allowed in the calling rules."
        return Verdict("international", 429, "International rate limit exceeded for your account type.", reason)
    return ALLOWED


def lock_number(account: Account, number: str) -> None:
    """Holds other senders to the same number back until this transaction ends. SQLite's write transactions exclude each other anyway."""
    if connection.vendor == "postgresql":
        key = int.from_bytes(hashlib.blake2b(f"{account.pk}:{number}".encode(), digest_size=8).digest(), signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def is_sensitive(number: str, country: str) -> bool:
    try:
        return phone.parse(number, country).sensitive
    except Bad:
        return True


def count_sensitive_attempt(account: Account, number: str, at: datetime) -> Verdict:
    """Remembers a try to call a number that must never be called; the third within 24 hours blocks the account."""
    SensitiveAttempt.objects.create(account=account, number=number[:32], at=at)
    tries = SensitiveAttempt.objects.filter(account=account, at__gt=at - DAY).count()
    if tries >= SENSITIVE_TRIES:
        reason = f"{tries} tries within 24 hours to call emergency, short or premium numbers"
        if Account.objects.filter(pk=account.pk, flagged_at=None).update(flagged_at=at, flagged_reason=reason):
            AuditEntry.objects.create(account=account, action="account.flagged", subject=account.name, detail={"reason": reason})
    return _sensitive("Emergency, short and premium numbers are never called.")


def do_not_call(account: Account, number: str, carrier: str) -> QuerySet[DoNotCall]:
    """Entries that forbid the call: those made by a callee's own opt-out bind real lines only."""
    entries = DoNotCall.objects.filter(account=account, number=number)
    return entries if is_real(carrier) else entries.exclude(source="call")


def opted_out(account: Account, number: str) -> bool:
    """Whether the callee asked, on a call, not to be called again."""
    return DoNotCall.objects.filter(account=account, number=number, source="call").exists()


def _look(
    account: Account, number: str, carrier: str, at: datetime, rules: CallingRules, call: Call | None
) -> tuple[bool, bool, datetime | None]:
    """One statement: on the do-not-call list, blocked, and from when on the number may be called again (None: now).

    Plain SQL: every accepted call asks this, and making the statement anew each time cost four times as much as running it.
    """
    pause = timedelta(seconds=rules.same_number_seconds)
    column, own = ("created_at", 0) if call is None else ("dialling_at", call.pk)
    since = connection.ops.adapt_datetimefield_value(at - pause)
    with connection.cursor() as cursor:
        cursor.execute(LOOK[column], [account.pk, number, is_real(carrier), account.pk, number, account.pk, number, since, own])
        dnc, blocked, last = cursor.fetchone()
    if last is None or not pause:
        return bool(dnc), bool(blocked), None
    newest = Call.objects.filter(account=account, to_number=number, **{f"{column}__gt": at - pause}).exclude(pk=own)
    called_at = newest.order_by(f"-{column}").values_list(column, flat=True).first()
    return bool(dnc), bool(blocked), called_at + pause if called_at else None


def _sensitive(reason: str) -> Verdict:
    return Verdict("sensitive", 400, "Cannot dial sensitive numbers. More attempts will result in being blocked.", reason)


def _not_to_be_called(account: Account, number: str) -> Verdict:
    entry = DoNotCall.objects.filter(account=account, number=number).first()
    because = f": {entry.reason}" if entry and entry.reason else ""
    message = "Number found in DNC list. You cannot dial sensitive numbers. More attempts will result in being blocked."
    return Verdict("dnc", 400, message, f"The number is on the do-not-call list{because}.", word="DNC Error")


# The account ---------------------------------------------------------------------------------------------------------
def check_rate(account: Account, at: datetime) -> Verdict:
    """How many calls the account may have accepted within an hour and a day. A limit of 0 means none."""
    rules = of_account(account)
    young = account.created_at > at - DAY
    per_hour = rules.per_hour_first_day if young else rules.per_hour
    if not per_hour and not rules.per_day:
        return ALLOWED
    in_hour, in_day = _accepted(account, at)
    if per_hour and in_hour >= per_hour:
        message = "Rate limit exceeded for newly created accounts. Please try again soon." if young else "Rate limit exceeded"
        return Verdict("rate", 429, message, f"{per_hour} calls within an hour are the most.")
    if rules.per_day and in_day >= rules.per_day:
        return Verdict("rate", 429, "Rate limit exceeded", f"{rules.per_day} calls within 24 hours are the most.")
    return ALLOWED


def _accepted(account: Account, at: datetime) -> tuple[int, int]:
    counted = Call.objects.filter(account=account, created_at__gt=at - DAY).aggregate(
        hour=Count("pk", filter=Q(created_at__gt=at - HOUR)), day=Count("pk")
    )
    return counted["hour"], counted["day"]


def check_billing(account: Account) -> Verdict:
    if not of_account(account).billing_on:
        return ALLOWED
    record = BillingRecord.objects.filter(account=account).first()
    if record is None:
        return Verdict("billing", 402, "No billing record found.", "Billing is on and the account has no billing record.")
    if record.balance <= 0:
        return Verdict("billing", 402, "Insufficient balance.", f"The balance is {record.balance:.2f}.")
    return ALLOWED


# Calling hours -------------------------------------------------------------------------------------------------------
def next_opening(account: Account, tz: str, at: datetime) -> datetime:
    """`at` itself when it lies within the calling hours of the zone, else when they begin next. Real lines only: ask `is_real` first.

    A window that ends before it begins goes over midnight; one that ends when it begins is always open.
    """
    rules = of_account(account)
    opens, closes = rules.open_from, rules.open_until
    local = at.astimezone(ZoneInfo(tz))
    if opens < closes:
        is_open = opens <= local.time() < closes
    else:
        is_open = opens == closes or local.time() >= opens or local.time() < closes
    if is_open:
        return at
    opening = datetime.combine(local.date(), opens, local.tzinfo)
    if local.time() >= opens:
        opening = datetime.combine(local.date() + timedelta(days=1), opens, local.tzinfo)
    return opening.astimezone(at.tzinfo)


def due(account: Account, tz: str, wanted: datetime, carrier: str) -> tuple[datetime, str]:
    """When a call that is wanted at a moment becomes due, and why it is held until then ("" when it is not)."""
    if not is_real(carrier):
        return wanted, ""
    opening = next_opening(account, tz, wanted)
    if opening == wanted:
        return wanted, ""
    rules = of_account(account)
    return opening, f"Calling hours there are {rules.open_from:%H:%M} to {rules.open_until:%H:%M} ({tz})."


def closes_at(account: Account, tz: str, at: datetime) -> datetime:
    """When the window that is open at `at` closes, in the zone."""
    local = at.astimezone(ZoneInfo(tz))
    closes = datetime.combine(local.date(), of_account(account).open_until, local.tzinfo)
    return closes if closes > local else datetime.combine(local.date() + timedelta(days=1), closes.time(), local.tzinfo)


def flagged(account: Account) -> Verdict:
    return Verdict("flagged", 403, FLAGGED, account.flagged_reason or "The account is blocked.") if account.flagged_at else ALLOWED
