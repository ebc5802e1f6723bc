"""The reading of a task: what the agent will say, ask, answer from, not talk about and ignore, each with its place in the task.

Plain data: shown to the author before the call, editable as a form, stored with the call, tested without one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Span = tuple[int, int]  # offsets [start, end) in the filled task; NOWHERE when an item has no place there
NOWHERE: Span = (-1, -1)

SLOTS = ("yesno", "choice", "number", "rating", "when", "date", "email", "phone", "name", "text", "say")
MOST = 5000  # items of one kind: sentences of a large knowledge text are facts too
LONGEST = 1000  # characters of one item

TEXTS = ("agent", "organisation", "callee", "owner", "purpose")
LISTS = ("statements", "late", "facts", "context", "behaviours", "ignored")
FLAGS = ("check_identity", "private", "survey")


@dataclass
class Question:
    text: str
    slot: str  # one of SLOTS; "say" is a statement that depends on an answer
    when: str = ""  # "", "yes", "no" or words that the parent's answer must contain
    parent: int = -1
    lead: str = ""  # statement said just before the question
    source: str = ""  # the words of the task it was made from
    embedded: str = ""  # "whether you have insurance": what the question asks, as a clause
    options: list[str] = field(default_factory=list)
    span: Span = NOWHERE


@dataclass
class Plan:
    text: str = ""  # the filled task that spans point into
    agent: str = ""
    organisation: str = ""
    callee: str = ""
    owner: str = ""  # the private person who ordered the call
    purpose: str = ""
    questions: list[Question] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)  # said before the questions
    late: list[str] = field(default_factory=list)  # said before the goodbye
    avoid: list[tuple[str, str]] = field(default_factory=list)  # (topic, what to say instead)
    behaviours: list[str] = field(default_factory=list)  # about manner or conditions: without effect here
    ignored: list[str] = field(default_factory=list)  # sentences that nothing was read from
    context: list[str] = field(default_factory=list)  # facts that stand before the first question
    check_identity: bool = True
    private: bool = False
    survey: bool = False
    warnings: list[str] = field(default_factory=list)
    spans: dict[str, Span] = field(default_factory=dict)  # text of an item (other than a question) -> its place

    def span(self, text: str) -> Span:
        return self.spans.get(text, NOWHERE)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; `from_dict` makes an equal plan of it."""
        return {
            "text": self.text,
            **{name: self._item(getattr(self, name)) for name in TEXTS},
            **{name: [self._item(x) for x in getattr(self, name)] for name in LISTS},
            **{name: getattr(self, name) for name in FLAGS},
            "avoid": [{**self._item(topic), "reply": reply} for topic, reply in self.avoid],
            "questions": [_question_to_dict(q) for q in self.questions],
            "warnings": list(self.warnings),
        }

    def _item(self, text: str) -> dict[str, Any]:
        start, end = self.span(text)
        return {"text": text, "start": start, "end": end}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Plan":
        """From a form or a stored call. Unknown keys are ignored, items may be plain strings, empty ones are dropped, sizes are bounded."""
        plan = cls(text=str(data.get("text", "")))
        for name in TEXTS:
            setattr(plan, name, _taken(plan, data.get(name, "")))
        for name in LISTS:
            setattr(plan, name, [t for x in _listed(data.get(name)) if (t := _taken(plan, x))])
        for name in FLAGS:
            setattr(plan, name, bool(data.get(name, getattr(plan, name))))
        for x in _listed(data.get("avoid")):
            if topic := _taken(plan, x):
                plan.avoid.append((topic, _bounded(x.get("reply", "") if isinstance(x, Mapping) else "")))
        plan.questions = [_question_from_dict(x) for x in _listed(data.get("questions"))]
        for index, question in enumerate(plan.questions):
            if not 0 <= question.parent < len(plan.questions) or question.parent == index:
                question.parent = -1
        plan.warnings = [_bounded(x) for x in _listed(data.get("warnings"))]
        return plan


def _question_to_dict(q: Question) -> dict[str, Any]:
    return {
        "text": q.text,
        "slot": q.slot,
        "when": q.when,
        "parent": q.parent,
        "lead": q.lead,
        "source": q.source,
        "embedded": q.embedded,
        "options": list(q.options),
        "start": q.span[0],
        "end": q.span[1],
    }


def _question_from_dict(data: Any) -> Question:
    if not isinstance(data, Mapping):
        return Question(_bounded(data), "text")
    slot = str(data.get("slot", "text"))
    parent = data.get("parent", -1)
    return Question(
        text=_bounded(data.get("text", "")),
        slot=slot if slot in SLOTS else "text",
        when=_bounded(data.get("when", "")),
        parent=parent if isinstance(parent, int) else -1,
        lead=_bounded(data.get("lead", "")),
        source=_bounded(data.get("source", "")),
        embedded=_bounded(data.get("embedded", "")),
        options=[_bounded(x) for x in _listed(data.get("options"))],
        span=_span(data),
    )


def _taken(plan: Plan, item: Any) -> str:
    """The text of an item, its span noted in `plan`."""
    text = _bounded(item.get("text", "") if isinstance(item, Mapping) else item)
    if text and isinstance(item, Mapping) and _span(item) != NOWHERE:
        plan.spans[text] = _span(item)
    return text


def _span(data: Mapping[str, Any]) -> Span:
    start, end = data.get("start", -1), data.get("end", -1)
    return (start, end) if isinstance(start, int) and isinstance(end, int) and 0 <= start <= end else NOWHERE


def _listed(value: Any) -> list[Any]:
    return list(value)[:MOST] if isinstance(value, list | tuple) else []


def _bounded(value: Any) -> str:
    return ("" if value is None else str(value)).strip()[:LONGEST]
