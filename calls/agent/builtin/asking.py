"""Instructions to ask or to confirm, made into questions with a kind of answer."""

import re

from calls.agent.builtin.draft import Draft, speak
from calls.agent.builtin.language import patterns
from calls.agent.builtin.plan import Question
from calls.agent.builtin.questions import KEEP_WH, noun_phrase, options, polar, request, slot_type, wh
from calls.agent.builtin.text import finish

WORDS = patterns("instructions")
EVENT, THEM = (WORDS[x] for x in ("EVENT", "THEM"))


def read_ask(d: Draft, body: str, verify: bool, source: str, when: str = "", parent: int = -1) -> None:
    body = re.sub(rf"^(?:{THEM}|you)\s+", "", body.strip().rstrip(". "), flags=re.I)
    if m := re.search(r"^(?:me )?(?:these|the following|a few|some)? ?questions?\b.*", body, re.I):
        return
    if "?" in body and (m := re.search(r"[\"“]?([A-Z][^?]*\?)", body)):
        add_question(d, m[1], "literal", source, when, parent)
        return
    if m := re.match(r"(.*?),?(?: and)? if (?:so|yes|they do|they would|it does),? (?:ask )?(.*)", body, re.I):
        read_ask(d, m[1], verify, source, when, parent)
        read_ask(d, m[2], False, source, "yes", len(d.plan.questions) - 1)
        return
    for part in asked_items(d, body):
        spoken = speak(d, re.sub(r"^(?:for (?!how|what|which)|about(?= (?:any|their|the)) )", "", part))
        ask_one(d, part, spoken, verify, source, when, parent)


def asked_items(d: Draft, body: str) -> list[str]:
    """Lists of things to ask; brackets and "morning, noon or evening" stay whole."""
    body = re.sub(r"(?<=, )and (?=\()|(?:(?<=\s)|^)\(?[a-h1-9]\)\s+", "", body).replace(", and,", ",")
    safe = re.sub(r"\([^)]*\)", lambda m: m[0].replace(",", "\0").replace(" and ", "\1"), body)
    parts = re.split(
        (
            rf",\s*(?:and\s+)?(?=(?:{KEEP_WH}|whether|if|their|the|any|a|an)\b)|\s+and (?:also )?(?=(?:{KEEP_WH}"
            rf"|whether|if|their|the name|(?:get |ask )?for)\b)"
        ),
        safe,
    )
    if (
        len(parts) == 1
        and not re.match(rf"(?:{KEEP_WH}|whether|if|to|that)\b", safe)
        and not re.search(r" or ", re.sub(r"\([^)]*\)", "", safe))
    ):
        pieces = re.split(r",\s*(?:and\s+)?|\s+and\s+", safe)
        if (
            all(len(x.split()) <= 6 for x in pieces[:-1])
            and len(pieces[-1].split()) <= 12
            and not re.search(r"\b(?:between|both|on|at|from)\b.* and ", safe)
        ):
            parts = pieces
    elif len(parts) > 1:
        parts = [
            y
            for x in parts
            for y in (
                [x]
                if re.match(rf"(?:{KEEP_WH}|whether|if)\b", x) or re.search(r" or ", re.sub(r"\([^)]*\)", "", x))
                else re.split(r",\s*(?:and\s+)?", x)
            )
        ]
    return [re.sub(r"^and ", "", x.replace("\0", ",").replace("\1", " and ").strip()) for x in parts if x.strip()]


def ask_one(d: Draft, part: str, spoken: str, verify: bool, source: str, when: str, parent: int) -> None:
    p = d.plan
    if re.match(r"(?:that |who )?(?:(?:you|we) )?(?:are|is)? ?(?:talking|speaking) (?:with|to)", spoken, re.I) or re.search(
        r"(?:speaking|talking) (?:with|to) the right", spoken
    ):
        p.check_identity = True
        return
    if m := re.match(r"(?:whether|if)\s+(.*)", spoken, re.I):
        add_question(d, polar(m[1]), "", source, when, parent, embedded="whether " + m[1])
    elif re.match(r"to (?!know)", spoken):
        add_question(d, request(spoken[3:]), "", source, when, parent)
    elif re.fullmatch(r"why(?: not)?", spoken.strip(), re.I):
        add_question(d, "May I ask why?", "text", source, when, parent)
    elif re.match(rf"{KEEP_WH}\b", spoken, re.I):
        add_question(d, wh(spoken), "", source, when, parent, embedded=spoken)
    elif verify and (m := re.match(r"(.*?)\s*\((.+)\)$", spoken)):
        add_question(d, finish(f"I have {m[1]} as {m[2]}. Is that correct", "?"), "yesno", source, when, parent)
    elif (
        verify
        and re.search(rf"\b(?:{EVENT})\b", spoken)
        and (re.search(r"\b(?:on|at|for|tomorrow|today|next|this|\d)\b", spoken))
        and not re.search(r"\baddress|details|name\b", spoken)
    ):
        if m := re.match(r"(?:the|your|an?) ([^\"]*?(?:\"[^\"]*\")?) ((?:on|at|for|tomorrow|next|this)\b.*)", spoken):
            p.facts.append(finish(f"the {m[1]} is {m[2]}"))
        first, p.purpose = not p.purpose, p.purpose or f"to confirm {spoken}"
        add_question(
            d, "Does that still work for you?", "yesno", source, when, parent, "" if first else finish(f"I would like to confirm {spoken}")
        )
    elif (
        verify
        and re.search(r"^(?:(?:the|your|a|an) )?[\w' ]+? (?:is|are|was|were|has|have|arrived|received|\w+ed)\b", spoken)
        and not re.match(r"(?:full|first|delivery|your \w+$)", spoken)
    ):
        add_question(d, polar(spoken), "", source, when, parent)
    elif re.match(rf"(?:ask|inquire|enquire)(?: {THEM})? about\b", source, re.I) and not re.match(r"(?:your|the|our|an?)\b", spoken):
        add_question(d, finish(f"could you tell me about {spoken[:1].lower() + spoken[1:]}", "?"), "text", source, when, parent)
    else:
        add_question(d, noun_phrase(spoken, verify), "", source, when, parent)


def add_question(
    d: Draft,
    text: str,
    slot: str,
    source: str,
    when: str = "",
    parent: int = -1,
    lead: str = "",
    opts: list[str] | None = None,
    embedded: str = "",
) -> None:
    text = re.sub(r"\s+", " ", text).strip()
    if twin := next((x for x in d.plan.questions if x.text == text and x.when == when and x.lead == lead), None):
        if any(x.when and x.parent >= d.plan.questions.index(twin) for x in d.plan.questions):
            return
        d.plan.questions.remove(twin)
    kind = slot if slot and slot != "literal" else slot_type(text)
    opts = opts or (options(text) if kind == "choice" else [])
    if kind == "choice" and not opts:
        facts = next((f for f in reversed(d.plan.facts) if re.search(r"\bor\b", f)), "") if re.match(r"Which one", text) else ""
        opts = re.split(r"\s+or\s+", re.sub(r".*?\b(?:are|is)\b ", "", facts).rstrip(".")) if facts else []
    if re.match(r"Which one\b", text) and not lead:
        previous = d.plan.questions[-1] if d.plan.questions else None
        if previous and previous.slot == "choice":
            return
        lead = next((f for f in reversed(d.plan.facts) if re.search(r"\bor\b", f)), "")
    d.plan.questions.append(Question(text, kind, when, parent, lead, source=source, options=opts, embedded=embedded if not when else ""))
