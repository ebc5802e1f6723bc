"""What happened on a call, read from its transcript alone: rules first, the sentence encoder where no rule speaks. Pure."""

import re
from collections.abc import Sequence

from analytics.happening import OPEN, POSITIVE, Happening, weight
from analytics.reading import Exchange, Spoken, asks, exchanges, is_content, question_kind, quote, unanswered
from analytics.turns import of_turn
from calls.agent.ports import Encoder


def happenings(lines: Sequence[Spoken], encoder: Encoder | None) -> list[Happening]:
    """Everything that happened, the most deciding first. Never empty."""
    lines = [line for line in lines if line.speaker in ("user", "assistant", "robot") and line.text.strip()]
    turns = exchanges(lines, encoder)
    found: list[tuple[int, Happening]] = []
    for i, turn in enumerate(turns):
        found += [(i, h) for h in of_turn(turn, i, turns, encoder)]
    found += [(len(turns), h) for h in _of_whole(lines, turns)]
    kept = _standing(found, lines, turns)
    return sorted(kept, key=weight, reverse=True)


def _of_whole(lines: Sequence[Spoken], turns: Sequence[Exchange]) -> list[Happening]:
    """What only the whole transcript shows: silence, an early end, questions we could not answer, and that all went through."""
    if not turns:
        return [Happening("nobody", "", None, "Nobody spoke.", 1.0)]
    last = turns[-1].line
    content = [t for t in turns if is_content(t)]
    found: list[Happening] = []
    if not content:
        found.append(Happening("nobody", quote(last.text), last.seq, "The callee did not get into a conversation.", 0.8))
    unknown = unanswered(lines)
    if len(unknown) >= 2:
        first = unknown[0]
        found.append(Happening("unanswered", quote(first.text), first.seq, "We could not answer what the callee asked.", 0.9))
    asking = lines[-1].speaker == "assistant" and question_kind(lines[-1].text) not in ("", "closing", "other")
    asking = asking or (lines[-1].speaker == "assistant" and asks(lines[-1].text))
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


def _standing(found: Sequence[tuple[int, Happening]], lines: Sequence[Spoken], turns: Sequence[Exchange]) -> list[Happening]:
    """Drops what was overtaken: a later yes lifts an earlier no and the other way round; a busy callee who then talked was not busy."""
    kept = []
    asked_through = _asked_through(lines, turns)
    for i, h in found:
        later = {other.kind for j, other in found if j > i and other.certainty >= 0.7}
        if h.kind in OPEN and later & POSITIVE:
            continue
        firm = {other.kind for j, other in found if j > i and other.certainty >= 0.85}
        if h.kind == "complaint" and firm & {"interested", "booked", "declined"}:
            continue  # in the end the offer was taken or turned down, and that is what came out
        if h.kind in ("declined", "interested") and asked_through:
            continue  # the answer to one question of many
        if h.kind in POSITIVE and later & (OPEN - {"wants_info", "callback_open", "refuse_info"}):
            continue
        if h.kind in ("callback_open", "absent", "wrong_number") and len(turns) - i > 3:
            continue
        if h.kind in ("nobody", "menu", "voicemail") and {other.kind for j, other in found if j > i} & (POSITIVE | OPEN):
            continue  # a person came to the phone after all
        kept.append(h)
    # a call-back that follows the wish for a person is that person's follow-up
    if any(h.kind == "wants_person" for h in kept):
        kept = [h for h in kept if h.kind != "callback_set"]
    return kept or [h for _, h in found]


QUESTIONNAIRE = re.compile(r"\b(?:survey|questionnaire|(?:few|quick|short|two|three|four|five) (?:\w+ )?questions)\b", re.I)
MANY = 3  # answers that make a questionnaire


def _asked_through(lines: Sequence[Spoken], turns: Sequence[Exchange]) -> bool:
    """A questionnaire whose questions were answered: what was asked to be done on the call is done."""
    announced = any(line.speaker == "assistant" and QUESTIONNAIRE.search(line.text) for line in lines[:4])
    return announced and sum(turn.kind in ("other", "qualify") and is_content(turn) for turn in turns) >= MANY
