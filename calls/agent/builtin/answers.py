"""The callee's answer to an open question: read, acknowledged in its own words, followed up."""

import re

from calls.agent.builtin.plan import Question
from calls.agent.builtin.slots import Reading, polarity, read, when
from calls.agent.builtin.talk import INTEREST, Conversation, Reply, ack, advance, note, say, wait_for, wanted
from calls.agent.builtin.wording import MAX_DETOURS, MAX_TRIES, line

ECHOED = ("when", "date", "choice", "number", "rating", "name")  # said back; e-mail and phone are checked instead
CHECKED = ("email", "phone")
NUMERIC = ("number", "rating")


def reading(question: Question, text: str) -> Reading:
    return read(question.slot, text, question.options, question.text)


def take_answer(c: Conversation, told: str, replies: list[str], *, unheard: bool, asked: bool) -> Reply:
    """`told`: what is not a question of the callee's. `unheard`: our question was cut off. `asked`: the callee asked something too."""
    index, question = c.at, c.questions[c.at]
    result = reading(question, told) if told else Reading("unclear")
    if unheard and not (result.status == "answered" and question.slot in (*ECHOED, *CHECKED)):
        result = Reading("unclear")
    if result.status == "unclear":
        return _unclear(c, index, question, told, replies, aside=asked or unheard)
    c.answers[index] = result
    c.said.append(told)
    status = "refused" if result.status == "refused" else "answer"
    data = {"question": question.text, "value": result.value, "quote": told, "status": result.status, "slot": question.slot}
    note(c, status, f"{question.text} {result.value or told}", data)
    c.detours = 0
    if result.status != "answered":
        return advance(c, ack(c, "refused" if result.status == "refused" else "unknown"), *replies)
    if question.slot in CHECKED and result.echo:
        return say(c, *replies, wait_for(c, "check", line("ask_check", value=result.echo), index))
    return _after(c, index, question, result, replies)


def _unclear(c: Conversation, index: int, question: Question, told: str, replies: list[str], *, aside: bool) -> Reply:
    if aside:
        c.detours += 1
        if c.detours <= MAX_DETOURS:
            return say(c, *replies, wait_for(c, "question", question.text, index))
    tries = c.tries[str(index)] = c.tries.get(str(index), 1) + 1
    if tries <= MAX_TRIES and not aside:
        return say(c, *replies, line("not_understood"), wait_for(c, "question", question.text, index))
    c.answers[index] = Reading("answered" if told else "unknown", told)
    data = {"question": question.text, "value": told, "quote": told, "status": "as said", "slot": question.slot}
    note(c, "answer", f"{question.text} {told}", data)
    return advance(c, *replies, line("noted_as_said" if told else "move_on"))


def _after(c: Conversation, index: int, question: Question, result: Reading, replies: list[str]) -> Reply:
    if result.polarity == "no" and (reply := _after_no(c, index, question, result, replies)):
        return reply
    echo = result.echo
    if question.slot in NUMERIC:
        echo = echo[:1].lower() + echo[1:]
    if question.slot in ECHOED and echo:
        return advance(c, ack(c, "value", value=echo), *replies)
    told = c.said[-1] if c.said else ""
    kind = "text"
    if question.slot == "yesno" and len(told.split()) <= 7 and result.polarity:
        kind = result.polarity
    elif result.polarity == "no" and question.slot != "yesno":
        kind = "no"
    return advance(c, ack(c, kind), *replies)


def _after_no(c: Conversation, index: int, question: Question, result: Reading, replies: list[str]) -> Reply | None:
    """What a no needs beyond an acknowledgement: another time, a correction, or no more of what was declined."""
    follow = any(x.parent == index and x.when for x in c.questions)
    if re.match(r"Does that still work", question.text) and not follow:
        said = c.heard[-1] if c.heard else ""
        if re.search(r"\bcancel\b", said, re.I):
            return advance(c, line("note_cancel"), *replies)
        if value := when(re.sub(r"^.*?\bnot\b[^,.]*", "", said)):
            return advance(c, line("note_other_time", value=value), *replies)
        _insert(c, index, Question(line("ask_reschedule"), "when", source="reschedule"))
        return advance(c, line("understand"), *replies)
    if re.search(r"Is that (?:correct|right)\?", question.text):
        _insert(c, index, Question(line("ask_correction"), "text", source="correction"))
        return advance(c, line("thanks_for_telling"), *replies)
    if question.slot == "yesno" and re.search(INTEREST, question.text, re.I):
        note(c, "declined", f"Declined: {question.text}", {"question": question.text, "quote": c.said[-1] if c.said else ""})
        if not follow:
            c.declined = True
            _skip_rest(c, index)
    return None


def _skip_rest(c: Conversation, index: int) -> None:
    """After a refused offer the details of it are not asked for; a survey goes on."""
    for i, other in enumerate(c.questions):
        open_ = i > index and i not in c.answers and wanted(c, other)
        if open_ and other.slot != "say" and not c.plan.survey and not re.search(INTEREST, other.text, re.I):
            c.answers[i] = Reading("skipped")


def _insert(c: Conversation, index: int, question: Question) -> None:
    """A question of our own right after question `index`."""
    c.questions.insert(index + 1, question)
    c.answers = {(i if i <= index else i + 1): a for i, a in c.answers.items()}
    for q in c.questions[index + 2 :]:
        q.parent = q.parent + 1 if q.parent > index else q.parent


def check_answer(c: Conversation, told: str, text: str, replies: list[str]) -> Reply:
    """The callee's word on an e-mail address or number that was read back."""
    index, question = c.at, c.questions[c.at]
    again = reading(question, text)
    if again.status == "answered" and again.echo and again.value not in ("", c.answers[index].value):
        c.answers[index] = again
        data = {"question": question.text, "value": again.value, "quote": text, "status": "corrected", "slot": question.slot}
        note(c, "answer", f"{question.text} {again.value}", data)
        return advance(c, line("corrected", value=again.echo), *replies)
    if polarity(told) != "no":
        return advance(c, line("thank_you"), *replies)
    tries = c.tries[str(index)] = c.tries.get(str(index), 1) + 1
    if tries <= MAX_TRIES:
        wait_for(c, "question", question.text, index)
        return say(c, *replies, line("sorry"), line("ask_once_more"))
    c.answers[index] = Reading("unknown", text)
    return advance(c, line("team_will_check"), *replies)
