"""What the pages of facts read. The number of queries never grows with the rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from analytics.schemas import choosing, wording
from calls.models import Call, Citation
from config.models import Account
from personas import citation_schemas
from personas.citations import Condition, Definition, Variable, Wrong, read
from personas.models import CitationSchema

MONTH = timedelta(days=30)
LATEST = 10
SHOWN_NAMES = 4  # facts that a row of the library names


@dataclass(frozen=True, slots=True)
class Row:
    """One list of the library."""

    uid: UUID
    name: str
    description: str
    facts: str
    count: int
    personas: int
    calls: int  # read in the last 30 days
    changed: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    kind: str
    description: str
    regex: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A condition in words."""

    when: str
    facts: list[Fact]
    severity: str = ""
    issue: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a list says, for people."""

    facts: list[Fact]
    groupings: list[tuple[str, str]]
    conditions: list[Told]


@dataclass(frozen=True, slots=True)
class Value:
    name: str
    value: str
    said: bool
    why: str
    quotes: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a list would find on one call."""

    call: UUID | None = None
    who: str = ""
    values: Sequence[Value] = ()
    issues: Sequence[Mapping[str, str]] = ()
    trouble: str = ""
    wrong: Sequence[Any] = ()  # builder messages


def value(row: Mapping[str, Any]) -> Value:
    return Value(row["name"], wording.value_words(row["value"]), row["value"] is not None, row["why"], row["quotes"])


def latest(account: Account) -> list[Call]:
    """The newest calls that a list can be tried on. One query."""
    return list(choosing.readable(account).only("uid", "callee_name", "to_number", "created_at")[:LATEST])


def call_of(account: Account, text: str) -> Call | None:
    """The call that an address or an id names; None when it is no readable one of the account."""
    found = choosing.UID.search(text)
    return choosing.readable(account).filter(uid=UUID(found[0])).first() if found else None


def library(account: Account, found: Iterable[CitationSchema]) -> list[Row]:
    """Two queries besides `found`: the personas that name them, and the calls they were read over."""
    found = list(found)
    users = citation_schemas.users(account)
    since = timezone.now() - MONTH
    counted = Citation.objects.filter(schema__in=found, called_at__gte=since).values_list("schema_id")
    calls = dict(counted.annotate(calls=Count("call_id", distinct=True)).values_list("schema_id", "calls").order_by())
    return [_row(schema, users[str(schema.uid)], calls.get(schema.pk, 0)) for schema in found]


def _row(schema: CitationSchema, personas: int, calls: int) -> Row:
    names = [variable.name for variable in definition_of(schema).variables]
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    facts = f"{', '.join(names[:SHOWN_NAMES])}{more}"
    return Row(schema.uid, schema.name, schema.description, facts, len(names), personas, calls, schema.updated_at)


def definition_of(schema: CitationSchema) -> Definition:
    """What is kept was checked when it was kept; what an older version of the rules took and this one does not counts as nothing."""
    try:
        return read(schema.schema)
    except Wrong:
        return Definition()


def shown(definition: Definition) -> Shown:
    return Shown(
        [_fact(variable) for variable in definition.variables],
        [(grouping.name, ", ".join(grouping.variables)) for grouping in definition.groupings],
        [_told(condition) for condition in definition.conditions],
    )


def _fact(variable: Variable) -> Fact:
    return Fact(variable.name, wording.type_word(variable), variable.description, variable.regex)


def _told(condition: Condition) -> Told:
    when = wording.condition_sentence(condition)
    if condition.mode == "extract":
        return Told(when, [_fact(variable) for variable in condition.extra])
    return Told(when, [], wording.SEVERITIES[condition.severity], condition.issue, condition.detail)
