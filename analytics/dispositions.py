"""One tag for a call, with the words that decided it. Pure; the transcript alone decides, except for the tags of the system."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.happening import Happening, weight
from analytics.reading import Spoken, sentences
from analytics.story import happenings
from analytics.wording import wording
from calls.agent.ports import Encoder

BUILT_IN = (
    "INTERESTED",
    "NOT_INTERESTED",
    "FOLLOW_UP_REQUIRED",
    "CALL_BACK_SCHEDULED",
    "TRANSFERRED",
    "OBJECTION_RAISED",
    "NEEDS_MORE_INFO",
    "NOT_QUALIFIED",
    "NO_CONTACT_MADE",
    "COMPLETED_ACTION",
    "DO_NOT_CONTACT",
    "AGENT_ENDED_CALL",
    "NO_ANSWER",
    "BUSY",
    "CANCELED",
    "FAILED",
)
BY_STATUS = {
    "busy": ("BUSY", "The line was busy."),
    "no-answer": ("NO_ANSWER", "Nobody answered."),
    "canceled": ("CANCELED", "The call was stopped before it was answered."),
    "failed": ("FAILED", "The line failed."),
}
MUTE_AFTER_MS = 120_000  # a call longer than this without a transcript: AGENT_ENDED_CALL
STRANGERS = 0.2  # cosine of sentences that have nothing to do with each other
DIRECT = 4.0  # weight of the callee's own words beside what happened, for an office's own tags
LOW = 0.5  # below this certainty a person should look


@dataclass(frozen=True, slots=True)
class Choice:
    tag: str
    quote: str  # verbatim words of one line; "" when the system decided or nobody spoke
    seq: int | None
    reason: str  # one sentence for staff
    certainty: float
    happening: str = ""  # what happened, in our own terms: a key of wording().happenings, "" when the system decided


def by_system(status: str, *, duration_ms: int = 0, lines: Sequence[Spoken] = ()) -> Choice | None:
    """The tags that no transcript decides. `unknown` status: we lost sight of the call."""
    if status in BY_STATUS:
        tag, reason = BY_STATUS[status]
        return Choice(tag, "", None, reason, 1.0)
    if not any(line.speaker in ("user", "robot") for line in lines) and duration_ms > MUTE_AFTER_MS:
        return Choice("AGENT_ENDED_CALL", "", None, "More than two minutes passed and nobody spoke.", 1.0)
    if status == "unknown":
        return Choice("FAILED", "", None, "We lost sight of the call and do not know how it ended.", 0.3)
    return None


def choose(lines: Sequence[Spoken], tags: Sequence[str], encoder: Encoder | None) -> Choice:
    """Exactly one of `tags` (empty: the built-in ones) for a transcript."""
    return pick(happenings(lines, encoder), tags, lines, encoder)


def pick(found: Sequence[Happening], tags: Sequence[str], lines: Sequence[Spoken], encoder: Encoder | None) -> Choice:
    """The tag that best names the most deciding of what happened. `found` must not be empty."""
    allowed = tuple(tags) or BUILT_IN
    said = {tag: DIRECT * _said(tag, lines, encoder) for tag in allowed if tag not in BUILT_IN}
    scored = [
        (weight(h) * _fit(tag, h.kind, lines, encoder) + said.get(tag, 0.0), -n, tag, h) for h in found for n, tag in enumerate(allowed)
    ]
    score, _, tag, best = max(scored, key=lambda row: row[:2])
    return Choice(tag, best.quote, best.seq, best.reason, round(best.certainty * min(1.0, score / weight(best)), 2), best.kind)


def _said(tag: str, lines: Sequence[Spoken], encoder: Encoder | None) -> float:
    """How near the name of an office's own tag is to what the callee said, 0..1."""
    texts = [s for line in lines if line.speaker == "user" for s in sentences(line.text)]
    if encoder is None or not texts:
        return 0.0
    return max(0.0, float(encoder.similar(plain_name(tag), texts).max()) - STRANGERS)


def _fit(tag: str, kind: str, lines: Sequence[Spoken], encoder: Encoder | None) -> float:
    """0..1: how well a tag names a happening. Built-in tags by the table, an office's own tags by their name."""
    meaning = wording().happenings[kind]
    if tag in BUILT_IN:
        return (1.0, 0.75, 0.6)[meaning.tags.index(tag)] if tag in meaning.tags else 0.0
    names = [*meaning.names, *(_got(lines) if kind in GIVES else ())]
    second = [plain_name(built_in) for built_in in meaning.tags]  # "Not interested" in an office's list is the built-in one
    return max(name_fit(tag, names, encoder), 0.75 * name_fit(tag, second, encoder))


def name_fit(tag: str, names: Sequence[str], encoder: Encoder | None) -> float:
    plain = plain_name(tag)
    shared = max(_overlap(plain, name) for name in names)
    close = float(encoder.similar(plain, names).max()) if encoder is not None else 0.0
    return max(0.0, min(1.0, max(shared, 0.5 * shared + 0.6 * max(0.0, close))))


def plain_name(tag: str) -> str:
    """ "got_fullName" -> "got full name"."""
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", tag)).strip().lower()


GIVES = ("collected", "confirmed", "interested", "delivered")  # happenings in which something was told to us
SLOTS = {
    "name": r"\bname\b",
    "number": r"\b(?:phone|number)\b",
    "email": r"\be-?mail\b",
    "address": r"\baddress\b",
    "date": r"\b(?:date|day)\b",
}


def _got(lines: Sequence[Spoken]) -> list[str]:
    """What was asked for and given, as a tag may call it: "got name and number"."""
    given = []
    for i, line in enumerate(lines[1:], 1):
        if line.speaker == "user" and not re.search(r"\b(?:rather not|no|not|won't)\b", line.text, re.I):
            given += [slot for slot, pattern in SLOTS.items() if re.search(pattern, lines[i - 1].text, re.I)]
    return [f"got {' and '.join(dict.fromkeys(given))}", f"got full {' and '.join(dict.fromkeys(given))}"] if given else []


def _overlap(left: str, right: str) -> float:
    a, b = _stems(left), _stems(right)
    if a == b:
        return 1.0
    if bool(a & NEGATIONS) != bool(b & NEGATIONS):
        return 0.0
    return len(a & b) / max(1, len(a | b))


NEGATIONS = {"not", "no", "never", "un", "wrong", "refus", "declin"}
SMALL = {"a", "an", "the", "to", "is", "of", "was", "be", "and", "for", "it", "with"}


def _stems(text: str) -> set[str]:
    return {re.sub(r"(?:ations?|ings?|ies|ied|ed|es|s|e|y)$", "", w) or w for w in re.findall(r"[^\W_]+", text.lower()) if w not in SMALL}
