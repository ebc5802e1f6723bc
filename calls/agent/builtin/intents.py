"""Standing intents of one sentence: rules first, examples by meaning when no rule speaks."""

import re
from dataclasses import dataclass

from calls.agent.builtin.language import table
from calls.agent.ports import Encoder

TABLES = table("intents")
MENU: str = TABLES["menu"]
QUESTION: str = TABLES["question"]
RULES: dict[str, str] = TABLES["rules"]  # in order of priority
EXAMPLES: dict[str, list[str]] = TABLES["examples"]
ORDER = list(RULES)

THRESHOLD, MARGIN = 0.52, 0.04
STRICT = {"optout": 0.60, "wrong": 0.60, "notinterested": 0.62}  # acts that end the call


@dataclass(frozen=True, slots=True)
class Intent:
    name: str  # "" when none
    score: float = 0.0  # 1.0: a rule spoke

    def __bool__(self) -> bool:
        return bool(self.name)


NONE = Intent("")


def is_question(sentence: str) -> bool:
    return bool(re.search(QUESTION, sentence.strip(), re.I))


def detect(sentence: str, encoder: Encoder | None = None) -> Intent:
    """The standing intent of one sentence. Without an encoder only the rules speak."""
    text = sentence.replace("’", "'").strip()
    for intent, pattern in RULES.items():
        if re.search(pattern, text, re.I) and not _misread(intent, text):
            return Intent(intent, 1.0)
    if encoder is None or len(text.split()) < 3:
        return NONE
    scores = sorted(((float(encoder.similar(text, ex).max()), name) for name, ex in EXAMPLES.items()), reverse=True)
    best, second = scores[0], scores[1]
    if best[0] >= STRICT.get(best[1], THRESHOLD) and best[0] - second[0] >= MARGIN:
        return Intent(best[1], best[0])
    return NONE


def _misread(intent: str, text: str) -> bool:
    if intent == "wrong":
        doubt = re.search(r"not sure|don'?t know (?:any(?:thing|way)|a lot)", text)
        return bool(doubt) and not re.search(r"wrong (?:number|person)", text, re.I)
    return intent == "robot" and bool(re.search(r"^i(?:'m| am)\b", text, re.I))


def warm(encoder: Encoder) -> None:
    """Encodes the examples once, so that no call pays for it (about half a second)."""
    for examples in EXAMPLES.values():
        encoder.vectors(examples)
