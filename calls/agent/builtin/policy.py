"""Which move answers a turn: opening, keypad menus, silence, standing intents in their order, then the words themselves."""

import re

from calls.agent.builtin import intents, signs
from calls.agent.builtin.answers import check_answer, reading, take_answer
from calls.agent.builtin.language import patterns
from calls.agent.builtin.slots import polarity
from calls.agent.builtin.standing import HANDLERS, busy, optout, unknown_question
from calls.agent.builtin.talk import (
    NEEDS_CONTEXT,
    Conversation,
    Reply,
    ack,
    advance,
    agree_callback,
    ask_callback,
    close,
    current,
    end,
    finished,
    goodbye,
    introduce,
    note,
    purpose,
    restate,
    say,
    wait_for,
)
from calls.agent.builtin.text import sentences, stems
from calls.agent.builtin.wording import MAX_SILENCE, MAX_TURNS, for_team, line, turns, who

REQUEST = patterns("instructions")["REQUEST"]
DISCLOSED = r"\b(?:automated|AI|virtual|robot|digital)\b"
MENU_TURNS = 3  # a machine's menu comes at the beginning
READ_SENTENCES = 8  # of one turn; more are heard but not searched for intents
MENU_FIT = 0.45  # cosine of a menu entry to the call's matter that is pressed
DIGITS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "zero": "0"}
DIGITS |= {"star": "*", "pound": "#", "hash": "#"}


def open_call(c: Conversation) -> Reply:
    """The first thing said: the first sentence as ordered, or an opening made from the task."""
    c.opened = True
    apology = "" if c.english else line("english_only")
    if c.first_sentence:
        c.introduced = bool(re.search(DISCLOSED, c.first_sentence, re.I))
        wait_for(c, "moment", c.first_sentence)
        c.last = c.first_sentence
        return Reply(c.first_sentence, why=("first_sentence",))
    hello = line("hello", who=who(c.plan))
    c.introduced = True
    if c.plan.callee and c.plan.check_identity:
        return say(c, hello, apology, wait_for(c, "identity", line("ask_identity", callee=c.plan.callee)))
    c.purposed = True
    first = c.questions[0] if c.questions else None
    if first and len(c.questions) > 1 and not first.lead and not re.match(NEEDS_CONTEXT, first.text):
        return say(c, hello, apology, purpose(c), wait_for(c, "moment", line("ask_moment")))
    return advance(c, hello, apology, purpose(c))


def respond(c: Conversation, text: str, *, unheard: bool = False) -> Reply:
    """`unheard`: the callee spoke over the agent before its question was out."""
    c.turn += 1
    text = text.strip()
    if not re.search(r"\w", text):
        return silence(c)
    c.silent = 0
    if c.turn <= MENU_TURNS and re.search(intents.MENU, text, re.I):
        return menu(c, text)
    c.heard.append(text)
    if c.turn > MAX_TURNS:
        note(c, "agent_ended", "The call was too long")
        return end(c, "goodbye_long")
    parts = sentences(text) or [text]
    found = []
    if signs.in_words("optout", text, c.encoder):  # also across what looks like sentences
        found.append((intents.ORDER.index("optout"), intents.Intent("optout", 1.0), text))
    for sentence in parts[:READ_SENTENCES]:
        if intent := intents.detect(sentence, c.encoder, words_only=not _needs_encoder(c, sentence)):
            found.append((intents.ORDER.index(intent.name), intent, sentence))
    found.sort(key=lambda x: x[0])
    for _, intent, sentence in found:
        c.why.append(f"intent {intent.name} ({intent.score:.2f}): {sentence}")
        note(c, "intent", intent.name, {"intent": intent.name, "quote": sentence, "score": round(intent.score, 2)})
        if not c.opened and intent.name not in ("emergency", "optout", "wrong", "later", "busy", "notinterested", "bye", "robot", "human"):
            break
        if (handled := HANDLERS[intent.name](c, sentence, text)) is not None:
            c.opened = True
            return handled
    if not c.opened:
        return open_call(c)
    return content(c, parts, text, unheard=unheard)


def _needs_encoder(c: Conversation, sentence: str) -> bool:
    """Words that already answer the open question need no comparing by meaning."""
    if question := current(c):
        return reading(question, sentence).status == "unclear" or (question.slot == "text" and len(sentence.split()) <= 7)
    return True


def silence(c: Conversation) -> Reply:
    c.silent += 1
    if c.silent >= MAX_SILENCE:
        note(c, "silence", "Nobody spoke")
        return end(c, "goodbye_silence")
    if not c.opened:
        return open_call(c)
    return say(c, line("hear_me")) if c.silent == 1 else say(c, line("cannot_hear"), restate(c))


def menu(c: Conversation, text: str) -> Reply:
    """A keypad menu: the entry nearest to the call's matter, else a person, else the last."""
    note(c, "menu", "A keypad menu", {"quote": text})
    entry = r"(?:for|to) ([^,.;]+?),? (?:please )?(?:press|dial|say) (\w+)|(?:press|dial) (\w+) (?:for|to) ([^,.;]+)"
    choices = [(m[1] or m[4], m[2] or m[3]) for m in re.finditer(entry, text, re.I)]
    if not choices:
        return say(c, action="wait")
    people = r"operator|representative|someone|agent|speak|reception|all other|staff|team"
    person = next((key for label, key in choices if re.search(people, label, re.I)), "")
    topic = c.plan.purpose or " ".join(x.text for x in c.questions[:2])
    scores = [float(x) for x in c.encoder.similar(topic, [label for label, _ in choices])] if topic else [0.0]
    best = scores.index(max(scores))
    key = choices[best][1] if scores[best] >= MENU_FIT else person or choices[-1][1]
    c.why.append(f"menu: pressed {key}")
    c.opened = c.introduced = c.purposed = False  # whoever answers now has heard nothing yet
    c.pending, c.last_question = "", ""
    return say(c, action="press", value=DIGITS.get(key.lower(), key))


# Their questions, our question -----------------------------------------------------------------------------------------
def content(c: Conversation, parts: list[str], text: str, *, unheard: bool) -> Reply:
    asked = [s for s in parts if intents.is_question(s) and not intents.detect(s)]
    told = " ".join(s for s in parts if s not in asked)
    replies: list[str] = []
    for question in asked[:2]:
        if re.match(REQUEST, question, re.I) and c.facts.answer(question).kind != "fact":
            unknown_question(c, question)
            c.why.append(f"request: {question}")
            if _asks_to_move(c, question):
                told, unheard = told or "No, " + question.rstrip("?"), False
            else:
                replies.append(line("cannot_do"))
        else:
            replies.append(_answer(c, question))
    replies = list(dict.fromkeys(replies))
    if c.pending == "question":
        return take_answer(c, told, replies, unheard=unheard, asked=bool(asked))
    return small_state(c, told, text, replies)


def _asks_to_move(c: Conversation, question: str) -> bool:
    """ "Can you move it?" in answer to "Does that still work for you?" is a no."""
    open_ = current(c)
    change = r"\b(?:move|change|reschedule|another|different|cancel|postpone|later|earlier)\b"
    return bool(open_ and re.match("Does that still|Which one", open_.text) and re.search(change, question))


def _answer(c: Conversation, question: str) -> str:
    """From the task, its data or the knowledge, word for word; else an honest "I don't have that" and a note for staff."""
    answer = c.facts.answer(question)
    c.why.append(f"question ({answer.kind} {answer.score:.2f}): {answer.source or question}")
    data = {"question": question, "source": answer.source, "score": round(answer.score, 2)}
    disclosed = not (c.plan.private and c.pending in ("identity", "available"))
    if answer.kind == "fact" and disclosed:
        note(c, "fact", f"Answered from the task or knowledge: {answer.source}", data)
        return answer.text
    if answer.kind == "avoided":
        note(c, "avoided", f"Not to be talked about: {question}", data)
        if answer.text:
            return answer.text
        unknown_question(c, question)
        return line("avoided") + " " + line("note_question")
    known = turns("unknown")
    reply = known[len(c.open_questions) if len(c.open_questions) < 2 else 2 + len(c.open_questions) % 2]
    unknown_question(c, question)
    return for_team(c.plan, reply)


# Small questions -------------------------------------------------------------------------------------------------------
def small_state(c: Conversation, told: str, text: str, replies: list[str]) -> Reply:
    match c.pending:
        case "moment":
            return _moment(c, told, text, replies)
        case "identity":
            return _identity(c, told, replies)
        case "available":
            return _available(c, told, text)
        case "callback":
            return agree_callback(c, text, *replies)
        case "angry":
            return optout(c, told, text) if polarity(told) == "yes" else advance(c, *replies, line("patience"))
        case "else":
            return _else(c, told, replies)
        case "check":
            return check_answer(c, told, text, replies)
    return advance(c, *replies)


def _moment(c: Conversation, told: str, text: str, replies: list[str]) -> Reply:
    if polarity(told) == "no" and (reply := busy(c, told, text)):
        return reply
    if c.first_sentence and not c.purposed:
        told_already = not c.plan.statements and bool(stems(c.first_sentence) & stems(c.plan.purpose))
        c.purposed = told_already or not c.plan.purpose
    yes = ack(c, "yes") if polarity(told) == "yes" and not replies else ""
    apology = line("english_only") if not c.english and c.turn == 1 else ""
    return advance(c, yes, apology, *replies)


def _identity(c: Conversation, told: str, replies: list[str]) -> Reply:
    name = re.escape(c.plan.callee.split()[-1].lower())
    sign = polarity(told)
    speaking = re.search(rf"\b(?:speaking|this is (?:he|she|him|her|me)|{name})\b", told, re.I)
    if told and sign != "no" and (sign == "yes" or speaking):
        note(c, "identity", f"Is {c.plan.callee}", {"quote": told})
        return advance(c, line("thank_you"), *replies)
    if sign == "no":
        return say(c, *replies, line("i_see"), wait_for(c, "available", line("ask_available", callee=c.plan.callee)))
    c.tries["identity"] = c.tries.get("identity", 0) + 1
    if c.tries["identity"] <= 2:
        return say(c, *replies, c.last_question)
    return end(c, "goodbye_identity") if c.plan.private else advance(c, *replies)


def _available(c: Conversation, told: str, text: str) -> Reply:
    if polarity(told) == "yes" or re.search(r"\b(?:hold on|one (?:moment|second)|get (?:him|her|them))\b", text, re.I):
        wait_for(c, "identity", line("ask_available_now", who=who(c.plan), callee=c.plan.callee))
        return say(c, line("will_wait"))
    note(c, "absent", "Not available", {"quote": text})
    return ask_callback(c, line("ask_callback_absent", callee=c.plan.callee))


def _else(c: Conversation, told: str, replies: list[str]) -> Reply:
    if replies:
        return close(c, *replies)
    plain = re.fullmatch(r"(?:ok(?:ay)?|fine|good|all right|alright|great|perfect)[.! ]*", told, re.I)
    done = re.match(r"(?:that's|that is|that was) (?:all|it|everything)|all good|thank", told, re.I)
    if not told or polarity(told) == "no" or plain or done:
        return goodbye(c)
    if polarity(told) == "yes" and len(told.split()) <= 3:
        return say(c, line("go_ahead"))
    note(c, "note_for_staff", f"To pass on: {told}", {"message": told, "quote": told})
    return goodbye(c, line("pass_on"))


__all__ = ["finished", "introduce", "open_call", "respond"]
