"""The facts of an ended call: what its citation schemas and its `analysis_schema` ask for, each with the words that prove it.

Due once the outcome is written and a conversation took place. Read without a transaction open, written in one.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils import timezone

from analytics import analysis
from analytics.extraction import Found, asking, extract
from analytics.needs import Need
from analytics.reading import Spoken
from calls import citing, hooks, lifecycle
from calls.agent.encoder import encoder
from calls.lifecycle import Event
from calls.models import Call, CallEvent, Citation, CitationIssue, CitedLine, Utterance
from personas import citations
from personas.citations import Condition, Definition, Variable
from personas.models import CitationSchema

log = logging.getLogger(__name__)

TRIES = 3  # after so many failures a person is told
ATTEMPT, READ = "facts_failed", "citations"  # event kinds
DUE, DONE, FAILED = "due", "done", "failed"  # Call.facts_state


@dataclass(frozen=True, slots=True)
class Read:
    """What one schema found on one call."""

    variables: tuple[Variable, ...]  # those that were read: the schema's, then those that a condition added
    found: tuple[Found, ...]  # in the same order
    issues: tuple[Condition, ...] = ()  # conditions of mode flag that came true

    @property
    def said(self) -> int:
        return sum(each.value is not None for each in self.found)


@dataclass(frozen=True, slots=True)
class Facts:
    schemas: tuple[tuple[CitationSchema, Read], ...]
    analysis: dict[str, Any] | None


def write_facts(call_id: int) -> bool:
    """Reads and writes what is due of one call; False when nothing is. Two workers at once write it once.

    Raises whatever went wrong after recording the failed try; the third failure gives up (facts_state failed).
    """
    call = Call.objects.filter(pk=call_id, facts_state=DUE, outcome_at__isnull=False).first()
    if call is None:
        return False
    try:
        return _write(call, facts(call))
    except Exception as error:
        log.exception("the facts of call %s could not be read", call.uid)
        _failed(call, error)
        raise


def facts(call: Call) -> Facts:
    """Reads the transcript; may take seconds. Writes nothing. A schema is read as it is now; one that was deleted is not."""
    lines, now = transcript(call.pk), moment(call)
    schemas = [(schema, read(citations.read(schema.schema), lines, now)) for schema in schemas_of(call)]
    asked = call.setting("analysis_schema")
    answers = None
    if isinstance(asked, dict) and asked:
        wanted = analysis.variables(asked)
        found = extract(wanted, lines, encoder(), ask=asking.configured(), now=now)
        answers = {each.name: each.value for each in found}
    return Facts(tuple(schemas), answers)


def read(definition: Definition, lines: Sequence[Spoken], now: datetime | None = None) -> Read:
    """What a schema finds in a transcript. Conditions are looked at in their order; what one of them adds may fulfil a later one."""
    ask = asking.configured()
    variables = list(definition.variables)
    found = extract(variables, lines, encoder(), ask=ask, now=now)
    issues: list[Condition] = []
    for condition in definition.conditions:
        if not citations.holds(condition, {each.name: each.value for each in found}):
            continue
        if condition.mode == "flag":
            issues.append(condition)
            continue
        extra = [variable for variable in condition.extra if variable.name not in {v.name for v in variables}]
        variables += extra
        found += extract(extra, lines, encoder(), ask=ask, now=now) if extra else []
    return Read(tuple(variables), tuple(found), tuple(issues))


def schemas_of(call: Call) -> list[CitationSchema]:
    """The schemas that a call names, in its order, as they are now."""
    wanted = [str(uid) for uid in call.setting("citation_schema_ids") or ()]
    rows = CitationSchema.objects.filter(account_id=call.account_id, uid__in=wanted, deleted_at=None)
    by_uid = {str(row.uid): row for row in rows}
    return [by_uid[uid] for uid in dict.fromkeys(wanted) if uid in by_uid]


def transcript(call_id: int) -> list[Spoken]:
    rows = Utterance.objects.filter(call_id=call_id).order_by("seq").values_list("speaker", "text", "seq")
    return [Spoken(speaker, text, seq) for speaker, text, seq in rows]


def moment(call: Call) -> datetime:
    """When the call took place, in the callee's zone: what "tomorrow" is counted from."""
    try:
        zone = ZoneInfo(call.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return (call.started_at or call.created_at).astimezone(zone)


def save(call: Call, schema: CitationSchema, revision: int, made: Read) -> None:
    """Writes what a schema found in the place of what it had found before. Inside a transaction of the caller's."""
    Citation.objects.filter(call=call, schema=schema).delete()
    CitationIssue.objects.filter(call=call, schema=schema).delete()
    rows = Citation.objects.bulk_create(
        Citation(
            call=call,
            schema=schema,
            revision=revision,
            name=variable.name,
            type=variable.type,
            value=each.value,
            number=each.number,
            word=each.word,
            why=each.why[:200],
            called_at=call.created_at,
        )
        for variable, each in zip(made.variables, made.found, strict=True)
    )
    lines = dict(Utterance.objects.filter(call=call).values_list("seq", "pk"))
    CitedLine.objects.bulk_create(
        CitedLine(citation=row, utterance_id=lines[quote.seq], start=quote.start, end=quote.end)
        for row, each in zip(rows, made.found, strict=True)
        for quote in each.quotes
    )
    CitationIssue.objects.bulk_create(
        CitationIssue(
            call=call,
            schema=schema,
            severity=issue.severity,
            type=issue.issue,
            detail=issue.detail,
            variable=issue.variable,
            called_at=call.created_at,
        )
        for issue in made.issues
    )


def told(schemas: Sequence[tuple[CitationSchema, Read]]) -> Event:
    """The event of a reading. `data` says of each schema its revision and how much of it was said."""
    said, asked = sum(made.said for _, made in schemas), sum(len(made.found) for _, made in schemas)
    rows = [
        {"schema_id": str(schema.uid), "revision": schema.revision, "said": made.said, "of": len(made.found), "issues": len(made.issues)}
        for schema, made in schemas
    ]
    return Event("citations", f"Citations: {said} of {asked} values were said", kind=READ, data={"schemas": rows})


def _write(call: Call, made: Facts) -> bool:
    with transaction.atomic():
        # the row is locked (SQLite: the whole file), so a second worker sees that it is done
        due = Call.objects.select_for_update().filter(pk=call.pk, facts_state=DUE).values_list("pk", flat=True).first()
        if due is None:
            return False
        run = CallEvent.objects.filter(call=call, kind=READ).count()
        for schema, each in made.schemas:
            save(call, schema, schema.revision, each)
        columns: dict[str, Any] = {"facts_state": DONE, "facts_at": timezone.now(), "analysis": made.analysis}
        lifecycle.record(call.pk, told(made.schemas) if call.setting("citation_schema_ids") else _analysed(made.analysis or {}), **columns)
        hooks.citations(call.pk, citing.items(call.pk), run=run)
    return True


def _analysed(answers: dict[str, Any]) -> Event:
    said = sum(value is not None for value in answers.values())
    return Event("citations", f"Analysis: {said} of {len(answers)} values were said", kind=READ, data={"schemas": []})


def _failed(call: Call, error: Exception) -> None:
    tries = CallEvent.objects.filter(call=call, kind=ATTEMPT).count() + 1
    text = f"The facts could not be read (try {tries} of {TRIES}): {type(error).__name__}"
    event = Event("citations", text, kind=ATTEMPT, level="error", data={"try": tries})
    with transaction.atomic():
        row = Call.objects.select_for_update().filter(pk=call.pk, facts_state=DUE).first()
        if row is None:
            return
        if tries < TRIES:
            lifecycle.record(call.pk, event)
            return
        need = Need("facts", "The facts of this call could not be read: please read the transcript.")
        columns: dict[str, Any] = {"facts_state": FAILED, "needs_person": [*row.needs_person, need.to_json()]}
        lifecycle.record(call.pk, event, **columns)
        hooks.citations(call.pk, [])  # nothing is told; a record that waited for them waits no longer
