""" "Can I call now?": the same rules as sending, without sending, told in words."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now

from calls import lines, rules, zones
from calls.carriers import registry
from calls.carriers.registry import Way
from calls.models import Call
from calls.requests.refused import Refused, unless
from calls.requests.resolve import Draft, resolve
from calls.requests.sending import approve, choose_way, line_can, only_pretend, wanted
from config.kit import times
from config.models import Account
from personas.parameters import BY_NAME, Context, FieldError
from personas.parameters.base import Bad

LIKELY_MINUTES = 2


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    text: str
    good: bool | None = None  # None: neither


@dataclass(frozen=True, slots=True)
class Preview:
    """`verdict`: yes, held (accepted, dialled later), no, unknown (no number yet). `errors`: what send would refuse, in its order."""

    verdict: str
    word: str
    why: str
    number: str = ""  # E.164; "" while there is none
    city: str = ""  # as far as the number tells
    timezone: str = ""
    there: datetime | None = None  # now, in their zone
    due_at: datetime | None = None
    carrier: str = "simulated"  # that would take the call
    line: str = ""  # name of the line that would take it; "" when no line is needed
    caller_id: str = ""
    facts: tuple[Fact, ...] = ()
    errors: tuple[FieldError, ...] = ()
    notes: tuple[str, ...] = ()
    config: dict[str, Any] | None = None  # resolved values; None while the request has errors of its own
    sources: dict[str, str] | None = None


def preview(account: Account, body: Any, *, carrier: str = "", rehearsed: bool = False) -> Preview:
    """What would become of this request now. Writes nothing; a try to call a sensitive number is not counted."""
    at = now()
    number = _number(account, body, at)
    draft, invalid = _draft(account, body, at, rehearsed)
    if not number:
        return Preview("unknown", "Not known yet", "Give a phone number.", errors=tuple(invalid.errors if invalid else ()))
    caller = ""
    way = _way(account, number, carrier, draft)
    chosen = way.kind
    if draft is not None:
        objection, caller = _approve(account, draft, carrier, way, at, rehearsed)
    else:
        objection = _number_objection(account, number, chosen, at)
    zone = draft.config["timezone"] if draft else _zone(account, body, number, at)
    asked = wanted(draft.config, at) if draft else at
    due_at, _ = rules.due(account, zone, asked, chosen)
    verdict, word, why = _verdict(objection, due_at, asked, at, zone)
    return Preview(
        verdict,
        word,
        why,
        number=number,
        city=zones.city(number, account.country),
        timezone=zone,
        there=at.astimezone(ZoneInfo(zone)),
        due_at=due_at,
        carrier=chosen,
        line=way.line.name if way.line else "",
        caller_id=caller,
        facts=tuple(_facts(account, number, chosen, zone, at, draft)),
        errors=(*(invalid.errors if invalid else ()), *(objection.errors if objection else ())),
        notes=tuple(draft.notes if draft else ()),
        config=draft.config if draft else None,
        sources=draft.sources if draft else None,
    )


def _draft(account: Account, body: Any, at: datetime, rehearsed: bool) -> tuple[Draft | None, Refused | None]:
    try:
        return resolve(account, body, at, rehearsed=rehearsed), None
    except Refused as refused:
        return None, refused


def _way(account: Account, number: str, carrier: str, draft: Draft | None) -> Way:
    """As sending would choose it; where that is refused, the default line stands for it."""
    try:
        return registry.choose(account, number, carrier, caller_id=draft.config["from"] if draft else None)
    except lines.SwitchedOff:
        return registry.choose(account, number, carrier)


def _approve(account: Account, draft: Draft, carrier: str, way: Way, at: datetime, rehearsed: bool) -> tuple[Refused | None, str]:
    try:
        unless(rules.flagged(account))
        unless(rules.check_rate(account, at))
        choose_way(account, draft, carrier)
        line_can(draft, way.kind)
        only_pretend(way.kind, rehearsed)
        with transaction.atomic():
            return None, approve(account, draft, way, at).caller.number
    except Refused as refused:
        return refused, ""


def _number(account: Account, body: Any, at: datetime) -> str:
    written = body.get("phone_number") if isinstance(body, dict) else None
    try:
        return str(BY_NAME["phone_number"].check(written, Context(at=at, country=account.country))) if written is not None else ""
    except Bad:
        return ""


def _zone(account: Account, body: dict[str, Any], number: str, at: datetime) -> str:
    try:
        return str(BY_NAME["timezone"].check(body.get("timezone"), Context(at=at)))
    except Bad:
        return zones.of_number(number, account.country)


def _number_objection(account: Account, number: str, carrier: str, at: datetime) -> Refused | None:
    """What the rules say about the number alone, while the rest of the request is not right yet."""
    try:
        unless(rules.flagged(account))
        unless(rules.check_rate(account, at))
        unless(rules.check_number(account, number, carrier=carrier, at=at), "phone_number")
    except Refused as refused:
        return refused
    return None


def _verdict(objection: Refused | None, due_at: datetime, asked: datetime, at: datetime, zone: str) -> tuple[str, str, str]:
    if objection is not None:
        return "no", "No", objection.reason or objection.errors[0].message
    there = times.clock(due_at.astimezone(ZoneInfo(zone)))
    if due_at > asked:
        return "held", f"Held, until {there} there", "Calling hours there are over. The call waits and is dialled when they begin."
    return "yes", "Yes", f"It {'will be' if asked > at else 'is'} {there} there."


def _facts(account: Account, number: str, carrier: str, zone: str, at: datetime, draft: Draft | None) -> list[Fact]:
    return [
        _time_there(account, number, zone, at),
        _do_not_call(account, number, carrier),
        Fact("Last called", _last_called(account, number)),
        _hours(account, zone, carrier, at),
        Fact("Likely cost", _cost(draft)),
    ]


def _time_there(account: Account, number: str, zone: str, at: datetime) -> Fact:
    city = zone.rpartition("/")[2].replace("_", " ")
    clock = times.clock(at.astimezone(ZoneInfo(zone)))
    if zones.told_by(number, account.country):
        return Fact("Their time", f"{clock}, {city} time")
    return Fact("Their time", f"{clock} if {city} time is right; the number does not tell")


def _do_not_call(account: Account, number: str, carrier: str) -> Fact:
    name = "Do-not-call list"
    entry = rules.do_not_call(account, number, carrier).first()
    if entry is not None:
        because = f": {entry.reason}" if entry.reason else ""
        return Fact(name, f"On it since {times.absolute(entry.created_at)}{because}", good=False)
    if rules.opted_out(account, number):
        return Fact(name, "Asked on a call not to be called again. Real lines will not call.", good=None)
    return Fact(name, "Not on it", good=True)


def _last_called(account: Account, number: str) -> str:
    calls = Call.objects.filter(account=account, to_number=number).select_related("created_by", "api_key").order_by("-created_at")
    last = calls.first()
    if last is None:
        return "Never"
    who = str(last.created_by) if last.created_by else f"the key {last.api_key.name}" if last.api_key else ""
    status = {"no-answer": "no answer", "canceled": "called off", "": "not over yet"}.get(last.status, last.status)
    return f"{times.absolute(last.created_at)}{f' by {who}' if who else ''}, {status}"


def _hours(account: Account, zone: str, carrier: str, at: datetime) -> Fact:
    if not registry.is_real(carrier):
        return Fact("Calling hours", "Any hour: no telephone is dialled", good=True)
    opening, _ = rules.due(account, zone, at, carrier)
    if opening == at:
        return Fact("Calling hours", f"Open until {times.clock(rules.closes_at(account, zone, at))} there", good=True)
    return Fact("Calling hours", f"Closed, open from {times.clock(opening.astimezone(ZoneInfo(zone)))} there", good=False)


def _cost(draft: Draft | None) -> str:
    rate: Decimal = settings.PRICE_PER_MINUTE
    longest = Decimal(str(draft.config["max_duration"] if draft else BY_NAME["max_duration"].default))
    return f"about ${rate * min(Decimal(LIKELY_MINUTES), longest):.2f}, at most ${rate * longest:.2f}"
