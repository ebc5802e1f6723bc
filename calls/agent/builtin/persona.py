"""Sentences that say who the agent is and whom it calls: "You are …", "You are calling … because …"."""

import re

from calls.agent.builtin.draft import Draft, again, clauses, speak
from calls.agent.builtin.instructions import read_instruction
from calls.agent.builtin.language import patterns
from calls.agent.builtin.telling import read_purpose
from calls.agent.builtin.text import finish

WORDS = patterns("instructions")
CONFIRM, INTERNAL, TELL = (WORDS[x] for x in ("CONFIRM", "INTERNAL", "TELL"))


def read_persona(d: Draft, text: str) -> None:
    if m := re.search(r"\b(?:calling|call)\b (.*)", text, re.I):
        read_calling(d, m[1], text)
    elif m := re.search(r"\b(?:I need you to|I(?:'d| would) like you to) (.*)", text):
        again(d, "", m[1])
    if m := re.search(r"(?:from|at|of|for|with) ([A-Z][\w& ]+), (an? [a-z][^.,]*)", text):
        d.plan.facts.append(f"{m[1]} is {m[2]}.")
    elif m := re.search(
        (
            r"(?:from|at|of|for|with) [A-Z][\w& ]+, ((?!and\b|who\b|calling).* (?:is|are|was|has|ends|expires"
            r"|renews|needs|will)\b.*)"
        ),
        text,
    ):
        reason = re.sub(r"^([\w -]+?) of you\b", r"your \1", speak(d, m[1]).strip("."))
        d.plan.facts.append(finish(reason))
        d.plan.purpose = d.plan.purpose or "because " + reason


def read_calling(d: Draft, rest: str, text: str) -> None:
    rest = (
        re.sub(rf"\bon behalf of (?:the )?{re.escape(d.plan.organisation)}\s*", "", rest.strip(" ."))
        if d.plan.organisation
        else rest.strip(" .")
    )
    m = re.search(r"^(.*?)\b(regarding|about|because|concerning|on behalf of|to|and|for(?= the | their | a ))\b (.*)$", rest)
    if who := re.search(r",? (who|whose) (.*)$", rest):
        rest_fact = speak(d, who[2])
        if who[1] == "whose":
            d.plan.purpose = d.plan.purpose or f"because your {rest_fact}"
            d.plan.facts.append(finish("your " + rest_fact))
            return
        rest_fact = re.sub(
            r"^(was|is|has|wants|needs)\b", lambda w: {"was": "were", "is": "are", "has": "have"}.get(w[1], w[1][:-1]), rest_fact
        )
        d.plan.purpose = d.plan.purpose or f"because you {rest_fact}"
        d.plan.facts.append(finish("you " + rest_fact))
        return
    if re.search(r"\band (?:check|ask|find out|see|confirm)\b", rest) and (not m or m[2] == "and"):
        again(d, "", re.split(r"\band (?=(?:check|ask|find out|see|confirm)\b)", rest, maxsplit=1)[1])
        return
    if not m or m[2] == "on behalf of" or re.match(r"the (?:client|customer)$", rest):
        return
    body = m[3]
    if m[2] in ("about", "regarding", "because", "concerning", "for"):
        reason = speak(d, body)
        d.plan.purpose = d.plan.purpose or f"{'about' if m[2] == 'for' else m[2]} {reason}"
        if m[2] == "because":
            d.plan.facts.append(finish(reason))
    else:
        parts = clauses(re.sub(r"^to ", "", body))
        for index, c in enumerate(parts):
            c = re.sub(r"^to ", "", c)
            if (
                index == 0
                and not re.match(INTERNAL, c, re.I)
                and not re.match(rf"(?:{CONFIRM}|{TELL}|remind|invite|offer|book|reserve)\b", c, re.I)
                and m[2] == "to"
            ):
                read_purpose(d, "to " + c)
            if not read_instruction(d, re.sub(r", (?:the )?name (?:is|of) .*$", "", c)) and m[2] == "to" and index == 0:
                read_purpose(d, "to " + c)
