"""A call as a receipt: what the print view and a shared page show of it, and nothing else. Made from the Call page's own context."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from calls import queries
from calls.cited import Cited, cited
from calls.contexts import ANSWERED, Detail, Known, Outcome, detail
from calls.models import Call
from calls.queries import Marks
from calls.sharing.redaction import redact, redact_all, redact_quote
from calls.transcript import Item, Line, lines
from config.kit import times
from config.kit.words import Shown


@dataclass(frozen=True, slots=True)
class Said:
    at: str  # m:ss on the call's clock
    lane: str  # agent, caller; "" for what was done without words
    who: str
    text: str
    seq: int


@dataclass(frozen=True, slots=True)
class Paper:
    """`name` and `number` are empty where they are not told."""

    office: str
    shown: Shown
    name: str
    number: str
    when: str  # in full, in the active zone
    length: str
    answered_by: str
    agent: str
    outcome: Outcome | None
    lines: Sequence[Said]
    price: Decimal | None = None
    cited: Cited | None = None
    known: Sequence[Known] = ()


def of_staff(call: Call) -> Paper:
    """All that a printed receipt holds. The number of queries does not grow with the call."""
    page = _detail(call, queries.marks(call.pk), cited(call))
    return replace(_paper(call, page), price=call.price, cited=page.cited, known=page.known)


def of_others(call: Call, *, closed: bool) -> Paper:
    """For somebody without an account. `closed`: numbers and e-mail addresses blacked out, and not told who was called."""
    paper = _paper(call, _detail(call, Marks((), ""), None))
    outcome = replace(paper.outcome, reason="") if paper.outcome else None  # a sentence for staff
    paper = replace(paper, outcome=outcome, shown=replace(paper.shown, more=""))  # more: may name who stopped it
    return _closed(call, paper) if closed else paper


def _detail(call: Call, marks: Marks, found: Cited | None) -> Detail:
    return detail(call, [], [], queries.spans(call.pk), marks, operator=False, cited=found)


def _paper(call: Call, page: Detail) -> Paper:
    return Paper(
        office=call.account.name,
        shown=replace(page.shown, more="") if call.duration_ms else page.shown,  # the length has a place of its own
        name=call.callee_name,
        number=call.to_number,
        when=times.full(call.started_at or call.created_at),
        length=times.length(call.duration_ms) if call.duration_ms else "",
        answered_by=ANSWERED.get(call.answered_by, call.answered_by),
        agent=page.agent,
        outcome=page.outcome,
        lines=[_said(item) for item in lines(call, queries.utterances_after(call.pk, 0))],
    )


def _said(item: Item) -> Said:
    return Said(item.at, item.lane, item.who, item.text, item.seq) if isinstance(item, Line) else Said(item.at, "", "", item.text, item.seq)


def _closed(call: Call, paper: Paper) -> Paper:
    """Lines of one speaker are looked at together: a number may be told in pieces."""
    texts: dict[int, str] = {}
    for lane in ("agent", "caller", ""):
        own = [line for line in paper.lines if line.lane == lane]
        texts.update(zip([line.seq for line in own], redact_all([line.text for line in own], call.callee_name), strict=True))
    closed = [replace(line, text=texts[line.seq], who=_who(call, line)) for line in paper.lines]
    return replace(paper, name="", number="", agent=redact(paper.agent), outcome=_closed_outcome(call, paper), lines=closed)


def _who(call: Call, line: Said) -> str:
    told = line.lane == "caller" and call.callee_name
    return "Person" if told and line.who == call.callee_name.split()[0] else redact(line.who)


def _closed_outcome(call: Call, paper: Paper) -> Outcome | None:
    outcome = paper.outcome
    if outcome is None:
        return None
    line = next((line.text for line in paper.lines if line.seq == outcome.quote_seq), "")
    quote, summary = redact_quote(outcome.quote, line, call.callee_name), redact(outcome.summary, call.callee_name)
    return replace(outcome, title=redact(outcome.title), quote=quote, summary=summary)
