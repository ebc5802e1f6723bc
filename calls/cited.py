"""What was read out of a call, as its page shows it, each value with its proof. Reads its rows itself, four queries at most."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from calls import citing
from calls.models import Call, Citation, CitationIssue
from calls.states import ENDED
from config.kit.times import length as clock
from personas import citations
from personas.models import CitationSchema

SEVERITIES = {"high": ("High", "bad"), "medium": ("Medium", "warn"), "low": ("Low", "")}  # word, tone
ORDER = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Proof:
    quote: str
    seq: int
    at: str


@dataclass(frozen=True, slots=True)
class CitedFact:
    name: str
    value: str  # "": nobody said it, or the proof is the value
    proofs: tuple[Proof, ...]

    @property
    def said(self) -> bool:
        return bool(self.value or self.proofs)


@dataclass(frozen=True, slots=True)
class Group:
    title: str  # "" where there is nothing to tell it from
    facts: tuple[CitedFact, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    severity: str
    tone: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Cited:
    due: bool
    failed: bool
    said: int
    of: int
    groups: tuple[Group, ...]
    issues: tuple[Issue, ...]


def cited(call: Call) -> Cited | None:
    """None where nothing was asked for and nothing was read."""
    if call.state not in ENDED:
        return None
    rows = citing.of_call(call.pk)
    if not rows and not call.facts_state:
        return None
    issues = list(CitationIssue.objects.filter(call=call).order_by("pk")) if rows else []
    groups = [*_groups(rows), *_analysed(call)]
    facts = [fact for group in groups for fact in group.facts]
    return Cited(
        due=call.facts_state == "due",
        failed=call.facts_state == "failed",
        said=sum(fact.said for fact in facts),
        of=len(facts),
        groups=tuple(groups),
        issues=tuple(_issue(row) for row in sorted(issues, key=lambda row: ORDER.index(row.severity))),
    )


def _groups(rows: Sequence[Citation]) -> list[Group]:
    """A schema's own groupings, then what stands in none; the schema's name only where there is more than one."""
    schemas = {row.schema_id: row.schema for row in rows}
    found: list[Group] = []
    for pk, schema in schemas.items():
        own = {row.name: _fact(row) for row in rows if row.schema_id == pk}
        name = schema.name if len(schemas) > 1 else ""
        for title, names in _groupings(schema):
            facts = tuple(own.pop(each) for each in names if each in own)
            if facts:
                found.append(Group(f"{name}: {title}" if name else title, facts))
        if own:
            found.append(Group(name or ("Other facts" if found else ""), tuple(own.values())))
    return found


def _groupings(schema: CitationSchema) -> Iterable[tuple[str, Sequence[str]]]:
    try:
        return [(group.name, group.variables) for group in citations.read(schema.schema).groupings]
    except citations.Wrong:
        return []  # what was read by it still stands


def _analysed(call: Call) -> list[Group]:
    if not call.analysis:
        return []
    return [Group("Analysis", tuple(CitedFact(_name(name), capital(shown(value)), ()) for name, value in call.analysis.items()))]


def _fact(row: Citation) -> CitedFact:
    lines = row.lines.all()
    proofs = tuple(Proof(line.utterance.text[line.start : line.end], line.utterance.seq, clock(line.utterance.start_ms)) for line in lines)
    value = shown(row.value)
    told = any(value.rstrip(".!? ") == proof.quote.rstrip(".!? ") for proof in proofs)  # it is somebody's own words: once is enough
    return CitedFact(_name(row.name), "" if told else capital(value), proofs)


def capital(value: str) -> str:
    """With a capital, where it begins with a plain word: an address of a mailbox stays as it is."""
    first = value.split(" ")[0]
    return value[:1].upper() + value[1:] if first.rstrip(",").isalpha() else value


def _issue(row: CitationIssue) -> Issue:
    word, tone = SEVERITIES[row.severity]
    return Issue(word, tone, row.type or f"{_name(row.variable)} needs a look", row.detail)


def _name(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def shown(value: Any) -> str:
    """A value in words; "" for null."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        words = [shown(each) for each in value]
        return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else f"{value:g}" if isinstance(value, float) else str(value)
    return "" if value is None else str(value)
