"""Labelled sets of values read out of transcripts (`manage.py evaluate extraction FILE`): their two forms, and the score.

A case has `schema.variables`, `transcript` ([{id, user, text}]) and `expected` (name -> {value, utterance_id, also_ok, match}); or, shorter
to write, `variables` (each with expected, accept, holds, lines) and `lines` ("agent: …", "callee: …"). docs/labelled-sets.md has the rules.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics.extraction import Found, extract
from analytics.reading import Spoken
from analytics.scores import Case, Score
from calls.agent.encoder import encoder
from personas.citations import Variable

SPEAKERS = {"agent": "assistant", "callee": "user"}
EDGES = re.compile(r"^(?:the|a|an|on|at|in)\s+|[^\w]+$", re.I)


@dataclass(frozen=True, slots=True)
class Expected:
    values: tuple[Any, ...]  # any of them is right; (None,): nobody said it
    part: str = ""  # words that a free answer has to contain
    lines: frozenset[int] = frozenset()  # seqs that may be quoted


@dataclass(slots=True)
class Tally:
    said: int = 0
    right: int = 0
    quoted: int = 0
    silent: int = 0
    invented: int = 0  # nobody said it
    wrong: int = 0  # somebody said something else


def score(cases: Sequence[Case]) -> Score:
    tally, wrong = Tally(), []
    for n, case in enumerate(cases, 1):
        lines, variables, expected = read(case)
        for found, wanted in zip(extract(variables, lines, encoder()), expected, strict=True):
            if trouble := _judge(found, wanted, tally):
                wrong.append(f"{n} {found.name}: {trouble} ({found.why})")
    total = tally.said + tally.silent
    right = tally.right + tally.silent - tally.invented
    figures = {
        "values right": right / max(1, total),
        "said right": tally.right / max(1, tally.said),
        "null right": 1 - tally.invented / max(1, tally.silent),
        "quotes right": tally.quoted / max(1, tally.right),
    }
    return Score(total, figures, wrong, (f"{tally.invented} values were invented, {tally.wrong} read wrong, {len(cases)} transcripts",))


def _judge(found: Found, wanted: Expected, tally: Tally) -> str:
    if not wanted.part and wanted.values == (None,):
        tally.silent += 1
        tally.invented += found.value is not None
        return f"{found.value!r} was invented" if found.value is not None else ""
    tally.said += 1
    if not _same(found.value, wanted):
        tally.wrong += found.value is not None
        return f"{found.value!r}, not {wanted.part or wanted.values[0]!r}"
    tally.right += 1
    quoted = found.value is None or not wanted.lines or bool({q.seq for q in found.quotes} & wanted.lines)
    tally.quoted += quoted
    return "" if quoted else f"quotes line {[q.seq for q in found.quotes]}, not {sorted(wanted.lines)}"


def _same(value: Any, wanted: Expected) -> bool:
    if value is None:
        return None in wanted.values
    if wanted.part:
        return isinstance(value, str) and (_fold(wanted.part) in _fold(value) or _fold(value) in map(_fold, wanted.values))
    return any(_fold(value) == _fold(each) for each in wanted.values)


def _fold(value: Any) -> Any:
    """A list is a set of things; text is compared without case, edge words and end marks."""
    if isinstance(value, list):
        return sorted((_fold(v) for v in value), key=str)
    if not isinstance(value, str):
        return value
    return EDGES.sub("", EDGES.sub("", " ".join(value.casefold().replace("’", "'").split())))


def read(case: Case) -> tuple[list[Spoken], list[Variable], list[Expected]]:
    """Raises KeyError, TypeError, ValueError for a case of another form."""
    if "lines" in case:
        rows = case["variables"]
        said = [line.split(":", 1) for line in case["lines"]]
        lines = [Spoken(SPEAKERS.get(who.strip(), who.strip()), text.strip(), seq) for seq, (who, text) in enumerate(said, 1)]
        return lines, [_variable(row) for row in rows], [_expected(row) for row in rows]
    rows = case["schema"]["variables"]
    lines = [Spoken(line["user"], line["text"], int(line["id"])) for line in case["transcript"]]
    return lines, [_variable(row) for row in rows], [_documented(case["expected"][row["name"]]) for row in rows]


def _variable(row: Case) -> Variable:
    kind: Any = "category" if row.get("type") == "categorical" else row.get("type", "string")
    return Variable(
        row["name"],
        row.get("description", ""),
        kind,
        tuple(row.get("options") or ()),
        row.get("regex", ""),
        row.get("items", "string"),
    )


def _expected(row: Case) -> Expected:
    if "holds" in row:
        values = tuple(row.get("accept", ()))
        return Expected(values, row["holds"], frozenset(row["lines"]))
    return Expected((row["expected"], *row.get("accept", ())), "", frozenset(row.get("lines", ())))


def _documented(row: Case) -> Expected:
    lines = {row.get("utterance_id"), *(row.get("also_ok") or ())} - {None}
    part = str(row["value"]) if row.get("match") == "contains" else ""
    return Expected((row["value"],), part, frozenset(int(seq) for seq in lines))
