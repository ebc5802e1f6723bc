"""\"If so, ask …\", \"if they ask about …, say …\": follow-up questions and answers that depend on what is said."""

import re

from calls.agent.builtin.asking import add_question
from calls.agent.builtin.draft import Draft, again, clauses, speak
from calls.agent.builtin.language import patterns
from calls.agent.builtin.plan import Question
from calls.agent.builtin.telling import say_instead
from calls.agent.builtin.text import expand, finish, stems

WORDS = patterns("instructions")
# The answer itself, without "say": "If they ask where it is, we are at 12 Market Street."
STATED = r"(?:we|it|they|he|she|the|you|our|your|there|this|that|yes|no|I)\b(?! (?:ask|tell|say|should|must|can ask)\b)"
ASK, START, TELL, THEM = (WORDS[x] for x in ("ASK", "START", "TELL", "THEM"))


def read_condition(d: Draft, condition: str, body: str, section: str) -> bool:
    p, low = d.plan, expand(condition).lower()
    parent_slot = next((x.slot for x in reversed(p.questions) if not x.when), "")
    if re.search(r"\b(?:ask|want to know|inquire)", low) and not re.search(r"asked? to\b", low):
        topic = re.sub(r".*?\b(?:ask(?:ed|s)?|know|inquires?)(?: you)?(?: about| for)?\b", "", low).strip()
        if m := re.match(rf"{TELL}(?: that)?[,:]? (.*)|({STATED}.*)", body, re.I):
            answer = m[1] or m[2]
            if d.last_reply_slot and p.avoid and (not topic or "question" in topic):
                say_instead(d, body)
            else:
                said = answer.strip("\"'“” ")
                said = re.sub(r"\bthem(?=$|[.])", topic, said) if topic and len(topic.split()) < 5 else said
                p.facts.append(finish(speak(d, said)))
                p.avoid += [(topic, p.facts[-1])] if stems(topic) else []
        else:
            p.behaviours.append(f"if {condition}, {body}")
        return True
    if re.search(r"cancel|unhappy|angry|human|busy|voicemail|not (?:home|available|there)|wrong|emergency", low) or re.match(
        r"(?:transfer|end|thank|hang|leave|do not|don't|be )", body, re.I
    ):
        if m := re.match(rf"{TELL}(?: that)?,? (.*)", body, re.I):
            p.facts.append(finish(speak(d, m[1])))
        else:
            p.behaviours.append(f"if {condition}, {body}")
            for c in clauses(body)[:1]:
                if re.match(rf"(?:{ASK})\b", c, re.I):
                    again(d, "ask", c, re.sub(rf"\b(?:they|{THEM})\b", "", low), len(p.questions) - 1)
        return True
    if (
        re.search(r"interested", low)
        and not re.search(r"\bnot\b|n't", low)
        and parent_slot != "yesno"
        and (m := re.match(r"(?:schedule|book|set up|arrange) (.*)", body, re.I))
    ):
        item = re.sub(r"\bfor (?=next|this|tomorrow)", "", speak(d, m[1].strip(" .")))
        add_question(d, finish(f"would you like to book {item}", "?"), "yesno", body)
        add_question(d, "What day and time would suit you?", "when", body, "yes", len(p.questions) - 1)
        return True
    negative = re.search(r"\bnot\b|\bcannot\b|n't\b|\bno\b|neither|declin|unable|refus|disagree", low)
    positive = re.search(r"\byes\b|interested|agree|they (?:do|can|are|have|would|want)$|accept|so$", low)
    parent = len(p.questions) - 1
    while parent >= 0 and p.questions[parent].when:
        parent -= 1
    related = [(len(stems(low) & stems(x.text + " " + x.source)), i) for i, x in enumerate(p.questions) if not x.when]
    if related and max(related)[0] > 0 and (negative or positive) and p.questions[max(related)[1]].slot in ("yesno", "choice"):
        parent = max(related)[1]
    if (
        negative
        and re.search(r"free|available|possible|full|suit|work", low)
        and (fits := [i for i, x in enumerate(p.questions) if re.match(r"Is that possible|Does that", x.text)])
    ):
        parent = fits[-1]
    when = (
        "no"
        if negative
        else "yes"
        if positive
        else re.sub(r"\b(?:they|them|want(?:s)?|to|there|is|are|any|the|a|say|said)\b", " ", low).strip()
    )
    for clause in clauses(body):
        if re.match(TELL, clause, re.I) or not re.match(START, clause, re.I):
            m = re.match(rf"{TELL}(?: that)?,? (.*)", clause, re.I)
            said = finish(speak(d, m[1] if m else clause))
            p.questions.append(Question("", "say", when, parent, said, source=clause)) if parent >= 0 and m else p.behaviours.append(
                f"if {condition}, {clause}"
            )
        else:
            again(d, "ask" if re.match(ASK, clause, re.I) else "", clause, when, parent)
    return True
