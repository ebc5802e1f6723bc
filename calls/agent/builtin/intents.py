"""Standing intents of one sentence: rules first, examples by meaning when no rule speaks."""

import re
from dataclasses import dataclass

from calls.agent.builtin import signs
from calls.agent.builtin.language import table
from calls.agent.ports import Encoder

TABLES = table("intents")
MENU: str = TABLES["menu"]
QUESTION: str = TABLES["question"]
ORDER: list[str] = TABLES["order"]  # of priority
RULES: dict[str, str] = TABLES["rules"]
EXAMPLES: dict[str, list[str]] = TABLES["examples"]

THRESHOLD, MARGIN = 0.52, 0.04
STRICT = {"wrong": 0.60, "notinterested": 0.62}  # acts that end the call


@dataclass(frozen=True, slots=True)
class Intent:
    name: str  # "" when none
    score: float = 0.0  # 1.0: a rule spoke

    def __bool__(self) -> bool:
        return bool(self.name)


NONE = Intent("")


def is_question(sentence: str) -> bool:
    return bool(re.search(QUESTION, sentence.strip(), re.I))


def detect(sentence: str, encoder: Encoder | None = None, *, words_only: bool = False) -> Intent:
    """The standing intent of one sentence. Without an encoder, or with `words_only`, only the rules speak; the ear may still object."""
    text = sentence.replace("’", "'").strip()
    for intent in ORDER:
        if _by_rule(intent, text, encoder):
            return Intent(intent, 1.0)
    if encoder is None or words_only or len(text.split()) < 3:
        return NONE
    for kind in signs.KINDS:
        if score := signs.says(kind, text, encoder):
            return Intent(kind, score)
    scores = sorted(((float(encoder.similar(text, ex).max()), name) for name, ex in EXAMPLES.items()), reverse=True)
    best, second = scores[0], scores[1]
    if best[0] >= STRICT.get(best[1], THRESHOLD) and best[0] - second[0] >= MARGIN and not _misread(best[1], text):
        return Intent(best[1], best[0])
    return NONE


def _by_rule(intent: str, text: str, encoder: Encoder | None) -> bool:
    for kind in signs.KINDS:
        if kind == intent:
            return signs.in_words(kind, text, encoder)
    return bool(re.search(RULES[intent], text, re.I)) and not _misread(intent, text)


def _misread(intent: str, text: str) -> bool:
    if intent == "who":
        return bool(re.search(r"\w's name|names?\b.* of\b", text, re.I))  # somebody else's name
    if intent != "wrong":
        return False
    doubt = re.search(r"not sure|don'?t know (?:any(?:thing|way)|a lot)", text)
    return bool(doubt) and not re.search(r"wrong (?:number|person)", text, re.I)


def warm(encoder: Encoder) -> None:
    """Encodes the examples once, so that no call pays for it (1 to 3 seconds)."""
    for examples in EXAMPLES.values():
        encoder.vectors(examples)
    signs.warm(encoder)
