"""What happened in one turn of a call: the callee's line between our question and our reply. Rules first, then meaning. Pure."""

import re
from collections.abc import Sequence

from analytics import meaning
from analytics.happening import Happening
from analytics.reading import LONGEST_QUOTE, Exchange, clauses, is_content, pieces, question_kind, quote, stand
from analytics.wording import wording
from calls.agent.builtin import intents, signs
from calls.agent.ports import Encoder

SHORT_NO = re.compile(r"^(?:\W*\w+\W+){0,5}no\b", re.I)  # "at my age no"
SURE_OPTOUT = 0.75  # likelihood; the ear is made for the live call, where a missed wish weighs more than a false one
LONE_OPTOUT = 0.9  # when neither a rule speaks nor the agent gave in, who has the same ear
MOST_CLAUSES = 8  # of one line that are compared by meaning


# Patterns of single words that mean something else in another sentence ("their old system is a nightmare"): meaning may overrule them.
SOFT = {"complaint", "objection", "undecided", "reschedule", "wants_info", "problem", "cancel", "busy", "declined"}
HAPPENING_OF = {"cancel": "cancelled", "busy": "callback_open"}
OVERRULED_BY = 0.1  # by so much another meaning must be nearer


def _hits(text: str, encoder: Encoder | None) -> dict[str, re.Match[str]]:
    """The patterns that speak in a line; soft ones only where the sentence does not clearly mean something else."""
    hits = {kind: m for kind, pattern in wording().callee.items() if (m := pattern.search(text))}
    if encoder is None or len(text.split()) < 4:
        return hits
    return {kind: m for kind, m in hits.items() if kind not in SOFT or not _means_else(kind, _around(text, m), encoder)}


def _around(text: str, match: re.Match[str]) -> str:
    """The clause that holds the matched words."""
    start = 0
    for clause in clauses(text):
        start = text.find(clause, start)
        if start + len(clause) > match.start():
            return clause
    return text


def _means_else(kind: str, sentence: str, encoder: Encoder) -> bool:
    ranked = meaning.happened(sentence, encoder)
    own = next((near.score for near in ranked if near.kind == HAPPENING_OF.get(kind, kind)), 0.0)
    return ranked[0].top >= meaning.FLOOR and ranked[0].score - own >= OVERRULED_BY


def _refused(text: str, reply: str, encoder: Encoder | None) -> float:
    """How sure it is that the callee asked not to be called again; 0.0 where too little says so."""
    heard, ruled = signs.says("optout", text, encoder), signs.says("optout", text)
    if wording().agent["no_more_calls"].search(reply):
        return max(heard, ruled)
    sure = SURE_OPTOUT if ruled else LONE_OPTOUT
    return heard if heard >= sure else 0.0  # or its event would say so: see outcomes.happened


def of_turn(turn: Exchange, i: int, turns: Sequence[Exchange], encoder: Encoder | None) -> list[Happening]:
    w, text = wording(), turn.line.text.replace("’", "'")
    hits = _hits(text, encoder)
    says = stand(text)
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
    refused = _refused(text, reply, encoder)
    if refused:
        words = next((s for s in pieces(turn.line.text) if signs.says("optout", s)), turn.line.text)
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
    if "chose_other" in hits:
        add("chose_other", "The callee took another offer.")
    if says != "no" and w.agent["booked"].search(reply) and not intents.is_question(turn.line.text):
        add("booked", "It was booked on the call.", 0.9)
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
    elif w.agent["unqualified"].search(reply) and question_kind(turn.asked) in ("qualify", "other", "wish"):
        add("unqualified", "The agent said that a condition is not met.", 0.8)
    found += _stance(turn, hits, says, reply)
    settled = turn.kind in ("closing", "identity") or (turn.kind == "moment" and says == "yes")
    if not found and encoder is not None and not settled and len(text.split()) >= 4 and not signs.says("robot", text):
        found += _by_encoder(turn, any(before.kind == "wish" for before in turns[: i + 1]), encoder)
    if not found and turn.kind == "wish" and "?" not in turn.line.text and is_content(turn):
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
    elif kind == "wish" and not found and says != "yes" and intents.is_question(turn.line.text):
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
    elif question_kind(turn.asked) == "confirm" and says == "no" and "callback" not in hits:
        add("cancelled", "The callee cannot come or does not agree.", 0.7)
    elif kind == "other" and says == "no" and re.search(r"\b(?:could you|can i|may i|what is|what'?s)\b", turn.asked, re.I):
        add("refuse_info", "The callee did not want to say.", 0.7)
    return found


def _by_encoder(turn: Exchange, offered: bool, encoder: Encoder) -> list[Happening]:
    """What no rule understood: the meaning whose examples lie nearest to a clause of the line. `offered`: there was something to want."""
    best: list[tuple[float, Happening]] = []
    for clause in clauses(turn.line.text)[:MOST_CLAUSES]:
        if len(clause.split()) < 3:
            continue
        first, second = meaning.happened(clause, encoder)[:2]
        kind = first.kind
        if kind == "interested" and (not offered or turn.kind in ("closing", "identity")):
            kind = meaning.NEUTRAL  # a yes to a question that offers nothing
        if kind != meaning.NEUTRAL and first.top >= meaning.STRICT.get(kind, meaning.FLOOR):
            sure = min(0.8, first.top) if first.score - second.score >= meaning.MARGIN else 0.4
            text = clause if len(clause) <= LONGEST_QUOTE else quote(clause)
            best.append((first.score, Happening(kind, text, turn.line.seq, f"By its meaning close to “{first.example}”.", sure)))
    return [max(best, key=lambda row: row[0])[1]] if best else []
