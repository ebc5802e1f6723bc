"""The lines in which the words of a search were said, with the words marked: what a row of the list shows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from calls.models import Call, Utterance
from calls.searching.words import Place, Wanted, hits, places, read
from calls.transcript import person_name

LINES = 3  # of a call
READ = 5_000  # lines of all calls of a page that are looked at
LONGEST, BEFORE = 160, 40  # letters of a line, and of those before its first mark


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """`seq`: the line is at #line-<seq> on the call's page."""

    seq: int
    who: str
    parts: tuple[Part, ...]


def marked(calls: Sequence[Call], text: str) -> dict[int, list[Line]]:
    """By the id of the call: up to three lines, in their order. Calls that were found otherwise have none. One query."""
    wanted = read(text)
    by_id = {call.pk: call for call in calls}
    if not wanted or not by_id:
        return {}
    said: dict[int, list[tuple[int, str, str]]] = {}
    rows = Utterance.objects.filter(call__in=by_id).order_by("call_id", "seq").values_list("call_id", "seq", "speaker", "text")
    for call_id, seq, speaker, spoken in rows[:READ]:
        said.setdefault(call_id, []).append((seq, speaker, spoken))
    return {call_id: list(_lines(by_id[call_id], lines, wanted)) for call_id, lines in said.items()}


def _lines(call: Call, lines: Iterable[tuple[int, str, str]], wanted: Wanted) -> Iterator[Line]:
    """Lines that bring another word come before those that repeat one."""
    found = []
    for seq, speaker, text in lines:
        where = _where(text, wanted)
        if where:
            found.append((seq, speaker, text, where))
    shown: list[tuple[int, str, str, dict[int, list[tuple[int, int]]]]] = []
    told: set[int] = set()
    for line in found:
        if line[3].keys() - told:
            shown.append(line)
            told |= line[3].keys()
    chosen = [*shown, *(line for line in found if line not in shown)][:LINES]
    for seq, speaker, text, where in sorted(chosen):
        yield Line(seq, _who(call, speaker), tuple(parts(text, [span for spans in where.values() for span in spans])))


def _where(text: str, wanted: Wanted) -> dict[int, list[tuple[int, int]]]:
    """Number of a term -> where it stands."""
    line: list[Place] = list(places(text))
    return {n: spans for n, term in enumerate(wanted.terms) if (spans := list(hits(term, line)))}


def parts(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[Part]:
    """The text in pieces, those of `spans` marked; a long one is cut around its first mark."""
    ordered = sorted(spans)
    begin, end = _cut(text, ordered[0][0])
    at = begin
    if begin:
        yield Part("… ", False)
    for first, last in ordered:
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        if first > at:
            yield Part(text[at:first], False)
        yield Part(text[first:last], True)
        at = last
    if at < end:
        yield Part(text[at:end], False)
    if end < len(text):
        yield Part(" …", False)


def _cut(text: str, mark: int) -> tuple[int, int]:
    if len(text) <= LONGEST:
        return 0, len(text)
    begin = max(0, mark - BEFORE)
    if begin:
        begin = text.find(" ", begin, mark) + 1 or mark
    end = min(len(text), begin + LONGEST)
    if end < len(text):
        end = max(text.rfind(" ", mark + 1, end), mark + 1) if text.rfind(" ", mark + 1, end) > 0 else end
    return begin, end


def _who(call: Call, speaker: str) -> str:
    if speaker == "user":
        return person_name(call)
    if speaker == "robot":
        return "A machine"
    return call.persona.name if call.persona else "Agent"
