"""What stands in a CSV file of calls. Pure but for the zone: a row knows its persona, pathway and tags already."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from calls.contexts import outcome_words
from calls.models import Call
from config.kit import csv, words


@dataclass(frozen=True, slots=True)
class Source:
    """One call and what other tables say of it."""

    call: Call
    zone: ZoneInfo
    tags: Sequence[str] = ()
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    word: str
    cell: Callable[[Source], Any]
    usual: bool = True  # ticked unless somebody says otherwise


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""


COLUMNS: tuple[Column, ...] = (
    Column("id", "Call id", lambda s: s.call.uid),
    Column("created", "Created", lambda s: s.call.created_at.astimezone(s.zone).isoformat(timespec="seconds")),
    Column("number", "Number called", lambda s: s.call.to_number),
    Column("from", "Number shown", lambda s: s.call.from_number, usual=False),
    Column("name", "Name", lambda s: s.call.callee_name),
    Column("persona", "Persona", lambda s: s.call.persona.name if s.call.persona else ""),
    Column("pathway", "Pathway", lambda s: s.call.pathway.name if s.call.pathway else ""),
    Column("state", "State", lambda s: words.shown(s.call).word),
    Column("outcome", "Outcome", lambda s: outcome_words(s.call.disposition_tag)),
    Column("quote", "Words that decided", lambda s: s.call.disposition_quote),
    Column("summary", "Summary", lambda s: s.call.summary),
    Column("seconds", "Length in seconds", lambda s: round(s.call.duration_ms / 1000)),
    Column("cost", "Cost", lambda s: "" if s.call.price is None else s.call.price),
    Column("currency", "Currency", lambda s: "" if s.call.price is None else "USD"),
    Column("answered_by", "Answered by", lambda s: s.call.answered_by),
    Column("ended_by", "Ended by", lambda s: s.call.call_ended_by),
    Column("error", "Error", lambda s: s.call.error_message, usual=False),
    Column("tags", "Tags", lambda s: ", ".join(s.tags)),
    Column("batch", "Batch", lambda s: s.call.batch_id or "", usual=False),
    Column("variables", "Variables (JSON)", lambda s: _json({**(s.call.setting("request_data") or {}), **s.call.variables})),
    Column("metadata", "Metadata (JSON)", lambda s: _json(s.call.setting("metadata") or {})),
    Column("transcript", "Transcript", lambda s: s.transcript, usual=False),
)
BY_NAME = {c.name: c for c in COLUMNS}
USUAL = tuple(c.name for c in COLUMNS if c.usual)


def chosen(names: Iterable[str]) -> list[Column]:
    """The columns of these names in the order of the table; the usual ones when none is known."""
    wanted = set(names)
    return [c for c in COLUMNS if c.name in wanted] or [BY_NAME[name] for name in USUAL]


def head(columns: Sequence[Column]) -> bytes:
    return (csv.MARK + "".join(csv.lines([[c.name for c in columns]]))).encode()


def lines(columns: Sequence[Column], sources: Iterable[Source]) -> bytes:
    return "".join(csv.lines([c.cell(source) for c in columns] for source in sources)).encode()
