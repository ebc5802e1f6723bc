"""A transcript read line by line: who said what to which question, its sentences, and whether an answer was a yes. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analytics import meaning
from analytics.wording import wording
from calls.agent.builtin import intents
from calls.agent.ports import Encoder

LONGEST_QUOTE = 240  # characters


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of a transcript. `speaker`: user, assistant or robot (a machine answered)."""

    speaker: str
    text: str
    seq: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """One line of the callee between our question and our reply."""

    asked: str
    kind: str  # what our question was about: a key of wording().questions, or "other", or "" when we asked nothing
    line: Spoken
    reply: str


def exchanges(lines: Sequence[Spoken], encoder: Encoder | None = None) -> list[Exchange]:
    found: list[Exchange] = []
    for i, line in enumerate(lines):
        if line.speaker not in ("user", "robot"):
            continue
        before = _ours(lines[:i][::-1])[::-1]
        asked = " ".join(before)
        found.append(Exchange(asked, question_kind(asked, encoder), line, " ".join(_ours(lines[i + 1 :]))))
    return found


def _ours(lines: Sequence[Spoken]) -> list[str]:
    texts = []
    for line in lines:
        if line.speaker != "assistant":
            break
        texts.append(line.text)
    return texts


def question_kind(asked: str, encoder: Encoder | None = None) -> str:
    """What the last question of `asked` is about."""
    if not asked:
        return ""
    questions, spoken = wording().questions, sentences(asked)
    last = [s for s in spoken if s.rstrip().endswith("?")]
    text = last[-1] if last else asked
    if questions["noting"].search(text):
        return "other"  # "Shall I note that you are still deciding?" offers nothing
    if questions["moment"].search(text) and questions["wish"].search(text):
        return "wish"  # "Do you have a minute to hear about our offer?"
    if re.search(r"\b(?:collect|prefer|rather|\w+) .{0,40}\bor\b", text, re.I) and questions["wish"].search(text):
        return "other"  # "Do you want to collect it or have it sent?" offers a choice, not a thing
    by_rule = next((kind for kind, pattern in questions.items() if pattern.search(text)), "")
    if by_rule or encoder is None:
        return by_rule or "other"
    kind = meaning.asked(last[-1] if last else spoken[-1] if spoken else asked, encoder)
    return kind if last or asks(asked) or kind in SAID_TOO else "other"


SAID_TOO = {"callback", "confirm", "pay", "qualify", "moment"}  # that we ask by a plain statement: "You are down for nine on Monday."


def polarity(text: str) -> str:
    """yes, no or "" for an answer. A yes word under a negation is no yes ("I can't" holds "I can")."""
    w = wording()
    plain = re.sub(r"\bwhy not\b", "sure", text.replace("’", "'"), flags=re.I).strip()
    no, yes = w.refuses.search(plain), w.agrees.search(plain)
    if no and yes:
        return "yes" if yes.start() == 0 and no.start() > 0 and not re.search(r"\bbut\b", plain[: no.start()], re.I) else "no"
    return "yes" if yes else "no" if no else ""


def stand(text: str) -> str:
    """The polarity of an answer; what stands behind a question of the callee's own no longer answers ours."""
    heard: list[str] = []
    for sentence in sentences(text):
        if heard and sentence.endswith("?"):
            break
        heard.append(sentence)
    return polarity(" ".join(heard))


def sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?…])\s+", text.strip()) if re.search(r"\w", s)]


def pieces(text: str) -> list[str]:
    """Sentences, and of long ones every stretch of a quote's length, verbatim."""
    found = []
    for sentence in sentences(text):
        if len(sentence) <= LONGEST_QUOTE:
            found.append(sentence)
            continue
        starts = [m.start() for m in re.finditer(r"\S+", sentence)][::10]
        found += [sentence[start : start + LONGEST_QUOTE].rsplit(" ", 1)[0] for start in starts]
    return found


LONGEST_CLAUSE = 12  # words
JOINTS = re.compile(
    r"(?<=\w)[,;]? (?=(?:and|but|because|cause|so|um|uh|er|well|then|cos|i|i'm|i've|we|we've|it's|he|she|you|they|that's)\b)", re.I
)


def clauses(text: str) -> list[str]:
    """Sentences; one that runs on, as a recogniser writes it, in parts of some words that mean something by themselves. Verbatim."""
    found: list[str] = []
    for sentence in sentences(text):
        if len(sentence.split()) <= LONGEST_CLAUSE:
            found.append(sentence)
            continue
        held = 0
        for joint in JOINTS.finditer(sentence):
            if len(sentence[held : joint.start()].split()) >= LONGEST_CLAUSE // 2:
                found.append(sentence[held : joint.start()].strip())
                held = joint.end()
        found.append(sentence[held:].strip())
    return found


def their_question(text: str) -> str:
    """The question in a line of the callee's, verbatim; its first sentence when none looks like one."""
    asked = [s for s in sentences(text) if s.endswith("?") or intents.is_question(s)]
    return quote(asked[-1] if asked else text)


def quote(text: str, match: re.Match[str] | None = None) -> str:
    """The sentence of `text` around `match`, verbatim, at most LONGEST_QUOTE characters cut at words."""
    at = match.start() if match else 0
    for sentence in sentences(text):
        start = text.find(sentence)
        if start <= at < start + len(sentence):
            if len(sentence) <= LONGEST_QUOTE:
                return sentence
            left = max(0, at - start - LONGEST_QUOTE // 2)
            window = sentence[left : left + LONGEST_QUOTE]
            cut_left = window.find(" ") + 1 if left else 0
            return window[cut_left:].rsplit(" ", 1)[0].strip()
    return text.strip()[:LONGEST_QUOTE].strip()


def unanswered(lines: Sequence[Spoken]) -> list[Spoken]:
    """What the callee asked and we had no information about."""
    no_information = wording().agent["no_information"]
    return [t.line for t in exchanges(lines) if t.line.speaker == "user" and no_information.search(t.reply.replace("’", "'"))]


def asks(text: str) -> bool:
    return text.rstrip().endswith("?") or bool(
        re.search(r"\b(?:what|which|when|where|how|could you|can you|do you|would you|may i)\b[^.!]*$", text, re.I)
    )


def is_content(turn: Exchange) -> bool:
    """Anything beyond picking up the phone."""
    text = turn.line.text.lower()
    if turn.line.speaker == "robot" or wording().callee["cant_hear"].search(text):
        return False
    return bool(
        re.sub(r"\b(?:hello|hi|hey|hallo|hola|bueno|yes|uh|um|who is this|good (?:morning|afternoon|evening))\b|[^\w]", "", text)
    ) or (bool(turn.asked) and "yes" in text)
