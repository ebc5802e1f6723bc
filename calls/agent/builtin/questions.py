"""Turns the object of an instruction ("whether they have insurance") into a spoken question. English grammar, as rules.

Anything not recognised is embedded: "Could you tell me <clause>?" is always grammatical.
"""

import re

from calls.agent.builtin.language import patterns, table
from calls.agent.builtin.text import expand, finish

WORDS = patterns("instructions")
AUX, BE, PARTICIPLE, ADVERB, KEEP_WH = WORDS["AUX"], WORDS["BE"], WORDS["PARTICIPLE"], WORDS["ADVERB"], WORDS["KEEP_WH"]
IRREGULAR: dict[str, str] = table("grammar")["irregular"]
SLOT_NAMES: list[list[str]] = table("grammar")["slot_names"]


def base_form(verb: str) -> str | None:
    verb = verb.lower()
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith("ied"):
        return verb[:-3] + "y"
    if verb.endswith("ed") and len(verb) > 4:
        root = verb[:-2]
        if re.search(r"(.)\1$", root) and root[-1] not in "lsz":
            return root[:-1]
        return (
            root + "e"
            if re.search(r"([^aeiou][aiou][vzcgr]|eiv|[aeiou][^aeiou]?at|id|[iu]s|[^aeiou]i[kpdt]|ang|el?ov|rov)$", root)
            else root
        )
    return None


def polar(clause: str) -> str:
    """ "you have insurance" -> "Do you have insurance?"."""
    clause = expand(clause).strip().rstrip(".?! ")
    for cut in (r"^or not\s+", r"\s+or not$"):
        clause = re.sub(cut, "", clause)
    if m := re.match(r"(there) (is|are|was|were|has been|have been|will be)\b(.*)", clause, re.I):
        first, *rest = m[2].split()
        return finish(f"{first} there {' '.join(rest)}{m[3]}".replace("  ", " "), "?")
    clause = re.sub(r" or if you would rather ", " or would you rather ", re.sub(r" or whether you would ", " or would you ", clause))
    clause = re.sub(r" or wants? (?:to )?", " or do you want ", clause) if re.search(r"\byou\b", clause) else clause
    if m := re.match(rf"(you|we|they|it) (?:({ADVERB}) )?(.*)", clause, re.I):
        subject, adverb, rest = m[1].lower(), (m[2] + " ") if m[2] else "", m[3]
        if v := re.match(rf"({AUX}|is|was|has|have|had)\b(?! to\b) ?(.*)", rest, re.I):
            verb, tail = v[1].lower(), v[2]
            if verb in ("has", "have", "had") and not re.match(rf"(?:{ADVERB} |not )?{PARTICIPLE}\b", tail, re.I):
                helper = {"has": "does", "have": "do", "had": "did"}[verb]
                return finish(f"{helper} {subject} {adverb}have {tail}", "?")
            return finish(f"{verb} {subject} {adverb}{tail}", "?")
        verb = rest.split(" ")[0]
        if base := base_form(verb):
            return finish(f"did {subject} {adverb}{base}{rest[len(verb) :]}", "?")
        if re.match(r"[a-z]+$", verb) and not verb.endswith("s"):
            return finish(f"do {subject} {adverb}{rest}", "?")
        return finish(f"could you tell me whether {clause}", "?")
    if (
        m := re.match(
            (
                r"((?:the|an?|your|any\w*|some\w*) (?:(?!is|are|was|were|has|have|will|can"
                r"|that\b)[\w'-]+ ?){1,4}?) (\w+ed|came|went|took|got|paid)\b(?! by)(.*)"
            ),
            clause,
        )
    ) and (base := base_form(m[2])):
        return finish(f"did {m[1]} {base}{m[3]}", "?")
    if m := re.match(r"(that|this|it) (works|suits|fits|helps|matters|looks|sounds)\b(.*)", clause, re.I) or re.match(
        (
            r"((?:(?-i:[A-Z])[\w'-]+ ?){1,3}|(?:the|your) [\w-]+|any(?:one|body)|some(?:one|body)) (takes|needs"
            r"|wants|works|likes|uses|gets|comes|starts|opens|closes|includes|accepts|allows|offers|requires|lives"
            r"|smokes|drinks|eats|sleeps|sees|knows|speaks|prefers|pays|drives|owns)\b(.*)"
        ),
        clause,
        re.I,
    ):
        return finish(f"does {m[1].strip()} {m[2][:-1]}{m[3]}", "?")
    m = re.match(rf"((?:(?!\b(?:that|who|which|where|when)\b).){{1,70}}?) ({BE})\b(?! to be\b) ?(.*)", clause, re.I)
    if m and not re.match(r"(?:to|not)\b", m[1]):
        verb, tail = m[2].lower(), m[3]
        if verb in ("has", "have", "had") and not re.match(rf"(?:{ADVERB} |not )?{PARTICIPLE}\b", tail, re.I):
            return finish(f"{ {'has': 'does', 'have': 'do', 'had': 'did'}[verb] } {m[1]} have {tail}", "?")
        return finish(f"{verb} {m[1]} {tail}", "?")
    return finish(f"could you tell me whether {clause}", "?")


def wh(clause: str) -> str:
    """ "how many agents you have" -> "How many agents do you have?"."""
    clause = expand(clause).strip().rstrip(".?! ")
    if m := re.match(rf"({KEEP_WH}\b(?:(?!\byou\b).)*?) you (?:({ADVERB}) )?(\S+) ?(.*)$", clause, re.I):
        front, adverb, verb, rest = m[1], (m[2] + " ") if m[2] else "", m[3].lower(), m[4]
        if re.search(rf"\b(?:{BE})$|\b(?:that|if|while|because|for|to|with)$", front, re.I):
            return finish(clause, "?")
        if re.fullmatch(AUX, verb) or (verb in ("have", "had") and re.match(rf"{PARTICIPLE}\b", rest)):
            return finish(f"{front} {verb} you {adverb}{rest}", "?")
        if base := base_form(verb):
            return finish(f"{front} did you {adverb}{base} {rest}", "?")
        if re.fullmatch(r"[a-z]+", verb):
            return finish(f"{front} do you {adverb}{verb} {rest}", "?")
    if re.match(rf"{KEEP_WH} (?:is|are|was|were|do|does|did|can|could|will|would|should)\b", clause, re.I):
        return finish(clause, "?")
    if re.fullmatch(r"(?:for )?how (?:many|much|long)(?: \w+)?|which \w+|why|when|where", clause, re.I):
        return finish(clause, "?")
    if (
        m := re.match(
            (
                rf"((?:(?:on|at|in|by|for|until|since|from) )?(?:what|which)(?: \w+)?|when|where|why|who"
                rf"|how(?: \w+)?) ((?:an?|the|your|our|any|someone|it|this|that|these"
                rf"|[A-Z][\w'’]*)\b(?:(?!\b(?:{BE})\b).)*?) ?\b({BE})\b ?(.*)$"
            ),
            clause,
        )
    ) and (m[3] not in ("has", "have", "had") or re.match(PARTICIPLE, m[4])):
        return finish(f"{m[1]} {m[3]} {m[2].strip()} {m[4]}".strip(), "?")
    if m := re.match(r"(what|how much) (it|this|that|the [\w ]+?) costs?\b(.*)", clause, re.I):
        return finish(f"how much does {m[2]} cost{m[3]}", "?")
    if m := re.match(r"(what time|when|where|how) (it|[\w' ]+?) (opens|closes|starts|ends|works|arrives|leaves)\b(.*)", clause, re.I):
        return finish(f"{m[1]} does {m[2]} {m[3][:-1]}{m[4]}", "?")
    if re.match(
        (
            r"(?:what|which|who|how (?:many|much))\b(?: [\w-]+){0,6}? (?:works?|suits?|is|are|would|will|can"
            r"|matters?|fits?|has|have)\b"
        ),
        clause,
        re.I,
    ) and not re.search(r"\b(?:it|the \w+|your \w+) (?:is|are|was|were)$", clause):
        return finish(clause + (" for you" if re.search(r"\b(?:works?|suits?)( best)?$", clause) else ""), "?")
    return finish(f"could you tell me {clause}", "?")


def noun_phrase(text: str, confirm: bool = False) -> str:
    """ "their email" -> "What is your email address?"."""
    text = re.sub(r"^(?:for|about|to know)\s+", "", text.strip().rstrip(".?! "))
    text = re.sub(r"\be-?mail\b(?! address)", "email address", text)
    text = re.sub(r"^(?:An?|Any|Some|Your|The|Our|Their|Whether)\b", lambda m: m[0].lower(), text)
    if (
        not re.match(r"(?:(?:an?|any|some|your|the|our|his|her|this|that|these)\b|\d|[A-Z])", text)
        or re.match(r"[A-Z][a-z]", text)
        and " " in text
        and not re.match(r"[A-Z][a-z]+ [A-Z]", text)
    ):
        text = (
            (
                "your "
                if not re.match(r"(?:number|feedback|date|time|reason|name of)\b", text, re.I)
                else ("" if text.lower().startswith("feedback") else "the ")
            )
            + text[:1].lower()
            + text[1:]
        )
    elif re.fullmatch(r"[A-Z][a-z]+", text):
        text = "your " + text.lower()
    text = re.sub(r"^the (?=(?:full |best )?(?:name|email|phone|address|e-mail|contact)(?:\b(?! of)))", "your ", text)
    text = re.sub(r"^(?:an?|the best) (?=(?:phone|call-?back|callback|contact|mobile|email)\b)", "the best ", text)
    if confirm and not text.startswith("any "):
        return f"Could you confirm {text}, please?"
    if re.match(r"any\b", text):
        return finish(f"do you have {text}", "?")
    if re.match(r"your (?:one|two|three|another|other|some|a few)\b", text):
        return finish(f"could you give me {text[5:]}", "?")
    if re.match(r"(?:the best|your|the name|the date|the time)\b", text) and not re.search(
        r"\b(?:thoughts|opinions?|feedback|experience|concerns)\b| (?:on|about) ", text
    ):
        plural = re.match(r"(?:your|the) (?:[\w-]+ ){0,2}?[\w-]*[^s'i]s\b(?! \w+ (?:is|number|date|address))", text) and not re.search(
            r"\b(?:address|status|business|process)\b", text
        )
        return finish(f"what {'are' if plural else 'is'} {text}", "?")
    if m := re.match(r"(?:feedback|your (?:feedback|thoughts|opinions?)) (?:on|about) (.*)", text):
        return (
            finish(f"how was {m[1]}", "?")
            if re.search(r"dinner|lunch|stay|visit|meal|experience|service|appointment|event|trip|flight|installation", m[1])
            else finish(f"what did you think of {m[1]}", "?")
        )
    return finish(f"could you tell me {text}", "?")


def request(text: str) -> str:
    return finish(f"could you {text.strip().rstrip('.?!')}, please", "?")


def slot_type(question: str) -> str:
    q = question.lower()
    core = re.sub(r"^could you (?:please )?(?:(?:tell|give) me|confirm)\s+", "", q)
    for pattern, kind in SLOT_NAMES:
        if re.search(pattern, core) and not (kind == "name" and "company" in core):
            if kind in ("email", "phone", "name", "date", "when", "number") and re.match(
                r"(?:do|does|did|is|are|was|were|will|would|can|may|have|has)\b", core
            ):
                continue
            return kind
    if (
        re.search(r"\b[\w:]+(?: [\w']+){0,3} or [\w:]+", core)
        and not re.search(r"\bor (?:not|any|so|more|less)\b", core)
        and (re.search(r"\bprefer|\bor (?:do you want|move|keep|release|wants?|would)|: |\((?:[^)]* or )|\bwhich\b", core))
    ):
        return "choice"
    if re.search(r"^(?:is|are|was|were|do|does|will)\b.* (?!any\b|so\b)[\w-]+ or (?!not\b|no\b|so\b|more\b|less\b)[\w-]+\?$", core):
        return "choice"
    if re.match(
        (
            r"(?:do|does|did|is|are|was|were|will|would|can|could you confirm that|could|may|might|should|have|has"
            r"|had|whether|i have .* (?:right|correct))\b"
        ),
        core,
    ) or re.search(r"(?:is that (?:right|correct)|still work for you|would (?:that|you) .*|is that possible)\?$", core):
        return "yesno"
    return "text"


def options(question: str) -> list[str]:
    """Choices named in a question: "morning or afternoon", "(small, medium or large)", "housing, transport or safety"."""
    if (m := re.search(r"^(?:is|are|was|were|do|does|will)\b.* ([\w-]+) or ([\w-]+)\?$", question, re.I)) and not re.search(
        r"prefer|want|like", question
    ):
        return [m[1], m[2]]
    body = re.sub(r"[?.]", "", re.sub(r"\bor do you want (?:us )?(?:to )?", "or ", question))
    if (m := re.search(r"\(([^)]* or [^)]*)\)", body)) or (m := re.search(r"[:,] ([^:]* or [^:]*)$", body) if ":" in body else None):
        body = m[1]
    else:
        body = re.sub(r"^.*?\b(?:prefer|want to|like to|like|would you|will you|wants us to)\b(?: to)? ?", "", body, flags=re.I)
    parts = [re.sub(r"^(?:either|the|to)\s+", "", p.strip()) for p in re.split(r",\s*(?:or\s+)?|\s+or\s+", body)]
    parts = [p for p in parts if p]
    return parts if len(parts) > 1 and all(len(p.split()) <= 8 for p in parts) else []
