"""What kind of answer a spoken question wants. A few patterns; the callee knows nothing of whoever asks but the words."""

import re
from typing import Literal

Kind = Literal["choice", "email", "phone", "name", "rating", "number", "when", "yes_no", "why", "where", "who", "open"]

SENTENCE_END = re.compile(r"(?<=[.!?])[\"”']?\s+(?=[\"“'(]?[\w$])")
ABBREVIATION = re.compile(r"\b(Mr|Mrs|Ms|Dr|St|No|Prof|Inc|Ltd|Co|a\.m|p\.m)\.(?=\s)")
POLITE = re.compile(r"^could you (?:please )?(?:tell|give) me (?=what|which|when|where|why|who|how)", re.IGNORECASE)
LEAD = r"(?:(?:and|so|also|then|great|thank you|all right|okay|roughly)[,.]? )*"
AUXILIARY = r"(?:do|does|did|is|are|was|were|will|would|can|could|may|might|have|has|had|should|shall)"
YES_NO = re.compile(rf"{LEAD}{AUXILIARY}\b|.*\b(?:is that (?:right|correct|possible|okay)|all right with you|is that so)\?$")
BY_WORD: tuple[tuple[Kind, str], ...] = (
    ("email", r"\be-?mail\b"),
    ("phone", r"\b(?:phone|contact|mobile|cell|best|call-?back) number\b|number (?:where|to reach|on which)"),
    ("name", r"\b(?:full|first|last|legal|your) name\b|what is (?:the|your) name\b"),
    ("rating", r"\bscale\b|\brate\b.*\d|\bout of (?:5|10|five|ten)\b"),
    ("number", r"\bhow (?:many|old|long|far|much)\b|\bnumber of\b|\bmileage\b|\bquantity\b|\bamount\b"),
    (
        "when",
        r"\b(?:what|which) (?:day|date|weekday|time|days|times)\b|^when\b|\b(?:day and time|start date|date of|preferred (?:day|time))\b",
    ),
)
WORDS: tuple[tuple[Kind, str], ...] = (("why", r"^why\b"), ("where", r"\bwhere\b"), ("who", r"\bwho\b"))
OPTION_LEAD = re.compile(r"^.*\b(?:prefer|want|like|rather|which|is it|are you|would you)\b(?: to)? ?", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    guarded = ABBREVIATION.sub(r"\1<dot>", text.strip())
    return [p.replace("<dot>", ".").strip() for p in SENTENCE_END.split(guarded) if re.search(r"\w", p)]


def last_question(text: str) -> str:
    """The last sentence with a question mark, without its polite wrapping; "" when nothing is asked."""
    asked = next((s for s in reversed(sentences(text)) if s.endswith("?")), "")
    return POLITE.sub("", asked)


def choices(question: str) -> list[str]:
    """The options named: "morning or afternoon", "(small, medium or large)". Empty when it is not that sort of question."""
    body = question.rstrip("?. ")
    if not re.search(r"\w+ or (?!not\b|no\b|so\b|more\b|less\b|any\b|should\b|do\b|is\b|can\b|would\b)\w+", body, re.IGNORECASE):
        return []
    if inside := re.search(r"\(([^)]* or [^)]*)\)", body):
        body = inside[1]
    elif ":" in body:
        body = body.rsplit(":", 1)[1]
    elif re.search(r"\b(?:prefer|want|like|rather|which|is it|are you)\b", body, re.IGNORECASE):
        body = OPTION_LEAD.sub("", body)
    else:
        return []
    parts = [re.sub(r"^(?:either|the|a|to|in the)\s+", "", p.strip(" ,")) for p in re.split(r",\s*(?:or\s+)?|\s+or\s+", body)]
    parts = [p for p in parts if p]
    return parts if len(parts) > 1 and all(len(p.split()) <= 6 for p in parts) else []


def kind(question: str) -> Kind:
    plain = question.lower()
    if choices(question):
        return "choice"
    if YES_NO.match(plain) and not re.match(r"could you (?:please )?(?:tell|give|confirm)", plain):
        return "yes_no"
    for table in (BY_WORD, WORDS):
        for name, pattern in table:
            if re.search(pattern, plain):
                return name
    return "yes_no" if re.match(r"could you (?:please )?(?:confirm|tell me whether)", plain) else "open"
