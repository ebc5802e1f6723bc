"""What happened on a call, read from its transcript alone. Pure: rules first, the sentence encoder where no rule speaks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.wording import wording
from calls.agent.builtin import intents, signs
from calls.agent.ports import Encoder

LONGEST_QUOTE = 240  # characters
ENCODER_FLOOR = 0.42  # cosine to an example; strangers lie below 0.3
ENCODER_MARGIN = 0.04  # to the best example of another meaning: nearer than that it is half a guess
ENCODER_STRICT = {"wrong_number": 0.55, "voicemail": 0.5, "menu": 0.5}  # meanings that outrank most others
SHORT_NO = re.compile(r"^(?:\W*\w+\W+){0,5}no\b", re.I)  # "at my age no"
MOST_SENTENCES = 6  # of one line that are compared by meaning

# How much a happening decides: a higher one outranks a lower one, see contract/labelled-sets (an opt-out outranks everything).
STRENGTH = {
    "optout": 10.0, "transferred": 9.0, "wrong_number": 8.6, "voicemail": 8.5, "menu": 8.4, "nobody": 8.3, "callback_set": 8.0,
    "wants_person": 7.8, "unqualified": 7.5, "paid": 7.2, "moved": 7.1, "cancelled": 7.0, "reschedule": 6.9, "dispute": 6.8,
    "hardship": 6.75, "promise": 6.7, "moved_away": 6.66,
    "absent": 6.65, "gatekeeper": 6.62, "problem": 6.6, "complaint": 6.5, "objection": 6.4,
    "unanswered": 6.3, "wants_info": 6.25, "callback_open": 6.2, "undecided": 6.1, "has_already": 6.05, "declined": 6.0,
    "interested": 5.5, "refuse_info": 5.0, "unfinished": 4.5, "confirmed": 4.0, "collected": 3.0, "delivered": 2.0,
}  # fmt: skip
POSITIVE = {"interested", "confirmed", "promise", "paid", "moved"}
OPEN = {
    "declined",
    "has_already",
    "objection",
    "undecided",
    "wants_info",
    "reschedule",
    "cancelled",
    "refuse_info",
    "hardship",
    "callback_open",
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of a transcript. `speaker`: user, assistant or robot (a machine answered)."""

    speaker: str
    text: str
    seq: int


@dataclass(frozen=True, slots=True)
class Happening:
    kind: str  # a key of wording().happenings
    quote: str  # words of one line, verbatim; "" when nothing was said
    seq: int | None  # of that line
    reason: str  # one sentence for staff
    certainty: float  # 0..1


@dataclass(frozen=True, slots=True)
class Exchange:
    """One line of the callee between our question and our reply."""

    asked: str
    kind: str  # what our question was about: a key of wording().questions, or "other", or "" when we asked nothing
    line: Spoken
    reply: str


def exchanges(lines: Sequence[Spoken]) -> list[Exchange]:
    found: list[Exchange] = []
    for i, line in enumerate(lines):
        if line.speaker not in ("user", "robot"):
            continue
        before = _ours(lines[:i][::-1])[::-1]
        asked = " ".join(before)
        found.append(Exchange(asked, question_kind(asked), line, " ".join(_ours(lines[i + 1 :]))))
    return found


def _ours(lines: Sequence[Spoken]) -> list[str]:
    texts = []
    for line in lines:
        if line.speaker != "assistant":
            break
        texts.append(line.text)
    return texts


def warm(encoder: Encoder) -> None:
    """Encodes the examples (some 200 sentences, a few seconds), so that no outcome waits for it."""
    for meaning in wording().happenings.values():
        encoder.vectors(meaning.examples)


def question_kind(asked: str) -> str:
    """What the last question of `asked` is about."""
    if not asked:
        return ""
    last = [s for s in sentences(asked) if s.rstrip().endswith("?")]
    text = last[-1] if last else asked
    if wording().questions["moment"].search(text) and wording().questions["wish"].search(text):
        return "wish"  # "Do you have a minute to hear about our offer?"
    if re.search(r"\b(?:collect|prefer|rather|\w+) .{0,40}\bor\b", text, re.I) and wording().questions["wish"].search(text):
        return "other"  # "Do you want to collect it or have it sent?" offers a choice, not a thing
    return next((kind for kind, pattern in wording().questions.items() if pattern.search(text)), "other")


def polarity(text: str) -> str:
    """yes, no or "" for an answer. A yes word under a negation is no yes ("I can't" holds "I can")."""
    w = wording()
    plain = re.sub(r"\bwhy not\b", "sure", text.replace("’", "'"), flags=re.I).strip()
    no, yes = w.refuses.search(plain), w.agrees.search(plain)
    if no and yes:
        return "yes" if yes.start() == 0 and no.start() > 0 and not re.search(r"\bbut\b", plain[: no.start()], re.I) else "no"
    return "yes" if yes else "no" if no else ""


def sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?…])\s+", text.strip()) if re.search(r"\w", s)]


def _pieces(text: str) -> list[str]:
    """Sentences, and of long ones every stretch of a quote's length, verbatim."""
    found = []
    for sentence in sentences(text):
        if len(sentence) <= LONGEST_QUOTE:
            found.append(sentence)
            continue
        starts = [m.start() for m in re.finditer(r"\S+", sentence)][::10]
        found += [sentence[start : start + LONGEST_QUOTE].rsplit(" ", 1)[0] for start in starts]
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


def happenings(lines: Sequence[Spoken], encoder: Encoder | None) -> list[Happening]:
    """Everything that happened, the most deciding first. Never empty."""
    lines = [line for line in lines if line.speaker in ("user", "assistant", "robot") and line.text.strip()]
    turns = exchanges(lines)
    found: list[tuple[int, Happening]] = []
    for i, turn in enumerate(turns):
        found += [(i, h) for h in _of_turn(turn, i, turns, encoder)]
    found += [(len(turns), h) for h in _of_whole(lines, turns)]
    kept = _standing(found, len(turns))
    return sorted(kept, key=weight, reverse=True)


def weight(h: Happening) -> float:
    """How much a happening decides, less when it is unsure."""
    return STRENGTH[h.kind] * (0.6 + 0.4 * h.certainty)


def _of_turn(turn: Exchange, i: int, turns: Sequence[Exchange], encoder: Encoder | None) -> list[Happening]:
    w, text = wording(), turn.line.text.replace("’", "'")
    hits = {kind: m for kind, pattern in w.callee.items() if (m := pattern.search(text))}
    says = polarity(text)
    reply = turn.reply.replace("’", "'")
    found: list[Happening] = []

    def add(kind: str, reason: str, certainty: float = 0.9, match: re.Match[str] | None = None) -> None:
        found.append(Happening(kind, quote(turn.line.text, match or hits.get(kind)), turn.line.seq, reason, certainty))

    machine = turn.line.speaker == "robot"
    if "voicemail" in hits and (machine or i == 0):
        add("voicemail", "A voicemail greeting was heard.")
        return found
    if "menu" in hits or machine:
        add("menu", "A phone menu answered.", match=hits.get("menu"))
        return found
    if refused := signs.says("optout", text, encoder):
        words = next((s for s in _pieces(turn.line.text) if signs.says("optout", s)), turn.line.text)
        why = "The callee does not want to be called again."
        found.append(Happening("optout", quote(words), turn.line.seq, why, max(0.7, refused)))
    elif i == len(turns) - 1 and w.agent["no_more_calls"].search(reply) and says != "yes":
        add("optout", "The agent promised not to call again.", 0.8)
    if w.agent["connecting"].search(reply) and not w.agent["not_connecting"].search(reply):
        add("transferred", "The agent connected the callee with a colleague.", 1.0, hits.get("wants_person"))
    elif (
        "wants_person" in hits
        and not signs.says("robot", text)
        and turn.kind != "callback"
        and not (says == "yes" and turn.kind in ("wish", "confirm"))
    ):
        add("wants_person", "The callee wanted to speak with a person and was not connected.")
    if "wrong_number" in hits and not refused:
        add("wrong_number", "The person who answered is not the one we were looking for.")
    elif turn.kind == "identity" and says == "no" and not refused and not hits.keys() & {"absent", "gatekeeper"}:
        add("wrong_number", "The callee is not the one we asked for.", 0.75)
    if "moved_away" in hits:
        add("moved_away", "The callee no longer lives there.")
    if "absent" in hits:
        add("absent", "The person we called was not there.")
    if "gatekeeper" in hits:
        add("gatekeeper", "Somebody who does not decide answered.")
    found += _callback(turn, hits, says, reply)
    if "callback" in hits and "absent" not in hits:
        hits.pop("reschedule", None)
    if "unqualified" in hits and (turn.kind in ("qualify", "wish", "other") or w.agent["unqualified"].search(reply)):
        add("unqualified", "The callee does not meet a condition of the offer.")
    elif w.agent["unqualified"].search(reply) and turn.kind in ("qualify", "other", "wish"):
        add("unqualified", "The agent said that a condition is not met.", 0.8)
    found += _stance(turn, hits, says, reply)
    settled = turn.kind in ("closing", "identity") or (turn.kind == "moment" and says == "yes")
    if not found and encoder is not None and not settled and len(text.split()) >= 4:
        found += _by_encoder(turn, encoder)
    if not found and turn.kind == "wish" and "?" not in turn.line.text and _is_content(turn):
        add("undecided", "The answer to the offer is neither a yes nor a no.", 0.45)
    return found


def _callback(turn: Exchange, hits: dict[str, re.Match[str]], says: str, reply: str) -> list[Happening]:
    """A call-back needs an agreed time: asked for or proposed by either side, and not refused by us."""
    w, text = wording(), turn.line.text.replace("’", "'")
    at = w.time.search(text)
    wanted = "callback" in hits
    words = quote(turn.line.text, hits.get("callback") or at)
    if at and "absent" in hits and turn.kind in ("identity", "other"):
        return [Happening("callback_set", words, turn.line.seq, "Whoever answered said when the person can be reached.", 0.85)]
    if wanted and at and not w.agent["not_connecting"].search(reply):
        return [Happening("callback_set", words, turn.line.seq, "The callee named a time for another call.", 0.9)]
    if turn.kind == "callback" and (at or (says == "yes" and w.time.search(turn.asked))) and says != "no":
        return [Happening("callback_set", words, turn.line.seq, "A time for another call was agreed.", 0.95)]
    if at and "busy" in hits and w.agent["calling_back"].search(reply):
        return [Happening("callback_set", words, turn.line.seq, "The callee was busy and named a time.", 0.85)]
    if at and re.search(r"\b(?:call|ring|phone|try)\b", text, re.I) and w.agent["calling_back"].search(reply):
        return [Happening("callback_set", words, turn.line.seq, "The callee named a time for another call.", 0.85)]
    if turn.kind == "moment" and says == "no" and not wanted and "declined" not in hits:
        return [Happening("callback_open", words, turn.line.seq, "The callee had no time.", 0.7)]
    if wanted or ("busy" in hits and turn.kind not in ("wish", "other")):
        match = hits.get("callback") or hits.get("busy")
        return [Happening("callback_open", quote(turn.line.text, match), turn.line.seq, "The callee had no time and named none.", 0.85)]
    return []


def _stance(turn: Exchange, hits: dict[str, re.Match[str]], says: str, reply: str) -> list[Happening]:
    """Where the callee stands on what was asked."""
    w, kind, found = wording(), turn.kind, []

    def add(name: str, reason: str, certainty: float = 0.9, match: re.Match[str] | None = None) -> None:
        found.append(Happening(name, quote(turn.line.text, match or hits.get(name)), turn.line.seq, reason, certainty))

    if "complaint" in hits and not (kind == "wish" and "interested" in hits):
        add("complaint", "The callee complained.")
    if "dispute" in hits and (
        kind in ("pay", "other", "closing", "confirm") or re.search(r"\b(?:owe|bill|charged)\b", turn.line.text, re.I)
    ):
        add("dispute", "The callee says that what we claim is not right.")
    if "objection" in hits:
        add("objection", "The callee raised a concern that was left open.")
    if "hardship" in hits:
        add("hardship", "The callee cannot pay at the moment.")
    if kind == "pay" and "dispute" not in hits and "hardship" not in hits:
        if "paid_now" in hits:
            add("paid", "The callee has just paid.", match=hits["paid_now"])
        elif "promise" in hits or w.time.search(turn.line.text):
            add("promise", "The callee named when it will be paid.")
    if "cancel" in hits and kind != "moment":
        found.append(Happening("cancelled", quote(turn.line.text, hits["cancel"]), turn.line.seq, "The callee cancels.", 0.9))
    elif "reschedule" in hits and kind in ("confirm", "other", "wish") and not hits.keys() & {"callback", "wrong_number"}:
        if w.agent["rescheduled"].search(reply) and not re.search(r"\bcan'?t\b|\bcannot\b", reply):
            found.append(Happening("moved", quote(turn.line.text, hits["reschedule"]), turn.line.seq, "Another time was agreed.", 0.9))
        else:
            add("reschedule", "The callee needs another time.")
    if "problem" in hits and kind != "moment":
        add("problem", "The callee reported a problem.")
    if "undecided" in hits:
        add("undecided", "The callee has not decided.")
    if "wants_info" in hits and "hardship" not in hits:
        add("wants_info", "The callee wants to know more first.")
    if "has_already" in hits and kind in ("wish", "other", "qualify", "moment"):
        add("has_already", "The callee already has one.")
    if "refuse_info" in hits and "wants_info" not in hits:
        add("refuse_info", "The callee did not want to say.")
    if "declined" in hits and kind not in ("closing",) and not hits.keys() & {"cancel", "reschedule", "complaint"}:
        add("declined", "The callee said no to the offer.", 0.95 if kind in ("wish", "moment") else 0.8)
    elif kind == "wish" and not found and intents.is_question(turn.line.text):
        add("wants_info", "The callee answered the offer with a question.", 0.7)
    elif kind == "wish" and not found and (says == "no" or (says == "" and SHORT_NO.search(turn.line.text))):
        add("declined", "The callee said no to the offer.", 0.85)
    if found:
        return found
    if "interested" in hits and says != "no":
        add("interested", "The callee wants it.", 0.95 if kind == "wish" else 0.7)
    elif kind == "wish" and says == "yes":
        add("interested", "The callee said yes to the offer.")
    elif kind == "confirm" and says == "yes":
        add("confirmed", "The callee confirmed.")
    elif kind == "confirm" and says == "no" and "callback" not in hits:
        add("cancelled", "The callee cannot come or does not agree.", 0.7)
    elif kind == "other" and says == "no" and re.search(r"\b(?:could you|can i|may i|what is|what'?s)\b", turn.asked, re.I):
        add("refuse_info", "The callee did not want to say.", 0.7)
    return found


def _by_encoder(turn: Exchange, encoder: Encoder) -> list[Happening]:
    """What no rule understood: the meaning whose examples lie nearest to a sentence of the line."""
    best: list[tuple[float, Happening]] = []
    for sentence in sentences(turn.line.text)[:MOST_SENTENCES]:
        if len(sentence.split()) < 3:
            continue
        scored = []
        for kind, meaning in wording().happenings.items():
            if meaning.examples:
                near = encoder.similar(sentence, meaning.examples)
                at = int(near.argmax())
                scored.append((float(near[at]), kind, meaning.examples[at]))
        (top, kind, example), (second, _, _) = sorted(scored, reverse=True)[:2]
        if kind == "interested" and turn.kind != "wish":
            kind = "collected"  # a yes to a question that offers nothing
        if top >= ENCODER_STRICT.get(kind, ENCODER_FLOOR) and kind != "collected":
            sure = min(0.8, top) if top - second >= ENCODER_MARGIN else 0.4
            text = sentence if len(sentence) <= LONGEST_QUOTE else quote(sentence)
            best.append((top, Happening(kind, text, turn.line.seq, f"By its meaning close to “{example}”.", sure)))
    return [max(best, key=lambda row: row[0])[1]] if best else []


def _of_whole(lines: Sequence[Spoken], turns: Sequence[Exchange]) -> list[Happening]:
    """What only the whole transcript shows: silence, an early end, questions we could not answer, and that all went through."""
    if not turns:
        return [Happening("nobody", "", None, "Nobody spoke.", 1.0)]
    last = turns[-1].line
    content = [t for t in turns if _is_content(t)]
    found: list[Happening] = []
    if not content:
        found.append(Happening("nobody", quote(last.text), last.seq, "The callee did not get into a conversation.", 0.8))
    unknown = unanswered(lines)
    if len(unknown) >= 2:
        first = unknown[0]
        found.append(Happening("unanswered", quote(first.text), first.seq, "We could not answer what the callee asked.", 0.9))
    asking = lines[-1].speaker == "assistant" and question_kind(lines[-1].text) not in ("", "closing", "other")
    asking = asking or (lines[-1].speaker == "assistant" and _asks(lines[-1].text))
    if asking and content:
        found.append(Happening("unfinished", quote(last.text), last.seq, "The call ended before our last question was answered.", 0.9))
    answered = [t for t in content if t.kind not in ("moment", "closing", "identity")]
    if answered:
        line = answered[0].line
        found.append(Happening("collected", quote(line.text), line.seq, "Our questions were answered.", 0.7))
    elif content:
        line = content[-1].line
        found.append(Happening("delivered", quote(line.text), line.seq, "The message was delivered.", 0.6))
    return found


def unanswered(lines: Sequence[Spoken]) -> list[Spoken]:
    """What the callee asked and we had no information about."""
    no_information = wording().agent["no_information"]
    return [t.line for t in exchanges(lines) if t.line.speaker == "user" and no_information.search(t.reply.replace("’", "'"))]


def _asks(text: str) -> bool:
    return text.rstrip().endswith("?") or bool(
        re.search(r"\b(?:what|which|when|where|how|could you|can you|do you|would you|may i)\b[^.!]*$", text, re.I)
    )


def _is_content(turn: Exchange) -> bool:
    """Anything beyond picking up the phone."""
    text = turn.line.text.lower()
    if turn.line.speaker == "robot" or wording().callee["cant_hear"].search(text):
        return False
    return bool(
        re.sub(r"\b(?:hello|hi|hey|hallo|hola|bueno|yes|uh|um|who is this|good (?:morning|afternoon|evening))\b|[^\w]", "", text)
    ) or (bool(turn.asked) and "yes" in text)


def _standing(found: Sequence[tuple[int, Happening]], turns: int) -> list[Happening]:
    """Drops what was overtaken: a later yes lifts an earlier no and the other way round; a busy callee who then talked was not busy."""
    kept = []
    for i, h in found:
        later = {other.kind for j, other in found if j > i and other.certainty >= 0.7}
        if h.kind in OPEN and later & POSITIVE:
            continue
        if h.kind in POSITIVE and later & (OPEN - {"wants_info", "callback_open", "refuse_info"}):
            continue
        if h.kind in ("callback_open", "absent", "wrong_number") and turns - i > 3:
            continue
        if h.kind in ("nobody", "menu", "voicemail") and {other.kind for j, other in found if j > i} & (POSITIVE | OPEN):
            continue  # a person came to the phone after all
        kept.append(h)
    # a call-back that follows the wish for a person is that person's follow-up
    if any(h.kind == "wants_person" for h in kept):
        kept = [h for h in kept if h.kind != "callback_set"]
    return kept or [h for _, h in found]
