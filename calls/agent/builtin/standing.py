"""What the agent does on a standing intent. A handler answers, or returns None to let the words count as an answer."""

import re
from collections.abc import Callable

from calls.agent.builtin.answers import reading, take_answer
from calls.agent.builtin.plan import Plan
from calls.agent.builtin.slots import Reading, when
from calls.agent.builtin.talk import (
    INTEREST,
    Conversation,
    Reply,
    agree_callback,
    ask_callback,
    current,
    end,
    goodbye,
    introduce,
    note,
    purpose,
    restate,
    resume,
    say,
    wait_for,
)
from calls.agent.builtin.text import sentences
from calls.agent.builtin.wording import for_whom, line

MACHINE_WORDS = r"robot|bot\b|ai\b|a\.i|machine|automated|record|computer|virtual|artificial"
HUMAN_WORDS = r"human|person|real|someone|somebody"
NOT_A_TIME = r"right now|at the moment|today isn'?t"


def optout(c: Conversation, s: str, text: str) -> Reply:
    note(c, "optout", "Asked not to be called again", {"quote": text})
    return end(c, "optout")


def emergency(c: Conversation, s: str, text: str) -> Reply:
    note(c, "emergency", "Spoke of an emergency", {"quote": text}, level="error")
    return end(c, "emergency")


def robot_line(plan: Plan, asked: str) -> str:
    """ "Are you a robot?" yes; "are you a person?" no; both, or neither, or a sideways question: said without yes or no."""
    machine, human = re.search(MACHINE_WORDS, asked, re.I), re.search(HUMAN_WORDS, asked, re.I)
    yes_no = re.search(r"\b(?:are|r) (?:you|u)\b|\byou(?:'re| are)\b|\bis (?:this|that|it)\b|\bam i\b", asked, re.I)
    negated = re.search(r"\bnot\b|n't\b", asked, re.I)
    key = "robot_plain"
    if yes_no and not negated and bool(machine) != bool(human):
        key = "robot_yes" if machine else "robot_no"
    return line(key, for_whom=for_whom(plan))


def robot(c: Conversation, s: str, text: str) -> Reply:
    c.introduced = True
    told = robot_line(c.plan, s)
    rest = " ".join(x for x in sentences(text) if x != s)
    question = current(c)
    if rest and question and reading(question, rest).status == "answered":
        return take_answer(c, rest, [told], unheard=False, asked=False)
    return resume(c, told)


def human(c: Conversation, s: str, text: str) -> Reply:
    if c.can_transfer:
        note(c, "transfer", "Asked for a person", {"quote": s})
        return say(c, line("transfer"), action="transfer")
    note(c, "human", "Asked for a person", {"quote": s})
    note(c, "note_for_staff", "Would like to speak to a person", {"quote": s})
    return ask_callback(c, line("ask_callback_human"))


def wrong(c: Conversation, s: str, text: str) -> Reply | None:
    if c.pending != "identity" and not re.search(r"wrong|by that name|no longer", s, re.I):
        return None
    note(c, "wrong_number", "Not the right number", {"quote": s})
    return end(c, "wrong")


def absent(c: Conversation, s: str, text: str) -> Reply | None:
    if c.pending not in ("identity", "available", "moment"):
        return None
    note(c, "absent", "Not available", {"quote": s})
    if when(text) and not re.search(r"right now", text):
        return agree_callback(c, text)
    return ask_callback(c, line("ask_callback_absent", callee=c.plan.callee or "them"))


def later(c: Conversation, s: str, text: str) -> Reply:
    note(c, "later", "Asked to be called later", {"quote": s})
    if when(re.sub(NOT_A_TIME, "", text)):
        return agree_callback(c, text)
    return ask_callback(c, line("ask_callback_later"))


def busy(c: Conversation, s: str, text: str) -> Reply | None:
    question = current(c)
    if (question and question.when == "no") or c.declined:
        return None
    note(c, "busy", "Has no time now", {"quote": s})
    later_on = re.search(r"call|try|after|tomorrow|later", text, re.I)
    if later_on and when(re.sub(r"right now|today|having (?:dinner|lunch)", "", text)):
        return agree_callback(c, text)
    return ask_callback(c, line("ask_callback_busy"))


def hold(c: Conversation, s: str, text: str) -> Reply | None:
    rest = " ".join(x for x in sentences(text) if x != s)
    return say(c, line("take_your_time")) if len(rest.split()) < 2 else None


def repeat(c: Conversation, s: str, text: str) -> Reply:
    slow = re.search(r"louder|speak up|slower|slowly|quiet|fast", s, re.I)
    first = line("sorry" if slow else "of_course")
    if c.pending in ("identity", "moment"):
        about = purpose(c) if c.pending == "moment" and c.purposed else ""
        go_on = bool(c.first_sentence) and c.pending == "moment"
        return say(c, first, introduce(c), about, line("ask_go_on") if go_on else c.last_question)
    return say(c, first, restate(c) or c.last)


def source(c: Conversation, s: str, text: str) -> Reply:
    unknown_question(c, s)
    return resume(c, line("source_unknown"))


def unknown_question(c: Conversation, question: str) -> None:
    c.open_questions.append(question)
    note(c, "note_for_staff", f"Asked: {question}", {"question": question})


def who_calls(c: Conversation, s: str, text: str) -> Reply:
    about = purpose(c) if c.pending != "identity" and not c.plan.private else ""
    c.purposed = c.purposed or bool(about)
    wanted = c.pending == "moment" or not c.said
    return resume(c, introduce(c), about if wanted else "")


def why(c: Conversation, s: str, text: str) -> Reply:
    p = c.plan
    if p.private and c.pending == "identity":
        return resume(c, line("purpose_private", callee=p.callee))
    c.purposed = True
    lead = "" if c.introduced else introduce(c)
    first = next((x for x in c.questions if x.embedded), None)
    told = p.purpose or p.context or p.statements
    about = line("purpose_question", question=first.embedded) if first and not told else purpose(c)
    return resume(c, lead, about)


def angry(c: Conversation, s: str, text: str) -> Reply:
    if "angry" in c.happened:
        return optout(c, s, text)
    note(c, "angry", "Upset by the call", {"quote": s})
    return say(c, line("upset"), wait_for(c, "angry", line("ask_no_more_calls")))


def not_interested(c: Conversation, s: str, text: str) -> Reply | None:
    if c.pending in ("else", "question") and not re.search(r"interest|not buying|pass\b|not for me", s, re.I):
        return None
    if question := current(c):
        follows = any(x.parent == c.at and x.when == "no" for x in c.questions)
        if follows or (question.slot == "yesno" and re.search(INTEREST, question.text, re.I)):
            return None
    note(c, "notinterested", "Not interested", {"quote": s})
    for i, x in enumerate(c.questions):
        if x.when == "no" and i not in c.answers and x.slot != "say" and re.search(INTEREST, c.questions[x.parent].text, re.I):
            c.answers[x.parent] = Reading("answered", "no", "no")
            return say(c, line("understand"), wait_for(c, "question", x.text, i))
    return goodbye(c, line("not_interested"))


def bye(c: Conversation, s: str, text: str) -> Reply:
    rest = " ".join(x for x in sentences(text) if x != s)
    question = current(c)
    if question and rest and (result := reading(question, rest)).status == "answered":
        c.answers[c.at] = result
        data = {"question": question.text, "value": result.value, "quote": rest, "status": "answered", "slot": question.slot}
        note(c, "answer", f"{question.text} {result.value}", data)
    return goodbye(c)


def thanks(c: Conversation, s: str, text: str) -> Reply | None:
    return goodbye(c) if c.pending == "else" else None


def greeting(c: Conversation, s: str, text: str) -> Reply | None:
    alone = len(sentences(text)) < 2
    if c.pending == "identity":
        said_who = re.search(r"speaking|this is", s, re.I)
        return say(c, line("hello_short"), c.last_question) if alone and not said_who else None
    if c.pending == "moment" and c.first_sentence:
        return None
    return resume(c, line("hello_short")) if alone and not c.last.endswith("?") else None


HANDLERS: dict[str, Callable[[Conversation, str, str], Reply | None]] = {
    "emergency": emergency,
    "optout": optout,
    "robot": robot,
    "human": human,
    "wrong": wrong,
    "absent": absent,
    "later": later,
    "busy": busy,
    "hold": hold,
    "repeat": repeat,
    "source": source,
    "who": who_calls,
    "why": why,
    "angry": angry,
    "notinterested": not_interested,
    "bye": bye,
    "thanks": thanks,
    "greeting": greeting,
}
