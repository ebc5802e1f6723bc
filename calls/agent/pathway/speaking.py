"""What a step says when no model writes it: its text word for word, or its prompt read as an instruction and put into authored sentences.

An instruction is never read aloud: each sentence made from a prompt passes the last guard (calls.agent.builtin.guard), and a sentence
with a variable that nobody filled is left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from calls.agent.builtin import guard
from calls.agent.builtin.analyse import read_task
from calls.agent.builtin.draft import WORDS
from calls.agent.builtin.intents import is_question
from calls.agent.builtin.plan import NOWHERE, Plan
from calls.agent.builtin.questions import noun_phrase, polar
from calls.agent.builtin.text import finish, sentences
from calls.agent.builtin.wording import line, who
from calls.filling import fill
from config.kit.places import PLACE
from pathways.graph import Kind, Node, Variable

NEEDS_CONTEXT = WORDS["NEEDS_CONTEXT"]
QUOTED = re.compile(
    r"(?:\b(?:say|ask|tell|saying|like|exactly|phrase|reply|respond|greet|with)\b[^\"“”]{0,60}|^\s*)[\"“]([^\"”]{3,400})[\"”]", re.I
)
ABOUT_THEM = re.compile(rf"\b(?:them|their|they|him|{WORDS['CALLEE_NOUNS']}s?)\b|\bthe (?:user|caller|customer)\b", re.I)
INSTRUCTS = re.compile(rf"^(?:please |then |now |next,? |first,? )*(?:{WORDS['START']}|{WORDS['BEHAVE'].lstrip('^')})", re.I)
SPEAKING_TO = re.compile(r"\b(?:speaking|talking) (?:with|to)\b|\bright person\b|\bverify (?:their|the caller'?s) identity\b", re.I)
NO_STATEMENT = re.compile(
    r"^(?:if|do not|never|the (?:name|step|question|rule|goal|task|tone|style|user|caller|agent)\b)|\b(?:told|to|with|at|for) we\b", re.I
)
GREETS = re.compile(r"\b(?:greet|introduce|say (?:hi|hello)|welcome|who you are)\b", re.I)
BYE = re.compile(r"\b(?:bye|farewell|end the call|hang up|wrap up|close the call|conclude)\b", re.I)
GREETING = r"(?:hello|hi|hey|good (?:morning|afternoon|evening)|welcome)"
INTRODUCES = re.compile(rf"^(?:{GREETING}|this is|i am|i'm|you(?:'ve| have) reached)\b", re.I)
CALLED = re.compile(rf"^({GREETING}),?\s+{PLACE.pattern}(?=\s*[,.!?])", re.I)  # "Hello {{name}},"
APPENDED = re.compile(rf",?\s+(?:of|from|at|for|with|on behalf of)\s+(?:the\s+)?{PLACE.pattern}", re.I)  # "… of {{office}}"
HANGS = re.compile(r"\b(?:is|am|are|with|of|the|an?|to|for|from|at|my|your|and|reached)\W*$", re.I)


@dataclass(frozen=True, slots=True)
class Words:
    """`said` now; `asks` are further questions of the same step; `refused` (sentence, why) must not be spoken."""

    said: str = ""
    asks: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    why: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The variables that nobody filled and for which something was left unsaid."""
        return tuple(dict.fromkeys(m[1] for sentence, _ in self.refused for m in PLACE.finditer(sentence)))


@dataclass(frozen=True, slots=True)
class About:
    """What is known besides the step: variables as they are said aloud, and the reading of the global prompt."""

    variables: Mapping[str, Any]
    plan: Plan
    opening: bool = False


def words_of(node: Node, about: About) -> Words:
    """What a step says as it is entered."""
    if node.text.strip():
        return verbatim(node.text, about.variables)
    if node.prompt.strip():
        return _from_prompt(node, about)
    return Words()


def verbatim(text: str, variables: Mapping[str, Any]) -> Words:
    """A text as it was written, its variables filled. A sentence with one that is not known is not spoken."""
    filled = fill(text, variables).strip()
    if not PLACE.search(filled):
        return Words(re.sub(r"\s+", " ", filled), why="the step's text")
    kept, refused = [], []
    for sentence in sentences(filled):
        if PLACE.search(sentence):
            refused.append((sentence, "an unfilled variable"))
        else:
            kept.append(sentence)
    return Words(" ".join(kept), refused=tuple(refused), why="the step's text")


def greeting(words: Words, plan: Plan) -> Words:
    """For an opening of which nothing could be said: its greeting without what is not known, else a plain one. Silence greets nobody."""
    if words.said or not words.missing:
        return words
    kept = [less for sentence, _ in words.refused if (less := _less(sentence))]
    said = " ".join(kept) or line("hello", who=who(plan))
    return replace(words, said=said, why="the step's text, without what is not known" if kept else "nothing of the step could be said")


def _less(sentence: str) -> str:
    """A greeting without its unfilled places; "" when what is left is no sentence."""
    cut = APPENDED.sub("", CALLED.sub(r"\1", sentence)).strip()
    return cut if INTRODUCES.match(cut) and not PLACE.search(cut) and not HANGS.search(cut) else ""


def _from_prompt(node: Node, about: About) -> Words:
    prompt = fill(node.prompt, about.variables).strip()
    if quoted := [m[1].strip() for m in QUOTED.finditer(prompt)]:
        made, why = [finish(q) for q in quoted], "the words quoted in the prompt"
    elif _speech(prompt):
        made, why = sentences(prompt), "the prompt is written as it is said"
    else:
        made, why = _read(node, prompt, about), "read from the prompt"
    kept, refused = _guarded(made)
    if not kept:
        kept = _instead(node)
        why = "the prompt could not be read as sentences to say"
    return _cut(kept, tuple(refused), why)


def _cut(lines: Sequence[str], refused: tuple[tuple[str, str], ...], why: str) -> Words:
    """Statements and one question now, further questions later: nobody answers three at once."""
    asked = [i for i, x in enumerate(lines) if x.rstrip().endswith("?")]
    if len(asked) < 2:
        return Words(" ".join(lines), (), refused, why)
    later = [x for i, x in enumerate(lines) if i in asked[1:]]
    now = [x for i, x in enumerate(lines) if i not in asked[1:]]
    now.sort(key=lambda x: x.rstrip().endswith("?"))
    return Words(" ".join(now), tuple(later), refused, why)


def _speech(prompt: str) -> bool:
    """Whether a prompt is already what is to be said, not an instruction about it."""
    parts = sentences(prompt)
    if not parts or ABOUT_THEM.search(prompt) or any(guard.refusal(s) or INSTRUCTS.match(s) for s in parts):
        return False
    return any(is_question(s) for s in parts) or bool(
        re.match(r"(?:hi|hello|hey|good (?:morning|afternoon|evening)|thank|i(?:'m| am)|we |this is|great|okay|perfect)\b", prompt, re.I)
    )


def _read(node: Node, prompt: str, about: About) -> list[str]:
    plan = read_task(prompt, about.variables)
    plan.agent, plan.organisation = plan.agent or about.plan.agent, plan.organisation or about.plan.organisation
    plan.callee, plan.owner = plan.callee or about.plan.callee, plan.owner or about.plan.owner
    lines = [line("hello", who=who(plan))] if GREETS.search(prompt) or about.opening else []
    if SPEAKING_TO.search(prompt) and plan.callee:
        lines.append(line("ask_identity", callee=plan.callee))
    asked = [q for q in plan.questions if q.text and not q.when]
    told = [f for f in plan.facts if plan.span(f) != NOWHERE and not f.startswith("I am calling")]
    told = list(dict.fromkeys([*plan.statements, *(f for f in told if _statement(f))]))
    if plan.purpose and (about.opening or not told) and (not asked or about.opening or re.match(NEEDS_CONTEXT, asked[0].text)):
        lines.append(line("purpose", purpose=plan.purpose))
        told = [t for t in told if t.rstrip(".").lower() not in plan.purpose.lower()]
    lines += told
    for q in asked:
        lines += [x for x in (q.lead, q.text) if x and x not in lines]
    lines += [x for x in plan.late if x not in lines]
    if BYE.search(prompt) and node.kind == Kind.END:
        lines.append(line("goodbye"))
    return lines


def _statement(fact: str) -> bool:
    """Whether a sentence made from a prompt tells something, and is no instruction in disguise: "Build rapport with you."."""
    if NO_STATEMENT.search(fact) or re.match(WORDS["IMPERATIVE"] + r"\b", fact, re.I):
        return False
    return re.match(WORDS["CONTEXT"], fact) is not None


def _guarded(lines: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    kept: list[str] = []
    refused: list[tuple[str, str]] = []
    for made in lines:
        if re.search(r"\b(?:your|the) (?:it|them|that|this|you)\b", made, re.I):
            refused.append((made, "a question about nothing"))
            continue
        checked = guard.check(made)
        refused += checked.refused
        if checked.text:
            kept.append(checked.text)
    return kept, refused


def _instead(node: Node) -> list[str]:
    """Authored words for a prompt that nothing could be read from."""
    if node.kind == Kind.END:
        return [line("goodbye")]
    if node.kind == Kind.TRANSFER:
        return [line("transfer")]
    asked = [q for v in node.variables if (q := question_for(v))]
    return asked or [line("go_ahead")]


def question_for(variable: Variable) -> str:
    """A question for something to remember, from its description; "" when its description is no such thing."""
    words = (variable.description or variable.name.replace("_", " ")).strip().rstrip(".")
    words = re.sub(r"^(?:the )?(?:user|caller|customer|person)(?:'s)? ", "their ", words, flags=re.I)
    if m := re.match(r"(?:whether|if) (.*)", words, re.I):
        made = polar(_to_you(m[1]))
    elif re.match(r"(?:what|when|where|which|who|how)\b", words, re.I):
        made = f"Could you tell me {_to_you(words[:1].lower() + words[1:])}?"
    else:
        made = noun_phrase(_to_you(words[:1].lower() + words[1:]))
    return "" if guard.refusal(made) or ABOUT_THEM.search(made) else made


def _to_you(text: str) -> str:
    for old, new in (
        (r"\bthe (?:user|caller|customer|person) (?:is|was)\b", "you are"),
        (r"\bthe (?:user|caller|customer|person)\b", "you"),
        (r"\bthey\b", "you"),
        (r"\bthem\b", "you"),
        (r"\btheir\b", "your"),
    ):
        text = re.sub(old, new, text, flags=re.I)
    return text


def last_question(text: str) -> str:
    return next((s for s in reversed(sentences(text)) if s.rstrip().endswith("?")), "")
