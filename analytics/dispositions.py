"""One tag for a call, with the words that decided it. Pure; the transcript alone decides, except for the tags of the system."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics import meaning, verdict
from analytics.happening import Happening, weight
from analytics.reading import Spoken, clauses, quote, sentences
from analytics.story import happenings
from analytics.wording import wording
from calls.agent.ports import Encoder

BUILT_IN = (
    *verdict.TAGS,
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
ALL_IN_ALL = 10.0  # weight of how likely a tag is, judged by the whole call, beside that of one happening (at most 10)
OWN_ALL_IN_ALL = 4.0  # the same for an office's own tags, which divide calls in other ways
LEFT_OPEN = {"unfinished": "FOLLOW_UP_REQUIRED", "unanswered": "NEEDS_MORE_INFO"}
LIKELY = 0.3
UNSEEN = 3.0  # weight of words that only come nearest to a likely tag, whatever they would weigh if they were understood
FIRM = 0.85  # certainty of a happening whose words leave little doubt
NEAR_EXAMPLE = 0.65  # cosine to words of a corrected call; relatives lie above 0.5
FEWEST_WORDS = 3  # "yes" alone teaches nothing
DECISIVE = ("optout", "transferred", "voicemail", "menu")
TOLD = ("DO_NOT_CONTACT", "TRANSFERRED")  # never by likelihood alone: somebody said so
LOW = 0.5  # below this certainty a person should look


@dataclass(frozen=True, slots=True)
class Choice:
    tag: str
    quote: str  # verbatim words of one line; "" when the system decided or nobody spoke
    seq: int | None
    reason: str  # one sentence for staff
    certainty: float
    happening: str = ""  # what happened, in our own terms: a key of wording().happenings, "" when the system decided


@dataclass(frozen=True, slots=True)
class Example:
    """The callee's words on a call whose outcome a person set right."""

    tag: str
    words: str


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


def choose(lines: Sequence[Spoken], tags: Sequence[str], encoder: Encoder | None, examples: Sequence[Example] = ()) -> Choice:
    """Exactly one of `tags` (empty: the built-in ones) for a transcript. `examples`: what the account taught, the newest first."""
    return pick(happenings(lines, encoder), tags, lines, encoder, examples)


def pick(
    found: Sequence[Happening],
    tags: Sequence[str],
    lines: Sequence[Spoken],
    encoder: Encoder | None,
    examples: Sequence[Example] = (),
) -> Choice:
    """The tag that best names the most deciding of what happened. `found` must not be empty.

    What outranks what: an opt-out, a hand-over, a machine; then an example of the account's that is near; then everything else together.
    """
    allowed = tuple(tags) or BUILT_IN
    if encoder is not None and found[0].kind not in DECISIVE and (taught := _taught(allowed, lines, encoder, examples)):
        return taught
    odds = _odds(found, lines, encoder)
    shown = [(h, weight(h)) for h in found]
    shown += [(h, UNSEEN) for h in _unseen(found, odds, lines, encoder)] if set(allowed) & set(BUILT_IN) else []
    said = {tag: DIRECT * _said(tag, lines, encoder) for tag in allowed if tag not in BUILT_IN}
    scored = [
        (_score(h, base, tag, odds, lines, encoder) + said.get(tag, 0.0), base, -n, tag, h)
        for h, base in shown
        for n, tag in enumerate(allowed)
    ]
    score, _, _, tag, best = max(scored, key=lambda row: row[:3])
    return Choice(tag, best.quote, best.seq, best.reason, _certainty(tag, best, score, odds), best.kind)


def _taught(allowed: Sequence[str], lines: Sequence[Spoken], encoder: Encoder, examples: Sequence[Example]) -> Choice | None:
    """The tag of the example that lies nearest to a clause or line of the callee's, when it is near; of equals the newest."""
    useful = [e for e in examples if e.tag in allowed and e.tag not in TOLD and len(e.words.split()) >= FEWEST_WORDS]
    if not useful:
        return None
    words = [e.words for e in useful]
    best: tuple[float, Example, str, int] | None = None
    for line in (line for line in lines if line.speaker == "user"):
        for part in dict.fromkeys((line.text, *clauses(line.text))):
            if len(part.split()) < FEWEST_WORDS:
                continue
            near = encoder.similar(part, words)
            at = int(near.argmax())
            if near[at] >= NEAR_EXAMPLE and (best is None or near[at] > best[0]):
                best = float(near[at]), useful[at], quote(part), line.seq
    if best is None:
        return None
    cosine, example, said, seq = best
    return Choice(example.tag, said, seq, f"Like “{shortened(example.words)}”, which somebody here set right.", round(min(1.0, cosine), 2))


def shortened(words: str) -> str:
    return words if len(words) <= 80 else words[:80].rsplit(" ", 1)[0] + "…"


def _odds(found: Sequence[Happening], lines: Sequence[Spoken], encoder: Encoder | None) -> dict[str, float]:
    """How likely each built-in tag is, all in all; nothing where a single line or the machine that answered decides."""
    if encoder is None or found[0].kind in DECISIVE or not any(line.speaker == "user" for line in lines):
        return {}
    kinds = {h.kind for h in found if h.certainty >= FIRM}
    odds = verdict.likely(lines, found, encoder)
    if not any(wording().time.search(line.text) for line in lines[1:]):  # what our first line names is another time
        odds["FOLLOW_UP_REQUIRED"] += odds.pop("CALL_BACK_SCHEDULED")  # nothing is agreed without one
    # Plain words decide between neighbours that the whole call easily mixes up.
    if kinds & {"promise", "paid"}:
        odds["COMPLETED_ACTION"] += odds.pop("INTERESTED")  # a yes beside that ("Shall we send you the details?") is no yes to an offer
        return _told_only(odds, found)
    if (left := LEFT_OPEN.get(max(found, key=weight).kind)) is not None:
        for tag in {"COMPLETED_ACTION", "FOLLOW_UP_REQUIRED"} - {left}:
            odds[left] += odds.pop(tag)  # what went well beside that does not make it done
    elif any(h.kind == "interested" and h.certainty >= 0.7 for h in found) and not any(h.kind == "declined" for h in found):
        odds["INTERESTED"] += odds.pop("NOT_INTERESTED")
        if not kinds & {"booked", "confirmed", "moved"}:
            odds["INTERESTED"] += odds.pop("COMPLETED_ACTION")  # questions answered after a yes to an offer are part of that yes
    elif "declined" in kinds and "unqualified" not in kinds:
        odds["NOT_INTERESTED"] += odds.pop("NOT_QUALIFIED")  # a clear no, and nobody named a condition
    return _told_only(odds, found)


def _told_only(odds: Mapping[str, float], found: Sequence[Happening]) -> dict[str, float]:
    """Without what only words may say, where no word said it."""
    told = {tag for h in found for tag in wording().happenings[h.kind].tags[:1]}
    return {tag: chance for tag, chance in odds.items() if tag in told or tag not in TOLD}


def _unseen(found: Sequence[Happening], odds: Mapping[str, float], lines: Sequence[Spoken], encoder: Encoder | None) -> list[Happening]:
    """For a tag that is likely all in all though nothing that was found speaks for it: the words that come nearest to it."""
    told = {tag for h in found for tag in wording().happenings[h.kind].tags[:1]}
    return [
        Happening(kind, words, seq, "All in all the call sounds like it; these words come nearest.", chance)
        for tag, chance in odds.items()
        if chance >= LIKELY and tag not in told and encoder is not None
        for kind, words, seq in _nearest(tag, lines, encoder)
    ]


def _nearest(tag: str, lines: Sequence[Spoken], encoder: Encoder) -> list[tuple[str, str, int]]:
    """The callee's clause that comes nearest to a happening of this tag, or to one that nearly stands for it."""
    own = [kind for kind, meant in wording().happenings.items() if meant.tags[0] == tag]
    akin = {kind: kind if kind in own else own[0] for kind, meant in wording().happenings.items() if tag in meant.tags}
    said = [(clause, line.seq) for line in lines if line.speaker == "user" for clause in clauses(line.text)]
    near = [
        (m.score, akin[m.kind], quote(clause), seq) for clause, seq in said for m in meaning.happened(clause, encoder) if m.kind in akin
    ]
    return [max(near)[1:]] if near else []


def _score(h: Happening, base: float, tag: str, odds: Mapping[str, float], lines: Sequence[Spoken], encoder: Encoder | None) -> float:
    """By what a happening weighs (`base`), and by how likely the tag is that stands for it."""
    fit = _fit(tag, h.kind, lines, encoder)
    if tag in BUILT_IN:
        return base * fit + (ALL_IN_ALL * odds.get(tag, 0.0) if fit else 0.0)
    return (base + OWN_ALL_IN_ALL * odds.get(wording().happenings[h.kind].tags[0], 0.0)) * fit


def _certainty(tag: str, h: Happening, score: float, odds: Mapping[str, float]) -> float:
    if not odds:
        return round(h.certainty * min(1.0, score / weight(h)), 2)
    chance = odds.get(tag if tag in BUILT_IN else wording().happenings[h.kind].tags[0], 0.0)
    return round((chance + h.certainty) / 2, 2)


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
