"""What is doubtful in a reading: shown beside the task while it is written, and stored with the call."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from calls.agent.builtin import guard
from calls.agent.builtin.language import patterns, speaks
from calls.agent.builtin.plan import NOWHERE, Plan, Span
from calls.agent.builtin.text import fill, stems

MOST_FACTS_FIRST = 2  # spoken before the first question
SUBJECTLESS = r"(?:is|are|was|were|it|they|this|that|there|he|she|which|and|but|or|because|so)\b"


@dataclass(frozen=True, slots=True)
class Lint:
    level: Literal["error", "warning", "info"]
    message: str
    span: Span = NOWHERE

    def to_dict(self) -> dict[str, Any]:
        return {"level": self.level, "message": self.message, "start": self.span[0], "end": self.span[1]}


def lint(plan: Plan, task: str = "", variables: Mapping[str, Any] | None = None, language: str = "babel-en") -> list[Lint]:
    """Findings in the order of importance. `task` may be unfilled: spans point into the filled task (`plan.text`)."""
    text = plan.text or fill(task, variables or {})
    found = [*_language(language), *_machine(text, plan), *_variables(text), *_refused(plan), *_questions(plan, text)]
    if not plan.organisation and not plan.owner:
        found.append(Lint("warning", "No organisation found: the agent cannot say for whom it calls."))
    return [*found, *_facts(plan)]


def _language(language: str) -> list[Lint]:
    if speaks(language):
        return []
    return [Lint("error", "The built-in agent speaks English only. Connect a model endpoint for other languages.")]


def _machine(text: str, plan: Plan) -> list[Lint]:
    m = re.search(patterns("instructions")["HIDES_MACHINE"], text, re.I)
    if m:
        return [
            Lint("error", "The task asks to hide that the caller is automated. The built-in agent always says so.", (m.start(), m.end()))
        ]
    return [Lint("error", w) for w in plan.warnings]


def _variables(text: str) -> list[Lint]:
    return [Lint("error", f"The variable {m[0]} has no value.", (m.start(), m.end())) for m in re.finditer(r"\{\{[^{}]*\}\}", text)]


def _refused(plan: Plan) -> list[Lint]:
    """Lines that the last guard would not let through."""
    lines = [(q.text, q.span) for q in plan.questions if q.text]
    lines += [(x, plan.span(x)) for x in (*plan.statements, *plan.late)]
    return [Lint("error", f"Will not be said, it looks like {why}: {text}", span) for text, span in lines if (why := guard.refusal(text))]


def _questions(plan: Plan, text: str) -> list[Lint]:
    found = []
    if not plan.questions:
        found.append(Lint("info", "No question found: the agent gives its message and asks whether there is anything to pass on."))
    for q in plan.questions:
        if re.match(r"Could you tell me (?:whether )?", q.text) and q.slot == "text":
            found.append(Lint("info", f"Question not recognised, it will be asked as: {q.text}", q.span))
    asked = {q.span for q in plan.questions}
    for sentence in plan.ignored:
        place = plan.span(sentence)
        if re.search(r"\b(?:ask|find out|check|whether|confirm)\b|\?", sentence, re.I) and place not in asked:
            found.append(Lint("warning", f"Question not recognised, nothing will be asked: {sentence}", place))
    return found


def _facts(plan: Plan) -> list[Lint]:
    found = []
    first = [*plan.statements, *(c for c in plan.context if not stems(c) <= stems(plan.purpose))] if plan.questions else []
    if len(first) > MOST_FACTS_FIRST:
        found.append(
            Lint("warning", f"{len(first)} statements come before the first question: say less at the beginning.", plan.span(first[-1]))
        )
    for fact in plan.facts:
        if (
            plan.span(fact) != NOWHERE
            and re.match(SUBJECTLESS, fact, re.I)
            and not re.match(r"(?:there|this|that) (?:is|are|was|were)\b", fact, re.I)
        ):
            found.append(
                Lint("info", f"This sentence does not name what it is about and may answer the wrong question: {fact}", plan.span(fact))
            )
    return found
