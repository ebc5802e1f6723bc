"""What a task states: facts, the purpose of the call, things to tell, topics to keep away from."""

import re

from calls.agent.builtin.draft import Draft, again, speak
from calls.agent.builtin.language import patterns
from calls.agent.builtin.plan import Question
from calls.agent.builtin.text import finish, stems

WORDS = patterns("instructions")
CONTEXT, IMPERATIVE, INTERNAL, NEGATIVE, TELL = (WORDS[x] for x in ("CONTEXT", "IMPERATIVE", "INTERNAL", "NEGATIVE", "TELL"))


def read_tell(d: Draft, body: str, link: str, when: str, parent: int) -> None:
    p = d.plan
    clause = bool(
        re.search(
            (
                r"\b(?:is|are|was|were|will|would|can|could|has|have|do|does|must|should|may|takes|costs|comes?"
                r"|arrives?|starts?|ends?|opens?|closes?|get|need)\b"
            ),
            body,
        )
    ) and link not in ("about", "of", "to")
    clause = clause and not re.match(r"[^.]{3,60}:\s", body)
    said = body if clause else f"please {body}" if link == "to" else f"I would like to tell you about {body}"
    if not clause and link != "to" and (known := next((f for f in p.facts + p.context if stems(body) and stems(body) <= stems(f)), "")):
        p.purpose = p.purpose or "about " + body
        if known not in p.context and known not in p.statements:
            say_also(d, known)
        return
    if re.match(r"[^.]*:\s", body) and not clause:
        body, said = body.replace(":", ",", 1), ""
    p.facts.append(finish(body if clause or link == "to" else "I am calling about " + body))
    if when:
        p.questions.append(Question("", "say", when, parent, finish(said), source=body))
    elif not p.purpose and not p.questions:
        p.purpose = ("to let you know that " + body) if clause and ":" not in body else ("about " + body.replace(":", ",", 1))
    elif p.purpose and finish(said) not in p.statements and not stems(body) <= stems(p.purpose):
        say_also(d, said)


def say_also(d: Draft, said: str) -> None:
    (d.plan.late if [x for x in d.plan.questions if not x.when] else d.plan.statements).append(finish(said))


def add_fact(d: Draft, text: str) -> None:
    spoken = speak(d, text)
    if re.match(r"(?:i|we) (?:need|want|would like) (?:you )?to\b", text, re.I):
        again(d, "", re.sub(r"^.*?to ", "", text, count=1))
        return
    if m := re.match(r"(?:the |my )?name (?:is|of) (.*)", text, re.I):
        spoken = f"the name is {m[1]}"
    if not d.plan.questions and re.match(CONTEXT, finish(spoken)) and not re.match(IMPERATIVE, spoken, re.I):
        d.plan.context.append(finish(spoken))
    if len(text.split()) >= 3 or re.search(r"\d", text):
        d.plan.facts.append(finish(spoken))


def read_purpose(d: Draft, text: str) -> None:
    text = re.sub(r", (?:the )?name (?:is|of) .*$", "", re.sub(r"^to ", "", text.strip(" .,")))
    if re.match(r"[A-Z][a-z]+ [a-z]+ed |we |you |the |they |[A-Z]\w+ [A-Z]\w+ ", text) and re.search(r"\b(?:is|are|was|has|\w+ed)\b", text):
        d.plan.purpose = d.plan.purpose or "because " + speak(d, text)
        d.plan.facts.append(finish(speak(d, text)))
    elif not re.match(INTERNAL, text, re.I):
        d.plan.purpose = d.plan.purpose or "to " + speak(d, text[:1].lower() + text[1:])


def say_instead(d: Draft, text: str) -> None:
    m = re.match(rf"(?:{TELL}|reply)(?: that)?,? ?(.*)", text.strip(), re.I)
    said = finish(
        speak(
            d,
            re.sub(r"\b(at|explain|discuss|review|check|answer|cover|interpret) them\b", r"\1 that", (m[1] if m else text).strip("\"'“” ")),
        )
    )
    if d.plan.avoid:
        for index in range(len(d.plan.avoid) - d.avoid_run, len(d.plan.avoid)):
            d.plan.avoid[index] = (d.plan.avoid[index][0], said)


def read_behaviour(d: Draft, section: str, text: str) -> None:
    parts = re.split(r"(?<=[a-z]);\s*|\.\s+", text)
    d.plan.behaviours.append(parts[0])
    negative = re.match(NEGATIVE, parts[0], re.I) or (
        section == "avoid" and re.match(r"(?:talking|discussing|promising|giving|quoting|mentioning)", parts[0])
    )
    if negative:
        body = re.sub(NEGATIVE, "", parts[0], flags=re.I)
        pieces = re.split(
            (
                r",? (?:and|or) (?:never |do not |don't )?(?=discuss|say|promis|give|mention|quote|talk|share|ask"
                r"|compare)|, (?:don't|do not|never) "
            ),
            body,
        )
        pieces = [
            x.strip(" .")
            for x in pieces
            if len(x.split()) > 1 and not re.search(r"\b(?:AI|robot|human|automated)\b|^(?:push|sound|be|call|argue)", x)
        ]
        d.plan.avoid += [(x, "") for x in pieces]
        d.avoid_run, d.last_reply_slot = len(pieces), bool(pieces)
    for rest in parts[1:]:
        if negative and re.match(r"(?:say|tell them|tell the \w+|explain|state)\b", rest, re.I):
            say_instead(d, rest)
        else:
            again(d, section if not re.match("if |instead", rest, re.I) else "", rest)
