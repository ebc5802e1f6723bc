"""Finished objects for the templates of calls: nothing in them starts a query."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse

from calls.cited import Cited
from calls.models import Call, CallEvent, Recording, Utterance
from calls.queries import Marks, Span
from calls.rails_shown import Rail
from calls.rails_shown import shown as rails_shown
from calls.recordings.shown import Player, player
from calls.runner.brief import WITH_SOUND
from calls.searching.marks import Line as Found
from calls.shown import LIVE
from calls.states import ACTIVE, ENDED, EndedBy, State
from calls.strip import Bars, Strip, bars, strip
from calls.transcript import Item, agent_name, items, log_words, person_name
from calls.walked import Walked, placed
from config.kit import times, words
from config.kit.times import length as clock
from config.kit.words import Shown

SYSTEM_TAGS = {
    "CANCELED": "Called off",
    "NO_ANSWER": "Nobody answered",
    "BUSY": "Busy",
    "FAILED": "Could not connect",
    "TRANSFERRED": "Handed over",
}
INTRODUCES = re.compile(r"^(?:(?:you are|you're|your name is)\b[^.!?]*[.!?]\s*)+", re.I)
ANSWERED = {"human": "A person", "voicemail": "A machine", "unknown": "Could not tell who", "no-answer": "Nobody"}


AGENTS = {"built-in": "Built-in agent", "builtin": "Built-in agent"}
LINES = {"simulated": "Rehearsal, a pretend callee", "browser": "A browser"}


@dataclass(frozen=True, slots=True)
class Row:
    """One call in the list."""

    uid: UUID
    shown: Shown
    more: str  # words that belong to the state, on a line of their own
    live: bool
    unsettled: bool  # it will change by itself
    name: str  # "" when only the number is known
    number: str
    persona: str
    purpose: str
    outcome: str
    outcome_due: bool
    needs_person: bool
    said: str
    at: datetime
    length_ms: int | None
    price: Decimal | None
    recorded: bool  # there is something to hear
    tags: tuple[str, ...] = ()
    found: Sequence[Found] = ()  # the lines that a search found


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a reader must know before all else. tone: info, warn, bad."""

    tone: str
    symbol: str
    title: str
    text: str = ""
    href: str = ""
    at: str = ""
    done: bool = False  # can be ticked off by an operator


@dataclass(frozen=True, slots=True)
class Outcome:
    title: str
    tag: str
    quote: str
    quote_seq: int | None
    quote_at: str
    reason: str
    summary: str
    due: bool  # not written yet
    certainty: str = ""  # in words; "" where a person or the system decided, or it is not known
    summary_by: str = ""  # in words
    was: str = ""  # the automatic outcome in words, when a person chose another
    was_reason: str = ""
    note: str = ""  # of the person who changed it
    may_change: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the person said to a question: `seq` is the line that told it."""

    question: str
    value: str
    seq: int | None
    at: str


@dataclass(frozen=True, slots=True)
class LogLine:
    seq: int
    at: datetime
    category: str
    message: str
    error: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """What the Call page and its socket show of the call itself."""

    uid: UUID
    shown: Shown
    active: bool
    live: bool
    talking: bool
    unfinished: bool  # more is to come: the socket is worth opening
    title: str
    number: str
    numbered: bool  # the title is not already the number
    agent: str
    person: str
    carrier: str
    persona: str
    persona_version: int | None
    pathway: str
    pathway_version: int | None
    sent_by: str
    at: datetime
    operator: bool
    editor: bool
    seq: int
    items: list[Item]
    log: list[LogLine]
    notices: list[Notice]
    outcome: Outcome | None
    facts: list[Fact]
    known: list[Known]
    rails: list[Rail]
    taken_by: str
    strip: Strip | None
    bars: Bars | None
    cited: Cited | None = None  # what was read out of it
    route: Walked | None = None  # through the pathway that led it
    recording: Player | None = None
    sounds: bool = False  # it has sound, and somebody may be heard now or soon
    hear: str = ""  # address of the recording, while it can be heard


def outcome_words(tag: str) -> str:
    """Reads COMPLETED_ACTION as "Completed action"; tags that an account wrote itself stay as they wrote them."""
    if tag in SYSTEM_TAGS:
        return SYSTEM_TAGS[tag]
    if tag.isupper() and tag.replace("_", "").isalnum():
        return tag.replace("_", " ").capitalize()
    return tag


def list_row(call: Call, found: Sequence[Found] = ()) -> Row:
    """`call` as `queries` reads it for lists: with its tags, `task` and perhaps `last_said`. `found`: lines that a search found."""
    shown = words.shown(call)
    task: str = getattr(call, "task", None) or ""
    return Row(
        uid=call.uid,
        shown=replace(shown, more=""),
        more=shown.more,
        live=shown.key in LIVE,
        unsettled=call.state in ACTIVE or call.outcome_at is None,
        name=call.callee_name,
        number=call.to_number,
        persona=call.persona.name if call.persona else "",
        purpose=call.pathway.name if call.pathway else _purpose(task),
        outcome=outcome_words(call.disposition_tag),
        outcome_due=call.state in ENDED and not call.disposition_tag and call.outcome_at is None,
        needs_person=bool(call.needs_person) and call.handled_at is None,
        said=call.disposition_quote or getattr(call, "last_said", None) or "",
        at=call.created_at,
        length_ms=(call.duration_ms or None) if call.state in ENDED else None,
        price=call.price,
        recorded=bool(getattr(call, "recorded", False)),
        tags=tuple(sorted(tag.name for tag in call.tags.all())),
        found=found,
    )


def detail(
    call: Call,
    events: Sequence[CallEvent],
    said: Sequence[Utterance],
    spans: Sequence[Span],
    marks: Marks,
    *,
    operator: bool,
    editor: bool = False,
    route: Walked | None = None,
    recording: Recording | None = None,
    cited: Cited | None = None,
) -> Detail:
    """`events` and `said` may be the newest stretch only; `spans` and `marks` are of the whole call."""
    shown = words.shown(call)
    if shown.key in ("done", "transferred", "voicemail"):
        shown = replace(shown, more=clock(call.duration_ms) if call.duration_ms else "")
    heard = player(recording, spans, active=call.state in ACTIVE)
    return Detail(
        uid=call.uid,
        shown=shown,
        active=call.state in ACTIVE,
        live=shown.key in LIVE,
        talking=call.state == State.STARTED,
        unfinished=call.state in ACTIVE or call.outcome_at is None or call.facts_state == "due",
        title=call.callee_name or call.to_number,
        number=call.to_number,
        numbered=bool(call.callee_name),
        agent=agent_name(call),
        person=person_name(call),
        carrier=call.carrier,
        persona=call.persona.name if call.persona else "",
        persona_version=call.persona_version,
        pathway=call.pathway.name if call.pathway else "",
        pathway_version=call.pathway_version,
        sent_by=_sent_by(call),
        at=call.created_at,
        operator=operator,
        editor=editor,
        seq=call.last_seq,
        items=items(call, events, said),
        log=[LogLine(e.seq, e.at, e.category, log_words(e), e.level == "error") for e in events],
        notices=_notices(call, shown, spans, marks),
        outcome=_outcome(call, spans, marks, operator=operator),
        facts=_facts(call, recording),
        known=[_known(spans, *answer) for answer in marks.answers],
        rails=rails_shown(call.rails, marks.trips),
        taken_by=marks.taken_by if call.state == State.STARTED else "",
        strip=strip(spans),
        bars=bars(spans),
        cited=cited,
        route=placed(route, [s.seq for s in spans]) if route else None,
        recording=heard,
        sounds=call.state in ACTIVE and call.carrier in WITH_SOUND,
        hear=reverse("call-recording", args=[call.uid]) if heard and heard.ready else "",
    )


def _purpose(task: str) -> str:
    """The beginning of the task, without who the agent is, as long as a list has room for."""
    text = " ".join(task.split())
    text = INTRODUCES.sub("", text) or text
    if len(text) <= 60:
        return text
    return text[:60].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


def _sent_by(call: Call) -> str:
    if call.source == "retry":
        return "sent by itself, after a voicemail"
    if call.created_by:
        return f"sent by {call.created_by}"
    if call.api_key:
        return f"sent with the key “{call.api_key.name}”"
    return "sent by a program"


def _where(spans: Iterable[Span], seq: object) -> str:
    return next((clock(s.start_ms) for s in spans if s.seq == seq), "")


def _known(spans: Sequence[Span], seq: int, question: str, value: str) -> Known:
    told = next((s for s in reversed(spans) if s.seq < seq and s.speaker == "user"), None)
    return Known(question, value or "not said", told.seq if told else None, clock(told.start_ms) if told else "")


SAID_BY_STATE = {"lost": "lost", "outcome": "incomplete"}  # a need that the state of the call says already, in more words


def _notices(call: Call, shown: Shown, spans: Sequence[Span], marks: Marks) -> list[Notice]:
    tripped = {seq: clock(data["at_ms"]) for seq, data in marks.trips if isinstance(data.get("at_ms"), int)}
    needs = call.needs_person if call.handled_at is None else []
    of_state = _notice_of_state(call, shown)
    found = []
    for need in needs:
        if of_state and SAID_BY_STATE.get(need.get("reason")) == shown.key:
            of_state = replace(of_state, done=True)
            continue
        seq = need.get("seq")
        title = str(need.get("text", "")) or outcome_words(str(need.get("reason", "")))
        found.append(
            Notice("warn", "st-person", title, href=f"#line-{seq}" if seq else "", at=tripped.get(seq) or _where(spans, seq), done=True)
        )
    if asked := marks.optout:
        quote = f"“{asked.quote}” " if asked.quote else ""
        text = f"{quote}The number is on the do-not-call list since {times.absolute(asked.at)}."
        found.append(Notice("info", "ban", "Asked not to be called again.", text, f"#line-{asked.line}", _where(spans, asked.line)))
    if of_state:
        found.append(of_state)
    if call.state in ACTIVE and call.stop_requested_at:
        found.append(Notice("info", "square", "Stopping.", f"Asked for by {call.stop_requested_by or 'a program'}."))
    return found


def _notice_of_state(call: Call, shown: Shown) -> Notice | None:
    match shown.key:
        case "lost":
            noticed = f" It was noticed at {times.absolute(call.ended_at)}." if call.ended_at else ""
            text = f"Nobody knows how it ended.{noticed} It is not dialled again by itself."
            return Notice("warn", "st-lost", "We lost sight of this call.", text)
        case "refused":
            return Notice("bad", "st-refused", "Not allowed. Nobody was called.", call.error_message)
        case "failed":
            return Notice("bad", "st-failed", "Could not connect.", call.error_message)
        case "held":
            return Notice("info", "st-held", f"Held {shown.more}.", call.held_reason)
        case "incomplete":
            text = call.error_message or "What was said stands below: read it to know how the call went."
            return Notice("warn", "st-incomplete", "The call is over, but its outcome could not be written.", text)
    return None


def _outcome(call: Call, spans: Sequence[Span], marks: Marks, *, operator: bool) -> Outcome | None:
    if call.state in ACTIVE:
        return None
    wrote, changed = marks.outcome, marks.corrected
    return Outcome(
        title=outcome_words(call.disposition_tag),
        tag=call.disposition_tag,
        quote=call.disposition_quote,
        quote_seq=call.disposition_seq,
        quote_at=_where(spans, call.disposition_seq),
        reason=call.disposition_reason,
        summary=call.summary,
        due=call.outcome_at is None and call.state != State.COMPLETE_ERROR,
        certainty="" if changed or call.disposition_seq is None else certainty_words(wrote.get("certainty")),
        summary_by=_summary_by(wrote) if call.summary and wrote else "",
        was=outcome_words(str(wrote.get("tag", ""))) if changed else "",
        was_reason=str(wrote.get("reason", "")) if changed else "",
        note=str(changed.get("note", "")) if changed else "",
        may_change=operator and call.outcome_at is not None,
    )


SURE, FAIRLY_SURE = 0.75, 0.5  # below the second a person is asked to look: analytics.dispositions.LOW


def certainty_words(certainty: object) -> str:
    if not isinstance(certainty, int | float):
        return ""
    return "Sure" if certainty >= SURE else "Fairly sure" if certainty >= FAIRLY_SURE else "A guess"


def _summary_by(wrote: Mapping[str, Any]) -> str:
    by = str(wrote.get("summary_by", ""))
    if by and by != "template":
        return f"Written by {by}"
    trouble = str(wrote.get("summary_trouble", ""))
    return "Put together from what was said" + (f". The model did not write it: {trouble}" if trouble else "")


def _facts(call: Call, recording: Recording | None) -> list[Fact]:
    ended = call.state in ENDED
    records = recording is not None and recording.state == Recording.WRITING and not ended
    rows = [
        ("Who speaks", AGENTS.get(call.agent, call.agent)),
        ("Answered by", _answered_by(call)),
        ("Ended by", _ended_by(call) if ended else ""),
        ("Length", clock(call.duration_ms) if ended and call.duration_ms else ""),
        ("Handed over to", call.transferred_to),
        ("Cost", _price(call.price) if ended else ""),
        ("Shows", call.from_number),
        ("Line", call.line.name if call.line else LINES.get(call.carrier, call.carrier)),
        ("Recording", "from the answer on" if records else ""),
    ]
    return [Fact(name, value) for name, value in rows if value]


def _answered_by(call: Call) -> str:
    if call.answered_by:
        return ANSWERED.get(call.answered_by, call.answered_by)
    return "not known yet" if call.state == State.STARTED else ""


def _ended_by(call: Call) -> str:
    if call.stop_requested_at:
        return f"Stopped by {call.stop_requested_by or 'a program'}"
    if call.call_ended_by == EndedBy.ASSISTANT:
        return agent_name(call)
    if call.call_ended_by == EndedBy.USER:
        return person_name(call)
    return "not known" if call.started_at else ""


def _price(price: Decimal | None) -> str:
    if price is None:
        return ""
    return "under $0.01" if Decimal(0) < price < Decimal("0.005") else f"${price:,.2f}"
