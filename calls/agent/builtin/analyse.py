"""Reads a free-text task into a `Plan`. Rules only, no encoder; the order of the text is kept; about 10 ms."""

import re
from collections.abc import Mapping
from typing import Any

from calls.agent.builtin.draft import WORDS, Draft, speak
from calls.agent.builtin.identity import read_identity
from calls.agent.builtin.plan import NOWHERE, Plan, Span
from calls.agent.builtin.segments import locate, segments
from calls.agent.builtin.sentences import read_sentence
from calls.agent.builtin.text import fill, finish, sentences, stems

LONGEST_TASK = 30_000  # characters that are read
# Variables every call has, and those whose names say that they are not for the callee's ears.
BUILT_IN = frozenset(
    ("now", "now_utc", "from", "to", "short_from", "short_to", "phone_number", "call_id")
    + ("city", "state", "country", "zip", "language", "timezone", "channel")
)
SILENT = r"name|id$|score|token|secret|internal|note|ssn|segment|password|pin$|key$|card|iban|cvv"


def read_task(task: str, variables: Mapping[str, Any] | None = None, knowledge: str = "") -> Plan:
    """The reading of a task, its variables filled. Spans point into `plan.text`, the filled task."""
    data = dict(variables or {})
    raw = fill(task.replace("\r", "")[:LONGEST_TASK], data)
    d = Draft(raw, {k: v for k, v in data.items() if str(k).lower() not in BUILT_IN}, read_sentence)
    d.plan.text = raw
    read_identity(d)
    at = 0
    for segment in segments(d):
        span = locate(raw, segment.source, at)
        at = span[1] if span != NOWHERE else at
        before = _items(d.plan)
        replies = list(d.plan.avoid)
        questions = {id(q) for q in d.plan.questions}
        read_sentence(d, segment.section, segment.text)
        made = _place(d.plan, span, before, questions) or d.plan.avoid != replies
        if not made and re.search(r"[^\W\d]{2}", segment.text) and not _names_someone(d.plan, segment.text):
            d.plan.ignored.append(segment.text)
            d.plan.spans.setdefault(segment.text, span)
    _complete(d, knowledge)
    for name in (d.plan.agent, d.plan.organisation, d.plan.callee, d.plan.owner):
        if name:
            d.plan.spans.setdefault(name, locate(raw, name, 0))
    shown = {*_items(d.plan), *d.plan.ignored, d.plan.agent, d.plan.organisation, d.plan.callee, d.plan.owner}
    d.plan.spans = {text: span for text, span in d.plan.spans.items() if text in shown and span != NOWHERE}
    return Plan.from_dict(d.plan.to_dict())  # the same bounds as for a form: no empty item, none too long


def _items(p: Plan) -> set[str]:
    """Texts of everything but questions."""
    return {*p.facts, *p.statements, *p.late, *p.context, *p.behaviours, *(t for t, _ in p.avoid), p.purpose}


def _names_someone(p: Plan, text: str) -> bool:
    return any(name in text for name in (p.agent, p.organisation, p.callee, p.owner) if name)


def _place(p: Plan, span: Span, before: set[str], questions: set[int]) -> bool:
    """Notes where the items made from one sentence stand. False: nothing was made of it."""
    new = _items(p) - before - {""}
    for item in new:
        p.spans.setdefault(item, span)
    added = [q for q in p.questions if id(q) not in questions]
    for q in added:
        inner = locate(p.text[: span[1]], q.source, span[0]) if span != NOWHERE and q.source else NOWHERE
        q.span = inner if inner != NOWHERE else span
    return bool(new or added)


def _complete(d: Draft, knowledge: str) -> None:
    p = d.plan
    _more_facts(d, knowledge)
    _derive_purpose(d)
    kept = [c for c in p.context if not re.match(r"The name is|Hello|Hi\b|Thanks?\b|The organi", c)]
    p.context = [] if p.purpose.startswith("to confirm") else kept
    offered = any(x.lead.startswith("We can offer you") and x.slot == "choice" for x in p.questions)
    if offered and p.questions[0].text.startswith("What day and time would suit") and not p.questions[0].when:
        p.questions.pop(0)
        for x in p.questions:
            x.parent -= 1 if x.parent > 0 else 0
    place = p.span(p.purpose)
    p.facts, p.purpose = list(dict.fromkeys(p.facts)), p.purpose.strip(" .;")
    if not p.purpose and (m := re.search(r"feedback (?:on|about) ([^.?!]*)", d.raw, re.I)):
        p.purpose, place = "to ask for your feedback on " + speak(d, m[1]), (m.start(), m.end())
    p.spans.setdefault(p.purpose, place)
    if p.purpose.startswith("about ") and re.search(r"inform|tell|notify", d.raw, re.I):
        own = [f for f in p.facts if not f.startswith("I am calling") and f not in p.statements]
        p.statements[:0] = [f for f in own if stems(f) & stems(p.purpose)][:1]
    if p.purpose.startswith("to ask for your feedback") and p.questions and p.questions[0].text.startswith("How was "):
        p.questions[0].text = "How was it?"
    if p.purpose:
        p.facts.append(finish("I am calling " + p.purpose))
        p.spans.setdefault(p.facts[-1], p.span(p.purpose))
    if re.search(WORDS["HIDES_MACHINE"], re.sub(r"\s+", " ", d.raw), re.I):
        p.warnings.append("The task asks to hide that the caller is automated. The built-in agent always says so.")


def _more_facts(d: Draft, knowledge: str) -> None:
    """Sentences of the knowledge text, and variables that the task itself does not mention."""
    p = d.plan
    if p.owner and not any(f"name is {p.owner}" in f for f in p.facts):
        p.facts.append(f"The name is {p.owner}.")
    p.facts += [s for line in fill(knowledge, d.data).splitlines() for s in sentences(line) if len(s.split()) > 2]
    used = " ".join(p.facts).lower() + d.raw.lower()
    for key, value in d.data.items():
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            known = str(value).lower() in used or str(value) == p.callee
            if not known and not re.search(SILENT, str(key), re.I):
                p.facts.append(finish(f"the {str(key).replace('_', ' ')} is {value}"))


def _derive_purpose(d: Draft) -> None:
    """ "Ask if they want to extend the warranty" alone: the first wish asked for is what the call is about."""
    p, wish = d.plan, r"(do you want|would you like|are you interested)\b"
    if p.purpose or p.statements or p.context:
        return
    x = next((x for x in p.questions if not x.when and re.match(wish, x.text, re.I)), None)
    if not x or len(x.text.split()) <= 4:
        return
    alone = x is p.questions[0] and not any(y.parent == 0 and y.when not in ("yes", "no") for y in p.questions)
    said = {"d": "you want", "w": "you would like", "a": "you are interested"}
    p.purpose = "to ask if " + re.sub(rf"^{wish}", lambda m: said[m[0][0].lower()], x.text.rstrip("?"), flags=re.I)
    p.spans[p.purpose] = x.span
    if alone:
        x.text = "Would you be interested in that?"
