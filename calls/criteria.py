"""By what calls can be found: one table for `GET /v1/calls` and for the Calls page.

A criterion says how its text is read, what it asks of the database, and how it is called on either side. The API refuses what cannot be
read (BadQuery), the page drops it.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db.models import JSONField, Model, Q, QuerySet, Value
from django.db.models.fields.json import KeyTransform, KeyTransformExact

from calls.models import Recording
from calls.states import ENDED, QUEUE_STATUS, AnsweredBy, EndedBy, State, Status
from config.kit.storable import trouble

LONGEST = 300  # characters of a value
MOST_NAMES = 5  # of one JSON value
REACH = 50_000  # so many of the newest calls are looked through for what no index can answer


class BadQuery(ValueError):
    """A value that cannot be read; the message is for the caller of the API."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """`where` makes the condition of a value that `read` understood.

    `label` names it on the page (empty: the API alone has it), `address` in the page's address when another name stands there for longer.
    """

    name: str
    read: Callable[[str, str], Any]
    where: Callable[[Any], Q]
    help: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    label: str = ""
    kind: str = "text"  # the page's control: text, number, phone, choice, yes
    choices: tuple[tuple[str, str], ...] = ()  # value -> word
    unit: str = ""
    hint: str = ""
    address: str = ""
    slow: bool = False  # looks into JSON: only the newest REACH calls are looked through

    @property
    def key(self) -> str:
        """Its name in the address of the page."""
        return self.address or self.name

    def understood(self, text: str) -> bool:
        try:
            self.read(self.name, text)
        except BadQuery:
            return False
        return True

    def asks(self, text: str) -> Q:
        """The condition of a text that was understood before."""
        return self.where(self.read(self.name, text))


# How values are read: (name, text) -> value, or BadQuery ---------------------------------------------------------------
def number(name: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value < 10_000_000:
        raise BadQuery(f"{name} must be a number of 0 or more.")
    return value


def boolean(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0"):
        raise BadQuery(f"{name} must be true or false.")
    return text.lower() in ("true", "1")


def uid(name: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadQuery(f"{name} must be an id (a UUID).") from None


def words(name: str, text: str) -> str:
    if len(text) > LONGEST or "\x00" in text:
        raise BadQuery(f"{name} must be a text of at most {LONGEST} characters.")
    return text


def phone(name: str, text: str) -> list[str]:
    """The stored forms that a number may have: ten digits alone may be an American one."""
    digits = re.sub(r"[\s().+-]", "", text)
    if not re.fullmatch(r"[0-9]{3,15}", digits):
        raise BadQuery(f"{name} must be a phone number.")
    return [f"+{digits}", f"+1{digits}"] if len(digits) == 10 else [f"+{digits}"]


def one_of(*known_words: str) -> Callable[[str, str], str]:
    known = {w.lower(): w for w in known_words}

    def read(name: str, text: str) -> str:
        if text.lower() not in known:
            raise BadQuery(f"{name} must be one of {', '.join(known_words)}.")
        return known[text.lower()]

    return read


def pairs(name: str, text: str) -> dict[str, Any]:
    """A JSON object of names and plain values, or `name=value`."""
    found: Any = None
    if len(text) <= LONGEST and "\x00" not in text:
        found = _from_json(text) if text.lstrip().startswith("{") else _from_words(text)
    if not isinstance(found, dict) or not 1 <= len(found) <= MOST_NAMES or not all(map(_plain, found, found.values())):
        raise BadQuery(f"{name} must be a JSON object of at most {MOST_NAMES} names and plain values, or name=value.")
    return found


def _plain(name: str, value: Any) -> bool:
    """Whether both databases can look for it: no list or object, nothing they cannot keep, no quotes in the name (SQLite's paths)."""
    return not isinstance(value, dict | list) and not trouble([name, value]) and not set('"\\') & set(name)


def _from_json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def _from_words(text: str) -> dict[str, str] | None:
    key, sign, value = (part.strip() for part in text.partition("="))
    return {key: value} if key and sign and value else None


def _queue_status(name: str, text: str) -> str:
    """Both spellings of the end are in use: complete and completed."""
    return one_of(*dict.fromkeys(QUEUE_STATUS.values()))(name, "complete" if text.lower() == "completed" else text)


# What they ask of the database ----------------------------------------------------------------------------------------
def _length_ms(minutes: Decimal) -> int:
    return int(minutes * 60_000)


def _with_pairs(wanted: Mapping[str, Any], *places: Any) -> Q:
    """Every name has its value in one of the JSON columns. A text also finds the number or the yes that it spells, and back."""
    found = Q()
    for key, value in wanted.items():
        either = Q()
        for place in places:
            for spelt in _spellings(value):
                either |= Q(KeyTransformExact(KeyTransform(key, place), Value(spelt, JSONField())))
        found &= either
    return found


def _spellings(value: Any) -> list[Any]:
    if not isinstance(value, str):
        return [value] if value is None else [value, json.dumps(value)]
    spelt = _from_json(value)
    return [value, spelt] if isinstance(spelt, int | float) and abs(spelt) < 2**53 else [value]


def _in_config(name: str) -> KeyTransform:
    return KeyTransform(name, "config")


def _choices(words_of: Mapping[Any, str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), word) for value, word in words_of.items())


def enum(values: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [str(v) for v in values]}


NUMBER = {"type": "number", "minimum": 0}
BOOLEAN = {"type": "boolean"}
ID = {"type": "string", "format": "uuid"}
STATUSES = {
    Status.COMPLETED: "Somebody was reached",
    Status.NO_ANSWER: "No answer",
    Status.BUSY: "Busy",
    Status.FAILED: "Could not connect",
    Status.CANCELED: "Called off",
    Status.UNKNOWN: "Not known",
}
ANSWERED = {
    AnsweredBy.HUMAN: "A person",
    AnsweredBy.VOICEMAIL: "A machine",
    AnsweredBy.UNKNOWN: "Could not tell who",
    AnsweredBy.NO_ANSWER: "Nobody",
}
SIDES = {EndedBy.ASSISTANT: "The agent", EndedBy.USER: "The person"}

CRITERIA: tuple[Criterion, ...] = (
    Criterion("to_number", phone, lambda v: Q(to_number__in=v), "Calls made to this number.", label="Number called", kind="phone"),
    Criterion("from_number", phone, lambda v: Q(from_number__in=v), "Calls made from this number.", label="Number shown", kind="phone"),
    Criterion(
        "completed",
        boolean,
        lambda v: Q(state__in=[str(s) for s in State if (s in ENDED) is v]),
        "Only calls that are over (true), or are not (false).",
        BOOLEAN,
    ),
    Criterion(
        "queue_status",
        _queue_status,
        lambda v: Q(state__in=[str(s) for s, shown in QUEUE_STATUS.items() if shown == v]),
        "Calls that stand here.",
        enum(dict.fromkeys(QUEUE_STATUS.values())),
    ),
    Criterion(
        "status",
        one_of(*Status),
        lambda v: Q(status=v),
        "Calls that came out like this.",
        enum(Status),
        label="Came out",
        kind="choice",
        choices=_choices(STATUSES),
    ),
    Criterion(
        "answered_by",
        one_of(*AnsweredBy),
        lambda v: Q(answered_by=v),
        "Calls answered by this.",
        enum(AnsweredBy),
        label="Answered by",
        kind="choice",
        choices=_choices(ANSWERED),
    ),
    Criterion(
        "call_ended_by",
        one_of(*EndedBy),
        lambda v: Q(call_ended_by=v),
        "Calls ended by this side.",
        enum(EndedBy),
        label="Ended by",
        kind="choice",
        choices=_choices(SIDES),
    ),
    Criterion("inbound", boolean, lambda v: Q(pk__in=[]) if v else Q(), "Calls people made to you (true) or you made (false).", BOOLEAN),
    Criterion(
        "duration_gt",
        number,
        lambda v: Q(duration_ms__gt=_length_ms(v)),
        "Calls longer than this many minutes.",
        NUMBER,
        label="Longer than",
        kind="number",
        unit="minutes",
    ),
    Criterion(
        "duration_lt",
        number,
        lambda v: Q(duration_ms__lt=_length_ms(v)),
        "Calls shorter than this many minutes.",
        NUMBER,
        label="Shorter than",
        kind="number",
        unit="minutes",
    ),
    Criterion(
        "cost_gt",
        number,
        lambda v: Q(price__gt=v),
        "Calls that cost more than this, in US dollars.",
        NUMBER,
        label="Cost more than",
        kind="number",
        unit="dollars",
    ),
    Criterion(
        "cost_lt",
        number,
        lambda v: Q(price__lt=v),
        "Calls that cost less than this, in US dollars.",
        NUMBER,
        label="Cost less than",
        kind="number",
        unit="dollars",
    ),
    Criterion(
        "error_message", words, lambda v: Q(error_message__icontains=v), "Calls whose error message contains this.", label="Error says"
    ),
    Criterion("disposition_tag", words, lambda v: Q(disposition_tag=v), "Calls with this outcome.", label="Outcome", address="outcome"),
    Criterion("call_id", uid, lambda v: Q(uid=v), "This one call.", ID, label="Call id"),
    Criterion("batch_id", uid, lambda v: Q(batch_id=v), "Calls of this batch.", ID, label="Batch"),
    Criterion("persona_id", uid, lambda v: Q(persona__uid=v), "Calls made with this persona.", ID, label="Persona", address="persona"),
    Criterion("pathway_id", uid, lambda v: Q(pathway__uid=v), "Calls made along this pathway.", ID, label="Pathway", address="pathway"),
    Criterion("campaign_id", words, lambda v: Q(pk__in=[]), "Calls of this campaign. There are no campaigns yet, so none match."),
    Criterion("tag", words, lambda v: Q(tags__name=v), "Calls that somebody tagged with this.", label="Tag"),
    Criterion(
        "needs_person",
        boolean,
        lambda v: Q(waits_for_person=v),
        "Calls that need a person who has not ticked them off (true), or do not (false).",
        BOOLEAN,
        label="Needs a person",
        kind="yes",
        address="person",
    ),
    Criterion(
        "recorded",
        boolean,
        lambda v: Q(recording__state=Recording.READY) if v else ~Q(recording__state=Recording.READY),
        "Calls with a recording to hear (true), or without one (false).",
        BOOLEAN,
        label="Recorded",
        kind="yes",
    ),
    Criterion(
        "variables",
        pairs,
        lambda v: _with_pairs(v, "variables", _in_config("request_data")),
        f'Calls that know this: a JSON object such as {{"plan": "gold"}}, or plan=gold. Looks through the newest {REACH} calls '
        "that the other filters leave.",
        label="Variable",
        hint="plan=gold",
        slow=True,
    ),
    Criterion(
        "analysis_schema",
        pairs,
        lambda v: _with_pairs(v, _in_config("analysis_schema")),
        f'Calls asked for these answers: a JSON object such as {{"email": "string"}}. Looks through the newest {REACH} calls '
        "that the other filters leave.",
        slow=True,
    ),
)
BY_NAME = {c.name: c for c in CRITERIA}
BY_KEY = {c.key: c for c in CRITERIA if c.label}
# What stands on the page behind "More filters", in this order; the others have controls of their own.
MORE = tuple(c for c in BY_KEY.values() if c.name not in ("disposition_tag", "persona_id", "needs_person"))


def narrowed[M: Model](calls: QuerySet[M], asked: Mapping[str, str]) -> QuerySet[M]:
    """Those of `calls` (newest first by created_at, id) that fit all of `asked`: name -> text that was understood before."""
    fast, slow = Q(), Q()
    for name, text in asked.items():
        criterion = BY_NAME[name]
        if criterion.slow:
            slow &= criterion.asks(text)
        else:
            fast &= criterion.asks(text)
    return within_reach(calls.filter(fast), slow)


def within_reach[M: Model](calls: QuerySet[M], slow: Q) -> QuerySet[M]:
    """`calls` with a condition for which every row has to be read. One query more when there is one."""
    if not slow:
        return calls
    since = reach(calls)
    return calls.filter(created_at__gte=since).filter(slow) if since else calls.filter(slow)


def reach(calls: QuerySet[Any]) -> datetime | None:
    """When the oldest call was created that a slow criterion looks at; None: it looks at all of them."""
    oldest: datetime | None = calls.order_by("-created_at", "-id").values_list("created_at", flat=True)[REACH : REACH + 1].first()
    return oldest
