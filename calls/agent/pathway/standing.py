"""What is answered by rule on every step: opt-out, "are you a robot?", an emergency; and, where the graph has no way for it, the rest:
a person wanted, a bad time, a wrong number, who and why, no interest, goodbye."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from calls.agent import always
from calls.agent.builtin import callback, intents
from calls.agent.builtin.slots import polarity, when
from calls.agent.builtin.standing import NOT_A_TIME
from calls.agent.builtin.text import finish, sentences, stems
from calls.agent.builtin.wording import for_team, introduction, line
from calls.agent.pathway import talk
from calls.agent.pathway.walk import Walk
from calls.agent.ports import Action, EndCall, Note, Say, Transfer
from pathways.graph import Kind

SOFT = ("wrong", "human", "absent", "later", "busy", "hold", "source", "who", "why", "angry", "notinterested", "bye", "thanks", "greeting")
TOLD = {
    "optout": ("optout", "Asked not to be called again", "info"),
    "emergency": ("emergency", "Spoke of an emergency", "error"),
}


@dataclass(slots=True)
class Move:
    """What a turn makes the agent do. `ask`: say the step's question again afterwards. `rest`: words that are still to be looked at."""

    actions: list[Action] = field(default_factory=list)
    ask: bool = False
    rest: str = ""
    aside: bool = False  # not counted as an answer that led nowhere

    def say(self, text: str, why: str) -> "Move":
        if text.strip():
            self.actions.append(Say(text, (why,)))
        return self


def hard(walk: Walk, text: str) -> Move | None:
    """What no step and no model may answer otherwise."""
    found = always.detect(text, walk.encoder)
    if found is None:
        return None
    why = f"intent {found.name}: {found.sentence}"
    intent = Note("intent", found.name, {"intent": found.name, "quote": found.sentence})
    if found.name == "robot":
        move = Move([intent], rest=found.rest if len(found.rest.split()) >= 2 else "", aside=True)
        move.ask = not move.rest
        return move.say(walk.sentences.say("robot", found.sentence), why)
    kind, message, level = TOLD[found.name]
    told = Note(kind, message, {"quote": text}, "error" if level == "error" else "info")
    return Move([intent, told, Say(walk.sentences.say(found.name), (why,)), EndCall(found.name)])


def pending(walk: Walk, text: str) -> Move | None:
    """The answer to a small question of our own."""
    if walk.state.pending == "angry":
        walk.state.pending = ""
        if polarity(text) == "yes":
            return _optout(walk, text)
        return Move(ask=True, aside=True).say(line("patience"), "they calmed down")
    if walk.state.pending.startswith("callback"):
        return _callback(walk, text)
    return None


def soft(walk: Walk, text: str) -> Move | None:
    """A standing intent that the graph has no way for."""
    found = []
    for sentence in (sentences(text) or [text])[:8]:
        if (intent := intents.detect(sentence, walk.encoder)) and intent.name in SOFT:
            found.append((SOFT.index(intent.name), intent.name, sentence))
    for _, name, sentence in sorted(found):
        if (move := HANDLERS[name](walk, sentence, text)) is not None:
            move.actions.insert(0, Note("intent", name, {"intent": name, "quote": sentence}))
            return move
    return None


def repeat(walk: Walk, text: str) -> bool:
    """Whether they want to hear it again, and say nothing else of weight: "Okay, I'm back. What was the question?"."""
    parts = sentences(text) or [text]
    again = [s for s in parts if intents.detect(s).name == "repeat" or talk.again(s, walk.question) or _echo(walk, s)]
    beside = [s for s in parts if s not in again and not (talk.filler(s) or talk.holds(s) or talk.back(s))]
    others = [s for s in beside if intents.detect(s).name not in ("greeting", "hold")]
    return bool(again) and all(len(s.split()) <= 3 and polarity(s) != "no" for s in others)


def _echo(walk: Walk, sentence: str) -> bool:
    """Whether they ask back what the step just named: "Tuesday?"."""
    named = stems(sentence)
    return bool(named) and talk.proposal(sentence) and walk.node is not None and named <= stems(walk.fill_aloud(walk.node.text))


def beside(walk: Walk, text: str) -> Move | None:
    """Words that answer nothing: a moment that they need, "I'm back", a filler. They choose no way and fill nothing."""
    node = walk.node
    if node is None or any(not talk.answer(e) for way in walk.ways(node) for e in way.examples):
        return None
    parts = sentences(text) or [text]
    if all(talk.back(s) or not talk.answer(s) for s in parts) and any(talk.back(s) for s in parts):
        return _question(walk, "back", text)
    if talk.answer(text):
        return None
    if not talk.waits(text):
        return Move(aside=True) if node.kind == Kind.WAIT else _question(walk, "filler", text)
    held = Move([Note("intent", "hold", {"intent": "hold", "quote": text})], aside=True)
    return held if walk.state.last == line("take_your_time") else held.say(line("take_your_time"), "they need a moment")


def _question(walk: Walk, name: str, text: str) -> Move:
    """Our open question once more."""
    asked = walk.state.last if walk.state.pending else walk.question
    return Move([Note("intent", name, {"intent": name, "quote": text})], aside=True).say(asked, f"{name}: the question again")


# One function for each intent: what is done, or None to let the words count as an answer --------------------------------
def _optout(walk: Walk, text: str) -> Move:
    note = Note("optout", "Asked not to be called again", {"quote": text})
    return Move([note, Say(walk.sentences.say("optout"), ("they asked not to be called again",)), EndCall("optout")])


def _wrong(walk: Walk, s: str, text: str) -> Move | None:
    if walk.state.left_start and not re.search(r"wrong|by that name|no longer", s, re.I):
        return None
    return _ending(Note("wrong_number", "Not the right number", {"quote": s}), line("wrong"), "wrong number")


def _human(walk: Walk, s: str, text: str) -> Move:
    if walk.brief.can_transfer:
        note = Note("transfer", "Asked for a person", {"quote": s})
        return Move([note, Say(line("transfer"), ("they asked for a person",)), Transfer()])
    walk.state.pending = "callback"
    wish = Note("note_for_staff", "Would like to speak to a person", {"quote": s})
    return Move([Note("human", "Asked for a person", {"quote": s}), wish]).say(line("ask_callback_human"), "they asked for a person")


def _absent(walk: Walk, s: str, text: str) -> Move | None:
    if walk.state.left_start:
        return None
    walk.state.pending = "callback"
    move = Move([Note("absent", "Not available", {"quote": s})])
    return move.say(line("ask_callback_absent", callee=walk.plan.callee or "them"), "they are not there")


def _later(walk: Walk, s: str, text: str) -> Move:
    return _bad_time(walk, Note("later", "Asked to be called later", {"quote": s}), text, "ask_callback_later")


def _busy(walk: Walk, s: str, text: str) -> Move:
    return _bad_time(walk, Note("busy", "Has no time now", {"quote": s}), text, "ask_callback_busy")


def _bad_time(walk: Walk, note: Note, text: str, question: str) -> Move:
    named = when(re.sub(rf"{NOT_A_TIME}|having (?:dinner|lunch)", "", text))
    walk.state.pending = "callback"
    if named and re.search(r"call|try|ring|after|tomorrow|later", text, re.I) and (move := _callback(walk, text)):
        move.actions.insert(0, note)
        return move
    return Move([note]).say(line(question), "it is a bad time for them")


def _callback(walk: Walk, text: str) -> Move:
    said = when(text) or callback.phrase(text)
    again = walk.state.pending == "callback again"
    walk.state.pending = ""
    if said:
        instant = callback.parse(text, walk.now(), walk.brief.timezone)
        data = {"quote": text, "said": said, "at": instant.isoformat() if instant else None}
        return _ending(
            Note("callback", f"Call back: {said}", data), for_team(walk.plan, line("goodbye_callback", value=said)), "a time to call back"
        )
    if again or re.match(r"\W*(?:no|nope|nah|never|don'?t)\b", text, re.I):
        return _ending(
            Note("callback_open", "No time for a call back", {"quote": text}),
            for_team(walk.plan, line("goodbye_team")),
            "no time to call back",
        )
    walk.state.pending = "callback again"
    return Move().say(line("ask_callback_again"), "no time was named")


def _hold(walk: Walk, s: str, text: str) -> Move | None:
    rest = " ".join(x for x in sentences(text) if x != s)
    return Move(aside=True).say(line("take_your_time"), "they need a moment") if len(rest.split()) < 2 else None


def _source(walk: Walk, s: str, text: str) -> Move:
    note = Note("note_for_staff", f"Asked: {s}", {"question": s})
    return Move([note], ask=True, aside=True).say(for_team(walk.plan, line("source_unknown")), "they asked where the number is from")


def _who(walk: Walk, s: str, text: str) -> Move:
    return Move(ask=True, aside=True).say(introduction(walk.plan), "they asked who is calling")


def _why(walk: Walk, s: str, text: str) -> Move:
    purpose = walk.plan.purpose
    told = line("purpose", purpose=purpose) if purpose and not walk.plan.private else ""
    said = " ".join(x for x in (introduction(walk.plan), told) if x)
    return Move(ask=True, aside=True).say(said, "they asked what it is about")


def _angry(walk: Walk, s: str, text: str) -> Move:
    if walk.state.used_up("angry"):
        return _optout(walk, text)
    walk.state.pending = "angry"
    words = f"{line('upset')} {line('ask_no_more_calls')}"
    return Move([Note("angry", "Upset by the call", {"quote": s})]).say(words, "they are upset")


def _not_interested(walk: Walk, s: str, text: str) -> Move | None:
    if not re.search(r"interest|not buying|pass\b|not for me", s, re.I):
        return None
    return _ending(Note("notinterested", "Not interested", {"quote": s}), f"{line('not_interested')} {line('goodbye')}", "not interested")


def _bye(walk: Walk, s: str, text: str) -> Move:
    return _ending(None, line("goodbye"), "they said goodbye")


def _thanks(walk: Walk, s: str, text: str) -> Move | None:
    return None


def _greeting(walk: Walk, s: str, text: str) -> Move | None:
    return Move(ask=True, aside=True).say(line("hello_short"), "a greeting") if len(sentences(text)) < 2 else None


def _ending(note: Note | None, words: str, why: str) -> Move:
    return Move([*([note] if note else []), Say(finish(words), (why,)), EndCall(why)])


HANDLERS: dict[str, Callable[[Walk, str, str], Move | None]] = {
    "wrong": _wrong,
    "human": _human,
    "absent": _absent,
    "later": _later,
    "busy": _busy,
    "hold": _hold,
    "source": _source,
    "who": _who,
    "why": _why,
    "angry": _angry,
    "notinterested": _not_interested,
    "bye": _bye,
    "thanks": _thanks,
    "greeting": _greeting,
}
