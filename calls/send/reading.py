"""The reading of a task on the page: what the built-in agent will say, ask, answer from, not talk about and ignore, before it is called."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from calls.agent.builtin.analyse import read_task
from calls.agent.builtin.lint import lint
from calls.agent.builtin.plan import NOWHERE, Plan, Question, Span
from calls.agent.builtin.questions import options, slot_type

WORDS = {
    "say": "It will say",
    "ask": "It will ask",
    "answer": "It can answer from",
    "avoid": "It will not talk about",
    "ignore": "It ignores",
}
EMPTY = {
    "say": "Only who it is and goodbye.",
    "ask": "Nothing.",
    "answer": "Nothing. It will say that it does not know.",
    "avoid": "Nothing is forbidden.",
    "ignore": "Nothing. Every sentence is used.",
}
HELP = {
    "say": "One sentence on each line, said before the questions.",
    "ask": "One question on each line, asked in this order.",
    "answer": "One fact on each line, as a whole sentence.",
    "avoid": "One topic on each line. “topic = sentence” says the sentence instead.",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the task and what was made of it ("" for the rest)."""

    text: str
    kind: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class ReadingPart:
    kind: str
    title: str
    items: list[str]
    empty: str
    help: str = ""

    @property
    def editable(self) -> bool:
        return self.kind in HELP

    @property
    def lines(self) -> str:
        return "\n".join(self.items)


@dataclass(frozen=True, slots=True)
class Reading:
    plan: Plan
    pieces: list[Piece]
    parts: list[ReadingPart]
    lints: list[Any] = field(default_factory=list)
    edited: bool = False


def read(task: str, variables: dict[str, Any], knowledge: str, language: str, data: QueryDict | None = None) -> Reading:
    """The reading of a filled task; with staff's own lines in its place when they said so on the form."""
    plan = read_task(task, variables, knowledge)
    edited = data is not None and data.get("reading-edited") == "1"
    if edited and data is not None:
        plan = corrected(plan, data)
    return Reading(plan, pieces(plan), parts(plan), list(lint(plan, task, variables, language)), edited)


def parts(plan: Plan) -> list[ReadingPart]:
    said = [f"I'm calling {plan.purpose}." if plan.purpose else "", *plan.context, *plan.statements, *plan.late]
    asked = [" ".join(x for x in (q.lead, q.text) if x) + _condition(plan, q) for q in plan.questions if q.slot != "say"]
    avoided = [f"{topic} = {reply}" if reply else topic for topic, reply in plan.avoid]
    found = {
        "say": list(dict.fromkeys(s for s in said if s)),
        "ask": asked,
        "answer": plan.facts,
        "avoid": avoided,
        "ignore": [*plan.behaviours, *plan.ignored],
    }
    return [ReadingPart(kind, WORDS[kind], found[kind], EMPTY[kind], HELP.get(kind, "")) for kind in WORDS]


def _condition(plan: Plan, question: Question) -> str:
    if not question.when:
        return ""
    return f" (only if the answer before is {question.when})" if question.when in ("yes", "no") else f" (only about: {question.when})"


def pieces(plan: Plan) -> list[Piece]:
    """The task cut at the places things were read from."""
    marks: list[tuple[Span, str]] = [(q.span, "say" if q.slot == "say" else "ask") for q in plan.questions]
    marks += [(plan.span(t), "say") for t in (plan.purpose, *plan.statements, *plan.late)]
    marks += [(plan.span(t), "answer") for t in (*plan.facts, *plan.context)]
    marks += [(plan.span(topic), "avoid") for topic, _ in plan.avoid]
    marks += [(plan.span(t), "ignore") for t in (*plan.behaviours, *plan.ignored)]
    made, at = [], 0
    for (start, end), kind in sorted({m for m in marks if m[0] != NOWHERE}):
        if start < at or end <= start:
            continue
        if plan.text[at:start]:
            made.append(Piece(plan.text[at:start]))
        made.append(Piece(plan.text[start:end], kind, WORDS[kind]))
        at = end
    return [*made, Piece(plan.text[at:])] if plan.text[at:] else made


def corrected(plan: Plan, data: QueryDict) -> Plan:
    """The plan that staff's lines stand for. What they did not change keeps its condition and its type."""

    def lines(kind: str) -> list[str]:
        return [line.strip() for line in data.get(f"reading-{kind}", "").splitlines() if line.strip()][:200]

    asked = next(part.items for part in parts(plan) if part.kind == "ask")
    before = dict(zip(asked, (q for q in plan.questions if q.slot != "say"), strict=True))
    questions = [before.get(line) or Question(line, slot_type(line), options=options(line)) for line in lines("ask")]
    if any(q.parent >= 0 for q in questions) and [q.text for q in questions] != [q.text for q in plan.questions]:
        for question in questions:
            if question.parent >= 0:
                parent = plan.questions[question.parent] if question.parent < len(plan.questions) else None
                question.parent = questions.index(parent) if parent in questions else -1
                question.when = question.when if question.parent >= 0 else ""
    avoid = [(topic.strip(), reply.strip()) for topic, _, reply in (line.partition("=") for line in lines("avoid"))]
    purpose = plan.purpose if f"I'm calling {plan.purpose}." in lines("say") else ""
    said = [line for line in lines("say") if line != f"I'm calling {plan.purpose}."]
    return Plan.from_dict(
        {
            **plan.to_dict(),
            "purpose": purpose,
            "questions": Plan(questions=questions).to_dict()["questions"],
            "statements": said,
            "context": [],
            "late": [],
            "facts": lines("answer"),
            "avoid": [{"text": topic, "reply": reply} for topic, reply in avoid],
            "ignored": [],
        }
    )
