"""Sentences that tell the agent to do something: confirm, ask, remind, tell, offer, invite, book."""

import re

from calls.agent.builtin.asking import add_question, read_ask
from calls.agent.builtin.draft import Draft, speak
from calls.agent.builtin.language import patterns
from calls.agent.builtin.questions import KEEP_WH
from calls.agent.builtin.telling import add_fact, read_purpose, read_tell, say_also
from calls.agent.builtin.text import finish

WORDS = patterns("instructions")
ASK, CONFIRM, OFFER, THEM = (WORDS[x] for x in ("ASK", "CONFIRM", "OFFER", "THEM"))


def read_instruction(d: Draft, text: str, when: str = "", parent: int = -1) -> bool:
    p = d.plan
    if m := re.match(rf"{CONFIRM}\b(?: with {THEM})?(?: that| whether| if)?\s+(.*)", text, re.I):
        read_ask(d, m[1], True, text, when, parent)
    elif m := re.match(rf"(?:{ASK})\b,?:?\s+(?:that\s+)?(.*)", text, re.I):
        body = m[1]
        if re.match(r"(?:check|see|note)\b", text, re.I) and not re.match(
            rf"(?:on |if |whether |{KEEP_WH}\b|that |the |their )", body, re.I
        ):
            return False
        verify = bool(re.match(r"check\b", text, re.I)) and not re.match(rf"(?:if|whether|{KEEP_WH})\b", body, re.I)
        if re.match(r"check\b", text, re.I) and verify is not False:
            body = re.sub(r"^that ", "", body)
        read_ask(d, body, verify, text, when, parent)
    elif m := re.match(r"remind (.*?)\b(that|about|to|of)\b (.*)", text, re.I):
        body = speak(d, m[3])
        said = f"I would like to remind you {m[2]} {body}"
        p.purpose, lead = p.purpose or f"to remind you {m[2]} {body}", bool(p.purpose)
        p.facts.append(finish(body if m[2] == "that" else said))
        if lead:
            say_also(d, said)
    elif m := re.match(
        (
            rf"(?:tell|inform|let|notify|advise)\s+(?:{THEM}"
            rf"|{'|'.join(map(re.escape, filter(None, d.names))) or 'them'})(?: know)?(?: (that|about|of"
            rf"|to))?\s+(.*)"
        ),
        text,
        re.I,
    ) or re.match(r"(?:mention|explain|say|state|point out)()(?: (?:that|hi and mention))?\s+(.*)", text, re.I):
        body = speak(d, re.sub(r"^(?:hi and mention )", "", m[2]))
        read_tell(d, body, m[1] or "", when, parent)
    elif m := re.match(r"apologi[sz]e(.*)", text, re.I):
        p.statements.append(finish("we apologize" + speak(d, m[1])))
    elif m := re.match(r"thank .*? for (.*)", text, re.I):
        say_also(d, "thank you for " + speak(d, m[1])) if not when and "past" not in m[1] else None
    elif m := re.match(rf"({OFFER})\b (?:{THEM}\b )?(.*)", text, re.I):
        read_offer(d, m[1].lower(), m[2], text, when, parent)
    else:
        return bool(re.match(r"(?:introduce|greet|transfer|thank)\b", text, re.I))
    return True


def read_offer(d: Draft, verb: str, body: str, text: str, when: str, parent: int) -> None:
    p, body = d.plan, speak(d, body.strip(" ."))
    if verb in ("book", "reserve", "order", "cancel", "arrange", "set up") and (
        p.owner or re.search(r"\bcall (?:the|a|my)\b", d.raw, re.I)
    ):
        p.purpose = p.purpose or f"to {verb} {body}"
        add_question(d, "Is that possible?", "yesno", text, when, parent)
    elif verb in ("book", "schedule", "set up", "arrange", "reserve"):
        body = re.sub(rf"\s+(?:for|with|at) (?:the )?{re.escape(p.organisation)}$", "", body) if p.organisation else body
        body = body if re.match(r"(?:an?|the|your|our|this|that|one|it|two|another)\b", body) else "the " + body
        add_question(d, finish(f"what day and time would suit you for {body}", "?"), "when", text, when, parent)
    elif verb in ("reschedule", "cancel"):
        if not p.purpose:
            read_purpose(d, f"{verb} {body}")
    elif verb == "invite":
        target = re.sub(r"^you (?=to )", "", body)
        p.purpose, first = p.purpose or f"to invite you {target}", not p.purpose
        p.facts.append(finish(f"we would like to invite you {target}"))
        add_question(
            d, "Would you like to come?", "yesno", text, when, parent, "" if first else finish(f"we would like to invite you {target}")
        )
    elif re.match(r"(?:both|either|these|them|one)\b", body):
        slots = next((f for f in reversed(p.facts) if re.search(r"\bor\b", f)), "")
        add_question(
            d,
            "Which one do you prefer?",
            "choice",
            text,
            when,
            parent,
            slots,
            opts=re.split(r",\s*(?:or\s+)?|\s+or\s+", re.sub(r".*?\b(?:are|is)\b ", "", slots).rstrip(".")) if slots else None,
        )
    elif verb in ("suggest", "propose"):
        add_question(d, "Would that work for you?", "yesno", text, when, parent, finish(f"one option is {body}"))
    elif re.search(r" or ", body) and not re.match("to ", body):
        add_question(
            d,
            "Which one do you prefer?",
            "choice",
            text,
            when,
            parent,
            finish(f"we can offer you {body}"),
            opts=re.split(r",\s*(?:or\s+)?|\s+or\s+", body),
        )
    elif body.startswith("to "):
        add_question(d, "Would you like that?", "yesno", text, when, parent, finish(f"we can offer {body}"))
    else:
        head, _, more = body.partition(";")
        add_question(d, "Would you like that?", "yesno", text, when, parent, finish(f"we can offer you {head}"))
        if more and len(more.split()) > 2:
            add_fact(d, more.strip())
